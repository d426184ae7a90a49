"""Payouts: what each effect does to the floor, and what begins anew with one."""

from __future__ import annotations

import pytest

from riskcore.domain.rules.daily_loss import DailyLoss, DayReference
from riskcore.domain.rules.inactivity import Inactivity
from riskcore.domain.rules.max_loss import MaxBase, MaxLoss, PayoutEffect, Trail
from riskcore.domain.rules.min_trading_days import MinTradingDays
from riskcore.domain.rules.profit_cap import CapScope, ProfitCap
from riskcore.domain.status import Status
from tests.domain.rulebook import account, advanced, buffers, floors, risk, state, statuses, table

TRAILING = [trail for trail in Trail if trail is not Trail.STATIC]


def trailing(effect, trail=Trail.CLOSED_BALANCE, **parameters):
    return MaxLoss(limit_amount=2_000, trail=trail, payout_effect=effect, **parameters)


AFTER_A_PAYOUT = {
    PayoutEffect.NONE: 55_000 - 2_000,
    PayoutEffect.REDUCE: 55_000 - 1_500 - 2_000,
    PayoutEffect.LOCK: 55_000 - 2_000,  # the starting balance is lower
    PayoutEffect.LOCK_AT_ZERO: 55_000 - 2_000,
    PayoutEffect.RESET: 50_000 - 2_000,
}


@pytest.mark.parametrize("trail", TRAILING)
@pytest.mark.parametrize("effect", list(PayoutEffect))
def test_what_a_payout_does_to_the_floor_is_the_rules(history, events, effect, trail):
    """
    time              balance  equity
    2026-03-02 10:00  55000    55000
    2026-03-03 10:00  55000    55000
    2026-03-03 11:00  payout   1500
    """
    at = events[0].happened_at
    rule = trailing(effect, trail)
    before = risk(history, rule, events=events).rule_states["max_loss"]
    after = risk(history, rule, events=events, as_of=at).rule_states["max_loss"]
    assert (before.floor, before.buffer) == (53_000, 2_000)
    if effect is PayoutEffect.RESET and trail is not Trail.EOD_BALANCE:
        # what is left in the account is at once the best value of a trail that begins anew
        assert after.floor == 53_500 - 2_000
    else:
        assert after.floor == AFTER_A_PAYOUT[effect]
    assert after.buffer == 53_500 - after.floor


def test_by_itself_a_payout_leaves_the_floor_and_shrinks_what_may_be_lost(history, events):
    """
    time   balance  equity
    10:00  53000    53000
    11:00  payout   1999.99
    12:00  51000.01 51000.01
    13:00  50999.99 50999.99
    """
    rule = trailing(PayoutEffect.NONE)
    assert buffers(history, rule, events=events) == [2_000, 0.01, -0.01]
    assert statuses(history, rule, events=events)[-1] is Status.VIOLATED


def test_a_fixed_floor_stays_whatever_is_paid_out(history, events):
    """
    time   balance  equity
    10:00  53000    53000
    11:00  payout   2500
    12:00  50500    50500
    """
    rule = MaxLoss(limit_amount=2_000)
    assert floors(history, rule, events=events) == [48_000, 48_000]


def test_the_best_value_falls_by_the_payout_and_never_under_the_starting_balance(history, events):
    """
    time   balance  equity
    10:00  51000    51000
    11:00  payout   999.99
    12:00  50000.01 50000.01
    13:00  payout   0.02
    14:00  49999.99 49999.99
    """
    rule = trailing(PayoutEffect.REDUCE)
    assert floors(history, rule, events=events) == [49_000, 48_000.01, 48_000]


def test_after_a_reduced_peak_the_floor_rises_on(history, events):
    """
    time   balance  equity
    10:00  53000    53000
    11:00  payout   1000
    12:00  52000    52000
    13:00  52500    52500
    """
    rule = trailing(PayoutEffect.REDUCE)
    assert floors(history, rule, events=events) == [51_000, 50_000, 50_500]


def test_a_locked_level_stays_while_the_reduced_peak_is_above_it(history, events):
    """
    time   balance  equity
    10:00  54000    54000
    11:00  payout   1500
    12:00  52500    52500
    """
    rule = trailing(PayoutEffect.REDUCE, locks_at_profit=0)
    assert floors(history, rule, events=events) == [50_000, 50_000]


def test_a_percentage_of_the_peak_is_of_the_reduced_one(history, events):
    """
    time   balance  equity
    10:00  54000    54000
    11:00  payout   2000
    12:00  52000    52000
    """
    rule = MaxLoss(
        limit_percent=5,
        amount_base=MaxBase.HIGH_WATER,
        trail=Trail.CLOSED_BALANCE,
        payout_effect=PayoutEffect.REDUCE,
    )
    assert table(history, rule, events=events).limit_amount["max_loss"].tolist() == [2_700, 2_600]


@pytest.mark.parametrize("trail", TRAILING)
def test_a_payout_can_lock_the_floor_at_the_starting_balance_for_good(history, events, trail):
    """
    time              balance  equity
    2026-03-02 10:00  51500    51500
    2026-03-03 10:00  51500    51500
    2026-03-03 11:00  payout   500
    2026-03-03 12:00  51000    51000
    2026-03-04 12:00  58000    58000
    2026-03-05 12:00  58000    58000
    """
    rule = trailing(PayoutEffect.LOCK, trail)
    assert floors(history, rule, events=events)[1:] == [49_500, 50_000, 50_000, 50_000]


def test_a_payout_can_lock_a_fixed_floor_too(history, events):
    """
    time   balance  equity
    10:00  51500    51500
    11:00  payout   500
    12:00  51000    51000
    """
    rule = MaxLoss(limit_amount=2_000, payout_effect=PayoutEffect.LOCK)
    assert floors(history, rule, events=events) == [48_000, 50_000]


def test_a_lock_holds_over_many_snapshots_and_a_second_payout(history, events):
    """
    time   balance  equity
    10:00  51500    51500
    11:00  payout   500
    12:00  51000    51000
    13:00  53000    53000
    14:00  payout   1000
    15:00  52000    52000
    16:00  60000    60000
    """
    rule = trailing(PayoutEffect.LOCK)
    assert floors(history, rule, events=events) == [49_500, 50_000, 50_000, 50_000, 50_000]
    one = account(rule, events=events)
    pieces = advanced(one, history[:1], history[1:2], history[2:3], history[3:])
    assert pieces.carried["is_locked"].tolist() == [1]
    assert pieces.carried["stated_floor"].tolist() == [50_000]


def test_a_peak_stated_by_hand_does_not_loosen_a_floor_that_a_payout_has_locked(history, events):
    """
    time   balance  equity
    10:00  51500    51500
    11:00  payout   500
    12:00  51000    51000
    13:00  peak     51200
    14:00  51000    51000
    """
    assert floors(history, trailing(PayoutEffect.LOCK), events=events) == [49_500, 50_000, 50_000]


def test_where_the_starting_balance_is_unknown_so_is_a_floor_locked_there(history, events):
    """
    time   balance  equity
    10:00  floor    49000
    11:00  51500    51500
    12:00  payout   500
    13:00  51000    51000
    """
    unset = {"events": events, "starting_balance": None}
    rule = trailing(PayoutEffect.LOCK)
    assert state(history[:1], rule, **unset).floor == 49_500
    found = state(history, rule, **unset)
    assert (found.status, found.floor, found.buffer) == (Status.UNKNOWN, None, None)


def test_a_lock_at_the_starting_balance_does_not_lower_a_floor_stated_higher(history, events):
    """
    time   balance  equity
    10:00  floor    50600
    11:00  51500    51500
    12:00  payout   500
    13:00  51000    51000
    """
    assert floors(history, trailing(PayoutEffect.LOCK), events=events) == [50_600, 50_600]


@pytest.mark.parametrize("kind", ["rebase", "reset"])
def test_another_starting_balance_unlocks_what_a_payout_has_locked(history, events, kind):
    """
    time   balance  equity
    10:00  51500    51500
    11:00  payout   500
    12:00  rebase   60000
    12:00  reset    60000
    13:00  63000    63000
    """
    own = tuple(event for event in events if event.kind in ("payout", kind))
    assert floors(history, trailing(PayoutEffect.LOCK), events=own) == [49_500, 63_000 - 2_000]


def test_an_account_that_starts_at_zero_can_lock_at_zero(history, events):
    """
    time              balance  equity
    2026-03-02 22:00  1500     1500
    2026-03-03 10:00  1500     1500
    2026-03-03 11:00  payout   500
    2026-03-03 12:00  1000     1000
    2026-03-04 22:00  5000     5000
    2026-03-05 10:00  5000     5000
    """
    rule = trailing(PayoutEffect.LOCK_AT_ZERO, Trail.EOD_BALANCE)
    found = floors(history, rule, events=events, starting_balance=0.0)
    assert found == [-2_000, -500, 0, 0, 0]


def test_a_trail_can_begin_anew_with_a_payout(history, events):
    """
    time              balance  equity
    2026-03-02 22:00  55000    55000
    2026-03-03 10:00  55000    55000
    2026-03-03 11:00  payout   4000
    2026-03-03 12:00  51000    51000
    2026-03-04 10:00  51000    51000
    """
    rule = trailing(PayoutEffect.RESET, Trail.EOD_BALANCE)
    assert floors(history, rule, events=events) == [48_000, 53_000, 48_000, 51_000 - 2_000]


def test_a_payout_leaves_a_break_as_it_is(history, events):
    """
    time   balance  equity
    10:00  53000    53000
    11:00  50999    50999
    12:00  payout   500
    13:00  50499    50499
    """
    rule = trailing(PayoutEffect.RESET)
    assert state(history, rule, events=events).violated_at == history[1][0]


# --- the day, trades, and goals


@pytest.mark.parametrize("reference", list(DayReference))
def test_the_floor_of_the_day_moves_with_a_payout_but_not_one_from_the_start(
    history, events, reference
):
    """
    time              balance  equity
    2026-03-03 00:00  53000    53200
    2026-03-03 11:00  payout   1000
    2026-03-03 12:00  52000    52200
    """
    found = buffers(history, DailyLoss(limit_amount=1_000, reference=reference), events=events)
    loses = 1_000 if reference is DayReference.INITIAL else 0
    assert found[1] == found[0] - loses


def test_the_day_after_a_payout_starts_with_what_was_left(history, events):
    """
    time              balance  equity
    2026-03-02 22:00  53000    53000
    2026-03-02 23:00  payout   1000
    2026-03-03 10:00  52100    52100
    """
    rule = DailyLoss(limit_amount=1_000)
    assert floors(history, rule, events=events)[1] == 52_000 - 1_000


@pytest.mark.parametrize(
    ("effect", "floor"), [(PayoutEffect.NONE, 51_000), (PayoutEffect.REDUCE, 50_000)]
)
def test_a_day_that_ended_before_a_payout_closed_with_what_there_was(
    history, events, effect, floor
):
    """
    time                 balance  equity
    2026-03-02 22:00:00  53000    53000
    2026-03-03 00:00:01  payout   1000
    2026-03-03 10:00:00  52000    52000
    """
    assert floors(history, trailing(effect, Trail.EOD_BALANCE), events=events)[-1] == floor


def test_a_payout_at_the_very_reset_belongs_to_the_day_that_it_closes(history, events):
    """
    time              balance  equity
    2026-03-02 22:00  53000    53000
    2026-03-03 00:00  payout   1000
    2026-03-03 10:00  52000    52000
    """
    rule = trailing(PayoutEffect.NONE, Trail.EOD_BALANCE)
    assert floors(history, rule, events=events)[-1] == 52_000 - 2_000


def test_a_payout_is_no_trade_to_the_cent(history, events):
    """
    time              balance  equity
    2026-03-02 10:00  52000.10 52000.10
    2026-03-03 11:00  payout   2000.05
    2026-03-04 10:00  50000.05 50000.05
    """
    assert state(history, MinTradingDays(days=3), events=events).measured == 1
    assert state(history, Inactivity(days=30), events=events).measured == 2


def test_a_days_cap_and_the_cycles_profit_do_not_shrink_by_a_payout(history, events):
    """
    time              balance  equity
    2026-03-03 00:00  52000    52000
    2026-03-03 10:00  52500    52500
    2026-03-03 11:00  payout   1000
    2026-03-03 12:00  51500    51500
    """
    for scope, profit in ((CapScope.DAY, 500), (CapScope.CYCLE, 2_500)):
        found = state(history, ProfitCap(limit_amount=9_000, scope=scope), events=events)
        assert found.measured == profit
