"""Reasons: a sentence a trader understands, with the number found and the one allowed."""

from __future__ import annotations

from datetime import time, timedelta

import pytest

from riskcore.domain.reasons import instant_text, span_text
from riskcore.domain.rules import KINDS
from riskcore.domain.rules.base import Action, Breach, Measure
from riskcore.domain.rules.consistency import Comparison, Consistency, ConsistencyMode
from riskcore.domain.rules.daily_loss import DailyLoss
from riskcore.domain.rules.floating_loss import FloatingLoss
from riskcore.domain.rules.inactivity import Inactivity
from riskcore.domain.rules.max_loss import MaxLoss
from riskcore.domain.rules.min_trading_days import CountsBy, MinTradingDays
from riskcore.domain.rules.position_limit import PositionLimit, TierBasis
from riskcore.domain.rules.profit_cap import CapScope, ProfitCap
from riskcore.domain.rules.profit_target import ProfitTarget
from riskcore.domain.rules.weekly_loss import WeeklyLoss
from riskcore.domain.status import Status
from tests.domain.rulebook import MONDAY_NOON, account, evaluation, now, risk, state

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
DAILY = DailyLoss(limit_amount=1_000)
MAX = MaxLoss(limit_amount=2_000)


AS_IT_IS = [
    (
        DAILY,
        (
            "equity 49,312.40 USD is 312.40 USD above the floor 49,000.00 USD;"
            " the limit is 1,000.00 USD"
        ),
    ),
    (
        MaxLoss(limit_amount=2_000, measure=Measure.BALANCE),
        (
            "balance 49,800.00 USD is 1,800.00 USD above the floor 48,000.00 USD;"
            " the limit is 2,000.00 USD"
        ),
    ),
    (
        WeeklyLoss(limit_percent=3, measure=Measure.LOWER),
        (
            "the lower of balance and equity 49,312.40 USD is 812.40 USD above the floor"
            " 48,500.00 USD; the limit is 1,500.00 USD"
        ),
    ),
    (
        FloatingLoss(limit_amount=500),
        "equity 49,312.40 USD is 12.40 USD above the floor 49,300.00 USD; the limit is 500.00 USD",
    ),
    (PositionLimit(most_contracts=5), "3 contracts open; at most 5 contracts allowed"),
    (PositionLimit(most_contracts=3), "3 contracts open; at most 3 contracts allowed"),
    (
        PositionLimit(most_contracts=4, tiers=((1_000, 6),), tier_basis=TierBasis.EQUITY),
        "3 contracts open; at most 4 contracts allowed by the profit with open positions",
    ),
    (Inactivity(days=30), "the last activity was 0 days ago; at most 30 days allowed"),
    (
        ProfitTarget(target_amount=3_000),
        "the profit by balance is -200.00 USD of 3,000.00 USD; 3,200.00 USD to go",
    ),
    (
        MinTradingDays(days=5),
        "1 day of 5 days with a trade or an open position; 4 to go",
    ),
    (
        MinTradingDays(days=1, min_profit_percent=1, counts_by=CountsBy.CLOSE_DATE),
        (
            "0 days of 1 day on which a position was closed and a profit of at least 1 % of the"
            " starting balance; 1 to go"
        ),
    ),
    (
        Consistency(max_percent=50, target_amount=3_000),
        (
            "the best day is 0.00 USD, and the profit -200.00 USD; at most 50 % is allowed;"
            " 3,200.00 USD more to earn, up to 3,000.00 USD"
        ),
    ),
    (
        ProfitCap(limit_amount=1_000),
        "the day's profit by equity -687.60 USD is 1,687.60 USD under the limit 1,000.00 USD",
    ),
]


@pytest.mark.parametrize(("rule", "sentence"), AS_IT_IS)
def test_what_is_left_or_missing_is_told_with_the_number_found_and_the_one_allowed(rule, sentence):
    seen = [(MONDAY_NOON, 49_800, 49_312.4, 3)]
    assert state(seen, rule).reason == sentence


@pytest.mark.parametrize(
    ("equity", "left"),
    [
        (49_000.50, "0.50 USD above the floor 49,000.00 USD; the limit is 1,000.00 USD"),
        (49_000.00, "0.00 USD above the floor 49,000.00 USD; the limit is 1,000.00 USD"),
    ],
)
def test_down_to_the_floor_itself_the_sentence_says_above(equity, left):
    assert state(now(equity), DAILY).reason == f"equity {equity:,.2f} USD is {left}"


MET = [
    (
        ProfitTarget(target_amount=1_000),
        "the profit by balance is 1,500.00 USD of 1,000.00 USD; met",
    ),
    (
        ProfitTarget(target_amount=1_500),
        "the profit by balance is 1,500.00 USD of 1,500.00 USD; met",
    ),
    (
        ProfitTarget(target_amount=1_500.01),
        "the profit by balance is 1,500.00 USD of 1,500.01 USD; 0.01 USD to go",
    ),
    (
        Consistency(max_percent=100, target_amount=1_500.01),
        (
            "the best day is 1,500.00 USD, 100.0 % of the profit 1,500.00 USD; at most 100 % is"
            " allowed; 0.01 USD more to earn, up to 1,500.01 USD"
        ),
    ),
    (MinTradingDays(days=1), "1 day of 1 day with a trade or an open position; met"),
    (
        Consistency(max_percent=100),
        (
            "the best day is 1,500.00 USD, 100.0 % of the profit 1,500.00 USD; at most 100 % is"
            " allowed"
        ),
    ),
    (
        Consistency(max_percent=40, mode=ConsistencyMode.DAY_OF_POSITIVE, op=Comparison.LT),
        (
            "the best day is 1,500.00 USD, 100.0 % of the profit of winning days 1,500.00 USD;"
            " less than 40 % is allowed; 2,250.01 USD more to earn, up to 3,750.01 USD"
        ),
    ),
    (
        Consistency(max_percent=40, mode=ConsistencyMode.TRADE_OF_TOTAL),
        (
            "the best trade is 1,500.00 USD, 100.0 % of the profit 1,500.00 USD; at most 40 % is"
            " allowed; 2,250.00 USD more to earn, up to 3,750.00 USD"
        ),
    ),
    (
        ProfitCap(limit_amount=1_000, scope=CapScope.CYCLE, measure=Measure.BALANCE),
        "the profit by balance 1,500.00 USD is 500.00 USD over the limit 1,000.00 USD",
    ),
    (
        ProfitCap(limit_amount=1_500),
        "the day's profit by equity 1,500.00 USD is 0.00 USD under the limit 1,500.00 USD",
    ),
]


@pytest.mark.parametrize(("rule", "sentence"), MET)
def test_a_goal_that_is_met_or_a_cap_that_is_passed_says_so(rule, sentence):
    assert state(now(51_500), rule).reason == sentence


TOUCH = {"breach": Breach.TOUCH, "limit_amount": 2_000}
BROKEN = [
    (DAILY, "equity 48,000.00 USD was under the floor 49,000.00 USD"),
    (MaxLoss(**TOUCH), "equity 48,000.00 USD was at or under the floor 48,000.00 USD"),
    (
        WeeklyLoss(limit_amount=1_000, action=Action.PAUSE),
        "equity 48,000.00 USD was under the floor 49,000.00 USD; paused until the next week",
    ),
    (
        FloatingLoss(limit_amount=500, action=Action.PAUSE),
        "equity 48,000.00 USD was under the floor 51,300.00 USD; paused until the next reset",
    ),
    (PositionLimit(most_contracts=2.5), "3 contracts open; at most 2.5 contracts allowed"),
    (
        PositionLimit(most_contracts=1, action=Action.PAUSE),
        "3 contracts open; at most 1 contract allowed; paused until the next reset",
    ),
    (
        ProfitCap(limit_amount=1_000, action=Action.HARD, measure=Measure.BALANCE),
        "the day's profit by balance 1,800.00 USD is 800.00 USD over the limit 1,000.00 USD",
    ),
    (
        ProfitCap(limit_amount=1_000, action=Action.PAUSE, measure=Measure.BALANCE),
        (
            "the day's profit by balance 1,800.00 USD is 800.00 USD over the limit 1,000.00 USD"
            "; paused until the next reset"
        ),
    ),
]


@pytest.mark.parametrize(("rule", "sentence"), BROKEN)
def test_a_break_is_told_with_the_number_found_and_the_one_allowed_whatever_came_after(
    rule, sentence
):
    seen = [(MONDAY_NOON, 51_800, 48_000, 3), (MONDAY_NOON + HOUR, 50_000, 50_000, 0)]
    assert state(seen, rule).reason == f"broken at 2026-03-02 12:00 UTC: {sentence}"


def test_a_time_that_ran_out_is_told_in_days():
    quiet = now(50_000, ago=8 * DAY) + now(50_000)
    assert state(quiet, Inactivity(days=7)).reason == (
        "broken at 2026-03-02 12:00 UTC: the last activity was 8 days ago; at most 7 days allowed"
    )


def test_an_account_over_a_limit_that_no_snapshot_has_shown_says_so():
    found = risk(now(50_000), Inactivity(days=1), as_of=MONDAY_NOON + 2 * DAY, stale_after=8 * DAY)
    assert found.status is Status.CRITICAL
    assert found.reason == (
        "is over its Inactivity limit: the last activity was 2 days ago; at most 1 day allowed"
        "; counted from the last reset, positions taken as held"
    )


EVERY_KIND = [rule for rule, _ in AS_IT_IS]


def test_every_kind_has_its_sentences_here():
    assert {rule.kind for rule in EVERY_KIND} == set(KINDS)


@pytest.mark.parametrize("rule", EVERY_KIND)
def test_what_was_never_seen_is_told_as_unknown(rule):
    reason = state([], rule, as_of=MONDAY_NOON).reason
    contracts = "no snapshot says how many contracts are open"
    assert reason == (
        f"unknown: {contracts if rule.kind == 'position_limit' else 'no snapshot yet'}"
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


def test_a_group_that_is_lost_says_no_more_of_what_may_be_left():
    broken, unseen = account(DAILY, number=1), account(DAILY, number=2)
    assert evaluation([broken, unseen], {broken.id: now(48_500)}).reason == (
        "VIOLATED: account 1 broke Daily loss at 2026-03-02 12:00 UTC:"
        " equity 48,500.00 USD was under the floor 49,000.00 USD; other: 1 unknown"
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
        (timedelta(hours=1), "1 h"),
        (timedelta(hours=1, minutes=1), "1 h 1 min"),
        (timedelta(days=1), "1 d"),
        (timedelta(days=2, hours=1), "2 d 1 h"),
        (timedelta(hours=23, minutes=59), "23 h 59 min"),
        (timedelta(days=2, hours=4), "2 d 4 h"),
        (timedelta(days=2, minutes=59), "2 d"),
    ],
)
def test_a_span_is_told_in_its_two_largest_units(span, text):
    assert span_text(span) == text


def test_an_instant_is_told_in_utc():
    assert instant_text(MONDAY_NOON) == "2026-03-02 12:00 UTC"
