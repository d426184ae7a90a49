"""Results in the store: what each day closed with, and when balances moved."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import numpy as np
import pandas as pd

from riskcore.domain.days import IntArray
from riskcore.store.database import Database
from riskcore.store.keys import account_keys
from riskcore.store.times import stored

SELECT_CLOSES = """
WITH days AS (
    SELECT
        unnest(range(len(CAST($bounds AS TIMESTAMP[])) - 1)) AS day,
        unnest(CAST($bounds AS TIMESTAMP[])[:-2]) AS begins,
        unnest(CAST($bounds AS TIMESTAMP[])[2:]) AS ends
)
SELECT s.account_key, d.day, arg_max(s.balance, s.taken_at) AS balance
FROM snapshots AS s
    JOIN accounts AS a ON a.account_key = s.account_key
    JOIN days AS d ON s.taken_at > d.begins AND s.taken_at <= d.ends
WHERE a.user_id = $user_id
    AND a.id IN (SELECT TRY_CAST(unnest(CAST($account_ids AS VARCHAR[])) AS UUID))
    AND s.taken_at > $begins AND s.taken_at <= $ends
GROUP BY s.account_key, d.day
"""


def select_closes(
    database: Database, user_id: str, account_ids: Sequence[UUID], bounds: Sequence[datetime]
) -> pd.DataFrame:
    """With what closed balance each of the owner's accounts ended each day.

    Day n reaches from after `bounds[n]` up to `bounds[n + 1]`, aware, rising. Columns
    account (a place in `account_ids`), day, balance (account money); no row where nothing was
    seen.
    """
    key: dict[str, Any] = {
        "user_id": user_id,
        "account_ids": [str(account_id) for account_id in account_ids],
        "bounds": [stored(bound) for bound in bounds],
        "begins": stored(bounds[0]),
        "ends": stored(bounds[-1]),
    }
    with database.read() as cursor:
        keys = account_keys(cursor, user_id, account_ids)
        found = cursor.execute(SELECT_CLOSES, key).fetchnumpy()
    return pd.DataFrame(
        {
            "account": _places(np.asarray(found["account_key"]), account_ids, keys),
            "day": np.asarray(found["day"], dtype=np.int64),
            "balance": np.asarray(found["balance"], dtype=np.float64),
        }
    )


SELECT_MOVES = """
SELECT account_key, taken_at FROM (
    SELECT
        s.account_key,
        s.taken_at,
        s.balance <> lag(s.balance) OVER (
            PARTITION BY s.account_key ORDER BY s.taken_at
        ) AS has_moved
    FROM snapshots AS s JOIN accounts AS a ON a.account_key = s.account_key
    WHERE a.user_id = $user_id
        AND a.id IN (SELECT TRY_CAST(unnest(CAST($account_ids AS VARCHAR[])) AS UUID))
        AND s.taken_at > $begins AND s.taken_at <= $ends
)
WHERE has_moved
ORDER BY account_key, taken_at
"""


def select_moves(
    database: Database, user_id: str, account_ids: Sequence[UUID], begins: datetime, ends: datetime
) -> pd.DataFrame:
    """When the closed balances of the owner's accounts moved, after `begins` up to `ends`.

    Columns account (a place in `account_ids`) and taken_at_us (microseconds UTC), the rows of
    an account together and in the order of time.
    """
    key: dict[str, Any] = {
        "user_id": user_id,
        "account_ids": [str(account_id) for account_id in account_ids],
        "begins": stored(begins),
        "ends": stored(ends),
    }
    with database.read() as cursor:
        keys = account_keys(cursor, user_id, account_ids)
        found = cursor.execute(SELECT_MOVES, key).fetchnumpy()
    return pd.DataFrame(
        {
            "account": _places(np.asarray(found["account_key"]), account_ids, keys),
            "taken_at_us": found["taken_at"].astype("datetime64[us]").astype(np.int64),
        }
    )


def _places(found: np.ndarray, account_ids: Sequence[UUID], keys: Mapping[UUID, int]) -> IntArray:
    """Which place in `account_ids` each of the store's numbers `found` has."""
    place = np.zeros(max(keys.values(), default=0) + 1, dtype=np.int64)
    for position, account_id in enumerate(account_ids):
        if account_id in keys:
            place[keys[account_id]] = position
    places: IntArray = place[found.astype(np.int64)]
    return places
