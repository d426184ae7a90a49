"""A desk of its own for each test, with a clock the test sets."""

from datetime import UTC, datetime

import pytest

from riskcore.domain.rules import rule_from
from riskcore.services.accounts import AccountDraft
from riskcore.services.desk import open_desk

MONDAY = datetime(2026, 11, 2, 15, 0, tzinfo=UTC)


class Clock:
    """The time a test says it is."""

    def __init__(self) -> None:
        self.now = MONDAY

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def desk(tmp_path, clock):
    opened = open_desk(tmp_path / "desk.duckdb", clock)
    yield opened
    opened.close()


@pytest.fixture
def draft():
    """A 100,000 account: 5 % a day, 10 % in all."""

    def drafted(number, **changes):
        rules = (
            rule_from("daily_loss", {"limit_percent": 5}),
            rule_from("max_loss", {"limit_percent": 10}),
        )
        fields = {"starting_balance": 100_000.0, "rules": rules} | changes
        return AccountDraft(number=number, **fields)

    return drafted
