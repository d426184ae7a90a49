"""When a market is open, read off the wall clock minute by minute."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import numpy as np

from riskcore.domain.market_hours import MarketHours

MINUTE, INSTANT = timedelta(minutes=1), timedelta(microseconds=1)
MONDAY = datetime(1969, 12, 29)


@cache
def wall_clock(zone: str, first: datetime, last: datetime) -> np.ndarray:
    """At each minute (UTC) the furthest the wall clock has come, in minutes since a Monday.

    It never goes back: what comes twice has been the first time.
    """
    quarters = range(int(first.timestamp()), int(last.timestamp()), 15 * 60)
    shown = [datetime.fromtimestamp(at, ZoneInfo(zone)).replace(tzinfo=None) for at in quarters]
    minutes = np.array([(one - MONDAY) // MINUTE for one in shown])  # clocks change on a quarter
    return np.maximum.accumulate((minutes[:, None] + np.arange(15)).ravel())


def open_minutes(hours: MarketHours, zone: str, first: datetime, last: datetime) -> np.ndarray:
    """Whether the market is open in each minute from `first` until `last`."""
    minute = wall_clock(hours.time_zone or zone, first, last) % (7 * 24 * 60)
    is_open = np.zeros(len(minute), dtype=bool)
    for opens, closes in hours.spans:
        for week in (0, 7 * 24 * 60):  # one that began in the week before too
            is_open |= (opens <= minute + week) & (minute + week < closes)
    return is_open


def too_old_at(taken_at: datetime, stale_after: timedelta, is_open: np.ndarray) -> datetime:
    """The minute by which `stale_after` minutes were open; `is_open` from `taken_at` on."""
    passed = np.cumsum(is_open)
    return taken_at + (int(np.argmax(passed == stale_after // MINUTE)) + 1) * MINUTE


def open_time(is_open: np.ndarray, first: datetime, start: datetime, end: datetime) -> timedelta:
    """How long the market is open from `start` to `end`; `is_open` in each minute from `first`."""
    begins = np.arange(len(is_open)) * (MINUTE // INSTANT)
    from_us, until_us = ((one - first) // INSTANT for one in (start, end))
    shared = np.minimum(begins + MINUTE // INSTANT, until_us) - np.maximum(begins, from_us)
    return int((np.maximum(shared, 0) * is_open).sum()) * INSTANT


def utc(text: str, zone: str = "UTC") -> datetime:
    """A local time of `zone` as an instant."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
