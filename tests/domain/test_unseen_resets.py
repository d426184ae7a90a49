"""Resets that pass while nothing is seen: over a weekend, or before a payout in the morning."""

from __future__ import annotations

import pytest

from riskcore.domain.model import Basis
from riskcore.domain.rules.consistency import Consistency, ConsistencyMode
from riskcore.domain.rules.max_loss import MaxLoss, PayoutEffect, Trail
from riskcore.domain.rules.min_trading_days import MinTradingDays
from riskcore.domain.rules.weekly_loss import WeeklyLoss
from tests.domain.conftest import read_day, read_events
from tests.domain.rulebook import floors, risk, state

BY_CLOSE = MaxLoss(limit_amount=2_000, trail=Trail.EOD_BALANCE)

AFTER_THE_CLOSE = {
    PayoutEffect.NONE: 53_000 - 2_000,
    PayoutEffect.REDUCE: 53_000 - 1_000 - 2_000,
    PayoutEffect.LOCK: 53_000 - 2_000,  # the starting balance is lower
    PayoutEffect.LOCK_AT_ZERO: 53_000 - 2_000,
    PayoutEffect.RESET: 50_000 - 2_000,
}


@pytest.mark.parametrize("effect", list(PayoutEffect))
def test_a_payout_in_the_morning_comes_after_the_close_of_the_day_before(history, events, effect):
    """
    time              balance  equity
    2026-03-02 20:00  53000    53000
    2026-03-03 10:00  payout   1000
    2026-03-03 11:00  52000    52000
    """
    rule = MaxLoss(limit_amount=2_000, trail=Trail.EOD_BALANCE, payout_effect=effect)
    assert floors(history, rule, events=events) == [48_000, AFTER_THE_CLOSE[effect]]


@pytest.mark.parametrize(
    ("at", "close"),
    [("2026-03-02 23:59", 52_000), ("2026-03-03 00:00", 52_000), ("2026-03-03 00:01", 53_000)],
)
def test_a_payout_at_the_reset_itself_belongs_to_the_day_that_it_closes(at, close):
    day = f"""
    time              balance  equity
    2026-03-02 20:00  53000    53000
    {at}  payout   1000
    2026-03-03 11:00  52000    52000
    """
    history, events = read_day(day), read_events(day)
    assert floors(history, BY_CLOSE, events=events)[-1] == close - 2_000


@pytest.mark.parametrize(("kind", "floor"), [("floor", 50_200), ("peak", 50_200 - 2_000)])
def test_what_is_stated_in_the_morning_knows_the_close_of_the_day_before(
    history, events, kind, floor
):
    """
    time              balance  equity
    2026-03-02 20:00  53000    53000
    2026-03-03 10:00  floor    50200
    2026-03-03 10:00  peak     50200
    2026-03-03 11:00  52000    52000
    """
    own = tuple(event for event in events if event.kind == kind)
    assert floors(history, BY_CLOSE, events=own)[-1] == floor


def test_a_day_that_won_counts_though_everything_counts_anew_the_next_morning(history, events):
    """
    time              balance  equity
    2026-03-02 20:00  50300    50300
    2026-03-03 10:00  rebase   60000
    2026-03-03 11:00  60000    60000
    """
    rule = MinTradingDays(days=5, min_profit_amount=300)
    assert state(history, rule, events=events).measured == 1


def test_a_deposit_is_no_snapshot_of_the_day(history, events):
    """
    time              balance  equity
    2026-03-02 22:00  50000    50100
    2026-03-03 10:00  deposit  1000
    2026-03-03 22:00  51000    51000
    2026-03-05 10:00  deposit  1000
    2026-03-06 22:00  52000    52000
    """
    days = [
        risk(history[: row + 1], BY_CLOSE, MinTradingDays(days=5), events=events).rule_states
        for row in range(3)
    ]
    assert [day["max_loss"].basis for day in days] == [
        Basis.EQUITY,
        Basis.END_OF_DAY,
        Basis.END_OF_DAY,
    ]
    assert [day["min_trading_days"].measured for day in days] == [1, 1, 1]


# --- a snapshot at a reset, and none at the one before


def test_a_close_before_a_gap_counts_though_a_reset_after_it_was_seen(history):
    """
    time              balance  equity
    2026-03-06 20:00  52500    52500
    2026-03-09 00:00  51000    51000
    """
    assert floors(history, BY_CLOSE) == [48_000, 52_500 - 2_000]


def test_the_higher_of_two_closes_counts(history):
    """
    time              balance  equity
    2026-03-06 20:00  51000    51000
    2026-03-09 00:00  52500    52500
    """
    assert floors(history, BY_CLOSE) == [48_000, 52_500 - 2_000]


def test_a_close_that_reaches_the_milestone_stops_the_trail_before_the_next_one(history):
    """
    time              balance  equity
    2026-03-06 20:00  51000    51000
    2026-03-09 00:00  52500    52500
    """
    rule = MaxLoss(limit_amount=2_000, trail=Trail.EOD_BALANCE, milestone_profit=1_000)
    assert floors(history, rule)[-1] == 51_000 - 2_000
    assert (
        floors(
            history, MaxLoss(limit_amount=2_000, trail=Trail.EOD_BALANCE, milestone_profit=1_001)
        )[-1]
        == 52_500 - 2_000
    )


@pytest.mark.parametrize(
    ("mode", "best"),
    [
        (ConsistencyMode.DAY_OF_TOTAL, 600),
        (ConsistencyMode.DAY_OF_POSITIVE, 600),
        (ConsistencyMode.TRADE_OF_TOTAL, 600),
    ],
)
def test_what_was_won_over_a_gap_is_not_the_result_of_one_day(history, mode, best):
    """
    time              balance  equity
    2026-03-06 20:00  50600    50600
    2026-03-09 00:00  51000    51000
    """
    found = state(history, Consistency(max_percent=50, mode=mode))
    assert (found.details["best"], found.measured) == (best, 600 + 400)


def test_what_was_won_unseen_can_be_the_best_day(history):
    """
    time              balance  equity
    2026-03-06 20:00  50400    50400
    2026-03-09 00:00  51000    51000
    """
    assert state(history, Consistency(max_percent=50)).details["best"] == 600


def test_a_loss_over_a_gap_is_taken_from_no_winning_day(history):
    """
    time              balance  equity
    2026-03-06 20:00  50600    50600
    2026-03-09 00:00  50200    50200
    """
    rule = Consistency(max_percent=50, mode=ConsistencyMode.DAY_OF_POSITIVE)
    found = state(history, rule)
    assert (found.details["best"], found.measured) == (600, 600)


@pytest.mark.parametrize(("least", "days"), [(None, 2), (400, 2), (400.01, 1), (600.01, 0)])
def test_the_day_before_a_gap_and_the_one_that_ends_it_both_count(history, least, days):
    """
    time              balance  equity
    2026-03-06 20:00  50600    50600
    2026-03-09 00:00  51000    51000
    """
    rule = MinTradingDays(days=5, min_profit_amount=least)
    assert state(history, rule).measured == days


def test_nothing_traded_over_a_gap_is_no_day(history):
    """
    time              balance  equity
    2026-03-06 20:00  50600    50600
    2026-03-09 00:00  50600    50600
    """
    assert state(history, MinTradingDays(days=5)).measured == 1


@pytest.mark.parametrize("at", ["2026-03-10 00:00", "2026-03-10 10:00"])
def test_the_week_begins_with_what_was_last_seen_before_mondays_reset(at):
    history = read_day(f"""
    time              balance  equity
    2026-03-06 20:00  50600    50700
    {at}  49000    49000
    2026-03-11 10:00  49000    49000
    """)
    assert floors(history, WeeklyLoss(limit_amount=1_000))[1:] == [50_600 - 1_000] * 2


def test_only_mondays_reset_is_what_the_week_begins_with(history):
    """
    time              balance  equity
    2026-03-06 20:00  50600    50700
    2026-03-09 00:00  49000    49000
    2026-03-10 00:00  49500    49500
    """
    assert floors(history, WeeklyLoss(limit_amount=1_000))[1:] == [49_000 - 1_000] * 2
    assert floors(history[2:], WeeklyLoss(limit_amount=1_000)) == [50_000 - 1_000]
