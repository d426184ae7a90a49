"""Implied cash flows: jumps of a balance that no open position explains.

A deposit or a payout that nobody recorded looks like a profit or a loss. It counts as one,
since nobody has said otherwise, and it is shown, so that somebody can.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from riskcore.domain.days import microseconds
from riskcore.domain.frames import frame_of, rows_of
from riskcore.domain.money import FloatArray, to_cent
from riskcore.domain.states import RuleTable

FLOW = ("account", "taken_at_us", "cycle", "amount")

FLOW_NEEDS = frozenset({"flat_move", "since_us"})
"""The columns of a timeline that are read here."""

WATCHED = ("daily_loss", "max_loss")
WITHOUT_A_LIMIT = 0.05
"""Of the starting balance, where neither rule has a known limit."""

CLOSE_US = 3_600_000_000
"""Two snapshots at most so far apart: a trade between them would likely have been seen."""


def no_flows() -> pd.DataFrame:
    """Implied flows (FLOW) of nobody."""
    types = {"amount": np.float64}
    return frame_of({name: np.empty(0, types.get(name, np.int64)) for name in FLOW})


def implied_flows(rows: pd.DataFrame, table: RuleTable) -> pd.DataFrame:
    """The jumps in `rows` (TIMELINE, with FLOW_NEEDS) that look like cash flows.

    With nothing open before and after, the closed balance moved by more than the account's
    smaller limit on loss; where the snapshots lie more than an hour apart, by more than its
    larger one. One row each: `account`, `taken_at_us`, `cycle`, `amount` (signed).
    """
    move = rows["flat_move"].to_numpy()
    moved = np.flatnonzero(move != 0)
    if not len(moved):
        return no_flows()
    some = rows_of(rows, moved)
    smallest, largest = _limits(some, table, moved)
    is_close = some["since_us"].to_numpy() <= CLOSE_US
    found = np.abs(move[moved]) > np.where(is_close, smallest, largest)
    return frame_of(
        {
            "account": some["account"].to_numpy()[found],
            "taken_at_us": microseconds(some["taken_at"])[found],
            "cycle": some["cycle"].to_numpy()[found],
            "amount": move[moved][found],
        }
    )


def _limits(
    rows: pd.DataFrame, table: RuleTable, places: np.ndarray
) -> tuple[FloatArray, FloatArray]:
    """The smallest and the largest known limit on loss of each row's account."""
    start = rows["starting_balance"].to_numpy()
    smallest = largest = np.full(len(rows), np.nan)
    for rule in WATCHED:
        if rule in table.rules:
            limit = table.limit_amount[rule].to_numpy()[places]
            smallest, largest = np.fmin(smallest, limit), np.fmax(largest, limit)
    otherwise = to_cent(np.abs(start) * WITHOUT_A_LIMIT)
    unknown = np.isnan(smallest)
    return np.where(unknown, otherwise, smallest), np.where(unknown, otherwise, largest)
