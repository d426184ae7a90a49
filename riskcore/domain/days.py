"""Trading days: which day an instant belongs to, and when the next one begins.

A day begins at the account's local reset time. It is named after the local date on which
most of it falls: a reset at noon or later begins the next date's day (a 17:00 Chicago
reset on Sunday begins Monday), an earlier one its own date's.

Where clocks go forward over the reset, the day begins at the first instant after the gap;
where they go back, at the first of the two.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

from riskcore.domain.frames import pieces

EPOCH = datetime.fromtimestamp(0, UTC)

IntArray: TypeAlias = npt.NDArray[np.int64]

NO_DAY = -(2**62)
"""The trading day of an account that has not had one."""

NEVER = 2**62
"""An instant that does not come; microseconds."""

NOON = time(12, 0)
DAY_US = 86_400_000_000
THURSDAY = 3
"""Days after Monday of 1970-01-01."""


def microseconds(instants: pd.Series | pd.DatetimeIndex) -> IntArray:
    """Aware instants as whole microseconds since 1970 UTC."""
    index = pd.DatetimeIndex(instants).as_unit("us")
    return index.asi8


def microsecond(instant: datetime) -> int:
    """An aware instant as whole microseconds since 1970 UTC."""
    return (instant - EPOCH) // timedelta(microseconds=1)


def instants_column(instants_us: IntArray) -> pd.DatetimeIndex:
    """Whole microseconds since 1970 UTC as aware instants."""
    return pd.DatetimeIndex(instants_us.view("M8[us]"), tz="UTC")


def instant(microsecond: int) -> datetime:
    """Microseconds since 1970 UTC as an aware instant."""
    return EPOCH + timedelta(microseconds=int(microsecond))


Clock: TypeAlias = tuple[str, time]
"""An IANA zone, and the local time at which its trading day turns."""


def clocks_of(accounts: pd.DataFrame, positions: IntArray) -> tuple[list[Clock], IntArray]:
    """The different clocks of ACCOUNTS at `positions`, and which of them each one has."""
    columns = (accounts[name].to_numpy()[positions] for name in ("time_zone", "reset_time"))
    place: dict[Clock, int] = {}
    clock = [place.setdefault(one, len(place)) for one in zip(*columns, strict=True)]
    return list(place), np.array(clock, dtype=np.int64)


def trading_days(
    taken_at_us: IntArray, time_zone: str, reset_time: time
) -> tuple[IntArray, IntArray]:
    """Each instant's trading day (days since 1970-01-01) and when that day began.

    Both instants in microseconds since 1970 UTC.
    """
    one = np.zeros(len(taken_at_us), dtype=np.int64)
    return trading_days_by_clock(taken_at_us, [(time_zone, reset_time)], one)


def trading_days_by_clock(
    taken_at_us: IntArray, clocks: Sequence[Clock], clock: IntArray
) -> tuple[IntArray, IntArray]:
    """As `trading_days`; `clock` is each instant's place among `clocks`."""
    days, begins, apart = _resets_around(taken_at_us, clocks)
    day, day_began = np.empty_like(taken_at_us), np.empty_like(taken_at_us)
    for piece in pieces(len(taken_at_us)):
        shift = apart[clock[piece]]
        place = np.searchsorted(begins, taken_at_us[piece] + shift, side="right") - 1
        day[piece], day_began[piece] = days[place], begins[place] - shift
    return day, day_began


def next_resets(after_us: IntArray, clocks: Sequence[Clock], clock: IntArray) -> IntArray:
    """The first instant after each at which a trading day begins; as `trading_days_by_clock`."""
    _, begins, apart = _resets_around(after_us, clocks)
    shift = apart[clock]
    resets: IntArray = begins[np.searchsorted(begins, after_us + shift, side="right")] - shift
    return resets


def _resets_around(
    instants_us: IntArray, clocks: Sequence[Clock]
) -> tuple[IntArray, IntArray, IntArray]:
    """The trading days of each clock from before the first of `instants_us` to after the last.

    The days, when they begin, and how far each clock is set `apart`: they are laid end to
    end, so that the instants of all are looked up at once.
    """
    if not len(instants_us):
        return np.empty(0, np.int64), np.empty(0, np.int64), np.zeros(1, np.int64)
    first, last = int(instants_us.min()) - 2 * DAY_US, int(instants_us.max()) + 2 * DAY_US
    apart = np.arange(len(clocks)) * (last - first + DAY_US)
    tables = [_resets_between(first, last, *clock) for clock in clocks]
    begins = [begins + shift for (_, begins), shift in zip(tables, apart, strict=True)]
    return np.concatenate([days for days, _ in tables]), np.concatenate(begins), apart


def _resets_between(
    first_us: int, last_us: int, time_zone: str, reset_time: time
) -> tuple[IntArray, IntArray]:
    """The trading days that begin between two instants, and when; both rising."""
    years = range(_year(first_us), _year(last_us) + 1)
    tables = [_resets_of_year(time_zone, reset_time, year) for year in years]
    days, begins = (np.concatenate(columns) for columns in zip(*tables, strict=True))
    between = slice(*np.searchsorted(begins, [first_us, last_us]))
    return days[between], begins[between]


def next_reset(after: datetime, time_zone: str, reset_time: time) -> datetime:
    """The first instant after `after` at which a trading day begins; aware, UTC."""
    after_us, only = np.array([microsecond(after)]), np.zeros(1, dtype=np.int64)
    return instant(int(next_resets(after_us, [(time_zone, reset_time)], only)[0]))


def day_begins(trading_day: date, time_zone: str, reset_time: time) -> datetime:
    """When `trading_day` begins; aware, UTC."""
    begins_on = trading_day - timedelta(days=1 if reset_time >= NOON else 0)
    days, begins = _resets_of_year(time_zone, reset_time, begins_on.year)
    return instant(int(begins[(trading_day - date(1970, 1, 1)).days - int(days[0])]))


def day_date(day: int) -> date:
    """The calendar date a trading day (days since 1970-01-01) is named after."""
    return date(1970, 1, 1) + timedelta(days=day)


def week_of(day: IntArray) -> IntArray:
    """The trading week of each trading day, counted from the one of Monday 1969-12-29."""
    return (day + THURSDAY) // 7


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
