"""Batches: the stretches of time that are looked up, and how much is looked up at all."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

import numpy as np
import pytest

from riskcore.domain.model import Account, Snapshot
from riskcore.store.batches import MOST_SPANS, Post, posted, spans
from riskcore.store.database import Database
from riskcore.store.keys import account_keys
from riskcore.store.memory import Memory
from riskcore.store.snapshots import add_posts
from tests.store.conftest import NOON

Stored = Callable[..., Account]


def hours(*counts: float) -> np.ndarray:
    """Instants so many hours after noon."""
    return np.datetime64("2026-03-02T12:00", "us") + np.array(
        [timedelta(hours=count) for count in counts], dtype="m8[us]"
    )


def stretches(*counts: float) -> list[tuple[float, float]]:
    """The stretches of instants so many hours after noon, in hours."""
    noon = datetime(2026, 3, 2, 12)
    hour = timedelta(hours=1)
    return [((a - noon) / hour, (b - noon) / hour) for a, b in spans(hours(*counts))]


@pytest.mark.parametrize(
    ("instants", "expected"),
    [
        ((0,), [(0, 0)]),
        ((2, 0, 1, 1), [(0, 2)]),
        ((0, 1, 2.01), [(0, 1), (2.01, 2.01)]),
        ((9_000, 0, 9_000.5, 9_001), [(0, 0), (9_000, 9_001)]),
        ((0, 5_000, 9_000, 9_000.5), [(0, 0), (5_000, 5_000), (9_000, 9_000.5)]),
    ],
)
def test_a_row_far_back_is_looked_up_by_itself(
    instants: tuple[float, ...], expected: list[tuple[float, float]]
) -> None:
    """Cut where two instants are more than an hour apart."""
    assert stretches(*instants) == expected


def test_there_are_few_stretches_cut_at_the_widest_gaps() -> None:
    assert MOST_SPANS == 3
    assert stretches(0, 2, 12, 15, 1_015) == [(0, 2), (12, 15), (1_015, 1_015)]


def snapshot(account_id: UUID, minutes: float) -> Snapshot:
    return Snapshot(
        account_id=account_id, taken_at=NOON + timedelta(minutes=minutes), balance=1, equity=1
    )


def test_what_is_later_than_all_of_its_account_is_not_looked_up(
    database: Database, stored: Stored
) -> None:
    """What is as late as the last may be stored; what another account has does not count."""
    first, second = stored("1").id, stored("2").id
    writers = Memory()
    posts = [Post("ann", [snapshot(first, 5), snapshot(second, 9)], NOON)]
    database.write(lambda connection: add_posts(connection, writers, posts))

    def may_be_stored(memory: Memory, account_id: UUID, *minutes: float) -> list[bool]:
        asked = [Post("ann", [snapshot(account_id, m) for m in minutes], NOON)]
        with database.read() as cursor:
            rows = posted(asked, {"ann": account_keys(cursor, "ann", {account_id})})
            return memory.may_be_stored(cursor, rows).tolist()

    for memory in (writers, Memory()):  # the other one reads the store
        assert may_be_stored(memory, first, 4, 5, 5.01) == [True, True, False]
        assert may_be_stored(memory, second, 6, 9, 10) == [True, True, False]
