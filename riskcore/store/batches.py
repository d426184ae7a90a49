"""Batches: what several calls posted, judged row by row against what was there before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from riskcore.domain.errors import InvalidValue
from riskcore.domain.money import FloatArray
from riskcore.store.amounts import checked_amounts
from riskcore.store.times import stored, stored_column

KEY = ["account_key", "taken_at"]


@dataclass(frozen=True, slots=True)
class Recorded:
    """What became of snapshots: new ones, ones known already, ones that replaced others."""

    taken: int
    duplicates: int
    corrected: int


class Fate(IntEnum):
    """What becomes of one row."""

    TAKEN = 0
    DUPLICATE = 1
    CORRECTED = 2


@dataclass(frozen=True, slots=True)
class Batch:
    """The rows of one call, in its order, as columns: instants in UTC, money to the cent."""

    user_id: str
    account_ids: list[str]
    taken_at: npt.NDArray[np.datetime64]
    balance: FloatArray
    equity: FloatArray
    received_at: datetime


def batch_from(user_id: str, rows: pd.DataFrame, received_at: datetime) -> Batch:
    """The batch of one call; raises InvalidValue for money or a time that is none."""
    taken_at = stored_column(rows["taken_at"])
    if np.isnat(taken_at).any():
        raise InvalidValue("taken_at", "must be a time", "NaT")
    return Batch(
        user_id=user_id,
        account_ids=rows["account_id"].astype(object).tolist(),
        taken_at=taken_at,
        balance=checked_amounts("balance", rows["balance"]),
        equity=checked_amounts("equity", rows["equity"]),
        received_at=stored(received_at),
    )


def joined(batches: Sequence[Batch], account_keys: Sequence[int]) -> pd.DataFrame:
    """The rows of all batches by account and time, those of one key in order of arrival.

    `call` is the place of the row's batch in `batches`.
    """
    sizes = [len(batch.account_ids) for batch in batches]
    received = np.array([batch.received_at for batch in batches], dtype="datetime64[us]")
    rows = pd.DataFrame(
        {
            "call": np.repeat(np.arange(len(batches)), sizes),
            "account_key": np.array(account_keys, dtype=np.int32),
            "taken_at": np.concatenate([batch.taken_at for batch in batches]),
            "balance": np.concatenate([batch.balance for batch in batches]),
            "equity": np.concatenate([batch.equity for batch in batches]),
            "received_at": np.repeat(received, sizes),
        }
    )
    return rows.iloc[np.lexsort((rows["taken_at"], rows["account_key"]))].reset_index(drop=True)


def judged(rows: pd.DataFrame, known: pd.DataFrame) -> pd.DataFrame:
    """`rows` with their `fate`, each against the row before it or what is stored.

    `rows` as from `joined`; `known`: what is stored under their keys, each key once.
    """
    follows = rows.duplicated(KEY).to_numpy()
    is_new = np.ones(len(rows), dtype=bool)
    is_same = np.ones(len(rows), dtype=bool)
    for column in ("balance", "equity"):
        now = rows[column].to_numpy()
        before = np.where(follows, np.roll(now, 1), _known_values(rows, known, column))
        is_new &= np.isnan(before)
        is_same &= now == before
    fate = np.select([is_new, is_same], [Fate.TAKEN, Fate.DUPLICATE], Fate.CORRECTED)
    return rows.assign(fate=fate)


def _known_values(rows: pd.DataFrame, known: pd.DataFrame, column: str) -> FloatArray:
    if known.empty:
        return np.full(len(rows), np.nan)
    return rows[KEY].merge(known, on=KEY, how="left", validate="m:1")[column].to_numpy()


def recorded(rows: pd.DataFrame, calls: int) -> list[Recorded]:
    """What became of the rows of each call, counted."""
    counts: npt.NDArray[Any] = np.zeros((calls, len(Fate)), dtype=np.int64)
    np.add.at(counts, (rows["call"].to_numpy(), rows["fate"].to_numpy()), 1)
    return [Recorded(*row) for row in counts.tolist()]
