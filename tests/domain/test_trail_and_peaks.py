"""The trail of a maximum loss is its own: other rules follow what the account truly reached."""

from __future__ import annotations

import pytest

from riskcore.domain.rules.base import Since
from riskcore.domain.rules.consistency import Comparison, Consistency
from riskcore.domain.rules.daily_loss import DailyBase, DailyLoss
from riskcore.domain.rules.max_loss import MaxLoss, PayoutEffect, Trail
from riskcore.domain.rules.position_limit import PositionLimit, TierBasis
from tests.domain.rulebook import MONDAY_NOON, account, floors, now, risk, risks, state

STEPPED = DailyLoss(limit_amount=1_000, limit_steps=((3_000, 1_500),))
OF_THE_BEST = DailyLoss(limit_percent=2, amount_base=DailyBase.HIGH_WATER)
TIERED = PositionLimit(most_contracts=2, tiers=((3_000, 4),), tier_basis=TierBasis.BEST_CLOSE)


def trailing(**parameters):
    return MaxLoss(limit_amount=2_000, trail=Trail.EOD_BALANCE, **parameters)


def test_a_milestone_stops_the_trail_and_no_other_limit(history):
    """
    time              balance  equity
    2026-03-02 20:00  51000    51000
    2026-03-03 20:00  53500    53500
    2026-03-04 10:00  53500    53500
    """
    found = risk(history, trailing(milestone_profit=1_000), STEPPED, TIERED).rule_states
    assert found["max_loss"].floor == 51_000 - 2_000
    assert found["daily_loss"].limit_amount == 1_500
    assert found["position_limit"].limit_amount == 4


@pytest.mark.parametrize("effect", list(PayoutEffect))
def test_what_a_payout_does_to_the_trail_steps_no_other_limit_back(history, events, effect):
    """
    time              balance  equity
    2026-03-02 20:00  53500    53500
    2026-03-03 10:00  53500    53500
    2026-03-03 11:00  payout   3000
    2026-03-03 12:00  50500    50500
    2026-03-04 12:00  50500    50500
    """
    rules = (trailing(payout_effect=effect), STEPPED, TIERED)
    found = risk(history, *rules, events=events).rule_states
    assert found["daily_loss"].limit_amount == 1_500
    assert found["position_limit"].limit_amount == 4
    of_best = risk(history, rules[0], OF_THE_BEST, events=events).rule_states["daily_loss"]
    assert of_best.limit_amount == 53_500 * 0.02


def test_a_floor_stated_by_hand_says_nothing_of_the_best_close(history, events):
    """
    time              balance  equity
    2026-03-02 20:00  53500    53500
    2026-03-03 10:00  53500    53500
    2026-03-03 11:00  floor    51000
    2026-03-03 12:00  53000    53000
    """
    found = risk(history, trailing(), STEPPED, TIERED, events=events).rule_states
    assert found["max_loss"].floor == 51_000
    assert found["daily_loss"].limit_amount == 1_500
    assert found["position_limit"].limit_amount == 4


def test_a_peak_stated_by_hand_is_the_best_close_too(history, events):
    """
    time              balance  equity
    2026-03-02 20:00  50500    50500
    2026-03-02 21:00  peak     53000
    2026-03-02 22:00  50500    50500
    """
    found = risk(history, trailing(), STEPPED, TIERED, events=events).rule_states
    assert found["max_loss"].floor == 53_000 - 2_000
    assert found["daily_loss"].limit_amount == 1_500
    assert found["position_limit"].limit_amount == 4


# --- what moves the trail


def test_a_payout_never_raises_a_floor_that_was_stated_low(history, events):
    """
    time   balance  equity
    10:00  50000    50000
    11:00  floor    47000
    12:00  50000    50000
    13:00  payout   500
    14:00  49500    49500
    """
    rule = trailing(payout_effect=PayoutEffect.REDUCE)
    assert floors(history, rule, events=events)[1:] == [47_000, 46_500]


def test_a_peak_stated_after_a_lock_leaves_the_floor_locked(history, events):
    """
    time   balance  equity
    10:00  51500    51500
    11:00  payout   500
    12:00  51000    51000
    13:00  peak     51500
    14:00  51000    51000
    15:00  58000    58000
    """
    rule = MaxLoss(limit_amount=2_000, trail=Trail.CLOSED_BALANCE, payout_effect=PayoutEffect.LOCK)
    assert floors(history, rule, events=events)[1:] == [50_000, 50_000, 50_000]


def test_a_floor_stated_low_holds_until_a_payout_locks_it(history, events):
    """
    time   balance  equity
    10:00  floor    -2500
    11:00  500      500
    12:00  payout   100
    13:00  400      400
    """
    rule = trailing(payout_effect=PayoutEffect.LOCK_AT_ZERO)
    found = floors(history, rule, events=events, starting_balance=0.0)
    assert found == [-2_500, 0]


@pytest.mark.parametrize("kind", ["floor", "peak"])
@pytest.mark.parametrize("effect", [PayoutEffect.LOCK, PayoutEffect.REDUCE])
def test_what_a_payout_does_from_an_unknown_starting_balance_is_unknown(
    history, events, kind, effect
):
    """
    time   balance  equity
    10:00  floor    49000
    10:00  peak     51000
    11:00  51000    51000
    12:00  payout   100
    13:00  50900    50900
    """
    own = tuple(event for event in events if event.kind in (kind, "payout"))
    rule = MaxLoss(limit_amount=2_000, trail=Trail.CLOSED_BALANCE, payout_effect=effect)
    before, after = (
        state(history[:rows], rule, events=own, starting_balance=None) for rows in (1, 2)
    )
    assert before.floor == 49_000
    assert after.floor is None
    assert after.reason == "unknown: the starting balance is not set"


def test_a_stated_floor_is_known_until_it_may_have_risen_to_an_unknown_lock(history, events):
    """
    time   balance  equity
    10:00  floor    49000
    11:00  51000    51000
    12:00  51000.01 51000.01
    """
    rule = MaxLoss(limit_amount=2_000, trail=Trail.CLOSED_BALANCE, locks_at_profit=0)
    found = [
        state(history[:rows], rule, events=events, starting_balance=None).floor for rows in (1, 2)
    ]
    assert found == [49_000, None]


# --- several accounts, unknown targets, and less than a percentage


def test_accounts_with_and_without_tiers_stand_side_by_side():
    plain = PositionLimit(most_contracts=3, tier_basis=TierBasis.BEST_EQUITY)
    accounts = [account(plain, number=1), account(TIERED, number=2)]
    found = risks(accounts, {one.id: now(50_000) for one in accounts}, MONDAY_NOON)
    limits = [found[one.id].rule_states["position_limit"].limit_amount for one in accounts]
    assert limits == [3, 2]


def test_a_total_is_unknown_while_a_part_of_an_unknown_starting_balance_is_asked(history, events):
    """
    time              balance  equity
    2026-03-02 10:00  51000    51000
    2026-03-02 11:00  payout   500
    2026-03-02 12:00  51000    51000
    """
    since = {"max_percent": 50, "since": Since.PAYOUT}
    known, unknown = (
        state(history, Consistency(**since, **target), events=events, starting_balance=None)
        for target in ({"target_amount": 600}, {"target_percent": 6})
    )
    assert (known.floor, known.details["ceiling_today"]) == (1_000, 300)
    assert (unknown.floor, unknown.buffer, unknown.is_met) == (None, None, None)
    assert "ceiling_today" not in unknown.details


@pytest.mark.parametrize(("op", "allowed"), [(Comparison.LE, 500), (Comparison.LT, 499.99)])
def test_the_best_that_is_allowed_is_within_the_percentage_or_less_than_it(history, op, allowed):
    """
    time              balance  equity
    2026-03-02 10:00  51000    51000
    """
    assert state(history, Consistency(max_percent=50, op=op)).details["allowed_best"] == allowed
