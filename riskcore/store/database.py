"""Database: one file, one process, one writer; readers each with a cursor of their own."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar
from uuid import UUID

import duckdb

from riskcore.domain.errors import StoreUnavailable
from riskcore.store.failures import failures_in_words
from riskcore.store.memory import Memory
from riskcore.store.opening import open_connection
from riskcore.store.remembered import Remembered
from riskcore.store.writer import Request, Together, Writer, nothing

T = TypeVar("T")

KEPT_FREE = 100 * 2**20  # bytes: a checkpoint that fills the disk takes the database down


class Database:
    """The desk's store at `path`, made when there is none.

    Raises StoreUnavailable, with the remedy, when another process holds the file or it
    cannot be read; a file that is there is never replaced. `kept_free`: bytes of disk
    that writing leaves alone.
    """

    def __init__(self, path: Path | str, *, kept_free: int = KEPT_FREE) -> None:
        self.path = Path(path)
        self.account_ids: Remembered[str, UUID] = Remembered()
        """The accounts by number; see numbers."""
        self._kept_free = kept_free
        self._connection = open_connection(self.path)
        self._writer = Writer(self._connection.cursor(), self._refuse_full_disk)

    @contextmanager
    def read(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """A cursor for one reader, which sees one state throughout; drain its results."""
        with failures_in_words():
            cursor = self._connection.cursor()
            try:
                cursor.execute("BEGIN TRANSACTION READ ONLY")
                yield cursor
            finally:
                cursor.close()

    def write(self, work: Callable[[duckdb.DuckDBPyConnection], T]) -> T:
        """The result of `work`, run by the writer in a transaction and committed.

        Whatever is remembered of accounts is forgotten: `work` may change them.
        """

        def alone(
            connection: duckdb.DuckDBPyConnection, memory: Memory, requests: Sequence[None]
        ) -> list[T]:
            result = work(connection)
            memory.forget()
            return [result]

        return self.submit(alone, None, lambda _: self.account_ids.forget()).result()

    def submit(
        self, work: Together[Request, T], request: Request, then: Callable[[T], None] = nothing
    ) -> Future[T]:
        """The result of `work` for `request`, to come once it is committed.

        Requests that wait for the same `work` at the same time are given to it together.
        `then` is called with the result after the commit, before anybody has it.
        """
        return self._writer.submit(work, request, then)

    def close(self) -> None:
        """Write what is waiting and let go of the file."""
        self._writer.close()
        self._connection.close()

    def _refuse_full_disk(self) -> None:
        if shutil.disk_usage(self.path.parent).free < self._kept_free:
            raise StoreUnavailable(
                f"the disk of the database has less than {self._kept_free // 2**20} MB left:"
                " make room on it; nothing was written"
            )
