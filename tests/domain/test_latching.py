"""Latching: a hard break counts for the cycle, a pause until the next reset."""

from __future__ import annotations

import pytest

from riskcore.domain.rules.base import Action
from riskcore.domain.rules.daily_loss import DailyLoss
from riskcore.domain.rules.max_loss import MaxLoss, Trail
from riskcore.domain.status import Status
from tests.domain.rulebook import MONDAY_NOON, account, now, risk, risks, state

HARD = DailyLoss(limit_amount=1_000)
PAUSE = DailyLoss(limit_amount=1_000, action=Action.PAUSE)


@pytest.mark.parametrize("rule", [HARD, MaxLoss(limit_amount=1_000)])
def test_a_hard_break_is_not_undone_by_any_recovery(history, rule):
    """
    time              balance  equity
    2026-03-02 10:00  50000    48999.99
    2026-03-02 10:01  50000    53000
    2026-03-20 10:00  60000    60000
    """
    found = state(history, rule)
    assert found.status is Status.VIOLATED
    assert found.violated_at == history[0][0]
    assert found.buffer > 0


def test_the_first_break_is_the_one_that_is_told(history):
    """
    time              balance  equity
    2026-03-02 10:00  50000    49500
    2026-03-02 10:01  50000    48900
    2026-03-02 10:02  50000    45000
    2026-03-03 10:00  45000    40000
    """
    found = state(history, HARD)
    assert found.violated_at == history[1][0]
    assert "equity 48,900.00 USD was under the floor 49,000.00 USD" in found.reason


def test_a_pause_counts_until_the_next_reset_to_the_second(history):
    """
    time                 balance  equity
    2026-03-02 10:00:00  50000    48900
    2026-03-02 23:59:59  50000    52000
    2026-03-03 00:00:00  50000    52000
    """
    assert state(history[:2], PAUSE).status is Status.VIOLATED
    assert state(history[:2], PAUSE).violated_at == history[0][0]
    assert state(history, PAUSE).status is Status.SAFE


def test_a_pause_ends_at_the_reset_though_nobody_reports_after_it(history):
    """
    time                 balance  equity
    2026-03-02 10:00:00  48900    48900
    2026-03-02 23:59:59  48900    48900
    2026-03-03 00:00:00  48900    48900
    """
    statuses = [risk(history[:1], PAUSE, as_of=seen[0]).status for seen in history]
    assert statuses == [Status.VIOLATED, Status.VIOLATED, Status.SAFE]


def test_a_new_days_break_is_a_new_pause(history):
    """
    time              balance  equity
    2026-03-02 10:00  48900    48900
    2026-03-03 10:00  48900    48500
    2026-03-03 11:00  48900    47800
    2026-03-03 12:00  48900    48900
    """
    found = state(history, PAUSE)
    assert found.status is Status.VIOLATED
    assert found.violated_at == history[2][0]


def test_a_pause_does_not_hide_a_hard_break_of_another_rule(history):
    """
    time              balance  equity
    2026-03-02 10:00  47900    47900
    2026-03-03 10:00  50000    50000
    """
    found = risk(history, PAUSE, MaxLoss(limit_amount=2_000))
    assert found.rule_states["daily_loss"].status is Status.SAFE
    assert found.rule_states["max_loss"].status is Status.VIOLATED
    assert (found.status, found.deciding_rule) == (Status.VIOLATED, "max_loss")


@pytest.mark.parametrize("rule", [HARD, PAUSE])
def test_one_accounts_break_is_not_its_neighbours(rule):
    """The last row of one account and the first of the next lie side by side in a frame."""
    accounts = [account(rule, number=number) for number in (1, 2, 3)]
    seen = {one.id: now(50_000 if one.number == "1" else 48_000) for one in accounts}
    answers = risks(accounts, seen, MONDAY_NOON)
    statuses = [answers[one.id].status for one in accounts]
    assert statuses == [Status.SAFE, Status.VIOLATED, Status.VIOLATED]


def test_a_floor_that_rose_over_an_old_low_does_not_break_it_afterwards(history):
    """
    time              balance  equity
    2026-03-02 10:00  50000    48500
    2026-03-02 11:00  53000    53000
    """
    rule = MaxLoss(limit_amount=2_000, trail=Trail.CLOSED_BALANCE)
    found = state(history, rule)
    assert found.floor == 53_000 - 2_000
    assert found.status is Status.SAFE
