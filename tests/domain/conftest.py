"""A test's docstring is the account's day."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from tests.domain.rulebook import Seen

FIRST_DAY = date(2026, 3, 2)


@pytest.fixture
def history(request: pytest.FixtureRequest) -> list[Seen]:
    """The snapshots in the table of the test's docstring, in UTC.

    The first column is headed `time` (UTC) or by the IANA zone its times are local to;
    each begins with a date where the day changes, the first day being Monday 2026-03-02.
    """
    return read_day(request.function.__doc__)


def read_day(text: str) -> list[Seen]:
    """The table in `text` as snapshots, in the order of its lines."""
    header, *lines = (line.split() for line in text.strip().splitlines() if line.strip())
    assert header[-2:] == ["balance", "equity"], header
    zone = UTC if header[0] == "time" else ZoneInfo(header[0])
    day, seen = FIRST_DAY, []
    for *when, balance, equity in lines:
        day = date.fromisoformat(when[0]) if len(when) == 2 else day
        local = datetime.combine(day, time.fromisoformat(when[-1]), zone)
        seen.append((local.astimezone(UTC), float(balance), float(equity)))
    return seen
