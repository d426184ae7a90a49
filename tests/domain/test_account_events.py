"""Account events: what deposits, payouts, resets and figures stated by hand do to the levels."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from riskcore.domain.errors import InvalidValue
from riskcore.domain.events import EventKind
from riskcore.domain.rules.base import Action
from riskcore.domain.rules.daily_loss import DailyLoss, DayReference
from riskcore.domain.rules.floating_loss import FloatingLoss
from riskcore.domain.rules.inactivity import Inactivity
from riskcore.domain.rules.max_loss import MaxLoss, Trail
from riskcore.domain.rules.profit_target import ProfitTarget
from riskcore.domain.rules.weekly_loss import WeeklyLoss
from riskcore.domain.status import Status
from tests.domain.rulebook import (
    MONDAY_NOON,
    account,
    buffers,
    event,
    floors,
    now,
    risk,
    risks,
    state,
    statuses,
)

HOUR = timedelta(hours=1)
DAILY = DailyLoss(limit_amount=1_000)
FIXED = MaxLoss(limit_amount=2_000)
EVERY_LEVEL = [
    DAILY,
    DailyLoss(limit_amount=1_000, reference=DayReference.INITIAL),
    DailyLoss(limit_amount=1_000, reference=DayReference.EQUITY, intraday_trail=True),
    WeeklyLoss(limit_amount=1_000),
    FloatingLoss(limit_amount=1_000),
    *(MaxLoss(limit_amount=2_000, trail=trail) for trail in Trail),
]


@pytest.mark.parametrize("rule", EVERY_LEVEL)
def test_nothing_is_won_or_lost_by_a_deposit(history, events, rule):
    """
    time              balance  equity
    2026-03-02 10:00  50400    50400
    2026-03-02 11:00  deposit  5000.05
    2026-03-02 12:00  55400.05 55400.05
    2026-03-03 10:00  55400.05 55400.05
    """
    before, after, _ = buffers(history, rule, events=events)
    assert after == before
    first, second, _ = floors(history, rule, events=events)
    assert second == round(first + 5_000.05, 2)


@pytest.mark.parametrize("rule", EVERY_LEVEL)
def test_nothing_is_won_or_lost_by_a_withdrawal(history, events, rule):
    """
    time   balance     equity
    10:00  50400       50400
    11:00  withdrawal  300
    12:00  50100       50100
    """
    before, after = buffers(history, rule, events=events)
    assert after == before


def test_after_a_deposit_a_percentage_is_of_the_starting_balance_with_it(history, events):
    """
    time   balance  equity
    10:00  50000    50000
    11:00  deposit  10000
    12:00  60000    60000
    """
    found = state(history, MaxLoss(limit_percent=10), events=events)
    assert (found.limit_amount, found.floor) == (6_000, 60_000 - 6_000)


def test_deposits_and_withdrawals_are_no_profit(history, events):
    """
    time   balance     equity
    10:00  50400       50400
    11:00  deposit     5000
    12:00  withdrawal  2000
    13:00  53400       53400
    """
    assert state(history, ProfitTarget(target_amount=3_000), events=events).measured == 400


@pytest.mark.parametrize("rule", [DAILY, WeeklyLoss(limit_amount=1_000)])
def test_the_day_and_the_week_of_a_payout_lose_nothing_by_it(history, events, rule):
    """
    time   balance  equity
    10:00  52000    52000
    11:00  payout   1500.05
    12:00  50499.95 50499.95
    """
    assert buffers(history, rule, events=events) == [2_000 + 1_000, 2_000 + 1_000]


def test_a_payout_lowers_the_peak_of_its_day(history, events):
    """
    time   balance  equity
    10:00  52000    52000
    11:00  payout   1500
    12:00  50500    50500
    """
    rule = DailyLoss(limit_amount=1_000, intraday_trail=True)
    assert floors(history, rule, events=events) == [51_000, 50_500 - 1_000]


def test_a_payout_is_no_loss_of_profit_since_the_cycle_began(history, events):
    """
    time   balance  equity
    10:00  53000    53000
    11:00  payout   2000
    12:00  51000    51000
    """
    found = state(history, ProfitTarget(target_amount=3_000), events=events)
    assert (found.measured, found.is_met) == (3_000, True)


def test_an_event_acts_on_the_snapshot_of_its_instant_and_on_later_ones(history, events):
    """
    time      balance  equity
    10:59:59  52000    52000
    11:00:00  payout   1500
    11:00:00  50500    50500
    11:00:01  50500    50500
    """
    assert buffers(history, DAILY, events=events) == [3_000, 3_000, 3_000]


def test_an_event_after_the_last_snapshot_acts_from_its_instant_on(history, events):
    """
    time   balance  equity
    10:00  52000    51800
    11:00  payout   1500
    """
    at = events[0].happened_at
    before, then = (
        risk(history, DAILY, events=events, as_of=as_of)
        for as_of in (at - timedelta(microseconds=1), at)
    )
    assert (before.balance, before.equity) == (52_000, 51_800)
    assert (then.balance, then.equity) == (50_500, 50_300)
    assert before.rule_states["daily_loss"].buffer == then.rule_states["daily_loss"].buffer == 2_800


def test_an_event_before_the_first_snapshot_acts_on_the_starting_balance(history, events):
    """
    time   balance  equity
    09:00  deposit  5000
    10:00  54000    54000
    """
    assert buffers(history, DAILY, events=events) == [54_000 - (55_000 - 1_000)]


def test_events_act_in_the_order_in_which_they_happened(history, events):
    """
    time   balance  equity
    10:00  53000    53000
    11:00  peak     54000
    12:00  floor    51000
    13:00  53000    53000
    """
    rule = MaxLoss(limit_amount=2_000, trail=Trail.CLOSED_BALANCE)
    assert floors(history, rule, events=events) == [51_000, 51_000]
    assert floors(history, rule, events=events[::-1]) == [51_000, 51_000]
    assert floors(history, rule, events=events[:1]) == [51_000, 54_000 - 2_000]


def test_an_event_seen_from_before_it_has_not_happened(history, events):
    """
    time   balance  equity
    10:00  52000    52000
    12:00  deposit  1000
    """
    assert risk(history, FIXED, events=events).rule_states["max_loss"].floor == 48_000


def test_one_accounts_events_are_not_its_neighbours():
    events = (event("deposit", MONDAY_NOON - HOUR, 1_000, number=2),)
    accounts = [account(FIXED, number=1), account(FIXED, number=2, events=events)]
    unseen = account(FIXED, number=3, events=(event("reset", MONDAY_NOON - HOUR, number=3),))
    seen = {one.id: now(50_000, ago=2 * HOUR) + now(50_000) for one in accounts}
    answers = risks([*accounts, unseen], seen, MONDAY_NOON)
    found = [answers[one.id].rule_states["max_loss"].floor for one in (*accounts, unseen)]
    assert found == [48_000, 49_000, None]


# --- a new cycle


def test_a_reset_begins_a_new_cycle_in_which_an_old_break_counts_no_longer(history, events):
    """
    time              balance  equity
    2026-03-02 10:00  47900    47900
    2026-03-03 09:00  47900    47900
    2026-03-03 10:00  reset
    2026-03-03 11:00  50000    50000
    """
    assert statuses(history, FIXED, events=events) == [
        Status.VIOLATED,
        Status.VIOLATED,
        Status.SAFE,
    ]
    assert state(history, FIXED, events=events).violated_at is None


def test_a_reset_clears_a_break_though_nobody_reports_after_it(history, events):
    """
    time              balance  equity
    2026-03-02 10:00  47900    47900
    2026-03-02 11:00  reset
    """
    at = events[0].happened_at
    before, then = (
        risk(history, FIXED, events=events, as_of=as_of)
        for as_of in (at - timedelta(seconds=1), at)
    )
    assert (before.status, then.status) == (Status.VIOLATED, Status.SAFE)
    assert (then.balance, then.equity) == (50_000, 50_000)


@pytest.mark.parametrize("rule", EVERY_LEVEL)
def test_after_a_reset_everything_is_as_on_the_first_day(history, events, rule):
    """
    time              balance  equity
    2026-03-02 10:00  54000    55000
    2026-03-03 10:00  53000    53000
    2026-03-03 11:00  reset
    2026-03-03 12:00  49800    49700
    """
    later = history[2:]
    assert floors(history, rule, events=events)[2:] == floors(later, rule)
    assert buffers(history, rule, events=events)[2:] == buffers(later, rule)


def test_a_reset_can_begin_with_another_starting_balance(history, events):
    """
    time   balance  equity
    10:00  50000    50000
    11:00  reset    100000
    12:00  99000    99000
    """
    found = state(history, MaxLoss(limit_percent=4), events=events)
    assert (found.floor, found.buffer) == (100_000 - 4_000, 99_000 - 96_000)


def test_a_new_cycles_break_is_its_own(history, events):
    """
    time   balance  equity
    10:00  47900    47900
    11:00  reset
    12:00  47000    47000
    """
    found = state(history, FIXED, events=events)
    assert (found.status, found.violated_at) == (Status.VIOLATED, history[1][0])


def test_after_a_reset_activity_counts_anew(history, events):
    """
    time              balance  equity
    2026-03-02 10:00  50000    50000
    2026-03-07 11:00  reset
    2026-03-07 12:00  50000    50000
    """
    assert state(history, Inactivity(days=4), events=events).status is Status.SAFE


def test_a_pause_does_not_outlive_the_cycle_either(history, events):
    """
    time   balance  equity
    10:00  48900    48900
    11:00  reset
    12:00  50000    50000
    """
    rule = DailyLoss(limit_amount=1_000, action=Action.PAUSE)
    assert statuses(history, rule, events=events) == [Status.VIOLATED, Status.SAFE]


# --- another starting balance


@pytest.mark.parametrize("rule", EVERY_LEVEL)
def test_after_a_rebase_everything_counts_from_the_new_starting_balance(history, events, rule):
    """
    time              balance  equity
    2026-03-02 10:00  54000    55000
    2026-03-03 11:00  rebase   60000
    2026-03-03 12:00  59800    59700
    """
    alone = floors(history[1:], rule, starting_balance=60_000.0)
    assert floors(history, rule, events=events)[1:] == alone


def test_the_cycle_goes_on_over_a_rebase_and_a_break_with_it(history, events):
    """
    time   balance  equity
    10:00  47900    47900
    11:00  rebase   60000
    12:00  60000    60000
    """
    assert state(history, FIXED, events=events).status is Status.VIOLATED


def test_a_rebase_gives_an_account_its_starting_balance(history, events):
    """
    time   balance  equity
    10:00  47900    47900
    11:00  rebase   60000
    12:00  61000    61000
    """
    unset = {"starting_balance": None, "events": events}
    assert state(history, ProfitTarget(target_amount=3_000), **unset).measured == 1_000
    assert floors(history, FIXED, **unset)[1] == 58_000


# --- what an event must be


@pytest.mark.parametrize("kind", list(EventKind))
def test_only_a_reset_may_leave_its_amount_out(kind):
    if kind is EventKind.RESET:
        assert event(kind, MONDAY_NOON).amount is None
    else:
        with pytest.raises(InvalidValue, match=f"{kind} amount must be given, was nothing"):
            event(kind, MONDAY_NOON)


@pytest.mark.parametrize("kind", list(EventKind))
def test_only_money_that_comes_or_goes_must_be_above_zero(kind):
    if kind in (EventKind.DEPOSIT, EventKind.WITHDRAWAL, EventKind.PAYOUT):
        for amount in (0, -1):
            with pytest.raises(InvalidValue, match=f"{kind} amount must be above zero, was"):
                event(kind, MONDAY_NOON, amount)
        assert event(kind, MONDAY_NOON, 0.01).amount == 0.01
    else:
        assert event(kind, MONDAY_NOON, -2_000).amount == -2_000


@pytest.mark.parametrize(
    ("amount", "sentence"),
    [
        (float("nan"), "peak amount must be an amount, was nan"),
        (float("inf"), "peak amount must be an amount, was inf"),
        (1e12 + 1, "peak amount must be an amount, was"),
        (0.001, "peak amount must have at most two decimals, was 0.001"),
    ],
)
def test_an_amount_is_money_to_the_cent(amount, sentence):
    with pytest.raises(InvalidValue, match=sentence):
        event("peak", MONDAY_NOON, amount)
    assert event("peak", MONDAY_NOON, 1e12).amount == 1e12


def test_an_event_has_a_zone_and_an_origin_that_fits_on_a_line():
    with pytest.raises(InvalidValue, match="happened_at must have a zone, was 2026-03-02T12:00:00"):
        event("reset", datetime(2026, 3, 2, 12))
    with pytest.raises(InvalidValue, match="origin must have at most 200 characters, was 201"):
        event("reset", MONDAY_NOON, origin="x" * 201)
    assert event("reset", MONDAY_NOON, origin="x" * 200).origin == "x" * 200
