"""Opening the database file, with settings that keep it to itself."""

from __future__ import annotations

from pathlib import Path

import duckdb
from duckdb import DuckDBPyConnection

from riskcore.domain.errors import StoreUnavailable
from riskcore.store.failures import opening_failure
from riskcore.store.migrations import migrate

CONFIGURATION: dict[str, str | bool | int | float | list[str]] = {
    "storage_compatibility_version": "v1.5.0",  # so that 1.5 and 2.0 open the same file
    "threads": 2,
    "memory_limit": "2GB",
    "python_enable_replacements": False,
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
    "allow_community_extensions": False,
}

LOCK_DOWN = """
SET enable_external_access = false;
SET lock_configuration = true;
"""


def open_connection(path: Path) -> DuckDBPyConnection:
    """The database at `path` with its schema up to date, made if there is none.

    Raises StoreUnavailable, naming the remedy; never puts an empty database in the place
    of a damaged one.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        refuse_lost_content(path)
        connection = connected(path)
    except (duckdb.Error, OSError) as error:
        raise opening_failure(path, error) from error
    try:
        migrate(connection)
    except BaseException as error:
        connection.close()
        if isinstance(error, duckdb.Error):
            raise opening_failure(path, error) from error
        raise
    return connection


def refuse_lost_content(path: Path) -> None:
    """Raise when a log lies beside no file: DuckDB would start empty and drop the log."""
    log = path.with_name(path.name + ".wal")
    if log.exists() and not path.exists():
        raise StoreUnavailable(
            f"the database {path} is gone but its log {log.name} is there: put the "
            "database back, or move the log away to start with an empty one"
        )


def connected(path: Path) -> DuckDBPyConnection:
    """A connection that reads no file but its own, loads no extension and stays so."""
    connection = duckdb.connect(str(path), config=CONFIGURATION)
    try:
        connection.execute(LOCK_DOWN)
    except duckdb.Error:
        connection.close()
        raise
    return connection
