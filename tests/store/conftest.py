"""A database of its own for each test, and short ways to say what is put into it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pandas as pd
import pytest

from riskcore.domain.model import Account, AccountGroup
from riskcore.store.accounts import insert_account
from riskcore.store.database import Database
from riskcore.store.writer import Writer

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
Row = tuple[UUID, datetime, float, float]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "desk.duckdb"


@pytest.fixture
def database(path: Path) -> Iterator[Database]:
    opened = Database(path)
    yield opened
    opened.close()


def an_account(number: str, user_id: str = "ann", **fields: Any) -> Account:
    """A new account of `user_id`, not stored."""
    values: dict[str, Any] = {"name": number, "created_at": NOON, "updated_at": NOON} | fields
    return Account(id=uuid4(), user_id=user_id, number=number, **values)


def a_group(name: str, *account_ids: UUID, user_id: str = "ann") -> AccountGroup:
    """A new group of `user_id`, not stored."""
    members = tuple(sorted(account_ids))
    return AccountGroup(
        id=uuid4(),
        user_id=user_id,
        name=name,
        account_ids=members,
        created_at=NOON,
        updated_at=NOON,
    )


def frame(rows: Sequence[Row]) -> pd.DataFrame:
    """Snapshots as the store takes them, from (account id, taken_at, balance, equity)."""
    columns = ["account_id", "taken_at", "balance", "equity"]
    snapshots = pd.DataFrame(list(rows), columns=columns)
    snapshots["account_id"] = snapshots["account_id"].astype(str)
    return snapshots.astype(
        {"taken_at": "datetime64[us, UTC]", "balance": "float64", "equity": "float64"}
    )


class Busy:
    """While it lasts, a writer is at something else, so that what is submitted waits together."""

    def __init__(self, writer: Writer | Database) -> None:
        self._writer, self._end, self._begun = writer, threading.Event(), threading.Event()

    def __enter__(self) -> None:
        self._work = self._writer.submit(self._wait, None)
        self._begun.wait()

    def _wait(self, *_: object) -> list[None]:
        self._begun.set()
        self._end.wait()
        return [None]

    def __exit__(self, *_: object) -> None:
        self._end.set()
        self._work.result()


@pytest.fixture
def stored(database: Database) -> Callable[..., Account]:
    def store(number: str, user_id: str = "ann", **fields: Any) -> Account:
        account = an_account(number, user_id, **fields)
        insert_account(database, account)
        return account

    return store
