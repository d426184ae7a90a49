"""Database: one file, one process, one writer; readers each with a cursor of their own."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import duckdb

from riskcore.domain.errors import StoreUnavailable
from riskcore.store.failures import failures_in_words
from riskcore.store.opening import open_connection
from riskcore.store.writer import Request, Together, Writer

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
        self._kept_free = kept_free
        self._connection = open_connection(self.path)
        self._writer = Writer(self._connection.cursor())

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
        """The result of `work`, run by the writer in a transaction and committed."""
        return self.write_together(lambda connection, _: [work(connection)], None)

    def write_together(self, work: Together[Request, T], request: Request) -> T:
        """The result of `work` for `request`, committed.

        Requests that wait for the same `work` at the same time are given to it together.
        """
        self._refuse_full_disk()
        return self._writer.write(work, request)

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
