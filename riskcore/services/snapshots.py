"""Snapshots: record what programs post."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from math import isfinite

import pandas as pd

from riskcore.domain.errors import InvalidValue
from riskcore.domain.model import Snapshot
from riskcore.services.desk import Desk
from riskcore.store import snapshots as stored
from riskcore.store.snapshots import Recorded

CLOCK_SKEW = timedelta(minutes=5)
MAX_MONEY = 1e13


def record_snapshots(desk: Desk, user_id: str, snapshots: Sequence[Snapshot]) -> Recorded:
    """Store `snapshots`, all or none, and move the board on; the same again changes nothing.

    Another value for an instant already known replaces it. Raises InvalidValue for a
    time more than five minutes ahead or money that is none, Missing for a strange account.
    """
    latest = desk.clock() + CLOCK_SKEW
    for snapshot in snapshots:
        if snapshot.taken_at.tzinfo is None:
            raise InvalidValue("taken_at", "must have a zone", snapshot.taken_at.isoformat())
        if snapshot.taken_at > latest:
            found = snapshot.taken_at.isoformat()
            raise InvalidValue("taken_at", "must not be in the future", found)
        _check_money("balance", snapshot.balance)
        _check_money("equity", snapshot.equity)
    rows = snapshot_rows(snapshots)
    recorded = stored.insert_snapshots(desk.database, user_id, rows, received_at=desk.clock())
    if recorded.taken or recorded.corrected:
        desk.board.record(rows)
        desk.ticker.notice()
    return recorded


def _check_money(field: str, amount: float) -> None:
    if not isfinite(amount) or abs(amount) >= MAX_MONEY:
        raise InvalidValue(field, "must be an amount below 10,000,000,000,000", amount)
    if round(amount, 2) != amount:
        raise InvalidValue(field, "must have at most two decimals", amount)


def snapshot_rows(snapshots: Sequence[Snapshot]) -> pd.DataFrame:
    """`snapshots` as the store takes them: account_id (text), taken_at, balance, equity."""
    return pd.DataFrame(
        {
            "account_id": pd.Series([str(s.account_id) for s in snapshots], dtype=object),
            "taken_at": pd.DatetimeIndex(
                pd.to_datetime([s.taken_at for s in snapshots], utc=True)
            ).as_unit("us"),
            "balance": pd.Series([s.balance for s in snapshots], dtype="float64"),
            "equity": pd.Series([s.equity for s in snapshots], dtype="float64"),
        }
    )
