"""A test's docstring is the account's day."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from riskcore.domain.events import AccountEvent, EventKind
from riskcore.domain.model import Basis
from tests.domain.rulebook import Seen, event

FIRST_DAY = date(2026, 3, 2)
SEEN = ["balance", "equity", "contracts", "basis"]


@pytest.fixture
def history(request: pytest.FixtureRequest) -> list[Seen]:
    """The snapshots in the table of the test's docstring.

    The first column is headed `time` (UTC) or by the IANA zone its times are local to;
    each begins with a date where the day changes, the first day being Monday 2026-03-02.
    After `balance` and `equity` there may be `contracts` (`-`: not said) and `basis`.
    A line such as `12:00  payout  2000  (mail of the firm)` is an event.
    """
    return read_day(request.function.__doc__)


@pytest.fixture
def events(request: pytest.FixtureRequest) -> tuple[AccountEvent, ...]:
    """The account events in the table of the test's docstring."""
    return read_events(request.function.__doc__)


def read_day(text: str) -> list[Seen]:
    """The snapshots of the table in `text`, in the order of its lines."""
    return [
        (at, *map(_cell, SEEN, words)) for at, words in _lines(text) if words[0] not in [*EventKind]
    ]


def read_events(text: str) -> tuple[AccountEvent, ...]:
    """The events of the table in `text`, in the order of its lines."""
    return tuple(
        event(words[0], at, *map(float, words[1:2]), origin=" ".join(words[2:]).strip("()"))
        for at, words in _lines(text)
        if words[0] in [*EventKind]
    )


def _lines(text: str) -> Iterator[tuple[datetime, list[str]]]:
    """Each line's instant (UTC) and what follows it."""
    header, *lines = (line.split() for line in text.strip().splitlines() if line.strip())
    assert header[1:] == SEEN[: len(header) - 1], header
    zone = UTC if header[0] == "time" else ZoneInfo(header[0])
    day = FIRST_DAY
    for words in lines:
        if words[0].count("-") == 2:
            day = date.fromisoformat(words.pop(0))
        local = datetime.combine(day, time.fromisoformat(words.pop(0)), zone)
        yield local.astimezone(UTC), words


def _cell(column: str, word: str) -> float | Basis:
    if column == "basis":
        return Basis(word)
    return float("nan" if word == "-" else word)
