"""Trading days: which day an instant belongs to, and when the next one begins.

A day begins at the account's local reset time. It is named after the local date on which
most of it falls: a reset at noon or later begins the next date's day (a 17:00 Chicago
reset on Sunday begins Monday), an earlier one its own date's.

Where clocks go forward over the reset, the day begins at the first instant after the gap;
where they go back, at the first of the two.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

IntArray: TypeAlias = npt.NDArray[np.int64]

NO_DAY = np.iinfo(np.int64).min
"""The trading day of an account that has not had one."""

NOON = time(12, 0)
DAY_US = 86_400_000_000


def microseconds(instants: pd.Series | pd.DatetimeIndex) -> IntArray:
    """Aware instants as whole microseconds since 1970 UTC."""
    index = pd.DatetimeIndex(instants).as_unit("us")
    return index.asi8


def trading_days(
    taken_at_us: IntArray, time_zone: str, reset_time: time
) -> tuple[IntArray, IntArray]:
    """Each instant's trading day (days since 1970-01-01) and when that day began.

    Both instants in microseconds since 1970 UTC.
    """
    if not len(taken_at_us):
        return np.empty(0, np.int64), np.empty(0, np.int64)
    first = _year(int(taken_at_us.min()) - 2 * DAY_US)
    last = _year(int(taken_at_us.max()) + 2 * DAY_US)
    years = [_resets_of_year(time_zone, reset_time, year) for year in range(first, last + 1)]
    days = np.concatenate([days for days, _ in years])
    begins = np.concatenate([begins for _, begins in years])
    position = np.searchsorted(begins, taken_at_us, side="right") - 1
    return days[position], begins[position]


def next_reset(after: datetime, time_zone: str, reset_time: time) -> datetime:
    """The first instant after `after` at which a trading day begins; aware, UTC."""
    day, _ = trading_days(microseconds(pd.DatetimeIndex([after])), time_zone, reset_time)
    return day_begins(day_date(int(day[0])) + timedelta(days=1), time_zone, reset_time)


def day_begins(trading_day: date, time_zone: str, reset_time: time) -> datetime:
    """When `trading_day` begins; aware, UTC."""
    number = (trading_day - date(1970, 1, 1)).days
    for year in (trading_day.year - 1, trading_day.year):
        days, begins = _resets_of_year(time_zone, reset_time, year)
        if days[0] <= number <= days[-1]:
            instant = int(begins[number - int(days[0])])
            return datetime.fromtimestamp(0, UTC) + timedelta(microseconds=instant)
    raise AssertionError("every date belongs to one of two years")


def day_date(day: int) -> date:
    """The calendar date a trading day (days since 1970-01-01) is named after."""
    return date(1970, 1, 1) + timedelta(days=day)


def _year(instant_us: int) -> int:
    return int(np.datetime64(instant_us, "us").astype("datetime64[Y]").astype(np.int64)) + 1970


@lru_cache(maxsize=4096)
def _resets_of_year(time_zone: str, reset_time: time, year: int) -> tuple[IntArray, IntArray]:
    """The trading days that begin on a local date of `year`, and when; both rising."""
    dates = pd.date_range(f"{year}-01-01", f"{year}-12-31", freq="D", unit="us")
    offset = timedelta(
        hours=reset_time.hour,
        minutes=reset_time.minute,
        seconds=reset_time.second,
        microseconds=reset_time.microsecond,
    )
    local = (dates + offset).tz_localize(
        time_zone, ambiguous=np.ones(len(dates), dtype=bool), nonexistent="shift_forward"
    )
    days = dates.asi8 // DAY_US + (1 if reset_time >= NOON else 0)
    return days, microseconds(local)
