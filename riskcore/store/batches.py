"""Batches: what several calls posted, judged row by row against what was there before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from typing import Any, TypeAlias
from uuid import UUID

import numpy as np
import numpy.typing as npt
import pandas as pd

from riskcore.domain.days import IntArray, microsecond
from riskcore.domain.errors import InvalidValue
from riskcore.domain.model import Basis, Snapshot
from riskcore.domain.money import FloatArray
from riskcore.store.amounts import checked_amounts, checked_contracts
from riskcore.store.times import stored, stored_column

KEY = ("account_key", "taken_at")
VALUES = ("balance", "equity", "open_contracts", "basis")

BASIS_CODES = {basis: code for code, basis in enumerate(Basis)}

WIDE_GAP = np.timedelta64(1, "h")
MOST_SPANS = 3

Array: TypeAlias = npt.NDArray[Any]
BoolArray: TypeAlias = npt.NDArray[np.bool_]

Rows: TypeAlias = Mapping[str, Array]
"""Columns of one length, by name: what DuckDB reads as a table."""


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


def batch_of(user_id: str, snapshots: Sequence[Snapshot], received_at: datetime) -> Batch:
    """The batch of one call; raises InvalidValue for money that is none."""
    places: dict[UUID, int] = {}
    account = [places.setdefault(s.account_id, len(places)) for s in snapshots]
    instants = np.array([microsecond(s.taken_at) for s in snapshots], dtype=np.int64)
    contracts = np.array([s.open_contracts for s in snapshots], dtype=np.float64)
    return Batch(
        user_id=user_id,
        account_ids=[str(account_id) for account_id in places],
        account=np.array(account, dtype=np.int64),
        taken_at=instants.view("M8[us]"),
        balance=checked_amounts("balance", [s.balance for s in snapshots]),
        equity=checked_amounts("equity", [s.equity for s in snapshots]),
        open_contracts=checked_contracts("open_contracts", contracts),
        basis=np.array([BASIS_CODES[s.basis] for s in snapshots], dtype=np.int8),
        received_at=stored(received_at),
    )


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


def joined(batches: Sequence[tuple[Batch, Array]]) -> Rows:
    """The rows of all batches by account and time, those of one key in order of arrival.

    With each batch the store's number for the account of each of its rows. `call` is the
    place of the row's batch, `place` counts the rows.
    """
    sizes = [len(keys) for _, keys in batches]
    received = np.array([batch.received_at for batch, _ in batches], dtype="M8[us]")
    columns = {
        name: [getattr(batch, name) for batch, _ in batches] for name in ("taken_at", *VALUES)
    }
    rows = {
        "call": np.repeat(np.arange(len(batches)), sizes),
        "account_key": _together([keys for _, keys in batches]),
        **{name: _together(parts) for name, parts in columns.items()},
        "received_at": np.repeat(received, sizes),
    }
    ordered = chosen(rows, np.lexsort((rows["taken_at"], rows["account_key"])))
    return {**ordered, "place": np.arange(sum(sizes))}


def _together(columns: Sequence[Array]) -> Array:
    return np.concatenate(columns) if columns else np.empty(0)


def chosen(rows: Rows, places: Array) -> Rows:
    """The rows at `places` (numbers, or true and false)."""
    return {name: column[places] for name, column in rows.items()}


def follows(rows: Rows) -> BoolArray:
    """Whether each row has the key of the row before it."""
    found = np.zeros(len(rows["place"]), dtype=bool)
    found[1:] = np.logical_and.reduce([rows[name][1:] == rows[name][:-1] for name in KEY])
    return found


def is_last(rows: Rows) -> BoolArray:
    """Whether each row is the last of its key."""
    found = np.ones(len(rows["place"]), dtype=bool)
    found[:-1] = ~follows(rows)[1:]
    return found


def spans(instants: Array) -> list[tuple[Any, Any]]:
    """The stretches of time in which `instants` lie, each from its first to its last.

    Cut at the widest gaps, so that a row from far back does not make one long stretch.
    """
    rising = np.unique(instants)
    gaps = np.diff(rising)
    wide = np.flatnonzero(gaps > WIDE_GAP)
    widest = wide[np.argsort(gaps[wide])[1 - MOST_SPANS :]]
    pieces = np.split(rising, np.sort(widest) + 1)
    return [(piece[0].item(), piece[-1].item()) for piece in pieces]


def judged(rows: Rows, known: Rows | None) -> Array:
    """The fate of each row, each against the row before it or what is stored.

    `rows` as from `joined`; `known`: `place` and values of what is stored under the key of
    the row at that place; None: nothing.
    """
    repeated = follows(rows)
    if known is None and not repeated.any():
        return np.zeros(len(repeated), dtype=np.int64)
    before = {name: np.where(repeated, np.roll(rows[name], 1), np.nan) for name in VALUES}
    is_new = ~repeated
    if known is not None:
        first = ~repeated[known["place"]]
        is_new[known["place"]] = False
        for name in VALUES:
            before[name][known["place"][first]] = known[name][first]
    is_same = np.logical_and.reduce([_equal(rows[name], before[name]) for name in VALUES])
    return np.select([is_new, is_same], [Fate.TAKEN, Fate.DUPLICATE], Fate.CORRECTED)


def _equal(now: Array, before: FloatArray) -> BoolArray:
    """Whether the values are the same; two that are not said are."""
    same: BoolArray = (now == before) | (np.isnan(now) & np.isnan(before))
    return same


def recorded(call: Array, fate: Array, calls: int) -> list[Recorded]:
    """What became of the rows of each call, counted."""
    counts: IntArray = np.zeros((calls, len(Fate)), dtype=np.int64)
    np.add.at(counts, (call, fate), 1)
    return [Recorded(*row) for row in counts.tolist()]
