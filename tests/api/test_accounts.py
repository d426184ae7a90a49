"""Accounts over REST."""

from __future__ import annotations

from uuid import uuid4

import pytest

from riskcore.domain.rules import KINDS

ACCOUNTS = "/api/v1/accounts"

DAILY = {
    "kind": "daily_loss",
    "limit_percent": 4.5,
    "limit_amount": None,
    "measure": "equity",
    "breach": "touch",
    "action": "pause",
    "reference": "max",
    "amount_base": "reference",
    "intraday_trail": False,
    "limit_steps": [],
    "limit_share_percent": None,
    "share_from_profit": None,
}
TRAILING = {
    "kind": "max_loss",
    "limit_percent": None,
    "limit_amount": 2500.5,
    "measure": "equity",
    "breach": "below",
    "action": "hard",
    "amount_base": "initial",
    "trail": "intraday_equity",
    "locks_at": 50_100,
    "locks_at_profit": None,
    "milestone_profit": None,
    "payout_effect": "none",
}
WHOLE = {
    "number": "007741",
    "name": "Leader",
    "firm": "Acme",
    "platform": "MT5",
    "currency": "EUR",
    "starting_balance": 50_000.25,
    "time_zone": "America/New_York",
    "reset_time": "17:00:00",
    "stale_after_seconds": 600,
    "market_hours": "Mon 09:30-Mon 16:00 in Europe/Prague",
    "rules": [DAILY, TRAILING],
    "preset": {"name": "acme-express", "size": "50K", "checked_on": "2026-10-04"},
}
OF_EVERY_KIND = [
    {"kind": "daily_loss", "limit_amount": 1_000, "limit_steps": [[500, 1_500.25], [1_000, 2_000]]},
    {"kind": "max_loss", "limit_amount": 2_000, "trail": "eod_balance", "locks_at_profit": 0},
    {"kind": "weekly_loss", "limit_percent": 4, "action": "pause"},
    {"kind": "floating_loss", "limit_percent": 2.5},
    {"kind": "position_limit", "most_contracts": 2.5, "tiers": [[1_500, 3]]},
    {"kind": "inactivity", "days": 30, "open_position_counts": False},
    {"kind": "profit_target", "target_percent": 8, "since": "payout"},
    {"kind": "consistency", "max_percent": 50, "op": "lt", "since": "payout"},
    {"kind": "min_trading_days", "days": 5, "min_profit_amount": 150, "since": "payout"},
    {"kind": "profit_cap", "limit_amount": 9_000, "scope": "cycle"},
]


def test_an_account_comes_back_as_it_was_made(client):
    made = client.post(ACCOUNTS, json=WHOLE)
    assert made.status_code == 201
    assert made.headers["location"] == f"{ACCOUNTS}/{made.json()['id']}"
    assert {name: made.json()[name] for name in WHOLE} == WHOLE
    assert client.get(made.headers["location"]).json() == made.json()


def test_a_number_is_all_an_account_needs(client):
    made = client.post(ACCOUNTS, json={"number": "7741"}).json()
    assert (made["name"], made["currency"], made["starting_balance"]) == ("7741", "USD", None)
    assert (made["time_zone"], made["reset_time"]) == ("UTC", "00:00:00")
    assert (made["stale_after_seconds"], made["market_hours"]) == (5 * 60, "around_the_clock")
    assert (made["rules"], made["preset"]) == ([], None)


def test_a_rule_of_every_kind_comes_back_as_it_was_made(client):
    assert {rule["kind"] for rule in OF_EVERY_KIND} == set(KINDS)
    made = client.post(ACCOUNTS, json={"number": "7741", "rules": OF_EVERY_KIND})
    assert made.status_code == 201, made.text
    for said, answered in zip(OF_EVERY_KIND, made.json()["rules"], strict=True):
        assert {name: answered[name] for name in said} == said
    again = client.put(
        made.url.path + "/" + made.json()["id"],
        json={"number": "7741", "rules": made.json()["rules"]},
    )
    assert again.json()["rules"] == made.json()["rules"]


@pytest.mark.parametrize(
    ("said", "answered"),
    [
        ("cme_futures", "cme_futures"),
        ("Sun 17:00-Fri 17:00 in America/New_York", "forex"),
        ("Mon-Tue 09:30-16:00", "Mon 09:30-Mon 16:00, Tue 09:30-Tue 16:00"),
        ("Mon-Sun 00:00-24:00", "around_the_clock"),
    ],
)
def test_market_hours_are_answered_in_their_one_form(client, said, answered):
    made = client.post(ACCOUNTS, json={"number": "7741", "market_hours": said}).json()
    assert made["market_hours"] == answered
    again = client.put(f"{ACCOUNTS}/{made['id']}", json={"number": "1", "market_hours": answered})
    assert again.json()["market_hours"] == answered


def test_refused_market_hours_say_what_is_expected_and_what_was_found(client):
    refused = client.post(ACCOUNTS, json={"number": "7741", "market_hours": "nyse"})
    assert refused.json()["detail"] == (
        "market_hours must be one of around_the_clock, cme_futures, forex, weekdays, or hours"
        " such as 'Sun 17:00-Fri 17:00 in America/New_York' or 'Mon-Fri 09:30-16:00', was 'nyse'"
    )


def test_whole_days_are_whole_however_they_are_written(client):
    rules = [{"kind": "inactivity", "days": 30.0}]
    made = client.post(ACCOUNTS, json={"number": "7741", "rules": rules}).json()
    assert made["rules"][0]["days"] == 30


def test_accounts_are_listed_by_name(client, account):
    for number in ("b", "C", "a"):
        account(number)
    first = client.get(ACCOUNTS, params={"limit": 2}).json()
    rest = client.get(ACCOUNTS, params={"cursor": first["next_cursor"]}).json()
    names = [item["name"] for item in first["items"] + rest["items"]]
    assert names == ["a", "b", "C"]
    assert rest["next_cursor"] is None


def test_an_account_is_replaced_as_a_whole(client):
    made = client.post(ACCOUNTS, json=WHOLE).json()
    changed = client.put(f"{ACCOUNTS}/{made['id']}", json={"number": "7742"})
    assert changed.status_code == 200
    assert (changed.json()["number"], changed.json()["firm"]) == ("7742", "")
    assert changed.json()["rules"] == []
    assert changed.json()["id"] == made["id"]


def test_an_account_in_a_group_is_not_deleted(client, account, group):
    member = account("7741")
    group_id = group("Funded", member)
    refused = client.delete(f"{ACCOUNTS}/{member}")
    assert refused.status_code == 409
    assert "Funded" in refused.json()["detail"]
    assert client.get(f"{ACCOUNTS}/{member}").status_code == 200
    client.delete(f"/api/v1/groups/{group_id}/accounts/{member}")
    assert client.delete(f"{ACCOUNTS}/{member}").status_code == 204
    assert client.get(f"{ACCOUNTS}/{member}").status_code == 404


def test_a_number_is_taken_once(client, account):
    account("7741")
    other = account("7742")
    assert client.post(ACCOUNTS, json={"number": "7741"}).status_code == 409
    assert client.put(f"{ACCOUNTS}/{other}", json={"number": "7741"}).status_code == 409
    assert client.get(f"{ACCOUNTS}/{other}").json()["number"] == "7742"


@pytest.mark.parametrize(
    ("method", "path"), [("GET", ""), ("PUT", ""), ("DELETE", ""), ("GET", "/risk")]
)
def test_an_unknown_account_is_missing_everywhere(client, method, path):
    body = {"number": "7741"} if method == "PUT" else None
    missing = client.request(method, f"{ACCOUNTS}/{uuid4()}{path}", json=body)
    assert missing.status_code == 404


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("number", ""),
        ("number", 7741),
        ("number", "77\u200b41"),
        ("name", "x" * 81),
        ("currency", "dollars"),
        ("starting_balance", -1),
        ("starting_balance", 0.001),
        ("starting_balance", "50000"),
        ("starting_balance", True),
        ("starting_balance", 1e13),
        ("time_zone", "New York"),
        ("time_zone", "../../etc/passwd"),
        ("reset_time", "17"),
        ("reset_time", "24:00"),
        ("reset_time", "17:00Z"),
        ("reset_time", 61200),
        ("stale_after_seconds", 0),
        ("stale_after_seconds", 1.5),
        ("stale_after_seconds", "300"),
        ("market_hours", "nyse"),
        ("market_hours", ""),
        ("market_hours", None),
        ("market_hours", ["forex"]),
        ("market_hours", "Mon 09:00-12:00 in Mars"),
        ("market_hours", "Mon 09:00-12:00, Mon 11:00-13:00"),
        ("market_hours", "Mon 09:00-12:00," * 100),
        ("owner", "somebody"),
        ("starting_balance", 10**400),
    ],
)
def test_an_account_that_cannot_be_is_refused_by_its_field(client, field, value):
    refused = client.post(ACCOUNTS, json={"number": "7741", field: value})
    assert refused.status_code == 422
    assert [error["field"] for error in refused.json()["errors"]] == [field]
    assert client.get(ACCOUNTS).json()["items"] == []


PRESET = WHOLE["preset"]


@pytest.mark.parametrize(
    ("preset", "field"),
    [
        ("acme-express", "preset"),
        ({**PRESET, "name": ""}, "preset.name"),
        ({**PRESET, "size": "x" * 81}, "preset.size"),
        ({**PRESET, "checked_on": "4.10.2026"}, "preset.checked_on"),
        ({**PRESET, "checked_on": "2026-02-30"}, "preset.checked_on"),
        ({**PRESET, "checked_on": "2026-10-04T00:00:00Z"}, "preset.checked_on"),
        ({**PRESET, "checked_on": 1_780_000_000}, "preset.checked_on"),
        ({**PRESET, "trust": "firm"}, "preset.trust"),
        ({"name": "acme-express", "size": "50K"}, "preset.checked_on"),
    ],
)
def test_a_preset_that_cannot_be_is_refused_by_its_field(client, preset, field):
    refused = client.post(ACCOUNTS, json={"number": "7741", "preset": preset})
    assert refused.status_code == 422
    assert [error["field"] for error in refused.json()["errors"]] == [field]


def test_hidden_characters_in_a_preset_are_named(client):
    preset = {**PRESET, "size": "50\u200bK"}
    refused = client.post(ACCOUNTS, json={"number": "7741", "preset": preset})
    assert refused.json()["detail"] == "preset size must have no hidden characters, was U+200B"


def test_goals_of_one_account_count_from_the_same_moment(client):
    rules = [{"kind": "profit_target", "target_amount": 3_000}, OF_EVERY_KIND[7]]
    refused = client.post(ACCOUNTS, json={"number": "7741", "rules": rules})
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["field"] == "rules"


@pytest.mark.parametrize(
    ("rule", "field"),
    [
        ({"limit_amount": 2000}, "rules.0"),
        ({"kind": "luck", "limit_amount": 2000}, "rules.0"),
        ({"kind": "max_loss"}, "rules.0"),
        ({"kind": "max_loss", "limit_amount": 2000, "limit_percent": 4}, "rules.0"),
        ({"kind": "max_loss", "limit_amount": 0}, "rules.0"),
        ({"kind": "max_loss", "limit_amount": 0.001}, "rules.0.limit_amount"),
        ({"kind": "max_loss", "limit_percent": 4.00001}, "rules.0.limit_percent"),
        ({"kind": "max_loss", "limit_percent": "4"}, "rules.0.limit_percent"),
        ({"kind": "max_loss", "limit_percent": 101}, "rules.0"),
        ({"kind": "max_loss", "limit_amount": 2000, "trail": "up"}, "rules.0.trail"),
        ({"kind": "max_loss", "limit_amount": 2000, "locks_at": 50_000}, "rules.0"),
        ({"kind": "max_loss", "limit_amount": 2000, "reference": "max"}, "rules.0.reference"),
        ({"kind": "daily_loss", "limit_amount": 5, "intraday_trail": 1}, "rules.0.intraday_trail"),
        (
            {"kind": "daily_loss", "limit_amount": 5, "intraday_trail": "true"},
            "rules.0.intraday_trail",
        ),
        ({"kind": "daily_loss", "limit_amount": 5, "action": "gate"}, "rules.0"),
        (
            {"kind": "daily_loss", "limit_amount": 5, "limit_steps": [[1]]},
            "rules.0.limit_steps.0.1",
        ),
        (
            {"kind": "daily_loss", "limit_amount": 5, "limit_steps": [[1, "2"]]},
            "rules.0.limit_steps.0.1",
        ),
        ({"kind": "daily_loss", "limit_amount": 5, "limit_steps": [[2, 2], [1, 3]]}, "rules.0"),
        ({"kind": "daily_loss", "limit_amount": 5, "limit_steps": None}, "rules.0.limit_steps"),
        (
            {
                "kind": "daily_loss",
                "limit_amount": 5,
                "limit_steps": [[n, 5] for n in range(1, 22)],
            },
            "rules.0.limit_steps",
        ),
        ({"kind": "position_limit"}, "rules.0.most_contracts"),
        ({"kind": "position_limit", "most_contracts": None}, "rules.0.most_contracts"),
        ({"kind": "position_limit", "most_contracts": True}, "rules.0.most_contracts"),
        ({"kind": "position_limit", "most_contracts": 0}, "rules.0"),
        ({"kind": "inactivity", "days": 1.5}, "rules.0.days"),
        ({"kind": "inactivity", "days": "30"}, "rules.0.days"),
        ({"kind": "inactivity", "days": True}, "rules.0.days"),
        ({"kind": "inactivity", "days": 0}, "rules.0"),
        ({"kind": "consistency", "max_percent": "50"}, "rules.0.max_percent"),
        ({"kind": "consistency"}, "rules.0.max_percent"),
        ("max_loss", "rules.0"),
    ],
)
def test_a_rule_that_cannot_be_is_refused_by_its_place(client, rule, field):
    refused = client.post(ACCOUNTS, json={"number": "7741", "rules": [rule]})
    assert refused.status_code == 422
    assert [error["field"] for error in refused.json()["errors"]] == [field]


def test_a_rule_of_a_kind_is_there_once(client):
    rules = [{"kind": "max_loss", "limit_amount": amount} for amount in (1000, 2000)]
    refused = client.post(ACCOUNTS, json={"number": "7741", "rules": rules})
    assert refused.status_code == 422
    assert refused.json()["detail"] == "rules must have one rule of a kind, was two of max_loss"
