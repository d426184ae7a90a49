"""Sessions: the instants from which and until which a market is open.

Where clocks go forward over an opening or a close, it is the first instant after the gap;
where they go back, the first of the two: as with trading days.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias

import numpy as np
import pandas as pd

from riskcore.domain.days import DAY_US, THURSDAY, IntArray, microseconds
from riskcore.domain.market_hours import MarketHours, Span
from riskcore.domain.model import Account

MINUTE_US = 60_000_000
BLOCK_WEEKS = 64
"""So many weeks are worked out at once: a table that is asked for all the time lasts a year."""

Calendar: TypeAlias = tuple[MarketHours, str]
"""Hours, and the IANA zone they are local to."""


def calendars_of(accounts: Sequence[Account]) -> dict[Calendar, IntArray]:
    """The positions of the accounts whose market closes at times, by their calendar."""
    places: dict[Calendar, list[int]] = defaultdict(list)
    for position, account in enumerate(accounts):
        hours = account.market_hours
        if not hours.is_always_open:
            places[hours, hours.time_zone or account.time_zone].append(position)
    return {calendar: np.array(positions) for calendar, positions in places.items()}


@dataclass(frozen=True, slots=True, eq=False)
class Sessions:
    """When a market is open: from each of `opens_us` until before its `closes_us`.

    Both rise, in microseconds since 1970 UTC. `open_us`: how long it has been open from the
    first opening to each close.
    """

    opens_us: IntArray
    closes_us: IntArray
    open_us: IntArray

    def closed_since(self, at_us: int) -> int | None:
        """When the market closed that is closed at an instant; None: it is open."""
        last_close = int(self.closes_us[self._last_opened(np.int64(at_us))])
        return last_close if last_close <= at_us else None

    def after(self, from_us: IntArray, span_us: IntArray) -> IntArray:
        """The first instant at which the market has been open for `span_us` since `from_us`.

        Spans are above zero. Where the table ends before that, an instant after its end.
        """
        session = self._last_opened(from_us)
        left = np.maximum(self.closes_us[session] - from_us, 0)
        wanted = self.open_us[session] - left + span_us
        place = np.minimum(np.searchsorted(self.open_us, wanted), len(self.open_us) - 1)
        reached: IntArray = self.closes_us[place] - (self.open_us[place] - wanted)
        return reached

    def _last_opened(self, at_us: IntArray | np.int64) -> IntArray:
        """The place of the session that was the last to open at each instant."""
        place: IntArray = np.searchsorted(self.opens_us, at_us, side="right") - 1
        return place


def sessions(calendar: Calendar, first_us: int, last_us: int) -> Sessions:
    """The sessions from before one instant to after another."""
    hours, time_zone = calendar
    first, last = (_week(first_us) - 2) // BLOCK_WEEKS, (_week(last_us) + 2) // BLOCK_WEEKS
    return _sessions(hours.spans, time_zone, first, last + 1)


def _week(instant_us: int) -> int:
    """The week an instant is in, counted as by `week_of`."""
    return (instant_us // DAY_US + THURSDAY) // 7


@lru_cache(maxsize=1024)
def _sessions(spans: tuple[Span, ...], time_zone: str, first: int, end: int) -> Sessions:
    """The sessions of the weeks in these blocks."""
    weeks = np.arange(first * BLOCK_WEEKS, end * BLOCK_WEEKS)
    mondays_us = (weeks * 7 - THURSDAY) * DAY_US
    opens, closes = (
        _instants((mondays_us[:, None] + np.array(minutes) * MINUTE_US).ravel(), time_zone)
        for minutes in zip(*spans, strict=True)
    )
    is_real = opens < closes  # a span that clocks jump over is none
    opens, closes = opens[is_real], closes[is_real]
    return Sessions(opens, closes, np.cumsum(closes - opens))


def _instants(local_us: IntArray, time_zone: str) -> IntArray:
    """Local times (microseconds since 1970 on the wall clock) as microseconds UTC."""
    first_of_two = np.ones(len(local_us), dtype=bool)
    # A gap of half an hour (Lord Howe Island) ends for pandas with the full hour.
    local = pd.DatetimeIndex(local_us.view("M8[us]"))
    return microseconds(
        local.tz_localize(time_zone, ambiguous=first_of_two, nonexistent="shift_forward")
    )
