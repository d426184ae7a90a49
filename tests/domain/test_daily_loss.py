"""Daily loss: how far an account may fall below where its trading day began."""

from __future__ import annotations

from datetime import time

import pytest

from riskcore.domain.rules.base import Action, Breach, Measure
from riskcore.domain.rules.daily_loss import DailyLoss, DayReference
from riskcore.domain.status import Status
from tests.domain.rulebook import buffers, floors, risk, state, statuses

PRAGUE = {"time_zone": "Europe/Prague", "reset_time": time(0)}


def test_a_first_trade_that_loses_counts_from_the_starting_balance(history):
    """
    time   balance  equity
    09:45  48800    48800
    """
    found = state(history, DailyLoss(limit_amount=2_000))
    assert found.floor == 50_000 - 2_000
    assert found.buffer == 48_800 - (50_000 - 2_000)
    assert found.limit_amount == 2_000
    assert found.measured == 48_800


@pytest.mark.parametrize(
    ("reference", "start"),
    [
        (DayReference.BALANCE, 105_000),
        (DayReference.EQUITY, 107_000),
        (DayReference.HIGHER, 107_000),
        (DayReference.INITIAL, 100_000),
    ],
)
def test_the_day_is_counted_from_its_reference_at_the_reset(history, reference, start):
    """
    time              balance  equity
    2026-03-03 00:00  105000   107000
    2026-03-03 15:00  106000   106500
    """
    rule = DailyLoss(limit_percent=5, reference=reference)
    found = state(history, rule, starting_balance=100_000)
    assert found.floor == start - 5_000
    assert found.buffer == 106_500 - (start - 5_000)


def test_the_higher_of_both_is_the_balance_when_a_loss_is_open_at_the_reset(history):
    """
    time              balance  equity
    2026-03-03 00:00  99000    98000
    """
    rule = DailyLoss(limit_percent=2, reference=DayReference.HIGHER)
    assert floors(history, rule, starting_balance=100_000) == [99_000 - 2_000]


@pytest.mark.parametrize(
    ("measure", "measured"),
    [(Measure.EQUITY, 49_200), (Measure.BALANCE, 50_300), (Measure.LOWER, 49_200)],
)
def test_what_is_measured_against_the_floor_can_be_chosen(history, measure, measured):
    """
    time   balance  equity
    10:00  50300    49200
    """
    found = state(history, DailyLoss(limit_amount=1_000, measure=measure))
    assert found.measured == measured
    assert found.buffer == measured - (50_000 - 1_000)


def test_the_lower_of_both_is_the_balance_while_a_profit_is_open(history):
    """
    time   balance  equity
    10:00  49400    50700
    """
    found = state(history, DailyLoss(limit_amount=1_000, measure=Measure.LOWER))
    assert found.measured == 49_400


def test_a_trail_inside_the_day_raises_the_reference_with_the_days_peak_equity(history):
    """
    time              balance  equity
    2026-03-02 10:00  50000    49500
    2026-03-02 11:00  50000    51200
    2026-03-02 12:00  50500    50200
    2026-03-03 00:00  50500    50300
    2026-03-03 10:00  50500    50700
    2026-03-03 11:00  50500    49700
    """
    rule = DailyLoss(limit_amount=1_000, intraday_trail=True)
    peaks = [50_000, 51_200, 51_200, 50_500, 50_700, 50_700]
    assert floors(history, rule) == [peak - 1_000 for peak in peaks]
    assert statuses(history, rule)[-2:] == [Status.SAFE, Status.CRITICAL]  # 0 is left, not less


@pytest.mark.parametrize(
    ("breach", "broken"),
    [(Breach.BELOW, [False, False, True]), (Breach.TOUCH, [False, True, True])],
)
def test_the_floor_itself_breaks_the_rule_only_where_touching_it_does(history, breach, broken):
    """
    time   balance  equity
    10:00  49000.01 49000.01
    10:01  49000.00 49000.00
    10:02  48999.99 48999.99
    """
    rule = DailyLoss(limit_amount=1_000, breach=breach)
    at_each = [state([seen], rule).status is Status.VIOLATED for seen in history]
    assert at_each == broken
    assert buffers(history, rule) == [0.01, 0.00, -0.01]


def test_a_hard_break_loses_the_account_and_a_pause_ends_at_the_reset(history):
    """
    time              balance  equity
    2026-03-02 10:00  48900    48900
    2026-03-02 23:59  48900    48900
    2026-03-03 00:00  48900    48900
    """
    hard = DailyLoss(limit_amount=1_000, action=Action.HARD)
    pause = DailyLoss(limit_amount=1_000, action=Action.PAUSE)
    assert state(history, hard).status is Status.VIOLATED
    assert state(history[:2], pause).status is Status.VIOLATED
    assert state(history, pause).status is Status.SAFE
    assert state(history, pause).buffer == 48_900 - (48_900 - 1_000)


def test_on_a_good_day_more_than_the_limit_may_be_lost(history):
    """
    Europe/Prague     balance  equity
    2026-11-11 00:00  200000   200000
    2026-11-11 15:00  204000   204000
    """
    found = state(history, DailyLoss(limit_percent=5), starting_balance=200_000, **PRAGUE)
    assert found.buffer == 204_000 - (200_000 - 10_000)
    assert found.buffer_percent == 100 * 14_000 / 10_000
    assert found.status is Status.SAFE


def test_a_loss_carried_open_over_midnight_breaks_the_rule_at_midnight(history):
    """
    Europe/Prague     balance  equity
    2026-11-11 00:00  200000   200000
    2026-11-11 15:00  204000   204000
    2026-11-11 23:59  204000   191000
    2026-11-12 00:00  204000   191000
    """
    ftmo = DailyLoss(limit_percent=5)
    account = {"starting_balance": 200_000, **PRAGUE}
    assert floors(history, ftmo, **account) == [190_000, 190_000, 190_000, 204_000 - 10_000]
    assert buffers(history, ftmo, **account) == [10_000, 14_000, 1_000, 191_000 - 194_000]
    assert state(history[:3], ftmo, **account).status is Status.CRITICAL
    assert state(history, ftmo, **account).status is Status.VIOLATED


def test_a_break_that_only_the_reset_has_shown_is_critical_until_a_snapshot_comes(history):
    """
    Europe/Prague     balance  equity
    2026-11-11 15:00  204000   204000
    2026-11-11 23:59  204000   191000
    2026-11-12 00:00  204000   191000
    """
    ftmo = DailyLoss(limit_percent=5)
    account = {"starting_balance": 200_000, **PRAGUE}
    midnight = history[2][0]
    found = risk(history[:2], ftmo, as_of=midnight, **account).rule_states["daily_loss"]
    assert found.buffer == 191_000 - (204_000 - 10_000)
    assert found.status is Status.CRITICAL
    assert found.violated_at is None  # no snapshot has shown it


def test_an_open_profit_at_the_reset_can_break_a_rule_that_measures_the_balance(history):
    """
    time              balance  equity
    2026-03-03 00:00  100000   103000
    """
    arctic = DailyLoss(limit_percent=2, reference=DayReference.HIGHER, measure=Measure.LOWER)
    found = state(history, arctic, starting_balance=100_000)
    assert found.buffer == 100_000 - (103_000 - 2_000)
    assert found.status is Status.VIOLATED


def test_without_a_snapshot_at_the_reset_the_day_starts_with_the_last_before_it(history):
    """
    time              balance  equity
    2026-03-02 21:00  51000    50400
    2026-03-03 09:00  51200    51200
    2026-03-04 09:00  51200    51300
    """
    by_balance = DailyLoss(limit_amount=1_000)
    by_equity = DailyLoss(limit_amount=1_000, reference=DayReference.EQUITY)
    assert floors(history, by_balance) == [49_000, 51_000 - 1_000, 51_200 - 1_000]
    assert floors(history, by_equity) == [49_000, 50_400 - 1_000, 51_200 - 1_000]


def test_a_snapshot_at_the_reset_starts_the_day_and_one_second_before_ends_the_last(history):
    """
    time              balance  equity
    2026-03-02 23:59:59  51000    51000
    2026-03-03 00:00:00  51600    51600
    2026-03-03 00:00:01  51900    51900
    """
    assert floors(history, DailyLoss(limit_amount=1_000)) == [49_000, 50_600, 50_600]


def test_a_day_that_nobody_reported_on_changes_nothing(history):
    """
    time              balance  equity
    2026-03-02 21:00  51000    51000
    2026-03-09 09:00  50800    50800
    """
    assert floors(history, DailyLoss(limit_amount=1_000))[-1] == 51_000 - 1_000


def test_without_a_starting_balance_the_first_day_is_unknown_and_the_next_is_not(history):
    """
    time              balance  equity
    2026-03-02 09:00  51000    51000
    2026-03-03 09:00  50800    50800
    """
    rule = DailyLoss(limit_amount=1_000)
    first = state(history[:1], rule, starting_balance=None)
    assert (first.status, first.buffer) == (Status.UNKNOWN, None)
    second = state(history, rule, starting_balance=None)
    assert second.buffer == 50_800 - (51_000 - 1_000)
