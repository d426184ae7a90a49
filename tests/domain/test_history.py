"""History: a group's smallest buffer through time, and each day's low."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pandas as pd
import pytest

from riskcore.domain.days import day_date, microseconds
from riskcore.domain.history import bucket_minima, bucket_seconds, day_lows
from riskcore.domain.rules.daily_loss import DailyLoss
from riskcore.domain.rules.max_loss import MaxLoss
from riskcore.domain.standing import timeline_of, unobserved
from riskcore.domain.states import rule_table
from tests.domain.rulebook import account, frame

NINE = datetime(2026, 3, 2, 9, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
MAX = MaxLoss(limit_amount=2_000)


def judged(accounts, seen):
    """The rows of these accounts, and the answers of their rules."""
    standing = unobserved(accounts)
    rows = timeline_of(standing, frame(standing.accounts, seen))
    return rows, rule_table(rows, standing.book)


def minima(accounts, seen, *, start=NINE, minutes=4, step=MINUTE):
    """Each bucket's minute after `start`, its buffer and the number of who held it."""
    rows, table = judged(accounts, seen)
    start_us, end_us = microseconds(pd.DatetimeIndex([start, start + minutes * MINUTE]))
    found = bucket_minima(
        rows,
        table,
        accounts=len(accounts),
        start_us=int(start_us),
        end_us=int(end_us),
        step_us=int(step.total_seconds() * 1_000_000),
    )
    return [
        (int((at - start) / MINUTE), buffer, place + 1)
        for at, buffer, place in zip(found["time"], found["buffer"], found["account"], strict=True)
    ]


def at(minute: float, equity: float) -> tuple[datetime, float, float]:
    return NINE + minute * MINUTE, equity, equity


def test_in_a_bucket_the_lowest_value_counts_and_the_one_carried_into_it():
    one = account(MAX, number=1)
    seen = {one.id: [at(0, 50_000), at(0.5, 48_500), at(0.9, 49_000), at(2.5, 49_500)]}
    # the third bucket begins with what the second left behind
    assert minima([one], seen) == [(0, 500, 1), (1, 1_000, 1), (2, 1_000, 1), (3, 1_500, 1)]


def test_before_anything_is_known_there_is_no_bucket():
    one = account(MAX, number=1)
    assert minima([one], {one.id: [at(2, 50_000)]}) == [(2, 2_000, 1), (3, 2_000, 1)]
    assert minima([one], {}) == []


def test_what_was_known_before_the_start_is_carried_in():
    one = account(MAX, number=1)
    seen = {one.id: [at(-600, 47_000), at(-5, 49_000), at(1, 50_000)]}
    assert minima([one], seen)[:3] == [(0, 1_000, 1), (1, 1_000, 1), (2, 2_000, 1)]


def test_the_end_itself_is_still_in_the_last_bucket_and_later_is_not():
    one = account(MAX, number=1)
    seen = {one.id: [at(0, 50_000), at(4, 49_000), at(4.1, 48_000)]}
    assert minima([one], seen) == [(0, 2_000, 1), (1, 2_000, 1), (2, 2_000, 1), (3, 1_000, 1)]


def test_a_groups_minimum_is_held_by_whoever_has_the_least_at_that_time():
    first, second = account(MAX, number=1), account(MAX, number=2)
    seen = {
        first.id: [at(0, 49_000), at(2, 51_000)],
        second.id: [at(1, 48_500), at(3, 51_000)],
    }
    assert minima([first, second], seen) == [
        (0, 1_000, 1),
        (1, 500, 2),
        (2, 500, 2),
        (3, 500, 2),
    ]


def test_equal_minima_are_held_by_the_lowest_id():
    accounts = [account(MAX, number=number) for number in (1, 2)]
    seen = {one.id: [at(0, 49_000)] for one in accounts}
    assert {holder for _, _, holder in minima(accounts, seen)} == {1}


def test_the_share_is_of_the_limit_of_whoever_holds_the_minimum():
    rows, table = judged([one := account(MAX, number=1)], {one.id: [at(0, 49_000)]})
    start_us = int(microseconds(pd.DatetimeIndex([NINE]))[0])
    found = bucket_minima(
        rows, table, accounts=1, start_us=start_us, end_us=start_us, step_us=60_000_000
    )
    assert found["buffer_percent"].tolist() == [100 * 1_000 / 2_000]
    assert found["rule"].tolist() == ["max_loss"]


def test_without_rules_there_is_nothing_to_show():
    one = account(number=1)
    assert minima([one], {one.id: [at(0, 50_000)]}) == []
    assert day_lows(*judged([one], {one.id: [at(0, 50_000)]})).empty


def test_each_days_low_is_told_with_who_and_when_newest_first():
    first, second = account(MAX, number=1), account(MAX, number=2)
    day = 24 * 60
    seen = {
        first.id: [at(0, 49_000), at(1, 48_700), at(2, 48_700), at(day, 50_000)],
        second.id: [at(0, 49_500), at(day + 5, 49_900)],
    }
    found = day_lows(*judged([first, second], seen))
    assert [day_date(number) for number in found["trading_day"]] == [
        date(2026, 3, 3),
        date(2026, 3, 2),
    ]
    assert found["buffer"].tolist() == [1_900, 700]
    assert found["account"].tolist() == [1, 0]
    assert found["buffer_percent"].tolist() == [95, 35]
    assert found["taken_at"].tolist() == [NINE + (day + 5) * MINUTE, NINE + MINUTE]


def test_each_rule_has_its_own_low():
    one = account(DailyLoss(limit_amount=1_000), MAX, number=1)
    found = day_lows(*judged([one], {one.id: [at(0, 49_500)]}))
    assert found[["rule", "buffer"]].to_numpy().tolist() == [
        ["daily_loss", 500],
        ["max_loss", 1_500],
    ]


def test_what_is_unknown_is_no_low():
    one = account(MAX, number=1, starting_balance=None)
    assert day_lows(*judged([one], {one.id: [at(0, 50_000)]})).empty


@pytest.mark.parametrize(
    ("span", "width"),
    [
        (timedelta(hours=8), 60),
        (timedelta(hours=8, seconds=1), 300),
        (timedelta(days=1), 300),
        (timedelta(days=10), 1_800),
        (timedelta(days=480), 86_400),
        (timedelta(days=4_800), 86_400),
    ],
)
def test_a_chart_has_at_most_480_points_while_a_day_is_enough_for_one(span, width):
    assert bucket_seconds(span.total_seconds()) == width
