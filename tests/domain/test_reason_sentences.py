"""Reasons: a sentence a trader understands, with the number found and the one allowed."""

from __future__ import annotations

from datetime import time, timedelta

import pytest

from riskcore.domain.reasons import instant_text, span_text
from riskcore.domain.rules.base import Action, Breach, Measure
from riskcore.domain.rules.daily_loss import DailyLoss
from riskcore.domain.rules.max_loss import MaxLoss
from tests.domain.rulebook import MONDAY_NOON, account, evaluation, now, risk, state

HOUR = timedelta(hours=1)
DAILY = DailyLoss(limit_amount=1_000)
MAX = MaxLoss(limit_amount=2_000)


def test_what_is_left_is_told_with_the_floor_and_the_limit():
    assert state(now(49_312.4), DAILY).reason == (
        "equity 49,312.40 USD is 312.40 USD above the floor 49,000.00 USD;"
        " the limit is 1,000.00 USD"
    )


def test_a_break_is_told_with_its_instant_and_both_numbers(history):
    """
    time   balance  equity
    10:03  50000    48900
    11:00  50000    50000
    """
    assert state(history, DAILY).reason == (
        "broken at 2026-03-02 10:03 UTC: equity 48,900.00 USD was under the floor 49,000.00 USD"
    )


def test_a_pause_says_until_when(history):
    """
    time   balance  equity
    10:03  48900    50000
    """
    rule = DailyLoss(
        limit_amount=1_000, measure=Measure.LOWER, action=Action.PAUSE, breach=Breach.TOUCH
    )
    assert state(history, rule).reason == (
        "broken at 2026-03-02 10:03 UTC: the lower of balance and equity 48,900.00 USD was at or"
        " under the floor 49,000.00 USD; paused until the next reset"
    )


def test_what_only_a_reset_broke_is_told_as_a_condition(history):
    """
    time   balance  equity
    23:00  52000    50500
    """
    after = history[0][0] + 2 * HOUR
    found = risk(history, DAILY, as_of=after)
    assert found.rule_states["daily_loss"].reason == (
        "equity 50,500.00 USD is 500.00 USD under the floor 51,000.00 USD"
        "; counted from the last reset, positions taken as held"
    )
    assert found.reason.startswith("is under its Daily loss floor: equity 50,500.00 USD")


def test_what_is_missing_is_named():
    assert state(now(50_000), MAX, starting_balance=None).reason == (
        "unknown: the starting balance is not set"
    )
    unseen, free = account(MAX, number=1), account(number=2)
    found = evaluation([unseen, free], {free.id: now(50_000)})
    reasons = {member.account_id: member.reason for member in found.members}
    assert reasons[unseen.id] == "has no snapshot yet"
    assert reasons[free.id] == "has no rules to judge it by"
    assert found.members[0].rule_states["max_loss"].reason == "unknown: no snapshot yet"


def test_an_account_says_what_is_left_in_money_and_percent_and_when_it_resets():
    chicago = {"time_zone": "America/Chicago", "reset_time": time(17)}
    assert risk(now(49_062), DAILY, **chicago).reason == (
        "has 62.00 USD (6.2 %) left on Daily loss; resets in 11 h"
    )
    assert risk(now(48_124), MAX, currency="EUR").reason == (
        "has 124.00 EUR (6.2 %) left on Max loss"
    )


def test_a_stale_accounts_number_is_a_bound_and_says_its_age():
    found = risk(now(49_900, ago=90 * timedelta(minutes=1)), MAX, as_of=MONDAY_NOON)
    assert found.reason == "has 1,900.00 USD (95.0 %) left on Max loss"
    stale = risk(
        now(49_900, ago=90 * timedelta(minutes=1)), MAX, as_of=MONDAY_NOON, stale_after=HOUR
    )
    assert stale.reason == (
        "has at most 1,900.00 USD (95.0 %) left on Max loss (last snapshot 1 h 30 min old)"
    )


def test_the_sentence_turns_stale_with_the_account():
    found = risk(now(49_900, ago=HOUR), MAX, as_of=MONDAY_NOON, stale_after=HOUR)
    assert found.is_stale
    assert found.reason.endswith("(last snapshot 1 h old)")


def test_a_group_says_its_status_its_weakest_account_and_the_others():
    one, two, three = (account(MAX, number=number) for number in (7741, 8802, 9903))
    seen = {one.id: now(48_312.4), two.id: now(50_000), three.id: now(48_900)}
    assert evaluation([one, two, three], seen).reason == (
        "CRITICAL: account 7741 has 312.40 USD (15.6 %) left on Max loss; others: 1 caution, 1 safe"
    )
    assert evaluation([one, two], seen).reason == (
        "CRITICAL: account 7741 has 312.40 USD (15.6 %) left on Max loss; other: 1 safe"
    )


def test_a_group_with_an_unknown_member_says_at_most():
    accounts = [account(MAX, number=number) for number in (1, 2, 3, 4)]
    seen = {one.id: now(49_500 + 100 * int(one.number)) for one in accounts[:3]}
    assert evaluation(accounts, seen).reason == (
        "UNKNOWN: account 4 has no snapshot yet;"
        " at most 1,600.00 USD (80.0 %) left; 1 of 4 unknown; others: 3 safe"
    )
    worse = seen | {accounts[0].id: now(48_100)}
    assert evaluation(accounts, worse).reason == (
        "CRITICAL: account 1 has 100.00 USD (5.0 %) left on Max loss;"
        " 1 of 4 unknown, so the true buffer may be lower; others: 1 unknown, 2 safe"
    )


def test_a_broken_account_says_which_rule_and_when():
    one = account(DAILY, MAX, number=7741)
    assert evaluation([one], {one.id: now(48_500)}).reason == (
        "VIOLATED: account 7741 broke Daily loss at 2026-03-02 12:00 UTC:"
        " equity 48,500.00 USD was under the floor 49,000.00 USD"
    )


def test_a_name_is_put_into_a_sentence_as_it_is():
    one = account(MAX, number=1, name=":green-badge[SAFE] <b>")
    assert "account :green-badge[SAFE] <b> has" in evaluation([one], {one.id: now(50_000)}).reason


@pytest.mark.parametrize(
    ("span", "text"),
    [
        (timedelta(seconds=-5), "0 s"),
        (timedelta(seconds=59), "59 s"),
        (timedelta(seconds=60), "1 min"),
        (timedelta(minutes=59, seconds=59), "59 min"),
        (timedelta(hours=3, minutes=12), "3 h 12 min"),
        (timedelta(hours=3, seconds=59), "3 h"),
        (timedelta(hours=23, minutes=59), "23 h 59 min"),
        (timedelta(days=2, hours=4), "2 d 4 h"),
        (timedelta(days=2, minutes=59), "2 d"),
    ],
)
def test_a_span_is_told_in_its_two_largest_units(span, text):
    assert span_text(span) == text


def test_an_instant_is_told_in_utc():
    assert instant_text(MONDAY_NOON) == "2026-03-02 12:00 UTC"
