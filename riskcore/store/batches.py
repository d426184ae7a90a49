"""Batches: what several calls posted, judged row by row against what was there before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from riskcore.domain.days import IntArray
from riskcore.domain.errors import InvalidValue
from riskcore.domain.model import Basis
from riskcore.domain.money import FloatArray
from riskcore.store.amounts import checked_amounts, checked_contracts
from riskcore.store.times import stored, stored_column

KEY = ["account_key", "taken_at"]
VALUES = ["balance", "equity", "open_contracts", "basis"]


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
    """The rows of one call, in its order, as columns: instants in UTC, money to the cent.

    `account` is a place in `account_ids`; `open_contracts` is NaN where not said; `basis` a
    code of Basis.
    """

    user_id: str
    account_ids: list[str]
    account: IntArray
    taken_at: npt.NDArray[np.datetime64]
    balance: FloatArray
    equity: FloatArray
    open_contracts: FloatArray
    basis: npt.NDArray[np.int8]
    received_at: datetime


def batch_from(user_id: str, rows: pd.DataFrame, received_at: datetime) -> Batch:
    """The batch of one call; raises InvalidValue for money or a time that is none."""
    taken_at = stored_column(rows["taken_at"])
    if np.isnat(taken_at).any():
        raise InvalidValue("taken_at", "must be a time", "NaT")
    account, account_ids = pd.factorize(rows["account_id"], use_na_sentinel=False)
    return Batch(
        user_id=user_id,
        account_ids=account_ids.astype(object).tolist(),
        account=account,
        taken_at=taken_at,
        balance=checked_amounts("balance", rows["balance"]),
        equity=checked_amounts("equity", rows["equity"]),
        open_contracts=_contracts(rows),
        basis=_basis(rows),
        received_at=stored(received_at),
    )


def _contracts(rows: pd.DataFrame) -> FloatArray:
    if "open_contracts" not in rows:
        return np.full(len(rows), np.nan)
    return checked_contracts("open_contracts", rows["open_contracts"])


def _basis(rows: pd.DataFrame) -> npt.NDArray[np.int8]:
    if "basis" not in rows:
        return np.zeros(len(rows), dtype=np.int8)
    codes = rows["basis"].to_numpy()
    bad = ~((codes >= 0) & (codes < len(Basis)))
    if bad.any():
        raise InvalidValue("basis", f"must be a code below {len(Basis)}", codes[bad][0])
    return codes.astype(np.int8)


def joined(batches: Sequence[Batch], keys: Mapping[str, Mapping[str, int]]) -> pd.DataFrame:
    """The rows of all batches by account and time, those of one key in order of arrival.

    `keys`: the store's number of each account, by owner and id. `call` is the place of the
    row's batch in `batches`.
    """
    sizes = [len(batch.taken_at) for batch in batches]
    received = np.array([batch.received_at for batch in batches], dtype="datetime64[us]")
    rows = pd.DataFrame(
        {
            "call": np.repeat(np.arange(len(batches)), sizes),
            "account_key": np.concatenate([_account_keys(b, keys[b.user_id]) for b in batches]),
            "taken_at": np.concatenate([batch.taken_at for batch in batches]),
            **{name: np.concatenate([getattr(b, name) for b in batches]) for name in VALUES},
            "received_at": np.repeat(received, sizes),
        }
    )
    return rows.iloc[np.lexsort((rows["taken_at"], rows["account_key"]))].reset_index(drop=True)


def _account_keys(batch: Batch, keys: Mapping[str, int]) -> npt.NDArray[np.int32]:
    numbers = np.array([keys[account_id] for account_id in batch.account_ids], dtype=np.int32)
    of_row: npt.NDArray[np.int32] = numbers[batch.account]
    return of_row


def judged(rows: pd.DataFrame, known: pd.DataFrame) -> pd.DataFrame:
    """`rows` with their `fate`, each against the row before it or what is stored.

    `rows` as from `joined`; `known`: what is stored under their keys, each key once.
    """
    follows = rows.duplicated(KEY).to_numpy()
    stored_before = _known_values(rows, known)
    is_new = ~follows & np.isnan(stored_before["balance"])
    is_same = np.ones(len(rows), dtype=bool)
    for column in VALUES:
        now = rows[column].to_numpy()
        before = np.where(follows, np.roll(now, 1), stored_before[column])
        is_same &= (now == before) | (np.isnan(now) & np.isnan(before))
    fate = np.select([is_new, is_same], [Fate.TAKEN, Fate.DUPLICATE], Fate.CORRECTED)
    return rows.assign(fate=fate)


def _known_values(rows: pd.DataFrame, known: pd.DataFrame) -> dict[str, FloatArray]:
    """What is stored under the key of each row, by column; NaN where nothing is."""
    if known.empty:
        return dict.fromkeys(VALUES, np.full(len(rows), np.nan))
    found = rows[KEY].merge(known, on=KEY, how="left", validate="m:1")
    return {column: found[column].to_numpy(dtype=np.float64) for column in VALUES}


def recorded(rows: pd.DataFrame, calls: int) -> list[Recorded]:
    """What became of the rows of each call, counted."""
    counts: npt.NDArray[Any] = np.zeros((calls, len(Fate)), dtype=np.int64)
    np.add.at(counts, (rows["call"].to_numpy(), rows["fate"].to_numpy()), 1)
    return [Recorded(*row) for row in counts.tolist()]
