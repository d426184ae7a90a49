"""Goals: from when they count, over payouts, resets and rebases."""

from __future__ import annotations

import pytest

from riskcore.domain.rules.base import Since
from riskcore.domain.rules.consistency import Consistency, ConsistencyMode
from riskcore.domain.rules.min_trading_days import MinTradingDays
from riskcore.domain.rules.profit_target import ProfitTarget
from tests.domain.rulebook import state

BEFORE_AND_AFTER = [
    (ProfitTarget(target_amount=3_000, since=Since.CYCLE), 2_700),
    (ProfitTarget(target_amount=3_000, since=Since.PAYOUT), 200),
    (MinTradingDays(days=5, since=Since.CYCLE), 3),
    (MinTradingDays(days=5, since=Since.PAYOUT), 1),
    (Consistency(max_percent=50, since=Since.CYCLE), 2_700),
    (Consistency(max_percent=50, since=Since.PAYOUT), 200),
]


@pytest.mark.parametrize(("rule", "measured"), BEFORE_AND_AFTER)
def test_a_goal_counts_since_the_cycle_began_or_since_the_last_payout(
    history, events, rule, measured
):
    """
    time              balance  equity
    2026-03-02 20:00  51500    51500
    2026-03-03 20:00  52500    52500
    2026-03-04 09:00  payout   1000
    2026-03-04 10:00  51700    51700
    """
    assert state(history, rule, events=events).measured == measured


def test_what_was_traded_on_the_day_of_a_payout_before_it_counts_no_longer(history, events):
    """
    time   balance  equity
    10:00  51500    51500
    11:00  payout   1000
    12:00  50500    50500
    13:00  50600    50600
    """
    rule = MinTradingDays(days=5, since=Since.PAYOUT)
    found = [state(history[: row + 1], rule, events=events).measured for row in range(3)]
    assert found == [1, 0, 1]


@pytest.mark.parametrize("mode", list(ConsistencyMode))
@pytest.mark.parametrize(("since", "best"), [(Since.CYCLE, 1_500), (Since.PAYOUT, 200)])
def test_the_best_before_a_payout_is_forgotten_where_it_counts_since_then(
    history, events, mode, since, best
):
    """
    time              balance  equity
    2026-03-02 20:00  51500    51500
    2026-03-04 09:00  payout   1000
    2026-03-04 10:00  50700    50700
    2026-03-05 10:00  50700    50700
    """
    rule = Consistency(max_percent=50, mode=mode, since=since)
    assert state(history, rule, events=events).details["best"] == best


@pytest.mark.parametrize("mode", list(ConsistencyMode))
@pytest.mark.parametrize("kind", ["reset", "rebase"])
def test_the_best_before_a_reset_or_a_rebase_is_forgotten(history, events, mode, kind):
    """
    time              balance  equity
    2026-03-02 20:00  51500    51500
    2026-03-04 09:00  reset    60000
    2026-03-04 09:00  rebase   60000
    2026-03-04 10:00  60200    60200
    2026-03-05 10:00  60200    60200
    """
    own = tuple(event for event in events if event.kind == kind)
    found = state(history, Consistency(max_percent=50, mode=mode), events=own)
    assert (found.details["best"], found.measured) == (200, 200)
    unset = state(
        history, Consistency(max_percent=50, mode=mode), events=own, starting_balance=None
    )
    assert (unset.details["best"], unset.measured) == (200, 200)


@pytest.mark.parametrize("mode", list(ConsistencyMode))
def test_a_reset_to_an_unknown_starting_balance_leaves_results_unknown(history, events, mode):
    """
    time              balance  equity
    2026-03-02 20:00  51500    51500
    2026-03-04 09:00  reset
    2026-03-04 10:00  60200    60200
    2026-03-05 10:00  60200    60200
    """
    rule = Consistency(max_percent=50, mode=mode)
    found = state(history, rule, events=events, starting_balance=None)
    assert (found.measured, found.buffer, found.details) == (None, None, {})


@pytest.mark.parametrize(("kind", "days"), [("reset", 1), ("rebase", 2)])
def test_the_days_that_count_begin_anew_with_a_reset_and_go_on_over_a_rebase(
    history, events, kind, days
):
    """
    time              balance  equity
    2026-03-02 20:00  51500    51500
    2026-03-04 09:00  reset    60000
    2026-03-04 09:00  rebase   60000
    2026-03-04 10:00  60200    60200
    """
    own = tuple(event for event in events if event.kind == kind)
    assert state(history, MinTradingDays(days=5), events=own).measured == days
