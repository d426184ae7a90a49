"""Batches: the rows of several calls, judged one by one against what was there before."""

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
from riskcore.domain.model import BASIS_CODES, Basis, Snapshot
from riskcore.domain.money import FloatArray
from riskcore.store.amounts import checked_amounts, checked_contracts
from riskcore.store.times import stored, stored_column

KEY = ("account_key", "taken_at")
VALUES = ("balance", "equity", "open_contracts", "basis")


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
class Post:
    """The snapshots of one call."""

    user_id: str
    snapshots: Sequence[Snapshot]
    received_at: datetime


def posted(posts: Sequence[Post], keys: Mapping[str, Mapping[UUID, int]]) -> Rows:
    """The rows of all posts, in order; `keys`: the store's numbers by owner and account.

    `post` is the place of the row's post. Raises InvalidValue for money that is none.
    """
    sizes = [len(post.snapshots) for post in posts]
    every = [snapshot for post in posts for snapshot in post.snapshots]
    numbers = [keys[post.user_id][s.account_id] for post in posts for s in post.snapshots]
    taken_at = np.array([microsecond(s.taken_at) for s in every], dtype=np.int64)
    contracts = np.array([s.open_contracts for s in every], dtype=np.float64)  # None: NaN
    received_at = np.array([stored(post.received_at) for post in posts], dtype="M8[us]")
    return ordered(
        {
            "post": np.repeat(np.arange(len(posts)), sizes),
            "account_key": np.array(numbers, dtype=np.int32),
            "taken_at": taken_at.view("M8[us]"),
            "balance": checked_amounts("balance", [s.balance for s in every]),
            "equity": checked_amounts("equity", [s.equity for s in every]),
            "open_contracts": checked_contracts("open_contracts", contracts),
            "basis": np.array([BASIS_CODES[s.basis] for s in every], dtype=np.int8),
            "received_at": np.repeat(received_at, sizes),
        }
    )


def framed(rows: pd.DataFrame, keys: Mapping[str, int], received_at: datetime) -> Rows:
    """The rows of a frame as of one post, in order; `keys`: the store's numbers by account.

    Raises InvalidValue for money or a time that is none.
    """
    taken_at = stored_column(rows["taken_at"])
    if np.isnat(taken_at).any():
        raise InvalidValue("taken_at", "must be a time", "NaT")
    return ordered(
        {
            "post": np.zeros(len(rows), dtype=np.int64),
            "account_key": rows["account_id"].map(keys).to_numpy(dtype=np.int32),
            "taken_at": taken_at,
            "balance": checked_amounts("balance", rows["balance"]),
            "equity": checked_amounts("equity", rows["equity"]),
            "open_contracts": _contracts(rows),
            "basis": _basis(rows),
            "received_at": np.full(len(rows), stored(received_at), dtype="M8[us]"),
        }
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


def ordered(rows: Rows) -> Rows:
    """`rows` by account and time, those of one key as they came; `place` counts them."""
    order = np.lexsort((rows["taken_at"], rows["account_key"]))
    return {**chosen(rows, order), "place": np.arange(len(order))}


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

    `rows` as from `ordered`; `known`: `place` and values of what is stored under the key of
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


def recorded(rows: Rows, fate: Array, posts: int) -> list[Recorded]:
    """What became of the rows of each post, counted."""
    counts: IntArray = np.zeros((posts, len(Fate)), dtype=np.int64)
    np.add.at(counts, (rows["post"], fate), 1)
    return [Recorded(*row) for row in counts.tolist()]
