"""Keys: the store's number for each of an owner's accounts."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

import duckdb

from riskcore.domain.errors import Missing

SELECT_KEYS = """
SELECT CAST(id AS VARCHAR), account_key FROM accounts
WHERE user_id = $user_id
    AND id IN (SELECT TRY_CAST(unnest(CAST($account_ids AS VARCHAR[])) AS UUID))
"""


def account_keys(
    connection: duckdb.DuckDBPyConnection, user_id: str, account_ids: Iterable[str]
) -> dict[str, int]:
    """The store's number for those of `account_ids` (text) that are the owner's, by id."""
    key = {"user_id": user_id, "account_ids": list(account_ids)}
    return dict(connection.execute(SELECT_KEYS, key).fetchall())


def check_accounts(
    connection: duckdb.DuckDBPyConnection, user_id: str, account_ids: list[UUID]
) -> None:
    """Raise Missing unless all are accounts of the owner."""
    known = account_keys(connection, user_id, map(str, account_ids))
    for account_id in account_ids:
        if str(account_id) not in known:
            raise Missing("account", account_id)
