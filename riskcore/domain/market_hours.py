"""Market hours: when in a week a market is open, and how people write that down.

    cme_futures
    Sun 17:00-Fri 17:00 in America/New_York
    Mon-Fri 09:30-12:00, Mon-Fri 13:00-16:00

A name, or spans apart from each other: from one local time of the week until another, or
on each of some days from one time until another (the next day's, if that is not later).
They are local to the zone after `in`; without one to the account's own, so that hours which
name their zone mean the same to an account in Prague and to one in Chicago.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from riskcore.domain.errors import InvalidValue
from riskcore.domain.zones import check_zone

DAY_MINUTES = 24 * 60
WEEK_MINUTES = 7 * DAY_MINUTES
MOST_SPANS = 28
WEEKDAY_NAMES = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


class Span(NamedTuple):
    """From when until when a market is open, in minutes since Monday 00:00, local time.

    The opening is within the week; the close may lie in the next, up to a week later. It is
    no longer part of the span.
    """

    opens: int
    closes: int

    def __str__(self) -> str:
        """As people write it: `Sun 17:00-Fri 17:00`; a close at midnight is 24:00."""
        day, minutes = divmod(self.closes - 1, DAY_MINUTES)
        return f"{_moment(*divmod(self.opens, DAY_MINUTES))}-{_moment(day, minutes + 1)}"


def _moment(day: int, minutes: int) -> str:
    return f"{WEEKDAY_NAMES[day % 7]} {minutes // 60:02d}:{minutes % 60:02d}"


WHOLE_WEEK = (Span(0, WEEK_MINUTES),)


@dataclass(frozen=True, slots=True)
class MarketHours:
    """The hours of a week in which a market is open.

    `spans` rise and are apart; at least one. `time_zone`: the IANA zone they are local to;
    None: the account's.
    """

    spans: tuple[Span, ...]
    time_zone: str | None = None

    def __post_init__(self) -> None:
        if not 1 <= len(self.spans) <= MOST_SPANS:
            raise _wrong(f"must have 1 to {MOST_SPANS} spans", len(self.spans))
        for span in self.spans:
            if not 0 <= span.opens < min(WEEK_MINUTES, span.closes):
                raise _wrong("must open within the week and close after that", tuple(span))
        if self.time_zone is not None:
            check_zone(self.time_zone, "market_hours")
        if self.is_always_open:
            return
        first_again = Span(*(minutes + WEEK_MINUTES for minutes in self.spans[0]))
        for before, after in pairwise([*self.spans, first_again]):
            if before.closes >= after.opens:
                raise _wrong("must be closed between two spans", f"{before} and {after}")

    @property
    def is_always_open(self) -> bool:
        """Whether the market never closes."""
        return self.spans == WHOLE_WEEK

    def __str__(self) -> str:
        """As `market_hours` reads it: the name of hours that have one, else their spans."""
        for name, hours in NAMED_HOURS.items():
            if hours == self:
                return name
        zone = f" in {self.time_zone}" if self.time_zone else ""
        return ", ".join(map(str, self.spans)) + zone


@lru_cache(maxsize=1024)
def market_hours(text: str) -> MarketHours:
    """The hours that `text` says; the same text gives the same object. Raises InvalidValue."""
    said = " ".join(text.split())
    return NAMED_HOURS.get(said.lower()) or _written(said)


def _written(text: str) -> MarketHours:
    listed, _, zone = text.partition(" in ")
    spans = _apart(span for part in listed.split(",") for span in _spans(part.strip()))
    hours = MarketHours(spans, zone or None)
    return AROUND_THE_CLOCK if hours.is_always_open else hours


ON_DAY = "|".join(WEEKDAY_NAMES)
OPENS_AT = r"(?:[01]\d|2[0-3]):[0-5]\d"
CLOSES_AT = rf"{OPENS_AT}|24:00"
ONE_SPAN = re.compile(
    rf"(?P<first>{ON_DAY}) (?P<opens>{OPENS_AT}) ?[-–] ?(?P<last>{ON_DAY}) (?P<closes>{CLOSES_AT})",
    re.ASCII | re.IGNORECASE,
)
EACH_DAY = re.compile(
    rf"(?P<first>{ON_DAY})(?: ?[-–] ?(?P<last>{ON_DAY}))? "
    rf"(?P<opens>{OPENS_AT}) ?[-–] ?(?P<closes>{CLOSES_AT})",
    re.ASCII | re.IGNORECASE,
)


def _spans(part: str) -> list[Span]:
    """What one part of a list says: one span, or one on each of its days."""
    if found := ONE_SPAN.fullmatch(part):
        opens = _day(found["first"]) * DAY_MINUTES + _minutes(found["opens"])
        closes = _day(found["last"]) * DAY_MINUTES + _minutes(found["closes"])
        if opens == closes:
            raise _wrong("must close after it opens", part)
        return [Span(opens, closes if closes > opens else closes + WEEK_MINUTES)]
    if found := EACH_DAY.fullmatch(part):
        opens, closes = _minutes(found["opens"]), _minutes(found["closes"])
        lasts = closes - opens if closes > opens else closes - opens + DAY_MINUTES
        first, last = _day(found["first"]), _day(found["last"] or found["first"])
        starts = [(first + day) % 7 * DAY_MINUTES + opens for day in range((last - first) % 7 + 1)]
        return [Span(start, start + lasts) for start in starts]
    names = ", ".join(NAMED_HOURS)
    raise _wrong(
        f"must be one of {names}, or hours such as 'Sun 17:00-Fri 17:00 in America/New_York'"
        " or 'Mon-Fri 09:30-16:00'",
        repr(part),
    )


def _day(name: str) -> int:
    return WEEKDAY_NAMES.index(name.capitalize())


def _minutes(clock: str) -> int:
    hours, minutes = clock.split(":")
    return int(hours) * 60 + int(minutes)


def _apart(spans: Iterable[Span]) -> tuple[Span, ...]:
    """`spans` in their order, those that touch as one, also over the turn of the week."""
    apart: list[Span] = []
    for span in sorted(spans):
        if apart and apart[-1].closes == span.opens:
            apart[-1] = Span(apart[-1].opens, span.closes)
        else:
            apart.append(span)
    if len(apart) > 1 and apart[-1].closes == apart[0].opens + WEEK_MINUTES:
        apart[-1] = Span(apart[-1].opens, apart.pop(0).closes + WEEK_MINUTES)
    one = apart[0]
    is_whole = len(apart) == 1 and one.closes - one.opens == WEEK_MINUTES
    return WHOLE_WEEK if is_whole else tuple(apart)


def _wrong(allowed: str, found: object) -> InvalidValue:
    return InvalidValue("market_hours", allowed, found)


AROUND_THE_CLOCK = MarketHours(WHOLE_WEEK)

NAMED_HOURS = {
    "around_the_clock": AROUND_THE_CLOCK,
    "cme_futures": _written("Sun-Thu 18:00-17:00 in America/New_York"),
    "forex": _written("Sun 17:00-Fri 17:00 in America/New_York"),
    "weekdays": _written("Mon-Fri 00:00-24:00"),
}
"""Well-known hours by name; holidays are in none of them.

CME Globex in its own words: Sunday to Friday, 17:00 to 16:00 Chicago time, with a break of
an hour each day (cmegroup.com/trading-hours.html). Chicago and New York change their clocks
in the same night, so that is 18:00 to 17:00 New York the whole year.
"""
