"""Everything that goes wrong is a problem detail, and nothing of our own leaks."""

from __future__ import annotations

import logging

import pytest

from riskcore.domain.errors import StoreUnavailable
from riskcore.services import groups

JSON = {"content-type": "application/json"}
PROBLEM = "application/problem+json"


def assert_problem(response, status):
    assert response.status_code == status
    assert response.headers["content-type"] == PROBLEM
    assert response.json()["status"] == status
    assert response.json()["title"]
    assert response.json()["detail"]


@pytest.mark.parametrize("path", ["/api/nothing", "/api/v1", "/api/v1/groups/", "/api/v2/groups"])
def test_an_unknown_route_is_a_problem(client, path):
    assert_problem(client.get(path), 404)


def test_a_method_a_route_does_not_have_is_a_problem(client):
    refused = client.patch("/api/v1/groups")
    assert_problem(refused, 405)
    assert refused.headers["allow"]
    assert refused.json()["detail"] == "PATCH is not allowed here"


@pytest.mark.parametrize("body", [b"{", b"", b"\xff", b"[" * 100_000, b'{"name": ' + b"9" * 5000])
def test_a_body_that_is_no_json_is_a_problem(client, body):
    refused = client.post("/api/v1/groups", content=body, headers=JSON)
    assert refused.headers["content-type"] == PROBLEM
    assert refused.status_code in {400, 422}


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", None])
def test_json_that_does_not_say_so_is_refused(client, kind):
    headers = {"content-type": kind} if kind else {}
    refused = client.post("/api/v1/groups", content=b'{"name": "Funded"}', headers=headers)
    assert_problem(refused, 415)
    assert client.get("/api/v1/groups").json()["items"] == []


def test_every_field_has_its_sentence(client):
    refused = client.post("/api/v1/accounts", json={"number": 5, "currency": 5})
    assert_problem(refused, 422)
    assert refused.json()["errors"] == [
        {"field": "number", "detail": "number must be a valid string"},
        {"field": "currency", "detail": "currency must be a valid string"},
    ]
    assert refused.json()["detail"] == "number must be a valid string (and 1 more)"


def test_a_thousand_mistakes_are_told_shortly(client):
    refused = client.post("/api/v1/snapshots", json=[{}] * 1_000)
    assert_problem(refused, 422)
    assert len(refused.json()["errors"]) == 100


def test_text_that_is_no_text_breaks_nothing(client):
    for body in (b'{"name": "\\ud800"}', b'{"\\ud800": 1, "name": "Funded"}'):
        refused = client.post("/api/v1/groups", content=body, headers=JSON)
        assert_problem(refused, 422)


def test_our_own_mistake_says_nothing_of_us(client, monkeypatch):
    def broken(*_: object) -> None:
        raise RuntimeError("SELECT secret FROM /site-packages/duckdb")

    monkeypatch.setattr(groups, "list_groups", broken)
    failed = client.get("/api/v1/groups")
    assert_problem(failed, 500)
    for word in ("secret", "site-packages", "Traceback", "RuntimeError"):
        assert word not in failed.text


def test_a_store_that_cannot_be_written_is_told_in_its_own_words(client, monkeypatch):
    def unavailable(*_: object) -> None:
        raise StoreUnavailable("the disk is full: free some space")

    monkeypatch.setattr(groups, "list_groups", unavailable)
    failed = client.get("/api/v1/groups")
    assert_problem(failed, 503)
    assert failed.json()["detail"] == "the disk is full: free some space"
    assert failed.headers["retry-after"] == "1"


def test_no_answer_logs_what_was_sent(client, caplog):
    with caplog.at_level(logging.DEBUG, logger="riskcore"):
        client.post("/api/v1/groups", json={"name": "Funded", "token": "rk_secret"})
    assert "rk_secret" not in caplog.text


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("groups", b'{"name": "Funded", "name": "Other"}', "name"),
        (
            "accounts",
            b'{"number": "1", "rules": [{"kind": "max_loss", "limit_amount": 5, "kind": ""}]}',
            "kind",
        ),
    ],
)
def test_a_field_is_given_once(client, path, body, field):
    refused = client.post(f"/api/v1/{path}", content=body, headers=JSON)
    assert_problem(refused, 422)
    assert refused.json()["errors"][0]["field"] == field
    assert client.get(f"/api/v1/{path}").json()["items"] == []
