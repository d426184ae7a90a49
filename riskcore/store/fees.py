"""Fees: what accounts cost."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

import duckdb

from riskcore.store.amounts import checked_amounts
from riskcore.store.database import Database
from riskcore.store.keys import check_accounts

SELECT_FEES = """
SELECT f.account_id, f.fee
FROM account_fees AS f JOIN accounts AS a ON a.id = f.account_id
WHERE a.user_id = $user_id
"""


def select_fees(database: Database, user_id: str) -> dict[UUID, float]:
    """What the owner's accounts cost, account money; one of which nobody has said is left out."""
    with database.read() as cursor:
        rows = cursor.execute(SELECT_FEES, {"user_id": user_id}).fetchall()
    return {account_id: float(fee) for account_id, fee in rows}


DELETE_FEE = """
DELETE FROM account_fees
WHERE account_id IN (SELECT id FROM accounts WHERE id = $account_id AND user_id = $user_id)
"""

INSERT_FEE = """
INSERT INTO account_fees (account_id, fee)
SELECT id, CAST($fee AS DECIMAL(18, 2)) FROM accounts
WHERE id = $account_id AND user_id = $user_id
"""


def put_fees(database: Database, user_id: str, fees: Mapping[UUID, float | None]) -> None:
    """Store what these accounts cost (None: nobody knows); raises Missing for a strange one."""
    for fee in fees.values():
        if fee is not None:
            checked_amounts("fee", fee)

    def work(connection: duckdb.DuckDBPyConnection) -> None:
        check_accounts(connection, user_id, list(fees))
        for account_id, fee in fees.items():
            key = {"account_id": account_id, "user_id": user_id}
            connection.execute(DELETE_FEE, key)
            if fee is not None:
                connection.execute(INSERT_FEE, key | {"fee": fee})

    database.write(work)
