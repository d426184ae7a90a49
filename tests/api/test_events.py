"""Events over REST."""

from __future__ import annotations

from uuid import uuid4

import pytest

PAYOUT = {"kind": "payout", "happened_at": "2026-03-02T14:30:00Z", "amount": 1_500}
DAILY_1000 = {"kind": "daily_loss", "limit_amount": 1_000}


def events(account_id):
    return f"/api/v1/accounts/{account_id}/events"


def daily(client, account_id):
    risk = client.get(f"/api/v1/accounts/{account_id}/risk").json()
    return risk["rule_states"]["daily_loss"]


def test_an_event_is_recorded_listed_and_deleted(client, account):
    member = account("7741")
    made = client.post(events(member), json={**PAYOUT, "origin": " Payout 3 "})
    assert made.status_code == 201
    event = made.json()
    assert event == {
        "id": event["id"],
        "account_id": member,
        **PAYOUT,
        "origin": "Payout 3",
    }
    assert client.get(events(member)).json() == {"items": [event], "next_cursor": None}
    assert client.delete(f"{events(member)}/{event['id']}").status_code == 204
    assert client.get(events(member)).json()["items"] == []
    assert client.delete(f"{events(member)}/{event['id']}").status_code == 404


def test_a_payout_posted_after_the_fact_takes_the_loss_back(client, account, snapshot):
    """50,000 at 14:00; 1,500 are paid out at 14:30; 48,500 at 15:00 are no loss."""
    member = account("7741", rules=[DAILY_1000])
    snapshot(member, 50_000, taken_at="2026-03-02T14:00:00Z")
    snapshot(member, 48_500)
    assert daily(client, member)["status"] == "violated"
    event = client.post(events(member), json=PAYOUT).json()
    assert (daily(client, member)["status"], daily(client, member)["buffer"]) == ("safe", 1_000)
    client.delete(f"{events(member)}/{event['id']}")
    assert daily(client, member)["status"] == "violated"


def test_an_event_is_no_part_of_what_an_account_is_replaced_by(client, account):
    member = account("7741")
    event = client.post(events(member), json=PAYOUT).json()
    client.put(f"/api/v1/accounts/{member}", json={"number": "7742"})
    assert client.get(events(member)).json()["items"] == [event]


def test_events_are_listed_by_instant_in_parts(client, account):
    member = account("7741")
    instants = [f"2026-03-0{day}T12:00:00Z" for day in (2, 1, 2)]
    for instant in instants:
        client.post(events(member), json={**PAYOUT, "happened_at": instant})
    first = client.get(events(member), params={"limit": 2}).json()
    rest = client.get(events(member), params={"cursor": first["next_cursor"]}).json()
    listed = [event["happened_at"] for event in first["items"] + rest["items"]]
    assert listed == sorted(instants)
    assert rest["next_cursor"] is None


def test_a_reset_may_leave_its_amount_out(client, account):
    member = account("7741")
    reset = {"kind": "reset", "happened_at": "2026-03-02T14:30:00Z"}
    assert client.post(events(member), json=reset).json()["amount"] is None


def test_a_time_with_an_offset_comes_back_in_utc(client, account):
    local = {**PAYOUT, "happened_at": "2026-03-02T09:30:00-05:00"}
    made = client.post(events(account("7741")), json=local).json()
    assert made["happened_at"] == "2026-03-02T14:30:00Z"


@pytest.mark.parametrize(("method", "path"), [("GET", ""), ("POST", ""), ("DELETE", "/{event}")])
def test_an_unknown_account_has_no_events(client, account, method, path):
    event = client.post(events(account("7741")), json=PAYOUT).json()
    strange = str(uuid4())
    body = PAYOUT if method == "POST" else None
    url = events(strange) + path.format(event=event["id"])
    missing = client.request(method, url, json=body)
    assert missing.status_code == 404
    assert missing.json()["detail"] == f"no account {strange}"


def test_an_event_of_another_account_is_missing(client, account):
    member, other = account("7741"), account("7742")
    event = client.post(events(member), json=PAYOUT).json()
    missing = client.delete(f"{events(other)}/{event['id']}")
    assert missing.status_code == 404
    assert missing.json()["detail"] == f"no event {event['id']}"
    assert client.get(events(member)).json()["items"] == [event]


@pytest.mark.parametrize(
    ("change", "field", "sentence"),
    [
        ({"kind": "gift"}, "kind", "kind must be 'deposit', 'withdrawal', 'payout'"),
        ({"amount": None}, "amount", "payout amount must be given, was nothing"),
        ({"amount": 0}, "amount", "payout amount must be above zero, was 0.0"),
        ({"amount": -5}, "amount", "payout amount must be above zero, was -5.0"),
        ({"amount": 0.001}, "amount", "amount must have at most 2 decimals, was 0.001"),
        ({"amount": "1500"}, "amount", "amount must be a number"),
        ({"amount": 5e12}, "amount", "payout amount must be an amount, was 5000000000000.0"),
        ({"kind": "floor", "amount": None}, "amount", "floor amount must be given, was nothing"),
        ({"happened_at": "2026-03-02"}, "happened_at", "happened_at must be a time in ISO 8601"),
        (
            {"happened_at": "2026-03-02T15:05:00.000001Z"},
            "happened_at",
            "happened_at must not be in the future, was 2026-03-02T15:05:00.000001+00:00",
        ),
        ({"origin": "x" * 201}, "origin", "origin must have at most 200 characters"),
        (
            {"origin": "two\nlines"},
            "origin",
            "origin must be one line without hidden characters, was U+000A",
        ),
        ({"profit": 5}, "profit", "profit is not a field here"),
    ],
)
def test_an_event_that_cannot_be_is_refused_by_its_field(client, account, change, field, sentence):
    member = account("7741")
    refused = client.post(events(member), json=PAYOUT | change)
    assert refused.status_code == 422
    assert [error["field"] for error in refused.json()["errors"]] == [field]
    assert refused.json()["detail"].startswith(sentence)
    assert client.get(events(member)).json()["items"] == []


def test_an_event_up_to_five_minutes_ahead_is_a_slow_clock(client, account):
    ahead = {**PAYOUT, "happened_at": "2026-03-02T15:05:00Z"}
    assert client.post(events(account("7741")), json=ahead).status_code == 201


def test_an_account_that_is_full_of_events_takes_no_more(client, account, monkeypatch):
    monkeypatch.setattr("riskcore.store.events.MOST_EVENTS", 1)
    member = account("7741")
    client.post(events(member), json=PAYOUT)
    refused = client.post(events(member), json=PAYOUT)
    assert refused.status_code == 409
    assert refused.json()["detail"].endswith("events: delete one first")


def test_the_example_of_the_document_is_allowed_and_taken(client, account, document):
    (example,) = document["components"]["schemas"]["EventDraft"]["examples"]
    assert client.post(events(account("7741")), json=example).status_code == 201
