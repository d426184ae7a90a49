"""Presets over REST: which there are, and the one an account has."""

from __future__ import annotations

import pytest

TOPSTEP = {"name": "topstep-trading-combine", "size": "50K"}


def test_every_programme_is_listed_by_firm(client):
    listed, cursor = [], None
    while True:
        query = {"limit": 50} | ({"cursor": cursor} if cursor else {})
        part = client.get("/api/v1/presets", params=query).json()
        listed += part["items"]
        cursor = part["next_cursor"]
        if cursor is None:
            break
    assert len(listed) >= 35
    assert [one["firm"].casefold() for one in listed] == sorted(
        one["firm"].casefold() for one in listed
    )


def test_a_programme_says_where_it_is_from_and_has_rules_for_each_size(client):
    found = client.get(f"/api/v1/presets/{TOPSTEP['name']}").json()
    assert found["source"]
    assert found["checked_on"] == "2026-10-04"
    fifty = next(size for size in found["sizes"] if size["name"] == "50K")
    assert {"max_loss", "profit_target"} <= {rule["kind"] for rule in fifty["rules"]}
    assert found["not_modelled"]


def test_a_programme_that_is_not_there_is_missing(client):
    answer = client.get("/api/v1/presets/no-such-programme")
    assert (answer.status_code, answer.json()["detail"]) == (404, "no preset no-such-programme")


def test_applying_one_gives_the_account_its_rules_and_its_clock(client, account):
    account_id = account("7741")
    applied = client.put(f"/api/v1/accounts/{account_id}/preset", json=TOPSTEP)
    assert applied.status_code == 200
    found = applied.json()
    assert (found["time_zone"], found["reset_time"]) == ("America/Chicago", "17:00:00")
    assert found["starting_balance"] == 50_000
    assert found["preset"] == TOPSTEP | {"checked_on": "2026-10-04"}
    limits = {rule["kind"]: rule for rule in found["rules"]}
    assert limits["max_loss"]["limit_amount"] == 2_000
    standing = client.get(f"/api/v1/accounts/{account_id}/preset").json()
    assert standing["overrides"] == []
    assert standing["not_modelled"]


def test_what_the_account_has_otherwise_is_named_with_both_values(client, account):
    account_id = account("7741")
    found = client.put(f"/api/v1/accounts/{account_id}/preset", json=TOPSTEP).json()
    rules = [
        rule | ({"limit_amount": 2_500} if rule["kind"] == "max_loss" else {})
        for rule in found["rules"]
        if rule["kind"] != "profit_target"
    ]
    body = {key: found[key] for key in ("number", "starting_balance", "preset")}
    changed = client.put(f"/api/v1/accounts/{account_id}", json=body | {"rules": rules})
    assert changed.status_code == 200, changed.text
    standing = client.get(f"/api/v1/accounts/{account_id}/preset").json()
    by_kind = {one["kind"]: one for one in standing["overrides"]}
    assert by_kind["max_loss"] == {
        "kind": "max_loss",
        "parameter": "limit_amount",
        "preset": 2_000,
        "account": 2_500,
    }
    assert by_kind["profit_target"]["parameter"] == ""
    assert by_kind["profit_target"]["preset"]["target_percent"] == 6
    assert by_kind["profit_target"]["account"] is None


@pytest.mark.parametrize(
    ("chosen", "detail"),
    [
        ({"name": "nobody-nothing", "size": "50K"}, "no preset nobody-nothing"),
        (TOPSTEP | {"size": "75K"}, "no size of Topstep: Trading Combine 75K"),
    ],
)
def test_a_strange_preset_or_size_changes_nothing(client, account, chosen, detail):
    account_id = account("7741")
    before = client.get(f"/api/v1/accounts/{account_id}").json()
    answer = client.put(f"/api/v1/accounts/{account_id}/preset", json=chosen)
    assert (answer.status_code, answer.json()["detail"]) == (404, detail)
    assert client.get(f"/api/v1/accounts/{account_id}").json() == before


def test_an_account_without_a_preset_has_none(client, account):
    answer = client.get(f"/api/v1/accounts/{account('7741')}/preset")
    assert (answer.status_code, answer.json()["detail"]) == (404, "no preset of account 7741")


def test_somebody_elses_account_is_missing(client):
    strange = "00000000-0000-0000-0000-000000000001"
    for answer in (
        client.get(f"/api/v1/accounts/{strange}/preset"),
        client.put(f"/api/v1/accounts/{strange}/preset", json=TOPSTEP),
    ):
        assert (answer.status_code, answer.json()["detail"]) == (404, f"no account {strange}")
