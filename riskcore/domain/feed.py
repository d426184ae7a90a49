"""Feed: how far behind the data of a set of accounts is, and whether that is a fault.

Accounts that were never observed have no feed that could be behind: they take no part.
Of the others those decide whose market is open, so that data of a market which is closed
neither hides a feed that is silent nor looks like one. Only when all are closed is the
feed `closed`, even while some program goes on sending.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

import numpy as np

from riskcore.domain.days import NO_DAY, IntArray, instant, microsecond
from riskcore.domain.market_hours import WEEKDAY_NAMES
from riskcore.domain.model import Account
from riskcore.domain.reasons import span_text
from riskcore.domain.sessions import calendars_of, sessions
from riskcore.domain.staleness import are_stale

LIVE_BELOW = timedelta(seconds=3)


class FeedState(StrEnum):
    """How the data of a set of accounts comes in."""

    LIVE = "live"
    BEHIND = "behind"
    SILENT = "silent"
    CLOSED = "closed"
    NO_DATA = "no_data"


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """How the data of a set of accounts comes in, at one instant.

    `newest_taken_at` of the accounts that decide; None: `no_data`. `closed_since` is when
    the last of their markets closed; None unless `closed`.
    """

    state: FeedState
    newest_taken_at: datetime | None = None
    closed_since: datetime | None = None


def feed_of(accounts: Sequence[Account], taken_at_us: IntArray, as_of: datetime) -> Feed:
    """How the data of `accounts` comes in; `taken_at_us` as in a standing (NO_DAY: none).

    `silent` if every account that decides is stale, `live` if the newest snapshot is
    younger than LIVE_BELOW, `behind` in between.
    """
    as_of_us = microsecond(as_of)
    closed_us = _closed_since_us(accounts, as_of_us)
    seen = taken_at_us != NO_DAY
    is_open = seen & (closed_us == NO_DAY)
    decides = is_open if is_open.any() else seen
    if not decides.any():
        return Feed(state=FeedState.NO_DATA)
    newest = instant(taken_at_us[decides].max())
    if not is_open.any():
        since = instant(closed_us[decides].max())
        return Feed(state=FeedState.CLOSED, newest_taken_at=newest, closed_since=since)
    state = FeedState.LIVE if as_of - newest < LIVE_BELOW else FeedState.BEHIND
    if are_stale(accounts, taken_at_us, as_of_us)[decides].all():
        state = FeedState.SILENT
    return Feed(state=state, newest_taken_at=newest)


def _closed_since_us(accounts: Sequence[Account], as_of_us: int) -> IntArray:
    """When each account's market has closed, in microseconds UTC; NO_DAY: it is open."""
    closed_us = np.full(len(accounts), NO_DAY, dtype=np.int64)
    for calendar, positions in calendars_of(accounts).items():
        last_close = sessions(calendar, as_of_us, as_of_us).closed_since(as_of_us)
        if last_close is not None:
            closed_us[positions] = last_close
    return closed_us


def feed_words(feed: Feed, now: datetime, time_zone: str = "UTC") -> str:
    """A feed in words: `live`, `3 s behind`, `no feed since 14:02`; times are of `time_zone`.

    UTC is named; another zone is taken for the reader's own.
    """
    if feed.newest_taken_at is None:
        return "no data yet"
    if feed.state is FeedState.LIVE:
        return "live"
    if feed.state is FeedState.BEHIND:
        return f"{span_text(now - feed.newest_taken_at)} behind"
    zone, named = ZoneInfo(time_zone), " UTC" if time_zone == "UTC" else ""
    newest, today = feed.newest_taken_at.astimezone(zone), now.astimezone(zone)
    if feed.closed_since is None:
        return f"no feed since {_clock(newest, today)}{named}"
    closed = feed.closed_since.astimezone(zone)
    day = "" if closed.date() == today.date() else f"{WEEKDAY_NAMES[closed.weekday()]} "
    return f"market closed since {day}{closed:%H:%M}; last data {_clock(newest, closed)}{named}"


def _clock(instant: datetime, beside: datetime) -> str:
    """The time of day, with the date where that is not the date of `beside`."""
    return f"{instant:%H:%M}" if instant.date() == beside.date() else f"{instant:%Y-%m-%d %H:%M}"
