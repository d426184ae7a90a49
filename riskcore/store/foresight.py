"""Foresight: what would become of rows, were they stored; nothing is written."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import pandas as pd

from riskcore.domain.model import Basis
from riskcore.store.batches import Recorded
from riskcore.store.database import Database
from riskcore.store.keys import account_keys
from riskcore.store.times import stored, stored_column

SELECT_FATES = """
SELECT
    count(*) FILTER (b.fate IS NULL),
    count(*) FILTER (b.fate),
    count(*) FILTER (NOT b.fate)
FROM (
    SELECT
        s.balance = CAST(f.balance AS DECIMAL(18, 2))
        AND s.equity = CAST(f.equity AS DECIMAL(18, 2))
        AND s.open_contracts IS NOT DISTINCT FROM CAST(f.open_contracts AS DECIMAL(18, 4))
        AND s.basis = list_extract($words, f.basis + 1) AS fate
    FROM foreseen AS f LEFT JOIN snapshots AS s USING (account_key, taken_at)
) AS b
"""


def foresee(database: Database, user_id: str, rows: pd.DataFrame) -> Recorded:
    """What would become of `rows`, as for `insert_snapshots`, each account and instant once."""
    if rows.empty:
        return Recorded(taken=0, duplicates=0, corrected=0)
    with database.read() as cursor:
        ids = {UUID(account_id) for account_id in rows["account_id"].unique()}
        keys = {str(i): key for i, key in account_keys(cursor, user_id, ids).items()}
        foreseen = pd.DataFrame(
            {
                "account_key": rows["account_id"].map(keys).astype("int32").to_numpy(),
                "taken_at": stored_column(rows["taken_at"]),
                "balance": rows["balance"].to_numpy(),
                "equity": rows["equity"].to_numpy(),
                "open_contracts": rows["open_contracts"].to_numpy(),
                "basis": rows["basis"].to_numpy(),
            }
        )
        cursor.register("foreseen", foreseen)
        words = [basis.value for basis in Basis]
        found = cursor.execute(SELECT_FATES, {"words": words}).fetchall()
        cursor.unregister("foreseen")
    return Recorded(*found[0])


SELECT_BEFORE = """
SELECT CAST(s.balance AS DOUBLE)
FROM snapshots AS s JOIN accounts AS a ON a.account_key = s.account_key
WHERE a.user_id = $user_id AND a.id = $account_id AND s.taken_at < $instant
ORDER BY s.taken_at DESC LIMIT 1
"""


def select_balance_before(
    database: Database, user_id: str, account_id: UUID, instant: datetime
) -> float | None:
    """The last closed balance of the owner's account before `instant`; None without one."""
    key = {"user_id": user_id, "account_id": account_id, "instant": stored(instant)}
    with database.read() as cursor:
        found = cursor.execute(SELECT_BEFORE, key).fetchall()
    return found[0][0] if found else None
