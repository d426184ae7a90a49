"""Snapshots over REST."""

from __future__ import annotations

from uuid import UUID

import pytest

SNAPSHOTS = "/api/v1/snapshots"

ONE = {"taken_at": "2026-03-02T15:00:00Z", "balance": 49_900, "equity": 49_800.5}


def equity(client, account_id):
    return client.get(f"/api/v1/accounts/{account_id}/risk").json()["equity"]


def test_a_snapshot_is_taken(client, account):
    member = account("7741")
    posted = client.post(SNAPSHOTS, json={"account_id": member, **ONE})
    assert posted.status_code == 201
    assert posted.json() == {"taken": 1, "duplicates": 0, "corrected": 0}
    assert equity(client, member) == 49_800.5


def test_the_same_snapshot_twice_changes_nothing(client, account):
    member = account("7741")
    client.post(SNAPSHOTS, json={"account_id": member, **ONE})
    again = client.post(SNAPSHOTS, json={"account_id": member, **ONE})
    assert again.status_code == 200
    assert again.json() == {"taken": 0, "duplicates": 1, "corrected": 0}


def test_another_value_for_the_same_instant_corrects_it(client, account):
    member = account("7741")
    client.post(SNAPSHOTS, json={"account_id": member, **ONE})
    corrected = client.post(SNAPSHOTS, json={"account_id": member, **ONE, "equity": 49_700})
    assert corrected.status_code == 201
    assert corrected.json()["corrected"] == 1
    assert equity(client, member) == 49_700


def position(client, account_id):
    states = client.get(f"/api/v1/accounts/{account_id}/risk").json()["rule_states"]
    return states["position_limit"]


def test_open_contracts_and_basis_are_taken_and_corrected(client, account):
    member = account("7741", rules=[{"kind": "position_limit", "most_contracts": 5}])
    client.post(SNAPSHOTS, json={"account_id": member, **ONE})
    assert (position(client, member)["measured"], position(client, member)["basis"]) == (
        None,
        "equity",
    )
    more = {"open_contracts": 2.25, "basis": "closed_balance"}
    for _ in range(2):
        answer = client.post(SNAPSHOTS, json={"account_id": member, **ONE, **more}).json()
    assert answer == {"taken": 0, "duplicates": 1, "corrected": 0}
    state = position(client, member)
    assert (state["measured"], state["basis"]) == (2.25, "closed_balance")
    again = client.post(SNAPSHOTS, json={"account_id": member, **ONE, "open_contracts": None})
    assert again.json()["corrected"] == 1


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("open_contracts", -1, "open_contracts must be 0 or more, below 100,000,000,000, was -1"),
        ("open_contracts", 1e11, "open_contracts must be 0 or more, below 100,000,000,000"),
        ("open_contracts", 0.00001, "open_contracts must have at most 4 decimals, was 1e-05"),
        ("open_contracts", "2", "open_contracts must be a number"),
        ("open_contracts", True, "open_contracts must be a number"),
        ("basis", "guess", "basis must be 'equity', 'closed_balance' or 'end_of_day'"),
        ("basis", 0, "basis must be 'equity', 'closed_balance' or 'end_of_day'"),
        ("basis", None, "basis must be 'equity', 'closed_balance' or 'end_of_day'"),
    ],
)
def test_contracts_or_a_basis_that_are_none_are_refused(client, account, field, value, sentence):
    member = account("7741")
    refused = client.post(SNAPSHOTS, json={"account_id": member, **ONE, field: value})
    assert refused.status_code == 422
    assert refused.json()["detail"].startswith(sentence)
    assert equity(client, member) is None


def test_an_account_may_be_named_by_its_number(client, account):
    member = account("007741")
    assert client.post(SNAPSHOTS, json={"account_number": "007741", **ONE}).status_code == 201
    assert equity(client, member) == 49_800.5


def test_a_number_means_the_account_that_has_it_now(client, account):
    """7741 is posted to, becomes 7743, and 7742 becomes 7741; then 7743 is deleted."""
    first, second = account("7741"), account("7742")

    def post(number):
        return client.post(SNAPSHOTS, json={"account_number": number, **ONE}).status_code

    def call(account_id, number):
        draft = {"number": number, "starting_balance": 50_000, "rules": []}
        assert client.put(f"/api/v1/accounts/{account_id}", json=draft).status_code == 200

    assert (post("7741"), post("7743")) == (201, 404)
    call(first, "7743")
    assert (post("7741"), post("7743")) == (404, 200)
    call(second, "7741")
    assert (post("7741"), equity(client, second)) == (201, 49_800.5)
    assert client.delete(f"/api/v1/accounts/{first}").status_code == 204
    assert (post("7743"), post("7741")) == (404, 200)


@pytest.mark.parametrize("shape", ["list", "batch"])
def test_a_batch_is_taken_together(client, account, shape):
    first, second = account("7741"), account("7742")
    rows = [{"account_id": first, **ONE}, {"account_number": "7742", **ONE, "equity": 50_000}]
    posted = client.post(SNAPSHOTS, json=rows if shape == "list" else {"snapshots": rows})
    assert posted.status_code == 201
    assert posted.json()["taken"] == 2
    assert (equity(client, first), equity(client, second)) == (49_800.5, 50_000)


def test_an_empty_batch_changes_nothing(client):
    assert client.post(SNAPSHOTS, json=[]).status_code == 200
    assert client.post(SNAPSHOTS, json={"snapshots": []}).json()["taken"] == 0


def test_a_time_with_an_offset_is_the_same_instant(client, account):
    member = account("7741")
    client.post(SNAPSHOTS, json={"account_id": member, **ONE})
    same = {"account_id": member, **ONE, "taken_at": "2026-03-02T10:00:00.000-05:00"}
    assert client.post(SNAPSHOTS, json=same).json()["duplicates"] == 1


@pytest.mark.parametrize("known", [{"account_id": str(UUID(int=404))}, {"account_number": "9999"}])
def test_an_unknown_account_takes_nothing(client, account, known):
    member = account("7741")
    rows = [{"account_id": member, **ONE}, {**known, **ONE}]
    missing = client.post(SNAPSHOTS, json=rows)
    assert missing.status_code == 404
    assert next(iter(known.values())) in missing.json()["detail"]
    assert equity(client, member) is None


@pytest.mark.parametrize(
    ("raw", "sentence"),
    [
        ("NaN", "balance must be finite"),
        ("Infinity", "balance must be finite"),
        ("-Infinity", "balance must be finite"),
        ("1e999", "balance must be finite"),
        ("1e13", "balance must have at most 13 digits before the point"),
        ("1" + "0" * 400, "balance must have at most 13 digits before the point"),
        ("0.001", "balance must have at most 2 decimals, was 0.001"),
        ("true", "balance must be a number"),
        ('"49900"', "balance must be a number"),
        ('"1_000"', "balance must be a number"),
        ('"١٢"', "balance must be a number"),
        ("null", "balance must be a number"),
        ("[1]", "balance must be a number"),
    ],
)
def test_money_that_is_none_is_refused(client, account, raw, sentence):
    member = account("7741")
    body = (
        f'{{"account_id": "{member}", "taken_at": "2026-03-02T15:00:00Z",'
        f' "equity": 50000, "balance": {raw}}}'
    )
    refused = client.post(
        SNAPSHOTS, content=body.encode(), headers={"content-type": "application/json"}
    )
    assert refused.status_code == 422
    assert refused.json()["detail"] == sentence
    assert equity(client, member) is None


@pytest.mark.parametrize(
    "taken_at",
    [
        "2026-03-02T15:00:00",
        "2026-03-02",
        "02/03/2026 15:00",
        "2026-02-30T15:00:00Z",
        "2026-03-02T25:00:00Z",
        "2026-03-02T15:00:00+99:00",
        "0001-01-01T00:00:00+14:00",
        "٢٠٢٦-03-02T15:00:00Z",
        1_772_463_600,
        None,
    ],
)
def test_a_time_that_is_no_instant_is_refused(client, account, taken_at):
    member = account("7741")
    refused = client.post(SNAPSHOTS, json={"account_id": member, **ONE, "taken_at": taken_at})
    assert refused.status_code == 422
    assert [error["field"] for error in refused.json()["errors"]] == ["taken_at"]
    assert equity(client, member) is None


def test_a_time_up_to_five_minutes_ahead_is_a_slow_clock(client, account):
    member = account("7741")
    late = {"account_id": member, **ONE, "taken_at": "2026-03-02T15:05:00Z"}
    assert client.post(SNAPSHOTS, json=late).status_code == 201
    future = {"account_id": member, **ONE, "taken_at": "2026-03-02T15:05:00.000001Z"}
    refused = client.post(SNAPSHOTS, json=future)
    assert refused.status_code == 422
    assert [error["field"] for error in refused.json()["errors"]] == ["taken_at"]


def test_one_bad_snapshot_refuses_the_batch_and_is_named(client, account):
    member = account("7741")
    rows = [{"account_id": member, **ONE}, {"account_id": member, **ONE, "equity": "much"}]
    for body, field in ((rows, "1.equity"), ({"snapshots": rows}, "snapshots.1.equity")):
        refused = client.post(SNAPSHOTS, json=body)
        assert refused.status_code == 422
        assert [error["field"] for error in refused.json()["errors"]] == [field]
    assert equity(client, member) is None


@pytest.mark.parametrize(
    "names",
    [{}, {"account_id": str(UUID(int=404)), "account_number": "7741"}, {"account_id": None}],
)
def test_a_snapshot_names_one_account_one_way(client, names):
    assert client.post(SNAPSHOTS, json={**names, **ONE}).status_code == 422


@pytest.mark.parametrize("body", ["7741", 5, None, True])
def test_a_body_of_no_shape_is_told_the_shapes(client, body):
    refused = client.post(SNAPSHOTS, json=body)
    assert refused.status_code == 422
    assert refused.json()["errors"]


def test_an_unknown_field_is_refused(client, account):
    body = {"account_id": account("7741"), **ONE, "profit": 5}
    refused = client.post(SNAPSHOTS, json=body)
    assert refused.status_code == 422
    assert refused.json()["detail"] == "profit is not a field here"


def test_five_thousand_are_the_most(client, account):
    member = account("7741")
    row = {"account_id": member, **ONE}
    assert client.post(SNAPSHOTS, json=[row] * 5_001).status_code == 422
    most = client.post(SNAPSHOTS, json=[row] * 5_000)
    assert most.status_code == 201
    assert most.json() == {"taken": 1, "duplicates": 4_999, "corrected": 0}
