"""The OpenAPI document and its page: true, complete, and without the internet."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from riskcore.api.documentation import STATIC
from riskcore.domain.rules import KINDS

ROUTES = {
    "/v1/groups": {"get", "post"},
    "/v1/groups/{group_id}": {"get", "put", "delete"},
    "/v1/groups/{group_id}/accounts": {"post"},
    "/v1/groups/{group_id}/accounts/{account_id}": {"delete"},
    "/v1/groups/{group_id}/risk": {"get"},
    "/v1/groups/{group_id}/history": {"get"},
    "/v1/groups/{group_id}/copy-links": {"get", "post"},
    "/v1/groups/{group_id}/copy-links/{link_id}": {"put", "delete"},
    "/v1/groups/{group_id}/copy-settings": {"get", "put"},
    "/v1/groups/{group_id}/room": {"get"},
    "/v1/groups/{group_id}/what-if": {"post"},
    "/v1/groups/{group_id}/copy-tracking": {"get"},
    "/v1/accounts": {"get", "post"},
    "/v1/accounts/{account_id}": {"get", "put", "delete"},
    "/v1/accounts/{account_id}/risk": {"get"},
    "/v1/accounts/{account_id}/events": {"get", "post"},
    "/v1/accounts/{account_id}/events/{event_id}": {"delete"},
    "/v1/accounts/{account_id}/preset": {"get", "put"},
    "/v1/accounts/{account_id}/effective-status": {"get"},
    "/v1/presets": {"get"},
    "/v1/presets/{name}": {"get"},
    "/v1/snapshots": {"post"},
    "/v1/uploads": {"get", "post"},
    "/v1/exports/{table}": {"get"},
    "/v1/uploads/{upload_id}": {"get", "delete"},
    "/v1/uploads/{upload_id}/refused": {"get"},
    "/v1/uploads/jobs/{job_id}": {"get", "delete"},
    "/v1/health": {"get"},
}


def test_the_document_is_served(client, document):
    assert client.get("/api/openapi.json").json() == json.loads(json.dumps(document))


def test_every_route_is_there_under_api(document):
    assert {path: set(operations) for path, operations in document["paths"].items()} == ROUTES
    assert document["servers"] == [{"url": "/api"}]


def test_every_error_is_a_problem(document):
    for operations in document["paths"].values():
        for operation in operations.values():
            assert "default" in operation["responses"]
            for status, response in operation["responses"].items():
                if status == "default" or status >= "4":
                    assert list(response["content"]) == ["application/problem+json"]
    assert "HTTPValidationError" not in document["components"]["schemas"]


def test_every_kind_of_rule_is_told_apart_by_its_kind(document):
    rules = document["components"]["schemas"]["AccountDraft"]["properties"]["rules"]
    assert set(rules["items"]["discriminator"]["mapping"]) == set(KINDS)


def test_every_schema_is_one(document):
    for schema in document["components"]["schemas"].values():
        Draft202012Validator.check_schema(schema)


@pytest.mark.parametrize(
    ("name", "body", "is_valid"),
    [
        ("Snapshot", {"account_id": "7d9f3c52-0d3f-4b4c-9d5e-1f1f6d0c8a11"}, True),
        ("Snapshot", {"account_number": "7741"}, True),
        ("Snapshot", {}, False),
        ("Snapshot", {"account_number": "7741", "account_id": None}, False),
        ("Snapshot", {"account_number": "7741", "profit": 5}, False),
        ("Snapshot", {"account_number": "7741", "balance": "5"}, False),
    ],
)
def test_the_document_allows_what_the_desk_takes(document, client, account, name, body, is_valid):
    account("7741")
    whole = {"taken_at": "2026-03-02T15:00:00Z", "balance": 5, "equity": 5, **body}
    schema = {**document["components"]["schemas"][name], "components": document["components"]}
    assert Draft202012Validator(schema).is_valid(whole) is is_valid
    if not is_valid:
        assert client.post("/api/v1/snapshots", json=whole).status_code == 422


@pytest.mark.parametrize("path", ["/api", "/api/"])
def test_the_root_leads_to_the_page(client, path):
    page = client.get(path)
    assert page.status_code == 200
    assert page.url.path == "/api/docs"


def test_the_page_needs_nothing_from_elsewhere(client):
    page = client.get("/api/docs").text
    assert "https:" not in page.replace("https://localhost", "")
    assert "http:" not in page
    links = re.findall(r'(?:src|href)="([^"]+)"', page)
    assert len(links) == 3
    for link in [*links, "openapi.json"]:
        assert client.get(f"/api/{link}").status_code == 200


def test_what_is_shipped_is_small_and_has_its_licence():
    files = list(Path(STATIC).iterdir())
    assert sum(file.stat().st_size for file in files) <= 2 * 1024 * 1024
    licence = (Path(STATIC) / "LICENSE-swagger-ui.txt").read_text()
    assert "Apache License" in licence
    assert "SmartBear" in licence
    assert "url(http" not in (Path(STATIC) / "swagger-ui.css").read_text()


def test_nothing_but_the_shipped_files_is_served(client):
    for path in ("../application.py", "..%2fapplication.py", "", "nothing.js"):
        assert client.get(f"/api/static/{path}").status_code == 404


def test_health_says_that_the_desk_answers(client):
    answer = client.get("/api/v1/health")
    assert answer.status_code == 200
    assert answer.json()["status"] == "ok"
    assert answer.json()["time"] == "2026-03-02T15:00:00Z"


@pytest.mark.parametrize("name", ["AccountDraft", "GroupDraft", "Snapshot"])
def test_every_example_is_allowed_and_taken(document, client, account, name):
    schema = {**document["components"]["schemas"][name], "components": document["components"]}
    (example,) = schema["examples"]
    Draft202012Validator(schema).validate(example)
    path = {"AccountDraft": "accounts", "GroupDraft": "groups", "Snapshot": "snapshots"}[name]
    if name == "Snapshot":
        account(example["account_number"])
    assert client.post(f"/api/v1/{path}", json=example).status_code == 201


def test_every_route_has_a_name_of_its_own(document):
    names = [
        operation["operationId"]
        for operations in document["paths"].values()
        for operation in operations.values()
    ]
    assert len(set(names)) == len(names) == 42
