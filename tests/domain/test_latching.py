"""Latching: a hard break counts for the cycle, a pause until the next reset."""

from __future__ import annotations

from datetime import timedelta

import pytest

from riskcore.domain.rules.base import Action, Breach
from riskcore.domain.rules.daily_loss import DailyLoss
from riskcore.domain.rules.floating_loss import FloatingLoss
from riskcore.domain.rules.max_loss import MaxLoss, Trail
from riskcore.domain.rules.profit_cap import ProfitCap
from riskcore.domain.rules.weekly_loss import WeeklyLoss
from riskcore.domain.status import Status
from tests.domain.rulebook import MONDAY_NOON, account, advanced, now, risk, risks, state

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


@pytest.mark.parametrize("pieces", [1, 2, 4])
@pytest.mark.parametrize(
    ("rule", "counts"),
    [
        (HARD, True),
        (PAUSE, False),  # the day is over
        (WeeklyLoss(limit_amount=1_000, action=Action.PAUSE), True),
        (MaxLoss(limit_amount=1_000), True),
        (FloatingLoss(limit_amount=1_000, action=Action.PAUSE), False),
        (ProfitCap(limit_amount=1), False),  # a gate is never broken
    ],
)
def test_a_break_is_kept_as_long_as_it_counts_however_the_history_comes_in(
    history, rule, counts, pieces
):
    """
    time              balance  equity
    2026-03-02 10:00  50000    48900
    2026-03-02 11:00  50100    50100
    2026-03-03 10:00  50100    50100
    2026-03-06 10:00  50100    50100
    """
    step = len(history) // pieces
    one = account(rule)
    parts = [history[begin : begin + step] for begin in range(0, len(history), step)]
    kept = advanced(one, *parts).violations
    assert kept["rule"].tolist() == ([rule.kind] if counts else [])
    if counts:
        assert kept[["floor", "measured"]].to_numpy().tolist() == [[49_000, 48_900]]


def test_a_break_in_a_later_piece_does_not_take_the_place_of_the_first(history):
    """
    time   balance  equity
    10:00  50000    48900
    11:00  50000    48000
    """
    kept = advanced(account(HARD), history[:1], history[1:], []).violations
    assert kept["measured"].tolist() == [48_900]


@pytest.mark.parametrize("breach", list(Breach))
def test_a_floor_that_was_only_touched_is_broken_where_touching_breaks(history, breach):
    """
    time   balance  equity
    10:00  49000    49000
    11:00  50000    50000
    """
    found = state(history, DailyLoss(limit_amount=1_000, breach=breach))
    assert found.status is (Status.VIOLATED if breach is Breach.TOUCH else Status.SAFE)


def test_a_touch_that_only_a_reset_has_shown_is_critical_too(history):
    """
    time              balance  equity
    2026-03-02 22:00  51000    50000
    2026-03-03 00:00  51000    50000
    """
    rule = DailyLoss(limit_amount=1_000, breach=Breach.TOUCH)
    waiting = risk(history[:1], rule, as_of=history[1][0]).rule_states["daily_loss"]
    assert (waiting.buffer, waiting.status, waiting.violated_at) == (0, Status.CRITICAL, None)
    assert state(history, rule).status is Status.VIOLATED


def test_a_break_that_a_snapshot_has_shown_stays_violated_on_stale_data(history):
    """
    time   balance  equity
    10:00  50000    48900
    """
    found = risk(history, HARD, as_of=MONDAY_NOON, stale_after=timedelta(hours=1))
    assert (found.status, found.is_stale) == (Status.VIOLATED, True)
