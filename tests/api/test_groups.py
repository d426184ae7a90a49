"""Groups over REST."""

from __future__ import annotations

from uuid import uuid4

import pytest

from riskcore.services.desk import LOCAL_USER

GROUPS = "/api/v1/groups"


def test_a_new_group_says_where_it_is(client, account):
    first, second = sorted([account("7741"), account("7742")])
    made = client.post(GROUPS, json={"name": "Funded", "account_ids": [second, first]})
    assert made.status_code == 201
    assert made.headers["location"] == f"{GROUPS}/{made.json()['id']}"
    assert made.json() == {
        "id": made.json()["id"],
        "user_id": LOCAL_USER,
        "name": "Funded",
        "account_ids": [first, second],
        "currency": None,
        "thresholds": {"caution_fraction": 0.5, "critical_fraction": 0.2},
        "created_at": "2026-03-02T15:00:00Z",
        "updated_at": "2026-03-02T15:00:00Z",
    }
    assert client.get(made.headers["location"]).json() == made.json()


def test_groups_are_listed_by_name(client, group):
    for name in ("b", "C", "a"):
        group(name)
    listed = client.get(GROUPS).json()
    assert [item["name"] for item in listed["items"]] == ["a", "b", "C"]
    assert listed["next_cursor"] is None


def test_a_cursor_leads_through_the_whole_list(client, group):
    names = [f"group {number}" for number in range(5)]
    for name in names:
        group(name)
    seen, cursor = [], {}
    while cursor is not None:
        part = client.get(GROUPS, params={"limit": 2, **cursor}).json()
        seen += [item["name"] for item in part["items"]]
        cursor = {"cursor": part["next_cursor"]} if part["next_cursor"] else None
    assert seen == names


@pytest.mark.parametrize("cursor", ["x", "é", "eyJhIjoxfQ", "WzEsMl0", "bnVsbA", "%%%", ""])
def test_a_cursor_no_list_gave_is_refused(client, group, cursor):
    group("a")
    refused = client.get(GROUPS, params={"cursor": cursor})
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["field"] == "cursor"


def test_a_group_is_replaced_as_a_whole(client, account, group):
    group_id = group("Funded", account("7741"), currency="EUR")
    changed = client.put(f"{GROUPS}/{group_id}", json={"name": "Evaluations"})
    assert changed.status_code == 200
    assert changed.json()["name"] == "Evaluations"
    assert changed.json()["account_ids"] == []
    assert changed.json()["currency"] is None


def test_a_deleted_group_is_no_more_and_its_accounts_stay(client, account, group):
    member = account("7741")
    group_id = group("Funded", member)
    assert client.delete(f"{GROUPS}/{group_id}").status_code == 204
    assert client.get(f"{GROUPS}/{group_id}").status_code == 404
    assert client.delete(f"{GROUPS}/{group_id}").status_code == 404
    assert client.get(f"/api/v1/accounts/{member}").status_code == 200


def test_members_come_and_go(client, account, group):
    member, group_id = account("7741"), group("Funded")
    added = client.post(f"{GROUPS}/{group_id}/accounts", json={"account_id": member})
    assert (added.status_code, added.json()["account_ids"]) == (201, [member])
    assert client.delete(f"{GROUPS}/{group_id}/accounts/{member}").status_code == 204
    assert client.get(f"{GROUPS}/{group_id}").json()["account_ids"] == []


def test_an_account_may_be_in_several_groups(client, account, group):
    member = account("7741")
    for name in ("Funded", "Evaluations"):
        assert client.get(f"{GROUPS}/{group(name, member)}").json()["account_ids"] == [member]


def test_a_member_is_added_once(client, account, group):
    member = account("7741")
    group_id = group("Funded", member)
    again = client.post(f"{GROUPS}/{group_id}/accounts", json={"account_id": member})
    assert again.status_code == 409
    twice = client.post(GROUPS, json={"name": "Twice", "account_ids": [member, member]})
    assert twice.status_code == 409
    assert [item["name"] for item in client.get(GROUPS).json()["items"]] == ["Funded"]


def test_a_group_name_is_taken_once(client, group):
    group("Funded")
    group_id = group("Evaluations")
    for name in ("Funded", "FUNDED", " funded "):
        assert client.post(GROUPS, json={"name": name}).status_code == 409
        assert client.put(f"{GROUPS}/{group_id}", json={"name": name}).status_code == 409
    assert len(client.get(GROUPS).json()["items"]) == 2


def test_an_unknown_account_is_no_member(client, group):
    stranger = str(uuid4())
    made = client.post(GROUPS, json={"name": "Funded", "account_ids": [stranger]})
    assert made.status_code == 404
    assert stranger in made.json()["detail"]
    assert client.get(GROUPS).json()["items"] == []
    group_id = group("Funded")
    added = client.post(f"{GROUPS}/{group_id}/accounts", json={"account_id": stranger})
    assert added.status_code == 404
    assert client.delete(f"{GROUPS}/{group_id}/accounts/{stranger}").status_code == 404


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", ""),
        ("PUT", ""),
        ("DELETE", ""),
        ("GET", "/risk"),
        ("GET", "/history"),
        ("POST", "/accounts"),
    ],
)
def test_an_unknown_group_is_missing_everywhere(client, account, method, path):
    body = {
        "PUT": {"name": "Funded"},
        "POST": {"account_id": account("7741")},
    }.get(method)
    missing = client.request(method, f"{GROUPS}/{uuid4()}{path}", json=body)
    assert missing.status_code == 404
    assert missing.json()["title"] == "Not Found"


@pytest.mark.parametrize(
    ("draft", "field"),
    [
        ({}, "name"),
        ({"name": ""}, "name"),
        ({"name": "   "}, "name"),
        ({"name": "x" * 81}, "name"),
        ({"name": "Fun\u202eded"}, "name"),
        ({"name": 5}, "name"),
        ({"name": "Funded", "user_id": "somebody"}, "user_id"),
        ({"name": "Funded", "account_ids": ["7741"]}, "account_ids.0"),
        ({"name": "Funded", "account_ids": None}, "account_ids"),
        ({"name": "Funded", "currency": "dollars"}, "currency"),
        (
            {"name": "Funded", "thresholds": {"caution_fraction": 1.5}},
            "thresholds.caution_fraction",
        ),
        (
            {"name": "Funded", "thresholds": {"caution_fraction": "0.5"}},
            "thresholds.caution_fraction",
        ),
        (
            {"name": "Funded", "thresholds": {"caution_fraction": True}},
            "thresholds.caution_fraction",
        ),
        ({"name": "Funded", "thresholds": {"caution_fraction": 0.1}}, "critical_fraction"),
    ],
)
def test_a_group_that_cannot_be_is_refused_by_its_field(client, draft, field):
    refused = client.post(GROUPS, json=draft)
    assert refused.status_code == 422
    assert [error["field"] for error in refused.json()["errors"]] == [field]
    assert client.get(GROUPS).json()["items"] == []


def test_an_id_has_one_spelling(client, group):
    group_id = group("Funded")
    assert client.get(f"{GROUPS}/{group_id.replace('-', '')}").status_code == 422
    assert client.get(f"{GROUPS}/not-an-id").status_code == 422
    assert client.get(f"{GROUPS}/{group_id.upper()}").status_code == 200
