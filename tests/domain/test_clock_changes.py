"""Every clock change from 2020 to 2035 in six zones, against the wall clock minute by minute."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from riskcore.domain.days import (
    DAY_US,
    day_begins,
    day_date,
    instant,
    next_reset,
    next_resets,
    trading_days,
    trading_days_by_clock,
)

ZONES = {
    "America/New_York": 32,
    "America/Chicago": 32,
    "Europe/Prague": 32,
    "Europe/London": 32,
    "Australia/Sydney": 32,
    "America/Santiago": 32,
}
"""How often each changes its clocks; in Santiago at midnight, so that 00:00 is jumped over."""

RESETS = [time(17), time(0), time(2, 30), time(0, 30), time(23, 30)]
"""17:00 New York and midnight as firms have them; the others are jumped over or come twice."""

HOUR = 3_600
AROUND = 60 * 60 * 60  # seconds before and after: two resets on each side
MINUTE_US = 60_000_000
SECOND_US = 1_000_000
EPOCH = datetime(1970, 1, 1)


class Watched(NamedTuple):
    """Every minute about one clock change, in microseconds UTC, and what the wall clock says."""

    minutes_us: np.ndarray
    wall: np.ndarray  # minutes since 1970, by the wall clock


def offset(second: int, zone: ZoneInfo) -> timedelta | None:
    return datetime.fromtimestamp(second, zone).utcoffset()


@cache
def clock_changes(name: str) -> list[int]:
    """The seconds at which the zone's clocks change, found by looking every hour, half hour on."""
    zone = ZoneInfo(name)
    first, last = (int(datetime(year, 1, 1, tzinfo=UTC).timestamp()) for year in (2020, 2036))
    days = [
        day
        for day in range(first, last, 24 * HOUR)
        if offset(day, zone) != offset(day + 86_400, zone)
    ]
    return [
        next(
            at
            for at in range(day, day + 86_401, HOUR // 2)
            if offset(at, zone) != offset(day, zone)
        )
        for day in days
    ]


@cache
def watched(name: str) -> list[Watched]:
    """The wall clock of the zone about each of its changes."""
    zone, found = ZoneInfo(name), []
    for change in clock_changes(name):
        seconds = range(change - AROUND, change + AROUND, 60)
        walls = [datetime.fromtimestamp(at, zone).replace(tzinfo=None) for at in seconds]
        wall = np.array([(one - EPOCH) // timedelta(minutes=1) for one in walls])
        found.append(Watched(np.array(seconds) * SECOND_US, wall))
    return found


def turns_of(minutes: Watched, reset: time) -> list[tuple[int, int]]:
    """Each trading day that begins while watched, and when: the first minute of its reset.

    The first that the wall clock shows the reset or anything later: it is jumped over at
    the first minute after the gap, and its second coming is no reset.
    """
    dates = np.unique(minutes.wall // 1_440)
    begun = []
    for day in dates:
        shown = np.flatnonzero(minutes.wall >= day * 1_440 + reset.hour * 60 + reset.minute)
        if len(shown) and shown[0] > 0:
            named = int(day) + (reset.hour >= 12)
            begun.append((named, int(minutes.minutes_us[shown[0]])))
    return begun


def following(after_us: np.ndarray, name: str, reset: time) -> np.ndarray:
    """The next reset after each instant."""
    return next_resets(after_us, [(name, reset)], np.zeros(len(after_us), dtype=np.int64))


@pytest.mark.parametrize("name", ZONES)
def test_all_the_clock_changes_are_looked_at(name):
    assert len(clock_changes(name)) == ZONES[name]


@pytest.mark.parametrize("reset", RESETS, ids=str)
@pytest.mark.parametrize("name", ZONES)
def test_every_minute_about_a_clock_change_is_in_its_trading_day(name, reset):
    wrong = seen = 0
    for minutes in watched(name):
        days, begins = (np.array(one) for one in zip(*turns_of(minutes, reset), strict=True))
        at = minutes.minutes_us[minutes.minutes_us >= begins[0]]
        place = np.searchsorted(begins, at, side="right") - 1
        found, began = trading_days(at, name, reset)
        wrong += np.count_nonzero((found != days[place]) | (began != begins[place]))
        within = at < begins[-1]
        wrong += np.count_nonzero(following(at[within], name, reset) != begins[place[within] + 1])
        seen += len(at)
    assert wrong == 0
    assert seen > ZONES[name] * 4 * 1_440


@pytest.mark.parametrize("reset", RESETS, ids=str)
@pytest.mark.parametrize("name", ZONES)
def test_the_day_turns_to_the_second_and_not_a_microsecond_sooner(name, reset):
    turns = [turn for minutes in watched(name) for turn in turns_of(minutes, reset)]
    days, begins = (np.array(one) for one in zip(*turns, strict=True))
    for before in (1, SECOND_US):
        assert (trading_days(begins - before, name, reset)[0] == days - 1).all()
        assert (following(begins - before, name, reset) == begins).all()
    for after in (0, 1, SECOND_US):
        found, began = trading_days(begins + after, name, reset)
        assert (found == days).all()
        assert (began == begins).all()
        assert (following(begins + after, name, reset) > begins + 22 * HOUR * SECOND_US).all()


@pytest.mark.parametrize("reset", RESETS, ids=str)
@pytest.mark.parametrize("name", ZONES)
def test_one_day_and_one_reset_are_those_of_many(name, reset):
    for minutes in watched(name):
        for (day, began), (_, following) in zip(
            turns_of(minutes, reset)[:-1], turns_of(minutes, reset)[1:], strict=True
        ):
            assert day_begins(day_date(day), name, reset) == instant(began)
            assert next_reset(instant(began), name, reset) == instant(following)


@pytest.mark.parametrize("reset", RESETS, ids=str)
@pytest.mark.parametrize("name", ZONES)
def test_every_date_of_sixteen_years_has_one_trading_day(name, reset):
    """None is left out, none comes twice; each lasts 23 to 25 hours."""
    first, last = ((date(year, 1, 1) - EPOCH.date()).days * DAY_US for year in (2020, 2036))
    begins = np.unique(following(np.arange(first, last, 6 * HOUR * SECOND_US), name, reset))
    days, began = trading_days(begins, name, reset)
    assert (began == begins).all()
    assert (np.diff(days) == 1).all()
    lasts = np.diff(begins) / (HOUR * SECOND_US)
    assert lasts.min() >= 23
    assert lasts.max() <= 25
    assert len(days) in (16 * 365 + 4, 16 * 365 + 5)


def test_all_zones_and_resets_at_once_are_those_of_each_alone():
    """Instants of thirty clocks lie between each other in one look-up."""
    clocks = [(name, reset) for name in ZONES for reset in RESETS]
    instants = [watched(name)[place].minutes_us for place, (name, _) in enumerate(clocks)]
    at = np.concatenate(instants)
    clock = np.repeat(np.arange(len(clocks)), [len(some) for some in instants])
    order = np.random.default_rng(1).permutation(len(at))
    mixed = trading_days_by_clock(at[order], clocks, clock[order])
    alone = [trading_days(some, *clocks[place]) for place, some in enumerate(instants)]
    for found, expected in zip(mixed, zip(*alone, strict=True), strict=True):
        assert (found == np.concatenate(expected)[order]).all()
    resets = [following(some, *clocks[place]) for place, some in enumerate(instants)]
    found = next_resets(at[order], clocks, clock[order])
    assert (found == np.concatenate(resets)[order]).all()
