"""Memory: what the writer knows of accounts and their snapshots without asking the store."""

from __future__ import annotations

from uuid import UUID

import duckdb
import numpy as np

from riskcore.domain.days import IntArray
from riskcore.store.batches import BoolArray, Rows
from riskcore.store.remembered import Remembered

BEFORE_ALL = np.iinfo(np.int64).min

SELECT_REACH = """
SELECT account_key, epoch_us(max(taken_at)) AS reach FROM snapshots GROUP BY account_key
"""


class Memory:
    """The store's number of each account, and how far its snapshots reach; for one thread.

    `keys` by owner and id. It is right as long as `forget` is called after whatever else
    may have changed accounts or snapshots, and after whatever was undone.
    """

    def __init__(self) -> None:
        self.keys: Remembered[UUID, int] = Remembered()
        self._reach_us: IntArray | None = None

    def may_be_stored(self, connection: duckdb.DuckDBPyConnection, rows: Rows) -> BoolArray:
        """Which of `rows` are not later than every stored snapshot of their account."""
        return rows["taken_at"].view(np.int64) <= self._reach(connection, rows)

    def note(self, connection: duckdb.DuckDBPyConnection, rows: Rows) -> None:
        """`rows`, those of one account by rising time, are stored now."""
        reached = np.maximum(rows["taken_at"].view(np.int64), self._reach(connection, rows))
        if self._reach_us is not None:
            self._reach_us[rows["account_key"]] = reached

    def _reach(self, connection: duckdb.DuckDBPyConnection, rows: Rows) -> IntArray:
        """When the last snapshot of each row's account was taken (microseconds, UTC)."""
        keys = rows["account_key"]
        if self._reach_us is None:
            self._reach_us = _stored_reach(connection)
        missing = int(keys.max(initial=-1)) + 1 - len(self._reach_us)
        if missing > 0:
            self._reach_us = np.append(self._reach_us, np.full(missing, BEFORE_ALL))
        return self._reach_us[keys]

    def forget(self) -> None:
        """Accounts or snapshots may have changed."""
        self.keys.forget()
        self._reach_us = None


def _stored_reach(connection: duckdb.DuckDBPyConnection) -> IntArray:
    """When the last stored snapshot was taken, by the store's number of the account."""
    found = connection.execute(SELECT_REACH).fetchnumpy()
    keys = np.asarray(found["account_key"])
    reach_us = np.full(int(keys.max(initial=-1)) + 1, BEFORE_ALL)
    reach_us[keys] = found["reach"]
    return reach_us
