"""Inactivity: how long an account may go without a trade."""

from __future__ import annotations

from datetime import timedelta

import pytest

from riskcore.domain.errors import InvalidValue
from riskcore.domain.rules.base import Unit
from riskcore.domain.rules.inactivity import DayCount, Inactivity
from riskcore.domain.rules.max_loss import MaxLoss
from riskcore.domain.status import Status
from tests.domain.rulebook import MONDAY_NOON, now, risk, state, statuses, table

DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)
RULE = Inactivity(days=30)
YEAR = {"stale_after": timedelta(days=366)}


def ages(history, rule, **fields):
    return table(history, rule, **fields).measured["inactivity"].tolist()


def test_the_last_trade_is_the_last_change_of_the_closed_balance(history):
    """
    time              balance  equity
    2026-03-02 10:00  50000    50000
    2026-03-04 10:00  50100    50100
    2026-03-09 10:00  50100    50100
    """
    assert ages(history, RULE) == [0, 0, 5]
    found = state(history, RULE)
    assert (found.unit, found.measured, found.floor, found.buffer) == (Unit.DAYS, 5, 30, 25)
    assert found.buffer_percent == pytest.approx(100 * 25 / 30, abs=1e-12)


def test_an_open_position_keeps_the_account_alive_unless_it_is_not_to(history):
    """
    time              balance  equity
    2026-03-02 10:00  50000    50100
    2026-03-05 10:00  50000    50200
    2026-03-06 10:00  50000    50000
    """
    assert ages(history, RULE) == [0, 0, 1]
    assert ages(history, Inactivity(days=30, open_position_counts=False)) == [0, 3, 4]


def test_contracts_tell_an_open_position_better_than_equity_does(history):
    """
    time              balance  equity  contracts
    2026-03-02 10:00  50000    50000   0
    2026-03-05 10:00  50000    50000   1
    2026-03-06 10:00  50000    50010   0
    """
    assert ages(history, RULE) == [0, 0, 1]


@pytest.mark.parametrize(
    ("age", "status", "days"),
    [
        (15 * DAY - timedelta(minutes=15), Status.SAFE, 14.99),  # 14.9896, rounded up
        (15 * DAY, Status.CAUTION, 15),
        (24 * DAY, Status.CRITICAL, 24),
        (30 * DAY, Status.CRITICAL, 30),
        (30 * DAY + SECOND, Status.VIOLATED, 30.01),
    ],
)
def test_exactly_so_many_days_are_allowed_and_a_second_more_is_not(age, status, days):
    seen = now(50_000, ago=age) + now(50_000)
    found = state(seen, RULE, **YEAR)
    assert (found.measured, found.status) == (days, status)


def test_time_alone_breaks_it_and_the_next_snapshot_decides():
    quiet = now(50_000, ago=31 * DAY)
    waiting = risk(quiet, RULE, as_of=MONDAY_NOON, **YEAR).rule_states["inactivity"]
    assert (waiting.status, waiting.buffer, waiting.violated_at) == (Status.CRITICAL, -1, None)
    still_quiet = state(quiet + now(50_000), RULE, **YEAR)
    assert (still_quiet.status, still_quiet.violated_at) == (Status.VIOLATED, MONDAY_NOON)
    traded = state(quiet + now(50_100), RULE, **YEAR)
    assert (traded.status, traded.buffer) == (Status.SAFE, 30)


def test_a_break_counts_for_the_rest_of_the_cycle(history):
    """
    time              balance  equity
    2026-03-02 10:00  50000    50000
    2026-03-10 10:00  50000    50000
    2026-03-10 11:00  50500    50500
    """
    rule = Inactivity(days=7)
    assert statuses(history, rule) == [Status.SAFE, Status.VIOLATED, Status.VIOLATED]


def test_trading_days_are_mondays_to_fridays(history):
    """
    time              balance  equity
    2026-03-05 10:00  50100    50100
    2026-03-06 23:59  50100    50100
    2026-03-08 10:00  50100    50100
    2026-03-09 00:00  50100    50100
    2026-03-10 10:00  50100    50100
    """
    rule = Inactivity(days=2, counted=DayCount.TRADING)
    assert ages(history, rule) == [0, 1, 1, 2, 3]
    assert statuses(history, rule) == [
        Status.SAFE,
        Status.CAUTION,
        Status.CAUTION,
        Status.CRITICAL,
        Status.VIOLATED,
    ]


def test_the_next_reset_brings_the_next_trading_day():
    rule = Inactivity(days=2, counted=DayCount.TRADING)
    found = state(now(50_000), rule)
    assert (found.buffer, found.buffer_after_reset) == (2, 1)


def test_calendar_days_go_on_until_the_next_reset():
    """From Monday noon to midnight is half a day."""
    found = state(now(50_000), RULE)
    assert (found.buffer, found.buffer_after_reset) == (30, 29.5)


def test_it_needs_no_starting_balance_but_a_snapshot():
    assert state(now(50_000), RULE, starting_balance=None).buffer == 30
    unseen = state([], RULE, as_of=MONDAY_NOON)
    assert (unseen.status, unseen.reason) == (Status.UNKNOWN, "unknown: no snapshot yet")


def test_it_is_no_floor_that_binds():
    found = risk(now(50_000), RULE, MaxLoss(limit_amount=2_000))
    assert found.binding_rule == "max_loss"


@pytest.mark.parametrize("days", [0, 3_651, 1.5, -1, float("nan")])
def test_days_are_a_whole_number_from_1_to_3650(days):
    with pytest.raises(InvalidValue, match="inactivity days must be a whole number from 1 to 3650"):
        Inactivity(days=days)
    assert Inactivity(days=1).days == 1
    assert Inactivity(days=3_650).days == 3_650


def test_it_says_itself_in_words():
    assert Inactivity(days=30).in_words() == (
        "At most 30 days without a trade; then the account is lost"
    )
    assert Inactivity(days=7, counted=DayCount.TRADING).in_words() == (
        "At most 7 trading days without a trade; then the account is lost"
    )
    assert Inactivity(days=1).in_words() == (
        "At most 1 day without a trade; then the account is lost"
    )
