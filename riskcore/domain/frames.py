"""Contracts of the frames: which columns, of which type, in which order.

A frame is checked once, where it enters; inside, it is trusted.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd


class BrokenContract(ValueError):
    """A frame is not as its contract says: a mistake of the caller, never of a person."""


@dataclass(frozen=True, slots=True)
class Contract:
    """The columns a frame must have, and their kind of dtype ("i", "f", "M", "O")."""

    name: str
    columns: Mapping[str, str]
    sorted_by: tuple[str, ...] = ()

    def check(self, frame: pd.DataFrame) -> pd.DataFrame:
        """`frame` itself; raises BrokenContract naming the column that is wrong."""
        for column, kinds in self.columns.items():
            if column not in frame.columns:
                raise BrokenContract(f"{self.name} needs column {column}")
            kind = frame[column].dtype.kind
            if kind not in kinds:
                raise BrokenContract(f"{self.name}.{column} must be {kinds}, was {kind}")
        if self.sorted_by and not _is_sorted(frame, self.sorted_by):
            raise BrokenContract(f"{self.name} must rise by {', '.join(self.sorted_by)}")
        return frame


def _is_sorted(frame: pd.DataFrame, columns: tuple[str, ...]) -> bool:
    first, second = (_comparable(frame[column]) for column in columns)
    later = first[1:] > first[:-1]
    same = first[1:] == first[:-1]
    return bool((later | (same & (second[1:] > second[:-1]))).all())


def _comparable(column: pd.Series) -> np.ndarray:
    return pd.DatetimeIndex(column).asi8 if column.dtype.kind == "M" else column.to_numpy()


ASKS = {
    "trail": 0.0,
    "payout_effect": 0.0,
    "milestone_profit": np.nan,
    "since_payout": 0.0,
    "counts_by": 0.0,
    "day_profit_amount": np.nan,
    "day_profit_percent": np.nan,
    "open_position_counts": 1.0,
}
"""What a timeline may have to know of an account's rules, and what holds unless one asks."""

ACCOUNTS = Contract(
    "accounts",
    {"account_id": "OT", "starting_balance": "f", "time_zone": "OT", "reset_time": "O"}
    | dict.fromkeys(ASKS, "f"),
)
"""One row per account, RangeIndex: its position is the account's code in every other frame.

Rising by `account_id` (text), so that a lower position is a lower id. `starting_balance`
in account money, NaN unknown; `reset_time` a local `datetime.time` in IANA `time_zone`;
the rest as in ASKS.
"""

SNAPSHOTS = Contract(
    "snapshots",
    {"account": "i", "taken_at": "M", "balance": "f", "equity": "f"},
    sorted_by=("account", "taken_at"),
)
"""One row per observation: `account` is a position in ACCOUNTS; `taken_at` aware, UTC.

`balance` (closed) and `equity` (with open positions) in account money, never NaN. May have
`open_contracts` (NaN: not said) and `basis` (a code of `model.Basis`).
"""

EVENTS = Contract("events", {"account": "i", "happened_at_us": "i", "kind": "i", "amount": "f"})
"""One row per account event, by account and instant.

`happened_at_us` in microseconds since 1970 UTC; `kind` a code of `events.EventKind`;
`amount` in account money, NaN where none is given.
"""

TIMELINE = Contract(
    "timeline",
    {"account": "i", "taken_at": "M", "trading_day": "i", "cycle": "i"}
    | dict.fromkeys(("starting_balance", "balance", "equity"), "f"),
    sorted_by=("account", "taken_at"),
)
"""SNAPSHOTS with the context rules need; NaN where the starting balance is unknown.

`trading_day` is days since 1970-01-01; `cycle` counts the resets so far;
`starting_balance` is that of the cycle. The other columns are made where a rule needs
them; each is a method of `context.Context`.
"""


def frame_of(columns: Mapping[str, Any]) -> pd.DataFrame:
    """A frame of `columns` as they are, none copied.

    Its names are plain Python text: of a small frame, looking a column up by Arrow's text
    takes longer than working with it.
    """
    frame = pd.DataFrame(dict(enumerate(columns.values())), copy=False)
    frame.columns = pd.Index(list(columns), dtype=object)
    return frame


def rows_of(frame: pd.DataFrame, positions: np.ndarray) -> pd.DataFrame:
    """The rows at `positions`, numbered from zero."""
    rows = frame.take(positions)
    rows.index = pd.RangeIndex(len(positions))
    return rows


PIECE = 131_072
"""So many rows at once: what is worked out in between then stays in the processor's cache."""


def pieces(count: int) -> Iterator[slice]:
    """`count` rows, cut into pieces."""
    for begin in range(0, count, PIECE):
        yield slice(begin, begin + PIECE)
