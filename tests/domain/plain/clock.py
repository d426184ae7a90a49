"""The trading day by the wall clock."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

ONE_DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)
NOON = time(12)


@cache
def begins(day: date, zone: str, reset: time) -> datetime:
    """When the trading day named `day` begins.

    A reset at noon or later begins the next date's day. One that comes twice counts the
    first time; one that the clocks jump over is at the first minute there is after it.
    """
    wall = datetime.combine(day - ONE_DAY if reset >= NOON else day, reset)
    while not _exists(wall, zone):
        wall = wall.replace(second=0, microsecond=0) + MINUTE
    return wall.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def _exists(wall: datetime, zone: str) -> bool:
    there = wall.replace(tzinfo=ZoneInfo(zone))
    back = there.astimezone(UTC).astimezone(ZoneInfo(zone))
    return back.replace(tzinfo=None, fold=0) == wall


def day_of(at: datetime, zone: str, reset: time) -> date:
    """The trading day that was the last to begin."""
    near = at.astimezone(ZoneInfo(zone)).date()
    for ahead in (2, 1, 0, -1, -2):
        day = near + ahead * ONE_DAY
        if begins(day, zone, reset) <= at:
            return day
    raise AssertionError("a reset comes every day")


def next_begin(at: datetime, zone: str, reset: time) -> datetime:
    """When the next trading day begins."""
    return begins(day_of(at, zone, reset) + ONE_DAY, zone, reset)


def week_of(day: date) -> tuple[int, int]:
    """The week of a trading day, from Monday's to Sunday's."""
    year, week, _ = day.isocalendar()
    return year, week
