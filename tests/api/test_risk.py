"""Risk and history over REST: the numbers are the desk's own."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from math import inf, nan
from uuid import UUID

import pandas as pd
import pytest

from riskcore.api import risk_bodies
from riskcore.api.histories import history_body
from riskcore.api.values import StatusWord
from riskcore.domain.model import RuleState
from riskcore.domain.status import Status
from riskcore.services.history import GroupHistory

NOW = datetime(2026, 3, 2, 15, tzinfo=UTC)


def risk(client, group_id, **params):
    answer = client.get(f"/api/v1/groups/{group_id}/risk", params=params)
    assert answer.status_code == 200
    return answer.json()


def test_the_weakest_account_sets_the_group(client, account, group, snapshot):
    first, second = account("7741"), account("7742")
    group_id = group("Funded", first, second)
    snapshot(first, 49_500)
    snapshot(second, 48_200)
    answer = risk(client, group_id)
    assert answer["overall_status"] == "critical"
    assert answer["weakest_account_id"] == second
    assert answer["weakest_rule"] == "max_loss"
    state = answer["rule_states"]["max_loss"]
    assert state["buffer"] == 48_200 - (50_000 - 2_000)
    assert state["buffer_percent"] == 100 * 200 / 2_000
    assert state["buffer_account_id"] == second
    assert (state["floor"], state["measured"], state["limit_amount"]) == (48_000, 48_200, 2_000)
    assert [member["account_id"] for member in answer["members"]] == [second, first]
    assert answer["members_by_status"] == {
        "safe": 1,
        "unknown": 0,
        "caution": 0,
        "critical": 1,
        "violated": 0,
    }
    assert answer["timestamp"] == answer["as_of"] == "2026-03-02T15:00:00Z"
    assert "7742" in answer["reason"]


def test_one_violated_member_makes_the_group_violated(client, account, group, snapshot):
    first, second = account("7741"), account("7742")
    group_id = group("Funded", first, second)
    snapshot(first, 50_000)
    snapshot(second, 47_999.99)
    answer = risk(client, group_id)
    assert answer["overall_status"] == "violated"
    assert answer["rule_states"]["max_loss"]["buffer"] == -0.01
    assert answer["rule_states"]["max_loss"]["violated_at"] == "2026-03-02T15:00:00Z"


def test_what_is_unknown_is_null_and_never_safe(client, account, group, snapshot):
    first, second = account("7741"), account("7742")
    group_id = group("Funded", first, second)
    snapshot(first, 50_000)
    answer = risk(client, group_id)
    assert answer["overall_status"] == "unknown"
    assert answer["unknown_account_ids"] == [second]
    assert answer["rule_states"]["max_loss"]["is_upper_bound"] is True
    alone = client.get(f"/api/v1/accounts/{second}/risk").json()
    assert (alone["status"], alone["equity"], alone["taken_at"]) == ("unknown", None, None)
    assert alone["rule_states"]["max_loss"]["buffer"] is None


def test_an_empty_group_is_unknown(client, group):
    answer = risk(client, group("Empty"))
    assert answer["overall_status"] == "unknown"
    assert answer["weakest_account_id"] is None
    assert answer["members"] == []


def test_old_data_is_stale_now_and_a_picture_of_its_time(client, account, group, snapshot):
    member = account("7741")
    group_id = group("Funded", member)
    snapshot(member, 50_000, taken_at="2026-03-02T14:54:59Z")
    now = risk(client, group_id)
    assert (now["overall_status"], now["stale_account_ids"]) == ("unknown", [member])
    last = risk(client, group_id, as_of="last")
    assert (last["overall_status"], last["stale_account_ids"]) == ("safe", [])
    assert last["as_of"] == "2026-03-02T14:54:59Z"


def test_a_time_to_read_the_board_at_is_now_or_last(client, group):
    refused = client.get(f"/api/v1/groups/{group('Funded')}/risk?as_of=yesterday")
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["field"] == "as_of"


def test_one_account_answers_for_itself(client, account, snapshot):
    member = account("7741")
    snapshot(member, 48_900)
    answer = client.get(f"/api/v1/accounts/{member}/risk").json()
    assert (answer["status"], answer["deciding_rule"]) == ("caution", "max_loss")
    assert answer["rule_states"]["max_loss"]["buffer"] == 900
    assert (answer["balance"], answer["equity"], answer["is_stale"]) == (48_900, 48_900, False)


DAILY_1000 = {"kind": "daily_loss", "limit_amount": 1_000, "action": "pause"}
MAX_2000 = {"kind": "max_loss", "limit_amount": 2_000}


def account_risk(client, account_id):
    answer = client.get(f"/api/v1/accounts/{account_id}/risk")
    assert answer.status_code == 200
    return answer.json()


def test_what_is_left_over_the_next_reset_is_told(client, account, group, snapshot):
    """1,000 are won and closed, 500 of them open as a loss: at midnight the floor rises."""
    member = account("7741", rules=[DAILY_1000, MAX_2000])
    group_id = group("Funded", member)
    snapshot(member, 50_500, balance=51_000)
    answer = account_risk(client, member)
    assert (answer["binding_rule"], answer["pause_rule"]) == ("max_loss", "daily_loss")
    assert answer["rule_states"]["daily_loss"]["buffer"] == 50_500 - (50_000 - 1_000)
    assert answer["rule_states"]["daily_loss"]["buffer_after_reset"] == 50_500 - (51_000 - 1_000)
    after = answer["after_reset"]
    assert (after["rule"], after["buffer"], after["buffer_percent"]) == ("daily_loss", 500, 50)
    assert (after["resets_at"], after["account_id"]) == ("2026-03-03T00:00:00Z", member)
    assert "500.00 USD is left on Daily loss" in after["reason"]
    assert risk(client, group_id)["after_reset"] == after


def test_a_goal_is_a_gate_with_its_numbers_and_never_a_danger(client, account, snapshot):
    """1,000 on the first day and 500 today, of which the best may be half: 2,000 is needed."""
    goal = {"kind": "consistency", "max_percent": 50}
    member = account("7741", rules=[MAX_2000, goal])
    snapshot(member, 51_000, taken_at="2026-03-01T15:00:00Z")
    snapshot(member, 51_500)
    answer = account_risk(client, member)
    state = answer["rule_states"]["consistency"]
    assert (state["is_gate"], state["is_met"], state["unit"]) == (True, False, "money")
    assert (state["measured"], state["floor"], state["buffer"]) == (1_500, 2_000, -500)
    assert state["details"]["best"] == 1_000
    assert state["details"]["share_total"] == 2_000
    assert answer["status"] == "safe"
    limit = answer["rule_states"]["max_loss"]
    assert (limit["is_gate"], limit["is_met"], limit["details"]) == (False, None, {})


def test_accounts_of_different_rules_units_and_currencies_are_one_group(
    client, account, group, snapshot
):
    rules = [
        [{"kind": "position_limit", "most_contracts": 2, "tiers": [[1_000, 4]]}, MAX_2000],
        [{"kind": "inactivity", "days": 30}, {"kind": "weekly_loss", "limit_percent": 3}],
        [{"kind": "profit_target", "target_percent": 8}, {"kind": "min_trading_days", "days": 5}],
        [{"kind": "profit_cap", "limit_amount": 500}, {"kind": "floating_loss", "limit_amount": 9}],
        [{"kind": "position_limit", "most_contracts": 0.5}],
        [],
    ]
    ids = [
        account(str(place), rules=own, currency="EUR" if place % 2 else "USD")
        for place, own in enumerate(rules)
    ]
    for place, member in enumerate(ids[:4]):
        snapshot(member, 49_999 - place, open_contracts=place)
    answer = risk(client, group("All", *ids))
    assert answer["overall_status"] == "unknown"
    units = {rule: state["unit"] for rule, state in answer["rule_states"].items()}
    assert (units["position_limit"], units["inactivity"], units["max_loss"]) == (
        "contracts",
        "days",
        "money",
    )
    assert answer["rule_states"]["position_limit"]["buffer"] == 2
    assert answer["rule_states"]["position_limit"]["is_upper_bound"] is True
    assert answer["buffer"] is None


def test_a_group_decided_by_contracts_has_no_buffer_in_money(client, account, group, snapshot):
    rules = [{"kind": "position_limit", "most_contracts": 2}]
    member = account("7741", rules=rules)
    snapshot(member, 50_000, open_contracts=2.5)
    answer = risk(client, group("Funded", member))
    assert (answer["overall_status"], answer["weakest_rule"]) == ("violated", "position_limit")
    assert answer["buffer"] is None
    state = answer["rule_states"]["position_limit"]
    assert (state["buffer"], state["measured"], state["floor"]) == (-0.5, 2.5, 2)


def test_numbers_that_nobody_knows_are_left_out_of_the_details():
    state = RuleState(
        rule="consistency", status=Status.UNKNOWN, reason="", details={"best": 5.0, "share": nan}
    )
    assert risk_bodies.RuleState.model_validate(state).details == {"best": 5.0}


def test_history_has_each_minimum_and_each_day_low(client, account, group, snapshot):
    first, second = account("7741"), account("7742")
    group_id = group("Funded", first, second)
    snapshot(first, 49_500, taken_at="2026-02-28T15:00:00Z")
    snapshot(second, 48_500, taken_at="2026-03-01T15:00:00Z")
    params = {"start": "2026-02-01T00:00:00Z", "end": "2026-03-02T02:00:00+02:00"}
    history = client.get(f"/api/v1/groups/{group_id}/history", params=params)
    assert history.status_code == 200
    answer = history.json()
    assert (answer["start"], answer["end"]) == ("2026-02-01T00:00:00Z", "2026-03-02T00:00:00Z")
    assert answer["bucket_seconds"] > 0
    assert answer["minima"][-1]["buffer"] == 500
    assert answer["minima"][-1]["account_id"] == second
    lows = {low["trading_day"]: low for low in answer["day_lows"]}
    assert lows["2026-02-28"]["buffer"] == 1_500
    assert lows["2026-03-01"]["buffer"] == 500
    assert lows["2026-03-01"]["taken_at"] == "2026-03-01T15:00:00Z"


def test_history_is_of_the_last_thirty_days_when_nothing_is_said(client, group):
    answer = client.get(f"/api/v1/groups/{group('Empty')}/history").json()
    assert (answer["start"], answer["end"]) == ("2026-01-31T15:00:00Z", "2026-03-02T15:00:00Z")
    assert (answer["minima"], answer["day_lows"]) == ([], [])


@pytest.mark.parametrize(
    "params",
    [
        {"start": "2026-03-02T00:00:00"},
        {"start": "yesterday"},
        {"start": "1772463600"},
        {"start": "2026-03-02T15:00:00Z", "end": "2026-03-02T15:00:00Z"},
        {"end": "0001-01-01T00:00:00Z"},
    ],
)
def test_a_stretch_of_time_that_is_none_is_refused(client, group, params):
    refused = client.get(f"/api/v1/groups/{group('Funded')}/history", params=params)
    assert refused.status_code == 422


def test_every_status_has_its_word():
    words = StatusWord.__args__[0].__args__
    assert list(words) == [status.word for status in Status]


@pytest.mark.parametrize("unknown", [None, nan, inf])
def test_a_number_that_is_none_goes_out_as_null(unknown):
    state = RuleState(rule="max_loss", status=Status.UNKNOWN, reason="No data", buffer=unknown)
    assert risk_bodies.RuleState.model_validate(state).buffer is None


def test_history_without_a_number_goes_out_as_null():
    low = {"trading_day": NOW.date(), "rule": "max_loss", "buffer": nan, "buffer_percent": nan}
    history = GroupHistory(
        group_id=UUID(int=1),
        start=NOW,
        end=NOW,
        bucket=timedelta(hours=1),
        minima=pd.DataFrame(
            {"time": [NOW], **{k: [v] for k, v in low.items()}, "account_id": None}
        ),
        day_lows=pd.DataFrame(
            {**{k: [v] for k, v in low.items()}, "account_id": None, "taken_at": pd.NaT}
        ),
    )
    answer = history_body(history).model_dump(mode="json")
    for row in (*answer["minima"], *answer["day_lows"]):
        assert (row["buffer"], row["buffer_percent"], row["account_id"]) == (None, None, None)
