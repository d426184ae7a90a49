"""The fast lane answers a good snapshot as the route does, and leaves all else to it."""

from __future__ import annotations

import json
from uuid import UUID

import pytest
from starlette.testclient import TestClient

from riskcore.api import fast_lane
from riskcore.domain.errors import StoreUnavailable
from riskcore.services import snapshots

PATH = "/api/v1/snapshots"
GOOD = {"taken_at": "2026-03-02T14:30:00Z", "balance": 50_000, "equity": 49_450.25}


@pytest.fixture
def taken(monkeypatch):
    """What the lane took, in the order in which it did."""
    lane, noted = fast_lane._stored, []

    async def stored(desk, user_id, snapshot):
        recorded = await lane(desk, user_id, snapshot)
        noted.append(recorded)
        return recorded

    monkeypatch.setattr(fast_lane, "_stored", stored)
    return noted


def test_a_good_snapshot_is_taken_at_once_by_id_and_by_number(client, account, taken):
    """New: 201. Again: 200. Another value: 201. The number is looked up once, by the route."""
    member = account("7741")
    said = []
    for name in ({"account_id": member}, {"account_number": "7741"}):
        for equity in (49_450.25, 49_450.25, 49_000):
            answer = client.post(PATH, json={**GOOD, **name, "equity": equity})
            said.append((answer.status_code, *answer.json().values()))
    assert said[:3] == [(201, 1, 0, 0), (200, 0, 1, 0), (201, 0, 0, 1)]
    assert said[3:] == [(201, 0, 0, 1), (200, 0, 1, 0), (201, 0, 0, 1)]
    assert len(taken) >= 5


def test_both_ways_give_the_same_answer_to_the_byte(client, account, taken):
    member = account("7741")
    quick = client.post(PATH, json={**GOOD, "account_id": member})
    slow = client.post(
        PATH, json={**GOOD, "account_id": account("7742")}, headers={"origin": "http://localhost"}
    )
    assert len(taken) == 1
    assert (quick.status_code, quick.content) == (slow.status_code, slow.content)
    assert dict(quick.headers) == dict(slow.headers)


def body(member, **other):
    return json.dumps({**GOOD, "account_id": member, **other})


UNUSUAL = {
    "a field twice": lambda member: body(member)[:-1] + ', "equity": 49000}',
    "a field nobody knows": lambda member: body(member, equty=1),
    "an account by both names": lambda member: body(member, account_number="7741"),
    "an account by none": lambda member: json.dumps(GOOD),
    "half a cent": lambda member: body(member, equity=49_450.255),
    "no number": lambda member: body(member, equity="49450.25"),
    "not finite": lambda member: body(member).replace("49450.25", "NaN"),
    "no zone": lambda member: body(member, taken_at="2026-03-02T14:30:00"),
    "tomorrow": lambda member: body(member, taken_at="2026-03-03T14:30:00Z"),
    "a strange account": lambda member: body(str(UUID(int=404))),
    "a strange number": lambda member: json.dumps({**GOOD, "account_number": "404"}),
    "pairs that are no object": lambda member: json.dumps(list(json.loads(body(member)).items())),
    "a list": lambda member: f"[{body(member)}]",
    "a batch": lambda member: json.dumps({"snapshots": [json.loads(body(member))]}),
    "too long for one": lambda member: body(member) + " " * 5_000,
    "no JSON": lambda member: body(member)[:-1],
    "no object": lambda member: "7741",
    "nothing": lambda member: "",
    "deep": lambda member: "[" * 4_000,
    "no text": lambda member: b"\xff\xfe{",
}


@pytest.mark.parametrize("told", UNUSUAL.values(), ids=UNUSUAL)
def test_what_is_unusual_is_answered_by_the_route(client, account, taken, told):
    """The same call with an Origin of our own never enters the lane."""
    sent = told(account("7741"))
    headers = {"content-type": "application/json"}
    answer = client.post(PATH, content=sent, headers=headers)
    route = client.post(PATH, content=sent, headers={**headers, "origin": "http://localhost"})
    assert [one for one in taken if one is not None] == []
    if answer.is_success:
        assert (answer.json()["taken"], route.json()["duplicates"]) == (1, 1)
    else:
        assert (answer.status_code, answer.content) == (route.status_code, route.content)


@pytest.mark.parametrize(
    "headers", [{"content-type": "text/plain"}, {"origin": "http://evil.example"}]
)
def test_a_page_of_another_site_finds_no_lane(client, account, taken, headers):
    sent = body(account("7741"))
    answer = client.post(
        PATH, content=sent, headers={"content-type": "application/json", **headers}
    )
    assert (answer.is_success, taken) == (False, [])


def test_a_store_that_cannot_be_written_is_told_by_the_route(
    client: TestClient, account, monkeypatch
):
    def full(*args, **kwargs):
        raise StoreUnavailable("the disk is full")

    member = account("7741")
    monkeypatch.setattr(snapshots, "submit_snapshots", full)
    answer = client.post(PATH, json={**GOOD, "account_id": member})
    assert (answer.status_code, answer.json()["detail"]) == (503, "the disk is full")
