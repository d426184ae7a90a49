"""Local times: the instant a wall clock means, also in the nights the clocks change."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

NO_FOLD_YET = 0
FOLDED = 1


def utc_offset(local: datetime, zone: ZoneInfo) -> timedelta | None:
    """How far `local` (naive, on a wall clock of `zone`) is ahead of UTC.

    An hour that comes twice, where clocks go back, is its first. None for a time that
    never was, where clocks went forward over it.
    """
    first = zone.utcoffset(local.replace(fold=NO_FOLD_YET))
    second = zone.utcoffset(local.replace(fold=FOLDED))
    if first is None or second is None:
        raise AssertionError("an IANA zone has an offset for every time")
    return None if second > first else first
