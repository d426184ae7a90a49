"""Undo: what an upload brought is taken back, and what it replaced is there again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import duckdb

from riskcore.domain.errors import Conflict, Missing
from riskcore.store.database import Database
from riskcore.store.times import stored


@dataclass(frozen=True, slots=True)
class Undone:
    """What became of the accounts that an upload touched: ids, each in one of the two."""

    changed: tuple[UUID, ...]
    deleted: tuple[UUID, ...]


SELECT_UNDONE = """
SELECT undone_at FROM uploads WHERE id = $id AND user_id = $user_id
"""

SELECT_TOUCHED = """
SELECT a.id FROM accounts AS a
WHERE a.user_id = $user_id AND (
    a.account_key IN (SELECT account_key FROM snapshots WHERE upload_id = $id)
    OR a.account_key IN (
        SELECT e.account_key FROM account_events AS e
        JOIN upload_events AS u ON u.event_id = e.id WHERE u.upload_id = $id
    )
    OR a.id IN (SELECT account_id FROM upload_accounts WHERE upload_id = $id)
)
"""

DELETE_EVENTS = """
DELETE FROM account_events
WHERE id IN (SELECT event_id FROM upload_events WHERE upload_id = $id)
"""

SELECT_RESTORED = """
SELECT r.account_key, r.taken_at, r.replaced_at
FROM replaced_snapshots AS r
    SEMI JOIN (SELECT account_key, taken_at FROM snapshots WHERE upload_id = $id) AS mine
    USING (account_key, taken_at)
QUALIFY row_number() OVER (
    PARTITION BY r.account_key, r.taken_at ORDER BY r.replaced_at DESC, r.received_at DESC
) = 1
"""

DELETE_SNAPSHOTS = """
DELETE FROM snapshots WHERE upload_id = $id
"""

INSERT_RESTORED = """
INSERT INTO snapshots (
    account_key, taken_at, balance, equity, open_contracts, basis, upload_id, received_at
)
SELECT
    r.account_key, r.taken_at, r.balance, r.equity, r.open_contracts, r.basis, r.upload_id,
    r.received_at
FROM replaced_snapshots AS r SEMI JOIN restored USING (account_key, taken_at, replaced_at)
"""

DELETE_RESTORED = """
DELETE FROM replaced_snapshots USING restored
WHERE replaced_snapshots.account_key = restored.account_key
    AND replaced_snapshots.taken_at = restored.taken_at
    AND replaced_snapshots.replaced_at = restored.replaced_at
"""

DELETE_OVERTAKEN = """
DELETE FROM replaced_snapshots WHERE upload_id = $id
"""

SELECT_EMPTY = """
SELECT a.id, a.account_key
FROM accounts AS a JOIN upload_accounts AS u ON u.account_id = a.id
WHERE u.upload_id = $id AND a.updated_at = a.created_at
    AND a.account_key NOT IN (SELECT account_key FROM snapshots)
    AND a.account_key NOT IN (SELECT account_key FROM replaced_snapshots)
    AND a.account_key NOT IN (SELECT account_key FROM account_events)
    AND a.id NOT IN (SELECT account_id FROM group_members)
    AND a.id NOT IN (SELECT account_id FROM account_fees)
"""

DELETE_RULES = """
DELETE FROM account_rules WHERE list_contains($account_keys, account_key)
"""

DELETE_ACCOUNTS = """
DELETE FROM accounts WHERE list_contains($account_keys, account_key)
"""

UPDATE_UNDONE = """
UPDATE uploads SET undone_at = $undone_at WHERE id = $id
"""


def undo_upload(database: Database, user_id: str, upload_id: UUID, undone_at: datetime) -> Undone:
    """Take back an upload in one transaction: its snapshots, its events, its accounts.

    What its snapshots replaced is there again. An account it made stays where somebody has
    changed it since, put it in a group or sent more of it. Raises Missing, or Conflict when
    it was undone before.
    """

    def work(connection: duckdb.DuckDBPyConnection) -> Undone:
        _check(connection, user_id, upload_id)
        key = {"id": upload_id}
        touched = connection.execute(SELECT_TOUCHED, key | {"user_id": user_id}).fetchall()
        connection.execute(DELETE_EVENTS, key)
        _restore(connection, upload_id)
        deleted = _delete_accounts(connection, upload_id)
        connection.execute(UPDATE_UNDONE, key | {"undone_at": stored(undone_at)})
        changed = tuple(account_id for (account_id,) in touched if account_id not in deleted)
        return Undone(changed=changed, deleted=deleted)

    return database.write(work)


def _check(connection: duckdb.DuckDBPyConnection, user_id: str, upload_id: UUID) -> None:
    found = connection.execute(SELECT_UNDONE, {"id": upload_id, "user_id": user_id}).fetchall()
    if not found:
        raise Missing("upload", upload_id)
    if found[0][0] is not None:
        raise Conflict(f"this upload was undone at {found[0][0]:%Y-%m-%d %H:%M} UTC already")


def _restore(connection: duckdb.DuckDBPyConnection, upload_id: UUID) -> None:
    key = {"id": upload_id}
    restored = connection.execute(SELECT_RESTORED, key).df()
    connection.execute(DELETE_SNAPSHOTS, key)
    if not restored.empty:
        connection.register("restored", restored)
        connection.execute(INSERT_RESTORED)
        connection.execute(DELETE_RESTORED)
        connection.unregister("restored")
    connection.execute(DELETE_OVERTAKEN, key)


def _delete_accounts(connection: duckdb.DuckDBPyConnection, upload_id: UUID) -> tuple[UUID, ...]:
    """Delete the accounts that were made by the upload and have nothing of their own."""
    empty = connection.execute(SELECT_EMPTY, {"id": upload_id}).fetchall()
    if empty:
        keys = {"account_keys": [account_key for _, account_key in empty]}
        connection.execute(DELETE_RULES, keys)
        connection.execute(DELETE_ACCOUNTS, keys)
    return tuple(account_id for account_id, _ in empty)
