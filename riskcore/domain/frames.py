"""Contracts of the frames: which columns, of which type, in which order.

A frame is checked once, where it enters; inside, it is trusted.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

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


ACCOUNTS = Contract(
    "accounts", {"account_id": "OT", "starting_balance": "f", "time_zone": "OT", "reset_time": "O"}
)
"""One row per account, RangeIndex: its position is the account's code in every other frame.

Rising by `account_id` (text), so that a lower position is a lower id. `starting_balance`
in account money, NaN unknown; `reset_time` a local `datetime.time` in IANA `time_zone`.
"""

SNAPSHOTS = Contract(
    "snapshots",
    {"account": "i", "taken_at": "M", "balance": "f", "equity": "f"},
    sorted_by=("account", "taken_at"),
)
"""One row per observation: `account` is a position in ACCOUNTS; `taken_at` aware, UTC.

`balance` (closed) and `equity` (with open positions) in account money, never NaN.
"""

MONEY_CONTEXT = (
    "starting_balance",
    "balance",
    "equity",
    "day_start_balance",
    "day_start_equity",
    "day_peak_equity",
    "peak_equity",
    "peak_balance",
    "peak_eod_balance",
)

TIMELINE = Contract(
    "timeline",
    {"account": "i", "taken_at": "M", "trading_day": "i"} | dict.fromkeys(MONEY_CONTEXT, "f"),
    sorted_by=("account", "taken_at"),
)
"""SNAPSHOTS with the context rules need; NaN where the starting balance is unknown.

`trading_day` is days since 1970-01-01; `day_start_*` what stood when that day began;
`peak_*` the best so far, the starting balance being the first; `peak_eod_balance` the best
close of a finished day.
"""


def rows_of(frame: pd.DataFrame, positions: np.ndarray) -> pd.DataFrame:
    """The rows at `positions`, numbered from zero."""
    return frame.take(positions).reset_index(drop=True)
