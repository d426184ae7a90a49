"""Arrivals: committed snapshots on their way to the board, by account position."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

import numpy as np
import pandas as pd

from riskcore.domain.days import IntArray, instants_column, microsecond, microseconds
from riskcore.domain.frames import frame_of, rows_of
from riskcore.domain.model import BASIS_CODES, Account, Snapshot
from riskcore.domain.money import FloatArray


def placed_rows(rows: pd.DataFrame, accounts: Sequence[Account]) -> pd.DataFrame:
    """`rows` by the position of their account; those of other accounts are left out.

    `rows`: account_id (text), taken_at, balance, equity; they may have `open_contracts`
    (NaN: not said) and `basis` (a code of Basis).
    """
    ids = pd.Index([str(account.id) for account in accounts], dtype=object)
    names = rows["account_id"]
    if isinstance(names.dtype, pd.CategoricalDtype):
        position = ids.get_indexer(names.cat.categories.astype(object))[names.cat.codes]
    else:
        position = ids.get_indexer(pd.Index(names, dtype=object))
    frame = frame_of(
        {
            "account": position.astype(np.int64),
            "taken_at": rows["taken_at"].array,
            "balance": rows["balance"].to_numpy(dtype=np.float64),
            "equity": rows["equity"].to_numpy(dtype=np.float64),
            "open_contracts": _said(rows, "open_contracts", np.nan),
            "basis": _said(rows, "basis", 0).astype(np.int8),
        }
    )
    return frame[frame["account"] >= 0]


def _said(rows: pd.DataFrame, name: str, unsaid: float) -> FloatArray:
    """A column that not all rows have."""
    if name not in rows:
        return np.full(len(rows), unsaid)
    said = rows[name].to_numpy(dtype=np.float64)
    return np.where(np.isnan(said), unsaid, said)


def placed_snapshots(snapshots: Sequence[Snapshot], place: Mapping[UUID, int]) -> pd.DataFrame:
    """`snapshots` by the position of their account; those of other accounts are left out."""
    known = [s for s in snapshots if s.account_id in place]
    instants = np.array([microsecond(s.taken_at) for s in known], dtype=np.int64)
    return frame_of(
        {
            "account": np.array([place[s.account_id] for s in known], dtype=np.int64),
            "taken_at": instants_column(instants),
            "balance": np.array([s.balance for s in known], dtype=np.float64),
            "equity": np.array([s.equity for s in known], dtype=np.float64),
            "open_contracts": np.array([s.open_contracts for s in known], dtype=np.float64),
            "basis": np.array([BASIS_CODES[s.basis] for s in known], dtype=np.int8),
        }
    )


def in_order(placed: pd.DataFrame) -> tuple[pd.DataFrame, IntArray]:
    """`placed` as SNAPSHOTS, by account and time, and the accounts with two of one instant.

    Of those the last in `placed` stays.
    """
    instants = microseconds(placed["taken_at"])
    account = placed["account"].to_numpy()
    order = np.lexsort((instants, account))
    instants, account = instants[order], account[order]
    again = (account[1:] == account[:-1]) & (instants[1:] == instants[:-1])
    kept = order[~np.r_[again, False]] if len(order) else order
    return rows_of(placed, kept), np.unique(account[1:][again])


def coded(rows: pd.DataFrame, accounts: Sequence[Account]) -> pd.DataFrame:
    """`rows` (as for `placed_rows`) as SNAPSHOTS of `accounts` (rising by id)."""
    return in_order(placed_rows(rows, accounts))[0]
