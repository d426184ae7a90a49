"""Peaks and floors stated by hand, where tracking starts in mid-cycle."""

from __future__ import annotations

from datetime import timedelta

import pytest

from riskcore.domain.rules.daily_loss import DailyLoss
from riskcore.domain.rules.max_loss import MaxLoss, PayoutEffect, Trail
from tests.domain.rulebook import MONDAY_NOON, buffers, event, floors, now, risk, state

FIXED = MaxLoss(limit_amount=2_000)
TRAILING = [trail for trail in Trail if trail is not Trail.STATIC]


@pytest.mark.parametrize("trail", TRAILING)
def test_a_peak_stated_by_hand_is_where_the_floor_hangs_from_and_rises_on(history, events, trail):
    """
    time              balance  equity
    2026-03-02 10:00  51000    51000
    2026-03-02 11:00  peak     54000
    2026-03-02 12:00  53000    53000
    2026-03-02 13:00  55000    55000
    2026-03-03 10:00  55000    55000
    """
    found = floors(history, MaxLoss(limit_amount=2_000, trail=trail), events=events)
    assert found[1] == 54_000 - 2_000
    assert found[-1] == 55_000 - 2_000


def test_a_peak_stated_too_high_can_be_stated_again_lower(history, events):
    """
    time   balance  equity
    10:00  51000    51000
    11:00  peak     54000
    12:00  peak     52000
    13:00  51500    51500
    """
    rule = MaxLoss(limit_amount=2_000, trail=Trail.CLOSED_BALANCE)
    assert floors(history, rule, events=events)[-1] == 52_000 - 2_000


@pytest.mark.parametrize("trail", list(Trail))
def test_a_floor_stated_by_hand_is_the_floor(history, events, trail):
    """
    time   balance  equity
    10:00  53000    53000
    11:00  floor    50600
    12:00  52000    52000
    """
    rule = MaxLoss(limit_amount=2_000, trail=trail)
    assert floors(history, rule, events=events)[-1] == 50_600
    assert buffers(history, rule, events=events)[-1] == 52_000 - 50_600


@pytest.mark.parametrize("trail", TRAILING)
def test_a_floor_stated_by_hand_rises_on_from_there(history, events, trail):
    """
    time              balance  equity
    2026-03-02 11:00  floor    49500
    2026-03-02 12:00  51500    51500
    2026-03-03 12:00  51500.01 51500.01
    2026-03-04 12:00  51500.01 51500.01
    """
    found = floors(history, MaxLoss(limit_amount=2_000, trail=trail), events=events)
    assert (found[0], found[-1]) == (49_500, 51_500.01 - 2_000)


def test_a_stated_floor_moves_with_a_deposit_and_goes_with_a_reset(history, events):
    """
    time   balance  equity
    10:00  floor    49000
    11:00  50500    50500
    12:00  deposit  1000
    13:00  51500    51500
    14:00  reset
    15:00  50000    50000
    """
    assert floors(history, FIXED, events=events) == [49_000, 50_000, 48_000]


def test_a_stated_floor_goes_with_a_rebase(history, events):
    """
    time   balance  equity
    10:00  floor    49000
    11:00  50500    50500
    12:00  rebase   60000
    13:00  60000    60000
    """
    assert floors(history, FIXED, events=events) == [49_000, 58_000]


def test_a_stated_peak_takes_the_place_of_a_stated_floor(history, events):
    """
    time   balance  equity
    10:00  floor    50500
    11:00  52000    52000
    12:00  peak     51000
    13:00  50900    50900
    """
    rule = MaxLoss(limit_amount=2_000, trail=Trail.CLOSED_BALANCE)
    assert floors(history, rule, events=events) == [50_500, 51_000 - 2_000]


def test_a_stated_floor_or_peak_needs_no_starting_balance(history, events):
    """
    time   balance  equity
    10:00  floor    49000
    11:00  50500    50500
    """
    unset = {"starting_balance": None}
    assert state(history, FIXED, events=events, **unset).buffer == 1_500
    peak = event("peak", events[0].happened_at, 52_000)
    rule = MaxLoss(limit_amount=2_000, trail=Trail.CLOSED_BALANCE)
    assert state(history, rule, events=(peak,), **unset).buffer == 50_500 - 50_000


def test_a_stated_floor_is_known_until_it_may_rise_to_a_lock_that_is_not(history, events):
    """
    time   balance  equity
    10:00  floor    49000
    11:00  51000    51000
    12:00  51000.01 51000.01
    """
    rule = MaxLoss(limit_amount=2_000, trail=Trail.CLOSED_BALANCE, locks_at_profit=0)
    unset = {"events": events, "starting_balance": None}
    assert state(history[:1], rule, **unset).floor == 49_000
    assert state(history, rule, **unset).floor is None


@pytest.mark.parametrize("effect", [PayoutEffect.NONE, PayoutEffect.LOCK_AT_ZERO])
def test_a_stated_floor_may_be_lower_than_where_it_began(history, events, effect):
    """
    time   balance  equity
    10:00  floor    47000
    11:00  50000    50000
    """
    rule = MaxLoss(limit_amount=2_000, payout_effect=effect)
    assert floors(history, rule, events=events) == [47_000]


def test_a_lock_at_zero_does_not_lower_a_floor_that_began_higher(history, events):
    """
    time   balance  equity
    10:00  51000    51000
    11:00  payout   500
    12:00  50500    50500
    """
    rule = MaxLoss(limit_amount=2_000, payout_effect=PayoutEffect.LOCK_AT_ZERO)
    assert floors(history, rule, events=events) == [48_000, 48_000]


@pytest.mark.parametrize(("kind", "level"), [("peak", "52,600.00"), ("floor", "52,600.00")])
def test_what_is_stated_by_hand_is_shown_with_its_date_and_where_it_comes_from(kind, level):
    at = MONDAY_NOON - timedelta(hours=1)
    stated = event(kind, at, 52_600, origin="dashboard of the firm")
    rule = MaxLoss(limit_amount=2_000, trail=Trail.CLOSED_BALANCE)
    found = state(now(52_700), rule, events=(stated,))
    assert found.reason.endswith(
        f"; {kind} {level} USD stated by hand on 2026-03-02 (dashboard of the firm)"
    )
    bare = event(kind, at, 52_600)
    assert state(now(52_700), rule, events=(bare,)).reason.endswith("stated by hand on 2026-03-02")


def test_only_what_still_holds_is_shown_as_stated_by_hand(history, events):
    """
    time   balance  equity
    08:00  peak     51000  (first)
    09:00  peak     52000  (second)
    10:00  51000    51000
    11:00  deposit  100
    12:00  51100    51100
    13:00  reset
    14:00  50000    50000
    """
    rule = MaxLoss(limit_amount=2_000, trail=Trail.CLOSED_BALANCE)
    reasons = [state(history[: row + 1], rule, events=events).reason for row in range(3)]
    assert ["(first)" in reason for reason in reasons] == [False, False, False]
    assert ["(second)" in reason for reason in reasons] == [True, True, False]
    rebased = (events[1], event("rebase", events[2].happened_at, 50_000))
    assert "by hand" not in state(history, rule, events=rebased).reason


def test_what_is_stated_later_is_not_shown_yet(history, events):
    """
    time   balance  equity
    10:00  51000    51000
    11:00  floor    49000
    """
    assert "by hand" not in state(history, FIXED, events=events).reason
    after = risk(history, FIXED, events=events, as_of=events[0].happened_at)
    assert "by hand" in after.rule_states["max_loss"].reason


def test_what_is_stated_by_hand_is_shown_with_the_rule_it_is_about():
    stated = event("floor", MONDAY_NOON, 49_000)
    found = risk(now(50_000), DailyLoss(limit_amount=1_000), FIXED, events=(stated,))
    assert "by hand" not in found.rule_states["daily_loss"].reason
    assert "by hand" in found.rule_states["max_loss"].reason
