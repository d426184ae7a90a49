"""Basis: equity with open positions, closed balances, or one reading a day."""

from __future__ import annotations

import pytest

from riskcore.domain.model import Basis
from riskcore.domain.rules.max_loss import MaxLoss
from riskcore.domain.rules.profit_target import ProfitTarget
from tests.domain.rulebook import MONDAY_NOON, risk, state

MAX = MaxLoss(limit_amount=2_000)


@pytest.mark.parametrize(
    ("basis", "note"),
    [
        (Basis.EQUITY, ""),
        (Basis.CLOSED_BALANCE, "; from closed balances only, so at most"),
        (Basis.END_OF_DAY, "; from one reading a day, so at most"),
    ],
)
def test_what_the_numbers_rest_on_is_told_where_they_are_a_bound(basis, note):
    seen = [(MONDAY_NOON, 49_500, 49_500, 1, basis)]
    found = risk(seen, MAX, ProfitTarget(target_amount=3_000))
    limit, goal = found.rule_states["max_loss"], found.rule_states["profit_target"]
    assert limit.reason.endswith(f"the limit is 2,000.00 USD{note}")
    assert (limit.basis, limit.is_upper_bound) == (basis, bool(note))
    assert goal.reason.endswith("3,500.00 USD to go")
    assert (goal.basis, goal.is_upper_bound) == (basis, False)
    assert found.reason == f"has {'at most ' if note else ''}1,500.00 USD (75.0 %) left on Max loss"


def test_one_reading_a_day_is_told_once_a_day_has_shown_it(history):
    """
    time              balance  equity
    2026-03-02 21:00  50000    50000
    2026-03-03 21:00  50000    50000
    2026-03-03 22:00  50000    50000
    2026-03-04 21:00  50000    50000
    2026-03-05 21:00  50000    50000
    """
    found = [state(history[: row + 1], MAX).basis for row in range(5)]
    assert found == [
        Basis.EQUITY,  # the first day: nobody knows yet how often it will be read
        Basis.END_OF_DAY,
        Basis.EQUITY,
        Basis.EQUITY,  # the day before had two
        Basis.END_OF_DAY,
    ]
    assert state(history, MAX).is_upper_bound


def test_closed_balances_stay_closed_balances_however_often_they_are_read(history):
    """
    time              balance  equity  contracts  basis
    2026-03-02 21:00  50000    50000   -          closed_balance
    2026-03-03 21:00  50000    50000   -          closed_balance
    """
    assert state(history, MAX).basis is Basis.CLOSED_BALANCE


def test_what_happens_between_readings_makes_them_no_more(history, events):
    """
    time              balance  equity
    2026-03-02 21:00  50000    50000
    2026-03-03 10:00  deposit  100
    2026-03-03 21:00  50100    50100
    2026-03-04 10:00  deposit  100
    2026-03-05 10:00  deposit  100
    2026-03-05 21:00  50300    50300
    """
    found = [state(history[: row + 1], MAX, events=events).basis for row in range(3)]
    assert found == [Basis.EQUITY, Basis.END_OF_DAY, Basis.END_OF_DAY]


def test_what_happens_between_readings_makes_them_no_fewer(history, events):
    """
    time              balance  equity
    2026-03-02 20:00  50000    50000
    2026-03-02 21:00  50000    50000
    2026-03-03 10:00  deposit  100
    2026-03-04 10:00  deposit  100
    2026-03-04 21:00  50200    50200
    """
    assert state(history, MAX, events=events).basis is Basis.EQUITY
