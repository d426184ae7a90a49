"""Keys: the store's number for each of an owner's accounts."""

from __future__ import annotations

from collections.abc import Collection, Container, Iterable
from uuid import UUID

import duckdb

from riskcore.domain.errors import Missing

SELECT_KEYS = """
SELECT id, account_key FROM accounts
WHERE user_id = $user_id AND id IN (SELECT unnest(CAST($account_ids AS UUID[])))
"""


def account_keys(
    connection: duckdb.DuckDBPyConnection, user_id: str, account_ids: Collection[UUID]
) -> dict[UUID, int]:
    """The store's number for those of `account_ids` that are the owner's, by id."""
    key = {"user_id": user_id, "account_ids": list(account_ids)}
    return dict(connection.execute(SELECT_KEYS, key).fetchall())


def check_accounts(
    connection: duckdb.DuckDBPyConnection, user_id: str, account_ids: list[UUID]
) -> None:
    """Raise Missing unless all are accounts of the owner."""
    missing = first_missing(account_ids, account_keys(connection, user_id, account_ids))
    if missing:
        raise missing


def first_missing(account_ids: Iterable[UUID], known: Container[UUID]) -> Missing | None:
    """What to say of the first of `account_ids` that is not known; None when all are."""
    strange = (account_id for account_id in account_ids if account_id not in known)
    return next((Missing("account", account_id) for account_id in strange), None)
