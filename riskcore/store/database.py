"""Database: one file, one process, one writer; readers each with a cursor of their own."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import duckdb

from riskcore.domain.errors import StoreUnavailable
from riskcore.store.migrations import migrate
from riskcore.store.writer import Writer

T = TypeVar("T")

CONFIGURATION: dict[str, str | bool | int | float | list[str]] = {
    "storage_compatibility_version": "v1.5.0",  # so that 1.5 and 2.0 open the same file
    "threads": 2,
    "memory_limit": "2GB",
    "python_enable_replacements": False,
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
    "allow_community_extensions": False,
}

LOCK_DOWN = ("SET enable_external_access = false", "SET lock_configuration = true")


class Database:
    """The desk's store at `path`, made when there is none.

    Raises StoreUnavailable, with the remedy, when another process holds the file or it
    cannot be read; a file that is there is never replaced.
    """

    def __init__(self, path: Path | str) -> None:
        self.path = Path(path)
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self._connection = _connect(self.path)
        try:
            migrate(self._connection)
            for statement in LOCK_DOWN:
                self._connection.execute(statement)
        except BaseException:
            self._connection.close()
            raise
        self._writer = Writer(self._connection.cursor())

    @contextmanager
    def read(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """A cursor for one reader; drain its results before leaving."""
        cursor = self._connection.cursor()
        try:
            yield cursor
        finally:
            cursor.close()

    def write(self, work: Callable[[duckdb.DuckDBPyConnection], T]) -> T:
        """The result of `work`, run by the writer in a transaction and committed."""
        return self._writer.write(work)

    def close(self) -> None:
        """Write what is waiting and let go of the file."""
        self._writer.close()
        self._connection.close()


def _connect(path: Path) -> duckdb.DuckDBPyConnection:
    try:
        return duckdb.connect(str(path), config=CONFIGURATION)
    except duckdb.Error as error:
        raise StoreUnavailable(_sentence(path, str(error))) from error


def _sentence(path: Path, message: str) -> str:
    if "lock" in message.lower():
        holder = re.search(r"PID (\d+)", message)
        who = f"process {holder[1]}" if holder else "another process"
        return (
            f"the database {path} is in use by {who}: stop that one,"
            " or set WEAKEST_LINK_DATABASE to another file"
        )
    return (
        f"the database {path} cannot be opened and was left as it is ({message.splitlines()[0]}):"
        " restore a backup, or set WEAKEST_LINK_DATABASE to another file"
    )
