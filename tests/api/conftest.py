"""A desk of its own for each test, and a client that holds every answer to the OpenAPI."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx2 as httpx
import pytest
from jsonschema import Draft202012Validator, FormatChecker
from starlette.applications import Starlette
from starlette.testclient import TestClient

from riskcore.api.application import api_application, middleware, routes
from riskcore.services.desk import Desk, open_desk, the_desk

NOW = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)


class TruthfulClient(TestClient):
    """A client for which an answer that the OpenAPI document does not allow is an error."""

    document: dict[str, Any]

    def request(self, method: str, url: httpx.URL | str, **how: Any) -> httpx.Response:  # type: ignore[override]
        """What the desk answers, after it was held to the document."""
        response = super().request(method, url, **how)
        path = response.request.url.path
        if path.startswith("/api/v1"):
            self.hold(method, path.removeprefix("/api"), response)
        return response

    def hold(self, method: str, path: str, response: httpx.Response) -> None:
        """Fail unless the document allows `response` for this route."""
        operation = self.operation(method.lower(), path)
        if operation is None:
            assert response.status_code in {404, 405}
            return
        answers = operation["responses"]
        answer = answers.get(str(response.status_code)) or answers["default"]
        if not answer.get("content"):
            assert response.content == b""
            return
        media_type = response.headers["content-type"].partition(";")[0]
        schema = answer["content"][media_type]["schema"]
        if not media_type.endswith("json"):
            return
        whole = {**schema, "components": self.document["components"]}
        Draft202012Validator(whole, format_checker=FormatChecker()).validate(response.json())

    def operation(self, method: str, path: str) -> dict[str, Any] | None:
        """What the document says of a route; None when it knows of none."""
        for template, operations in self.document["paths"].items():
            if re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", template), path):
                operation: dict[str, Any] | None = operations.get(method)
                return operation
        return None


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """An empty desk."""
    desk = open_desk(tmp_path / "desk.duckdb", clock=lambda: NOW)
    yield desk
    desk.close()


@pytest.fixture(scope="session")
def document() -> dict[str, Any]:
    """The OpenAPI document; a test of its own sees that this is the one served."""
    return api_application(the_desk).openapi()


@pytest.fixture
def client(desk: Desk, document: dict[str, Any]) -> Iterator[TestClient]:
    """A client of that desk, on the same machine."""
    application = Starlette(routes=routes(), middleware=middleware(lambda: desk))
    with TruthfulClient(
        application, base_url="http://localhost", raise_server_exceptions=False
    ) as client:
        client.document = document
        yield client


MakeOne = Callable[..., str]

STATIC_2000 = {"kind": "max_loss", "limit_amount": 2000}


@pytest.fixture
def account(client: TestClient) -> MakeOne:
    """Makes a 50,000 USD account that may lose 2,000, and returns its id."""

    def make(number: str, **fields: Any) -> str:
        usual = {"number": number, "starting_balance": 50_000, "rules": [STATIC_2000]}
        made = client.post("/api/v1/accounts", json=usual | fields)
        assert made.status_code == 201, made.text
        return str(made.json()["id"])

    return make


@pytest.fixture
def group(client: TestClient) -> MakeOne:
    """Makes a group of these accounts, and returns its id."""

    def make(name: str, *account_ids: str, **fields: Any) -> str:
        draft = {"name": name, "account_ids": list(account_ids)}
        made = client.post("/api/v1/groups", json=draft | fields)
        assert made.status_code == 201, made.text
        return str(made.json()["id"])

    return make


@pytest.fixture
def snapshot(client: TestClient) -> Callable[..., httpx.Response]:
    """Posts one snapshot of an account, with nothing open, taken now."""

    def post(account_id: str, equity: float, **fields: Any) -> httpx.Response:
        usual = {
            "account_id": account_id,
            "taken_at": "2026-03-02T15:00:00Z",
            "balance": equity,
            "equity": equity,
        }
        return client.post("/api/v1/snapshots", json=usual | fields)

    return post
