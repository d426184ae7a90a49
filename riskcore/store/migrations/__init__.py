"""The schema as numbered files, applied in order, each in one transaction with its record."""

from __future__ import annotations

from importlib.resources import files

import duckdb

from riskcore.domain.errors import StoreUnavailable

SELECT_TABLES = """
SELECT table_name FROM duckdb_tables() WHERE NOT internal
"""

CREATE_VERSIONS = """
CREATE TABLE IF NOT EXISTS schema_versions (version INTEGER NOT NULL, name VARCHAR NOT NULL)
"""

SELECT_VERSION = """
SELECT coalesce(max(version), 0) FROM schema_versions
"""

INSERT_VERSION = """
INSERT INTO schema_versions (version, name) VALUES ($version, $name)
"""


def migrations() -> list[tuple[int, str, str]]:
    """Number, name and statements of each migration, in order."""
    found = (file for file in files(__name__).iterdir() if file.name.endswith(".sql"))
    return sorted((int(f.name[:4]), f.name, f.read_text(encoding="utf-8")) for f in found)


def migrate(connection: duckdb.DuckDBPyConnection) -> None:
    """Bring the schema up to date.

    Raises StoreUnavailable when it is newer than this program, or another program's.
    """
    tables = {name for (name,) in connection.execute(SELECT_TABLES).fetchall()}
    if tables and "schema_versions" not in tables:
        raise StoreUnavailable(
            "the database is another program's: set WEAKEST_LINK_DATABASE to another file"
        )
    connection.execute(CREATE_VERSIONS)
    known = migrations()
    (current,) = connection.execute(SELECT_VERSION).fetchall()[0]
    if current > known[-1][0]:
        raise StoreUnavailable(
            f"the database has schema version {current}, this program knows {known[-1][0]}:"
            " start a newer Weakest Link, or set WEAKEST_LINK_DATABASE to another file"
        )
    for version, name, statements in known:
        if version > current:
            _apply(connection, version, name, statements)


def _apply(connection: duckdb.DuckDBPyConnection, version: int, name: str, statements: str) -> None:
    connection.begin()
    connection.execute(statements)
    connection.execute(INSERT_VERSION, {"version": version, "name": name})
    connection.commit()
    connection.execute("CHECKPOINT")
