"""Groups and their members in the store."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

import duckdb

from riskcore.domain.errors import Conflict, Missing
from riskcore.domain.model import AccountGroup, name_key
from riskcore.domain.status import Thresholds
from riskcore.store.database import Database
from riskcore.store.keys import check_accounts
from riskcore.store.times import aware, stored

SELECT_GROUPS = """
SELECT id, user_id, name, currency, caution_fraction, critical_fraction, created_at, updated_at
FROM account_groups
WHERE user_id = coalesce($user_id, user_id) AND id = coalesce($id, id)
"""

SELECT_MEMBERS = """
SELECT m.group_id, m.account_id
FROM group_members AS m JOIN account_groups AS g ON g.id = m.group_id
WHERE g.user_id = coalesce($user_id, g.user_id) AND g.id = coalesce($id, g.id)
"""


def select_groups(database: Database, user_id: str) -> list[AccountGroup]:
    """The owner's groups, by name."""
    with database.read() as cursor:
        return _select(cursor, user_id, None)


def select_group(database: Database, user_id: str, group_id: UUID) -> AccountGroup:
    """The owner's group; raises Missing."""
    with database.read() as cursor:
        return _one(cursor, user_id, group_id)


def select_all_groups(database: Database) -> list[AccountGroup]:
    """Every owner's groups: for the board at start."""
    with database.read() as cursor:
        return _select(cursor, None, None)


def _one(cursor: duckdb.DuckDBPyConnection, user_id: str, group_id: UUID) -> AccountGroup:
    found = _select(cursor, user_id, group_id)
    if not found:
        raise Missing("group", group_id)
    return found[0]


def _select(
    cursor: duckdb.DuckDBPyConnection, user_id: str | None, group_id: UUID | None
) -> list[AccountGroup]:
    key = {"user_id": user_id, "id": group_id}
    members: dict[UUID, list[UUID]] = defaultdict(list)
    for of_group, account_id in cursor.execute(SELECT_MEMBERS, key).fetchall():
        members[of_group].append(account_id)
    rows = cursor.execute(SELECT_GROUPS, key).fetchall()
    groups = [_group(row, members[row[0]]) for row in rows]
    return sorted(groups, key=lambda group: (name_key(group.name), str(group.id)))


def _group(row: tuple[Any, ...], members: list[UUID]) -> AccountGroup:
    group_id, user_id, name, currency, caution, critical, created_at, updated_at = row
    return AccountGroup(
        id=group_id,
        user_id=user_id,
        name=name,
        account_ids=tuple(sorted(members, key=str)),
        currency=currency,
        thresholds=Thresholds(caution, critical),
        created_at=aware(created_at),
        updated_at=aware(updated_at),
    )


INSERT_GROUP = """
INSERT INTO account_groups (
    id, user_id, name, currency, caution_fraction, critical_fraction, created_at, updated_at
) VALUES (
    $id, $user_id, $name, $currency, $caution_fraction, $critical_fraction, $created_at,
    $updated_at
)
"""

INSERT_MEMBER = """
INSERT INTO group_members (group_id, account_id) VALUES ($group_id, $account_id)
"""


def insert_group(database: Database, group: AccountGroup) -> None:
    """Store a new group; raises Conflict on its name, Missing for a strange member."""

    def work(connection: duckdb.DuckDBPyConnection) -> None:
        _check(connection, group)
        connection.execute(INSERT_GROUP, _row(group) | {"created_at": stored(group.created_at)})
        _insert_members(connection, group)

    database.write(work)


def _check(connection: duckdb.DuckDBPyConnection, group: AccountGroup) -> None:
    check_accounts(connection, group.user_id, list(group.account_ids))
    for other in _select(connection, group.user_id, None):
        if other.id != group.id and name_key(other.name) == name_key(group.name):
            raise Conflict(f"there is already a group named {other.name}")


def _row(group: AccountGroup) -> dict[str, Any]:
    return {
        "id": group.id,
        "user_id": group.user_id,
        "name": group.name,
        "currency": group.currency,
        "caution_fraction": group.thresholds.caution_fraction,
        "critical_fraction": group.thresholds.critical_fraction,
        "updated_at": stored(group.updated_at),
    }


def _insert_members(connection: duckdb.DuckDBPyConnection, group: AccountGroup) -> None:
    for account_id in group.account_ids:
        connection.execute(INSERT_MEMBER, {"group_id": group.id, "account_id": account_id})


UPDATE_GROUP = """
UPDATE account_groups SET
    name = $name, currency = $currency, caution_fraction = $caution_fraction,
    critical_fraction = $critical_fraction, updated_at = $updated_at
WHERE id = $id AND user_id = $user_id
"""

DELETE_MEMBERS = """
DELETE FROM group_members
WHERE group_id IN (SELECT id FROM account_groups WHERE id = $id AND user_id = $user_id)
"""


DELETE_STRAY_LINKS = """
DELETE FROM copy_links
WHERE group_id IN (SELECT id FROM account_groups WHERE id = $id AND user_id = $user_id)
    AND NOT (
        leader_id IN (SELECT account_id FROM group_members WHERE group_id = $id)
        AND follower_id IN (SELECT account_id FROM group_members WHERE group_id = $id)
    )
"""


def update_group(database: Database, group: AccountGroup) -> None:
    """Store a changed group with its members; raises Missing or Conflict."""

    def work(connection: duckdb.DuckDBPyConnection) -> None:
        _one(connection, group.user_id, group.id)
        _check(connection, group)
        _replace(connection, group)

    database.write(work)


def _replace(connection: duckdb.DuckDBPyConnection, group: AccountGroup) -> None:
    connection.execute(UPDATE_GROUP, _row(group))
    connection.execute(DELETE_MEMBERS, {"id": group.id, "user_id": group.user_id})
    _insert_members(connection, group)
    connection.execute(DELETE_STRAY_LINKS, {"id": group.id, "user_id": group.user_id})


DELETE_LINKS = """
DELETE FROM copy_links
WHERE group_id IN (SELECT id FROM account_groups WHERE id = $id AND user_id = $user_id)
"""

DELETE_COPY_SETTINGS = """
DELETE FROM copy_settings
WHERE group_id IN (SELECT id FROM account_groups WHERE id = $id AND user_id = $user_id)
"""

DELETE_GROUP = """
DELETE FROM account_groups WHERE id = $id AND user_id = $user_id
"""


def delete_group(database: Database, user_id: str, group_id: UUID) -> None:
    """Forget a group; raises Missing."""

    def work(connection: duckdb.DuckDBPyConnection) -> None:
        _one(connection, user_id, group_id)
        for statement in (DELETE_LINKS, DELETE_COPY_SETTINGS, DELETE_MEMBERS, DELETE_GROUP):
            connection.execute(statement, {"id": group_id, "user_id": user_id})

    database.write(work)


def add_member(
    database: Database, user_id: str, group_id: UUID, account_id: UUID, now: datetime
) -> AccountGroup:
    """The group with one more account; raises Missing, or Conflict when it is in already."""

    def added(group: AccountGroup) -> tuple[UUID, ...]:
        if account_id in group.account_ids:
            raise Conflict(f"the account is already in the group {group.name}")
        return tuple(sorted((*group.account_ids, account_id), key=str))

    return _with_members(database, user_id, group_id, added, now)


def remove_member(
    database: Database, user_id: str, group_id: UUID, account_id: UUID, now: datetime
) -> AccountGroup:
    """The group without that account; raises Missing."""

    def kept(group: AccountGroup) -> tuple[UUID, ...]:
        if account_id not in group.account_ids:
            raise Missing("account", account_id)
        return tuple(member for member in group.account_ids if member != account_id)

    return _with_members(database, user_id, group_id, kept, now)


def _with_members(
    database: Database,
    user_id: str,
    group_id: UUID,
    members: Callable[[AccountGroup], tuple[UUID, ...]],
    now: datetime,
) -> AccountGroup:
    def work(connection: duckdb.DuckDBPyConnection) -> AccountGroup:
        group = _one(connection, user_id, group_id)
        changed = replace(group, account_ids=members(group), updated_at=now)
        _check(connection, changed)
        _replace(connection, changed)
        return changed

    return database.write(work)
