"""After the next reset: what is left if positions are held as they are."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

import pytest

from riskcore.domain.rules.base import Action, Breach, Unit
from riskcore.domain.rules.daily_loss import DailyLoss, DayReference
from riskcore.domain.rules.max_loss import MaxLoss, Trail
from riskcore.domain.rules.position_limit import PositionLimit
from riskcore.domain.rules.profit_cap import ProfitCap
from riskcore.domain.rules.profit_target import ProfitTarget
from riskcore.domain.rules.weekly_loss import WeeklyLoss
from riskcore.domain.status import Status
from tests.domain.rulebook import MONDAY_NOON, account, evaluation, event, now, risk, state

DAILY = DailyLoss(limit_amount=1_500)
NEW_YORK = {"time_zone": "America/New_York", "reset_time": time(17)}
HOUR = timedelta(hours=1)


def after(history, *rules, **fields):
    return risk(history, *rules, **fields).after_reset


def test_what_is_left_of_a_good_day_is_gone_after_midnight_with_no_trade(history):
    """
    time   balance  equity
    21:00  51500    51500
    """
    found = state(history, DAILY)
    assert found.buffer == 51_500 - (50_000 - 1_500)
    assert found.buffer_after_reset == 1_500


def test_a_loss_held_open_over_the_reset_counts_again_from_it(history):
    """
    time   balance  equity
    21:00  51500    49900
    """
    found = after(history, DAILY)
    assert found.buffer == 49_900 - (51_500 - 1_500)
    assert found.resets_at == datetime(2026, 3, 3, tzinfo=UTC)
    assert (found.account_id.int, found.rule) == (7741, "daily_loss")
    assert found.buffer_percent == pytest.approx(-100 * 100 / 1_500, abs=1e-12)
    assert found.reason == (
        "after the reset at 00:00 UTC, in 3 h, Daily loss is broken by 100.00 USD"
        " if positions are held as they are"
    )
    assert risk(history, DAILY).status is Status.SAFE  # 1,400 of 1,500 until then


@pytest.mark.parametrize("left", [0.5, 0.0])
def test_down_to_the_last_cent_something_is_left(left):
    found = after(now(51_500, 50_000 + left), DAILY)
    assert f"{left:,.2f} USD is left on Daily loss" in found.reason


def test_a_profit_held_open_over_the_reset_becomes_part_of_the_reference(history):
    """
    time   balance  equity
    21:00  50000    51200
    """
    by_equity = DailyLoss(limit_amount=1_500, reference=DayReference.EQUITY)
    assert state(history, by_equity).buffer == 51_200 - 48_500
    assert after(history, by_equity).buffer == 1_500
    assert after(history, DAILY).buffer == 51_200 - 48_500


def test_a_losing_day_gives_more_after_the_reset(history):
    """
    time   balance  equity
    21:00  49000    49000
    """
    found = state(history, DAILY)
    assert (found.buffer, found.buffer_after_reset) == (500, 1_500)


def test_the_countdown_is_told_in_the_accounts_clock_and_in_utc():
    found = after(now(50_000), DAILY, **NEW_YORK)
    assert found.resets_at == datetime(2026, 3, 2, 22, tzinfo=UTC)
    assert found.reason == (
        "after the reset at 17:00 America/New_York (22:00 UTC), in 10 h, 1,500.00 USD is left on"
        " Daily loss if positions are held as they are"
    )


@pytest.mark.parametrize(
    ("noon", "resets_at"),
    [
        (datetime(2026, 3, 7, 12, tzinfo=UTC), datetime(2026, 3, 7, 22, tzinfo=UTC)),
        (datetime(2026, 3, 8, 12, tzinfo=UTC), datetime(2026, 3, 8, 21, tzinfo=UTC)),
        (datetime(2026, 11, 1, 12, tzinfo=UTC), datetime(2026, 11, 1, 22, tzinfo=UTC)),
    ],
)
def test_the_reset_follows_the_clocks_of_its_zone(noon, resets_at):
    found = after([(noon, 50_000, 50_000)], DAILY, **NEW_YORK)
    assert found.resets_at == resets_at


def test_exactly_at_a_reset_the_next_one_is_a_day_away(history):
    """
    time              balance  equity
    2026-03-03 00:00  50000    50000
    """
    assert after(history, DAILY).resets_at - history[0][0] == timedelta(days=1)


def test_from_an_old_snapshot_the_next_reset_is_the_next_from_now(history):
    """
    time              balance  equity
    2026-03-02 21:00  51500    51500
    """
    at = history[0][0] + 10 * HOUR
    found = risk(history, DAILY, as_of=at)
    assert found.after_reset.resets_at == datetime(2026, 3, 4, tzinfo=UTC)
    assert found.rule_states["daily_loss"].buffer == found.after_reset.buffer == 1_500


def test_the_close_raises_an_end_of_day_trail(history):
    """
    time   balance  equity
    21:00  52000    50500
    """
    found = after(history, MaxLoss(limit_amount=2_000, trail=Trail.EOD_BALANCE))
    assert found.buffer == 50_500 - (52_000 - 2_000)


@pytest.mark.parametrize(("day", "left"), [(3, 3_000), (8, 1_500)])
def test_only_the_weeks_last_reset_moves_a_weekly_floor(day, left):
    """Tuesday 3 March, and Sunday 8 March."""
    seen = [(datetime(2026, 3, day, 21, tzinfo=UTC), 51_500, 51_500)]
    assert after(seen, WeeklyLoss(limit_amount=1_500)).buffer == left


def test_a_tier_by_the_last_close_comes_with_the_reset(history):
    """
    time   balance  equity  contracts
    21:00  51500    51500   2
    """
    rule = PositionLimit(most_contracts=2, tiers=((1_500, 5),))
    found = state(history, rule)
    assert (found.unit, found.buffer, found.buffer_after_reset) == (Unit.CONTRACTS, 0, 3)
    assert risk(history, rule).after_reset is None  # what is told of a reset is money


def test_the_rule_with_the_least_share_left_then_is_the_one_that_is_told(history):
    """
    time   balance  equity
    21:00  48500    48500
    """
    found = risk(history, DailyLoss(limit_amount=1_600), MaxLoss(limit_amount=3_000))
    assert found.deciding_rule == "daily_loss"  # 100 of 1,600
    assert (found.after_reset.rule, found.after_reset.buffer) == ("max_loss", 1_500)


def test_a_pause_counts_for_what_is_left_too(history):
    """
    time   balance  equity
    21:00  48000    48000
    """
    pause = DailyLoss(limit_amount=1_500, action=Action.PAUSE)
    found = risk(history, pause)
    assert found.status is Status.VIOLATED
    assert (found.after_reset.rule, found.after_reset.buffer) == ("daily_loss", 1_500)


def test_a_goal_is_not_something_that_is_left(history):
    """
    time   balance  equity
    21:00  50000    50000
    """
    assert after(history, ProfitTarget(target_amount=3_000)) is None
    assert after(history, ProfitTarget(target_amount=3_000), DAILY).rule == "daily_loss"


def test_what_is_unknown_now_can_be_known_after_the_reset():
    found = state(now(50_000), DAILY, starting_balance=None)
    assert (found.buffer, found.buffer_after_reset) == (None, 1_500)
    assert after(now(50_000), MaxLoss(limit_amount=2_000), starting_balance=None) is None


def test_an_account_that_nobody_has_seen_has_no_next_reset():
    assert after([], DAILY, as_of=MONDAY_NOON) is None


def test_an_event_that_is_still_to_come_is_not_in_it():
    payout = event("payout", MONDAY_NOON + HOUR, 1_000)
    found = risk(now(52_000), MaxLoss(limit_amount=2_000), events=(payout,))
    assert found.after_reset.buffer == 52_000 - 48_000
    then = risk(
        now(52_000), MaxLoss(limit_amount=2_000), events=(payout,), as_of=MONDAY_NOON + HOUR
    )
    assert then.after_reset.buffer == 51_000 - 48_000


def test_a_groups_is_that_of_the_member_with_the_least_share_left():
    good_day, held_loss = account(DAILY, number=1), account(DAILY, number=2)
    seen = {good_day.id: now(51_500), held_loss.id: now(51_500, 50_100)}
    found = evaluation([good_day, held_loss], seen)
    assert (found.after_reset.account_id, found.after_reset.buffer) == (held_loss.id, 100)
    state = found.rule_states["daily_loss"]
    assert state.buffer == 50_100 - 48_500
    assert state.buffer_after_reset == 100


def test_of_equals_a_groups_is_that_of_the_lowest_id():
    accounts = [account(DAILY, number=number) for number in (1, 2)]
    found = evaluation(accounts, {one.id: now(50_000) for one in accounts})
    assert found.after_reset.account_id == accounts[0].id


def test_a_group_that_nobody_has_seen_has_none():
    assert evaluation([account(DAILY)], {}).after_reset is None


def test_money_in_different_currencies_is_not_compared_over_the_reset_either():
    one, other = account(DAILY, number=1), account(DAILY, number=2, currency="EUR")
    found = evaluation([one, other], {one.id: now(50_000), other.id: now(50_000)})
    assert found.rule_states["daily_loss"].buffer_after_reset is None
    assert found.after_reset.buffer_percent == 100


@pytest.mark.parametrize(
    ("breach", "said"),
    [
        (Breach.BELOW, "0.00 USD is left on Daily loss if"),
        (Breach.TOUCH, "nothing is left on Daily loss and it is broken if"),
    ],
)
def test_nothing_left_over_the_reset_breaks_a_rule_that_touching_breaks(history, breach, said):
    """
    time   balance  equity
    21:00  50000    49500
    21:30  50500    49500
    """
    rule = DailyLoss(limit_amount=1_000, breach=breach)
    assert said in after(history, rule).reason


def test_a_rule_without_a_floor_to_touch_is_not_broken_by_nothing_left(history):
    """
    time   balance  equity
    21:00  52500    52500
    """
    cap = ProfitCap(limit_amount=2_500, action=Action.PAUSE)
    found = risk(history, cap)
    assert found.rule_states["profit_cap"].buffer == 0
    assert "2,500.00 USD is left on Profit cap if" in found.after_reset.reason
    assert not cap.touch_breaks
