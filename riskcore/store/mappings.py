"""Mappings in the store: how an owner's files with a certain header are read."""

from __future__ import annotations

from datetime import datetime

import duckdb

from riskcore.store.database import Database
from riskcore.store.times import stored

SELECT_MAPPING = """
SELECT mapping FROM file_mappings WHERE user_id = $user_id AND header_digest = $header_digest
"""

DELETE_MAPPING = """
DELETE FROM file_mappings WHERE user_id = $user_id AND header_digest = $header_digest
"""

INSERT_MAPPING = """
INSERT INTO file_mappings (user_id, header_digest, mapping, updated_at)
VALUES ($user_id, $header_digest, $mapping, $updated_at)
"""


def select_mapping(database: Database, user_id: str, header_digest: str) -> str | None:
    """What was said of files with this header, as it was put; None when nothing was."""
    key = {"user_id": user_id, "header_digest": header_digest}
    with database.read() as cursor:
        found = cursor.execute(SELECT_MAPPING, key).fetchall()
    return found[0][0] if found else None


def put_mapping(
    connection: duckdb.DuckDBPyConnection,
    user_id: str,
    header_digest: str,
    mapping: str,
    updated_at: datetime,
) -> None:
    """Remember what was said, in place of what was said before, as part of a larger work."""
    key = {"user_id": user_id, "header_digest": header_digest}
    connection.execute(DELETE_MAPPING, key)
    connection.execute(INSERT_MAPPING, key | {"mapping": mapping, "updated_at": stored(updated_at)})
