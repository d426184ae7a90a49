"""Time cells: an instant, or the reason why it cannot be known."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from riskcore.ingest.local_times import utc_offset
from riskcore.ingest.refusals import BadCell
from riskcore.ingest.stamps import DateOrder, local_time, stamp_of

EPOCH = datetime(1970, 1, 1)
MICROSECOND = timedelta(microseconds=1)
FIRST_YEAR = 1970
SHORT_YEAR = re.compile(r"[0-9]{1,2}([-./ ])[0-9]{1,2}\1[0-9]{2}(?![0-9])")

YEAR_FIRST = re.compile(
    r"([0-9]{4})([-./])([0-9]{2})\2([0-9]{2})"
    r"[T ]([0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:[.,][0-9]{1,9})?)?)"
    r" ?(Z|UTC|GMT|[+-](?:0[0-9]|1[0-4])(?::?[0-5][0-9])?)?",
    re.IGNORECASE,
)
CLOCK_ONLY = re.compile(r"[0-9]{1,2}:[0-9]{2}\b.*")


@lru_cache(maxsize=4096)
def instant_us(text: str, zone: ZoneInfo | None, order: DateOrder | None = None) -> int:
    """The instant in microseconds since 1970 UTC; raises BadCell.

    A time without an offset is local to `zone`; a date that ends in its year is of this
    `order`. Digits behind the microsecond are dropped.
    """
    match = YEAR_FIRST.fullmatch(text) or YEAR_FIRST.fullmatch(text.strip())
    if match is None:
        return _unusual_us(text.strip(), zone, order)
    year, _, month, day, clock, offset = match.groups()
    local = _local(f"{year}-{month}-{day}T{clock}")
    ahead = _stated_offset(offset.upper()) if offset else _zone_offset(local, zone)
    return (local - EPOCH) // MICROSECOND - ahead // MICROSECOND


def _unusual_us(text: str, zone: ZoneInfo | None, order: DateOrder | None) -> int:
    """A time that is not written with its year first and two digits each."""
    if CLOCK_ONLY.fullmatch(text):
        raise BadCell("has a time of day and no date")
    if SHORT_YEAR.match(text):
        raise BadCell("may be several dates: write the year first, with four digits")
    stamp = stamp_of(text)
    local = local_time(stamp, order)
    if local.year < FIRST_YEAR:
        raise BadCell(f"is before {FIRST_YEAR}")
    ahead = _zone_offset(local, zone) if stamp.ahead is None else stamp.ahead
    return (local - EPOCH) // MICROSECOND - ahead // MICROSECOND


def _local(text: str) -> datetime:
    try:
        local = datetime.fromisoformat(text)
    except ValueError as error:
        raise BadCell("is not a date and time that exists") from error
    if local.year < FIRST_YEAR:
        raise BadCell(f"is before {FIRST_YEAR}")
    return local


@lru_cache(maxsize=256)
def _stated_offset(offset: str) -> timedelta:
    if offset in {"Z", "UTC", "GMT"}:
        return timedelta(0)
    digits = offset[1:].replace(":", "").ljust(4, "0")
    ahead = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return -ahead if offset[0] == "-" else ahead


def _zone_offset(local: datetime, zone: ZoneInfo | None) -> timedelta:
    if zone is None:
        raise BadCell("has no zone: state the zone of the file's times")
    ahead = utc_offset(local, zone)
    if ahead is None:
        raise BadCell(f"never was on the clocks of {zone.key}: they went forward over it")
    return ahead
