"""Maximum loss: a floor under the account, fixed or trailing its best value."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from riskcore.domain.errors import InvalidValue
from riskcore.domain.rules.base import Action, Breach, Measure
from riskcore.domain.rules.max_loss import MaxBase, MaxLoss, Trail
from riskcore.domain.status import Status
from tests.domain.rulebook import buffers, floors, risk, state, table


@pytest.mark.parametrize("trail", list(Trail))
def test_a_first_trade_that_loses_counts_from_the_starting_balance(history, trail):
    """
    time   balance  equity
    09:45  48800    48800
    """
    found = state(history, MaxLoss(limit_amount=2_000, trail=trail))
    assert found.floor == 50_000 - 2_000
    assert found.buffer == 48_800 - (50_000 - 2_000)


def test_a_percentage_is_of_the_starting_balance(history):
    """
    time   balance  equity
    09:45  53000    53000
    """
    found = state(history, MaxLoss(limit_percent=8))
    assert found.limit_amount == 4_000
    assert found.buffer == 53_000 - (50_000 - 4_000)


def test_a_percentage_of_the_peak_grows_with_it_and_the_floor_still_rises_to_its_lock(history):
    """
    time   balance  equity
    10:00  102000   102000
    10:01  101000   101000
    10:02  106382.97 106382.97
    10:03  106382.98 106382.98
    10:04  120000   120000
    """
    rule = MaxLoss(
        limit_percent=6,
        amount_base=MaxBase.HIGH_WATER,
        trail=Trail.CLOSED_BALANCE,
        locks_at_profit=0,
    )
    limits = [6_120, 6_120, 6_382.97, 6_382.97, 7_200]  # 6 % of the peak, rounded down
    found = table(history, rule, starting_balance=100_000)
    assert found.limit_amount["max_loss"].tolist() == limits
    assert found.floor["max_loss"].tolist() == [
        102_000 - 6_120,
        102_000 - 6_120,
        106_382.97 - 6_382.97,
        100_000,
        100_000,
    ]


def test_a_percentage_of_the_starting_balance_stays_as_it_is_when_the_peak_rises(history):
    """
    time   balance  equity
    10:00  102000   102000
    """
    rule = MaxLoss(limit_percent=6, trail=Trail.CLOSED_BALANCE)
    assert floors(history, rule, starting_balance=100_000) == [102_000 - 6_000]


ONE_DAY_AND_THE_NEXT = {
    Trail.STATIC: [48_000, 48_000, 48_000, 48_000, 48_000],
    Trail.EOD_BALANCE: [48_000, 48_000, 48_000, 48_000, 50_600 - 2_000],
    Trail.CLOSED_BALANCE: [48_000, 51_000 - 2_000, 49_000, 49_000, 49_000],
    Trail.INTRADAY_EQUITY: [51_500 - 2_000, 49_500, 49_500, 49_500, 49_500],
    Trail.HIGHER: [51_500 - 2_000, 49_500, 49_500, 49_500, 49_500],
}


@pytest.mark.parametrize("trail", list(Trail))
def test_the_floor_follows_the_best_of_what_it_trails(history, trail):
    """
    time              balance  equity
    2026-03-02 10:00  50000    51500
    2026-03-02 11:00  51000    51000
    2026-03-02 12:00  51000    50200
    2026-03-02 22:00  50600    50600
    2026-03-03 09:00  50600    50100
    """
    expected = ONE_DAY_AND_THE_NEXT[trail]
    assert floors(history, MaxLoss(limit_amount=2_000, trail=trail)) == expected


def test_the_best_of_both_takes_the_balance_when_a_loss_is_open(history):
    """
    time   balance  equity
    10:00  52000    50500
    """
    assert floors(history, MaxLoss(limit_amount=2_000, trail=Trail.HIGHER)) == [52_000 - 2_000]
    assert floors(history, MaxLoss(limit_amount=2_000, trail=Trail.INTRADAY_EQUITY)) == [48_500]


def test_an_end_of_day_trail_moves_at_the_close_and_is_checked_live(history):
    """
    time              balance  equity
    2026-03-02 23:59  51500    51500
    2026-03-03 00:00  51500    51500
    2026-03-03 10:00  51500    49499.99
    2026-03-03 11:00  51500    51500
    """
    rule = MaxLoss(limit_amount=2_000, trail=Trail.EOD_BALANCE)
    assert floors(history, rule) == [48_000, 49_500, 49_500, 49_500]
    assert buffers(history, rule) == [3_500, 2_000, -0.01, 2_000]
    assert state(history, rule).status is Status.VIOLATED


def test_the_close_moves_an_end_of_day_trail_though_nobody_has_reported_since(history):
    """
    time              balance  equity
    2026-03-02 22:00  52000    49900
    2026-03-03 00:00  52000    49900
    """
    rule = MaxLoss(limit_amount=2_000, trail=Trail.EOD_BALANCE)
    before, after = (
        risk(history[:1], rule, as_of=seen[0]).rule_states["max_loss"] for seen in history
    )
    assert (before.buffer, before.status) == (49_900 - 48_000, Status.SAFE)
    assert (after.buffer, after.status) == (49_900 - 50_000, Status.CRITICAL)


@pytest.mark.parametrize("trail", [trail for trail in Trail if trail is not Trail.STATIC])
def test_the_floor_never_falls(history, trail):
    """
    time              balance  equity
    2026-03-02 10:00  52000    52000
    2026-03-03 10:00  50500    50500
    2026-03-04 10:00  50200    50200
    2026-03-05 10:00  50100    50100
    """
    assert floors(history, MaxLoss(limit_amount=2_000, trail=trail))[1:] == [50_000] * 3


@pytest.mark.parametrize("lock", [50_000, 50_100])
def test_a_locked_floor_stops_rising_there_and_stays(history, lock):
    """
    time   balance  equity
    10:00  51000    51000
    10:01  52099.99 52099.99
    10:02  52100    52100
    10:03  57100    57100
    10:04  51600    51600
    """
    rule = MaxLoss(limit_amount=2_000, trail=Trail.CLOSED_BALANCE, locks_at=lock)
    assert floors(history, rule) == [49_000, min(50_099.99, lock), lock, lock, lock]
    assert state(history, rule).buffer == 51_600 - lock


@pytest.mark.parametrize("above", [0, 100])
def test_a_lock_can_be_so_much_above_the_starting_balance(history, above):
    """
    time   balance  equity
    10:00  51000    51000
    10:01  57100    57100
    10:02  51600    51600
    """
    rule = MaxLoss(limit_amount=2_000, trail=Trail.INTRADAY_EQUITY, locks_at_profit=above)
    assert floors(history, rule) == [49_000, 50_000 + above, 50_000 + above]


def test_at_a_milestone_the_floor_stays_where_it_then_is(history):
    """
    time   balance  equity
    10:00  52999.99 52999.99
    10:01  51000    51000
    10:02  53400    53400
    10:03  56000    56000
    10:04  52000    52000
    """
    rule = MaxLoss(limit_amount=2_000, trail=Trail.CLOSED_BALANCE, milestone_profit=3_000)
    at_milestone = 53_400 - 2_000
    assert floors(history, rule) == [50_999.99, 50_999.99, at_milestone, at_milestone, at_milestone]


def test_a_profit_of_exactly_the_milestone_reaches_it(history):
    """
    time   balance  equity
    10:00  53000    53000
    10:01  56000    56000
    """
    rule = MaxLoss(limit_amount=2_000, trail=Trail.CLOSED_BALANCE, milestone_profit=3_000)
    assert floors(history, rule) == [53_000 - 2_000] * 2


def test_an_end_of_day_trail_reaches_its_milestone_at_the_close(history):
    """
    time              balance  equity
    2026-03-02 10:00  54000    54000
    2026-03-02 22:00  53500    53500
    2026-03-03 10:00  56000    56000
    2026-03-04 10:00  56000    56000
    """
    rule = MaxLoss(limit_amount=2_000, trail=Trail.EOD_BALANCE, milestone_profit=3_000)
    assert floors(history, rule) == [48_000, 48_000, 53_500 - 2_000, 53_500 - 2_000]


@pytest.mark.parametrize(("first", "floor"), [(53_000, 51_000), (52_999.99, 53_000)])
def test_of_two_closes_at_once_the_first_that_reaches_the_milestone_counts(first, floor):
    """Monday's went unseen; Tuesday's is the snapshot at Wednesday's reset."""
    seen = [
        (datetime(2026, 3, 2, 22, tzinfo=UTC), first, first),
        (datetime(2026, 3, 4, tzinfo=UTC), 55_000, 55_000),
    ]
    rule = MaxLoss(limit_amount=2_000, trail=Trail.EOD_BALANCE, milestone_profit=3_000)
    assert floors(seen, rule) == [48_000, floor]


def test_a_lock_below_the_first_floor_does_not_lower_it(history):
    """
    time   balance  equity
    10:00  51000    51000
    """
    rule = MaxLoss(limit_amount=2_000, trail=Trail.CLOSED_BALANCE, locks_at=47_000)
    assert floors(history, rule) == [50_000 - 2_000]


@pytest.mark.parametrize(
    ("breach", "broken"),
    [(Breach.BELOW, [False, False, True]), (Breach.TOUCH, [False, True, True])],
)
def test_the_floor_itself_breaks_the_rule_only_where_touching_it_does(history, breach, broken):
    """
    time   balance  equity
    10:00  48000.01 48000.01
    10:01  48000.00 48000.00
    10:02  47999.99 47999.99
    """
    rule = MaxLoss(limit_amount=2_000, breach=breach)
    assert [state([seen], rule).status is Status.VIOLATED for seen in history] == broken


@pytest.mark.parametrize(
    ("measure", "buffer"),
    [(Measure.EQUITY, -100), (Measure.BALANCE, 1_000), (Measure.LOWER, -100)],
)
def test_what_is_measured_against_the_floor_can_be_chosen(history, measure, buffer):
    """
    time   balance  equity
    10:00  49000    47900
    """
    found = state(history, MaxLoss(limit_amount=2_000, measure=measure))
    assert found.buffer == buffer
    assert (found.status is Status.VIOLATED) == (buffer < 0)


@pytest.mark.parametrize("trail", list(Trail))
def test_without_a_starting_balance_the_floor_is_unknown(history, trail):
    """
    time              balance  equity
    2026-03-02 10:00  51000    51000
    2026-03-03 10:00  20000    20000
    """
    found = state(history, MaxLoss(limit_amount=2_000, trail=trail), starting_balance=None)
    assert (found.status, found.buffer, found.floor) == (Status.UNKNOWN, None, None)


@pytest.mark.parametrize(
    "lock", [{}, {"locks_at": 50_000}, {"locks_at_profit": 0}, {"milestone_profit": 3_000}]
)
def test_a_lock_does_not_make_an_unknown_floor_known(history, lock):
    """
    time   balance  equity
    10:00  51000    51000
    """
    rule = MaxLoss(limit_amount=2_000, trail=Trail.CLOSED_BALANCE, **lock)
    found = state(history, rule, starting_balance=None)
    assert (found.status, found.buffer, found.floor) == (Status.UNKNOWN, None, None)
    assert found.reason == "unknown: the starting balance is not set"


RISING = {"limit_amount": 1, "trail": Trail.CLOSED_BALANCE}


@pytest.mark.parametrize(
    ("parameters", "sentence"),
    [
        ({"limit_amount": 1, "action": Action.PAUSE}, "max_loss action must be hard, was pause"),
        ({"limit_amount": 1, "locks_at": 2}, "max_loss locks_at needs a trail that rises"),
        ({}, "max_loss limit must be one of limit_amount and limit_percent, was neither"),
        ({"limit_amount": 1, "action": Action.GATE}, "max_loss action must be hard, was gate"),
        ({"limit_amount": 1, "locks_at_profit": 0}, "locks_at_profit needs a trail that rises"),
        (
            {"limit_amount": 1, "milestone_profit": 1},
            "max_loss milestone_profit needs a trail that rises, was static",
        ),
        (
            {"limit_percent": 1, "amount_base": MaxBase.HIGH_WATER},
            "max_loss amount_base needs a trail that rises, was static",
        ),
        (
            RISING | {"locks_at": 1, "locks_at_profit": 1},
            (
                "max_loss lock must be one of locks_at and locks_at_profit and milestone_profit,"
                " was locks_at and locks_at_profit"
            ),
        ),
        (RISING | {"locks_at": 0.001}, "max_loss locks_at must have at most two decimals"),
        (RISING | {"locks_at": float("inf")}, "max_loss locks_at must be an amount, was inf"),
        (RISING | {"locks_at_profit": 1e13}, "max_loss locks_at_profit must be an amount"),
        (RISING | {"milestone_profit": 0}, "max_loss milestone_profit must be above 0"),
    ],
)
def test_parameters_that_contradict_each_other_are_refused(parameters, sentence):
    with pytest.raises(InvalidValue, match=sentence):
        MaxLoss(**parameters)


@pytest.mark.parametrize(
    ("parameters", "words"),
    [
        ({"limit_amount": 2_000}, "At most 2,000.00 USD below the starting balance, fixed"),
        (
            {"limit_amount": 2_000, "trail": Trail.EOD_BALANCE, "locks_at": 50_100},
            (
                "At most 2,000.00 USD below the peak, trailing the best closing balance of a day,"
                " locked at 50,100.00 USD"
            ),
        ),
        (
            {"limit_percent": 6, "trail": Trail.CLOSED_BALANCE, "locks_at_profit": 0},
            (
                "At most 6 % of the starting balance below the peak, trailing the best closed"
                " balance, locked at the starting balance"
            ),
        ),
        (
            {"limit_amount": 1, "trail": Trail.CLOSED_BALANCE, "locks_at_profit": 100},
            (
                "At most 1.00 USD below the peak, trailing the best closed balance, locked at the"
                " starting balance plus 100.00 USD"
            ),
        ),
        (
            {"limit_percent": 6, "trail": Trail.HIGHER, "amount_base": MaxBase.HIGH_WATER},
            "At most 6 % of the peak below the peak, trailing the best of balance and equity",
        ),
        (
            {"limit_amount": 1, "trail": Trail.INTRADAY_EQUITY, "milestone_profit": 3_000},
            (
                "At most 1.00 USD below the peak, trailing the best equity, staying where it is"
                " once the profit has reached 3,000.00 USD"
            ),
        ),
    ],
)
def test_it_says_itself_in_words(parameters, words):
    assert MaxLoss(**parameters).in_words("USD") == words
