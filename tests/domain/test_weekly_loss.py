"""Weekly loss: how far an account may fall below where its trading week began."""

from __future__ import annotations

from datetime import time, timedelta

import pytest

from riskcore.domain.errors import InvalidValue
from riskcore.domain.rules.base import Action, Breach, Measure
from riskcore.domain.rules.weekly_loss import WeekBase, WeeklyLoss, WeekReference
from riskcore.domain.status import Status
from tests.domain.rulebook import MONDAY_NOON, buffers, floors, risk, state, statuses, table

CHICAGO = {"time_zone": "America/Chicago", "reset_time": time(17)}
WEEKS = timedelta(weeks=2)


def test_the_first_week_counts_from_the_starting_balance(history):
    """
    time              balance  equity
    2026-03-04 09:45  48800    48700
    """
    found = state(history, WeeklyLoss(limit_amount=2_000))
    assert found.floor == 50_000 - 2_000
    assert found.buffer == 48_700 - (50_000 - 2_000)
    assert (found.limit_amount, found.measured) == (2_000, 48_700)


@pytest.mark.parametrize(
    ("reference", "start"),
    [
        (WeekReference.BALANCE, 51_000),
        (WeekReference.EQUITY, 51_400),
        (WeekReference.HIGHER, 51_400),
    ],
)
def test_the_week_is_counted_from_its_reference_at_its_first_reset(history, reference, start):
    """
    time              balance  equity
    2026-03-08 23:00  52000    52000
    2026-03-09 00:00  51000    51400
    2026-03-10 00:00  50500    50500
    2026-03-13 23:59  50300    50100
    """
    rule = WeeklyLoss(limit_amount=1_500, reference=reference)
    assert floors(history, rule) == [50_000 - 1_500, *[start - 1_500] * 3]
    assert state(history, rule).buffer == 50_100 - (start - 1_500)


def test_the_higher_of_both_is_the_balance_when_a_loss_is_open_at_the_reset(history):
    """
    time              balance  equity
    2026-03-09 00:00  51000    50400
    """
    rule = WeeklyLoss(limit_amount=1_500, reference=WeekReference.HIGHER)
    assert floors(history, rule) == [51_000 - 1_500]


def test_a_new_day_does_not_move_the_floor_and_a_new_week_does(history):
    """
    time                 balance  equity
    2026-03-06 22:00:00  49000    49000
    2026-03-07 00:00:00  48900    48900
    2026-03-08 23:59:59  48900    48900
    2026-03-09 00:00:00  48900    48900
    """
    rule = WeeklyLoss(limit_amount=1_500)
    assert floors(history, rule) == [48_500, 48_500, 48_500, 48_900 - 1_500]


def test_a_week_begins_on_sunday_evening_where_the_day_turns_in_the_afternoon(history):
    """
    America/Chicago      balance  equity
    2026-03-08 16:59:59  51000    51000
    2026-03-08 17:00:00  51000    51000
    """
    rule = WeeklyLoss(limit_amount=1_500)
    assert floors(history, rule, **CHICAGO) == [50_000 - 1_500, 51_000 - 1_500]


def test_a_week_that_nobody_reported_on_changes_nothing(history):
    """
    time              balance  equity
    2026-03-06 22:00  51000    51200
    2026-03-25 10:00  50000    50000
    """
    assert floors(history, WeeklyLoss(limit_amount=1_500))[-1] == 51_000 - 1_500


@pytest.mark.parametrize(
    ("base", "limit"), [(WeekBase.INITIAL, 2_500), (WeekBase.REFERENCE, 2_600)]
)
def test_a_percentage_is_of_the_starting_balance_or_of_the_weeks_reference(history, base, limit):
    """
    time              balance  equity
    2026-03-06 22:00  52000    52000
    2026-03-09 10:00  52000    52000
    """
    rule = WeeklyLoss(limit_percent=5, amount_base=base)
    assert table(history, rule).limit_amount["weekly_loss"].tolist() == [2_500, limit]
    assert floors(history, rule)[-1] == 52_000 - limit


@pytest.mark.parametrize(
    ("breach", "expected"),
    [
        (Breach.BELOW, [Status.CRITICAL, Status.CRITICAL, Status.VIOLATED]),
        (Breach.TOUCH, [Status.CRITICAL, Status.VIOLATED, Status.VIOLATED]),
    ],
)
def test_the_floor_itself_breaks_the_rule_only_where_touching_it_does(history, breach, expected):
    """
    time   balance  equity
    10:00  50000    48500.01
    10:01  50000    48500.00
    10:02  50000    48499.99
    """
    rule = WeeklyLoss(limit_amount=1_500, breach=breach)
    assert statuses(history, rule) == expected
    assert buffers(history, rule) == [0.01, 0.00, -0.01]


@pytest.mark.parametrize(
    ("measure", "measured"),
    [(Measure.EQUITY, 49_200), (Measure.BALANCE, 50_300), (Measure.LOWER, 49_200)],
)
def test_what_is_measured_against_the_floor_can_be_chosen(history, measure, measured):
    """
    time   balance  equity
    10:00  50300    49200
    """
    found = state(history, WeeklyLoss(limit_amount=1_000, measure=measure))
    assert found.measured == measured
    assert found.buffer == measured - (50_000 - 1_000)


def test_a_hard_break_loses_the_account_and_a_pause_ends_with_the_week(history):
    """
    time                 balance  equity
    2026-03-03 10:00:00  48400    48400
    2026-03-05 10:00:00  50000    50000
    2026-03-08 23:59:59  50000    50000
    2026-03-09 00:00:00  50000    50000
    """
    pause = WeeklyLoss(limit_amount=1_500, action=Action.PAUSE)
    hard = WeeklyLoss(limit_amount=1_500, action=Action.HARD)
    broken = Status.VIOLATED
    assert statuses(history, pause) == [broken, broken, broken, Status.SAFE]
    assert statuses(history, hard) == [broken, broken, broken, broken]


def test_a_pause_ends_with_the_week_though_nobody_reports_after_it(history):
    """
    time                 balance  equity
    2026-03-03 10:00:00  48400    48400
    2026-03-08 23:59:59  48400    48400
    2026-03-09 00:00:00  48400    48400
    """
    rule = WeeklyLoss(limit_amount=1_500, action=Action.PAUSE)
    found = [risk(history[:1], rule, as_of=seen[0], stale_after=WEEKS) for seen in history]
    assert [one.status for one in found] == [Status.VIOLATED, Status.VIOLATED, Status.SAFE]


def test_a_new_weeks_break_is_a_new_pause(history):
    """
    time              balance  equity
    2026-03-03 10:00  48400    48400
    2026-03-10 10:00  48400    46800
    """
    rule = WeeklyLoss(limit_amount=1_500, action=Action.PAUSE)
    assert state(history, rule).violated_at == history[1][0]


def test_without_a_snapshot_it_is_unknown():
    found = state([], WeeklyLoss(limit_amount=1_500), as_of=MONDAY_NOON)
    assert (found.status, found.buffer) == (Status.UNKNOWN, None)
    assert found.reason == "unknown: no snapshot yet"


def test_without_a_starting_balance_the_first_week_is_unknown_and_the_next_is_not(history):
    """
    time              balance  equity
    2026-03-04 10:00  51000    51000
    2026-03-09 10:00  50800    50800
    """
    rule = WeeklyLoss(limit_amount=1_500)
    first = state(history[:1], rule, starting_balance=None)
    assert (first.status, first.buffer) == (Status.UNKNOWN, None)
    assert state(history, rule, starting_balance=None).buffer == 50_800 - (51_000 - 1_500)


@pytest.mark.parametrize(
    ("parameters", "sentence"),
    [
        ({}, "weekly_loss limit must be one of limit_amount and limit_percent, was neither"),
        ({"limit_amount": -1}, r"weekly_loss limit_amount must be above 0 and at most 1e\+12"),
        ({"limit_percent": 101}, "weekly_loss limit_percent must be above 0 and at most 100"),
        (
            {"limit_amount": 1, "action": Action.GATE},
            "weekly_loss action must be hard or pause, was gate",
        ),
    ],
)
def test_a_limit_that_says_nothing_is_refused(parameters, sentence):
    with pytest.raises(InvalidValue, match=sentence):
        WeeklyLoss(**parameters)


@pytest.mark.parametrize(
    ("parameters", "words"),
    [
        ({"limit_amount": 1_500}, "1,500.00 USD below the week's opening balance"),
        (
            {"limit_percent": 5, "reference": WeekReference.EQUITY},
            "5 % of the starting balance below the week's opening equity",
        ),
        (
            {
                "limit_percent": 5,
                "reference": WeekReference.HIGHER,
                "amount_base": WeekBase.REFERENCE,
            },
            "5 % of the week's reference below the week's opening balance or equity (the higher)",
        ),
    ],
)
def test_it_says_itself_in_words(parameters, words):
    hard, pause = (
        WeeklyLoss(action=action, **parameters) for action in (Action.HARD, Action.PAUSE)
    )
    assert hard.in_words("USD") == f"At most {words}; then the account is lost"
    assert pause.in_words("USD") == f"At most {words}; then paused until the next week"
