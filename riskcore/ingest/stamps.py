"""Stamps: dates and times as platforms write them, and what is still open in them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import lru_cache

from riskcore.ingest.date_orders import possible_days
from riskcore.ingest.refusals import AmbiguousCell, BadCell


class DateOrder(StrEnum):
    """Which comes first in a date that ends in its year."""

    DAY_FIRST = "day_first"
    MONTH_FIRST = "month_first"


@dataclass(frozen=True, slots=True)
class Stamp:
    """A wall-clock time: the days it may be (two while the order is open), and the time of day.

    `clock` None: only a date. `ahead`: its stated offset from UTC; None: not stated.
    `order`: which order the date itself gives away.
    """

    days: tuple[date, ...]
    first: int
    clock: timedelta | None
    ahead: timedelta | None
    order: DateOrder | None


MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
CLOCK = (
    r"(?:[T, ]+(?P<hour>[0-9]{1,2}):(?P<minute>[0-9]{2})"
    r"(?::(?P<second>[0-9]{2})(?:[.,](?P<fraction>[0-9]{1,9}))?)?(?: ?(?P<half>[AaPp])\.?[Mm]\.?)?"
    r"(?: ?(?P<zone>Z|z|UTC|GMT|[+-](?:0[0-9]|1[0-4])(?::?[0-5][0-9])?))?)?"
)
SHAPES = tuple(
    re.compile(date_shape + CLOCK)
    for date_shape in (
        r"(?P<year>[0-9]{4})(?P<mark>[-./])(?P<month>[0-9]{1,2})(?P=mark)(?P<day>[0-9]{1,2})",
        r"(?P<year>[0-9]{4})(?P<month>[0-9]{2})(?P<day>[0-9]{2})",
        r"(?P<a>[0-9]{1,2})(?P<mark>[-./])(?P<b>[0-9]{1,2})(?P=mark)(?P<year>[0-9]{4})",
        r"(?P<day>[0-9]{1,2})[ -](?P<name>[A-Za-z]{3,9})\.?[ -](?P<year>[0-9]{4})",
        r"(?P<year>[0-9]{4}) (?P<name>[A-Za-z]{3,9})\.? (?P<day>[0-9]{1,2})",
        r"(?P<name>[A-Za-z]{3,9})\.? (?P<day>[0-9]{1,2}),? (?P<year>[0-9]{4})",
    )
)


@lru_cache(maxsize=8192)
def stamp_of(text: str) -> Stamp:
    """What `text` says; raises BadCell."""
    plain = " ".join(text.replace("\xa0", " ").split())
    for shape in SHAPES:
        match = shape.fullmatch(plain)
        if match is not None:
            return _stamp(match.groupdict())
    raise BadCell("is blank" if not plain else "is not a time such as 2026-03-04 09:45:00Z")


def _stamp(parts: dict[str, str | None]) -> Stamp:
    days, order = _days(parts)
    if not days:
        raise BadCell("is not a date that exists")
    return Stamp(days, int(parts.get("a") or 0), _clock(parts), _ahead(parts["zone"]), order)


def _days(parts: dict[str, str | None]) -> tuple[tuple[date, ...], DateOrder | None]:
    year = int(parts["year"] or 0)
    if parts.get("a"):
        first, second = int(parts["a"] or 0), int(parts["b"] or 0)
        days = tuple(possible_days(first, second, year))
        if first > 12 or second > 12:
            return days, DateOrder.DAY_FIRST if first > 12 else DateOrder.MONTH_FIRST
        return days, None
    name = (parts.get("name") or "").lower()[:3]
    month = MONTHS.index(name) + 1 if name in MONTHS else int(parts.get("month") or 0)
    try:
        return (date(year, month, int(parts["day"] or 0)),), None
    except ValueError:
        return (), None


def _clock(parts: dict[str, str | None]) -> timedelta | None:
    if parts["hour"] is None:
        return None
    hour, minute, second = (int(parts[name] or 0) for name in ("hour", "minute", "second"))
    if parts["half"]:
        if not 1 <= hour <= 12:
            raise BadCell("is not a time of day that exists")
        hour = hour % 12 + (12 if parts["half"] in "Pp" else 0)
    if hour > 23 or minute > 59 or second > 59:
        raise BadCell("is not a time of day that exists")
    micros = int((parts["fraction"] or "").ljust(6, "0")[:6])
    return timedelta(hours=hour, minutes=minute, seconds=second, microseconds=micros)


def _ahead(zone: str | None) -> timedelta | None:
    if zone is None:
        return None
    if zone.upper() in {"Z", "UTC", "GMT"}:
        return timedelta(0)
    digits = zone[1:].replace(":", "").ljust(4, "0")
    ahead = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return -ahead if zone[0] == "-" else ahead


def day_of(stamp: Stamp, order: DateOrder | None) -> date:
    """The day that `stamp` means, given the order of the file's dates; raises BadCell."""
    if stamp.order is not None and order is not None and stamp.order is not order:
        written = order.replace("_", " ")
        raise BadCell(f"can only be {stamp.days[0]}, but the dates of the file are {written}")
    if len(stamp.days) == 1:
        return stamp.days[0]
    if order is None:
        one, other = stamp.days
        raise AmbiguousCell(f"may be {one} or {other}: state the order of the file's dates")
    number = stamp.first
    wanted = (
        d for d in stamp.days if number == (d.day if order is DateOrder.DAY_FIRST else d.month)
    )
    return next(wanted)


def local_time(stamp: Stamp, order: DateOrder | None) -> datetime:
    """The naive wall-clock time of `stamp`; raises BadCell also without a time of day."""
    if stamp.clock is None:
        raise BadCell("has a date and no time of day")
    day = day_of(stamp, order)
    return datetime(day.year, day.month, day.day) + stamp.clock


def order_of(texts: Iterable[str]) -> DateOrder | None:
    """The order that the dates of a column give away; None: none does, or they disagree."""
    found: set[DateOrder] = set()
    for text in texts:
        try:
            order = stamp_of(text).order
        except BadCell:
            continue
        if order is not None:
            found.add(order)
        if len(found) == 2:
            return None
    return found.pop() if found else None
