"""Closing: the days of accounts that end, unseen, before something happens to them."""

from __future__ import annotations

import numpy as np
import pandas as pd

from riskcore.domain.context import Context
from riskcore.domain.days import (
    NO_DAY,
    IntArray,
    clocks_of,
    instants_column,
    trading_days_by_clock,
)
from riskcore.domain.frames import frame_of
from riskcore.domain.rules.max_loss import Trail

CLOSES = (
    "trading_day",
    "day_start_balance",
    "day_start_equity",
    "day_peak_equity",
    "week_start_balance",
    "week_start_equity",
    "peak_eod_balance",
    "trail_peak",
    "goal_day_start",
    "best_day",
    "positive_days",
    "counted_days",
)
"""What is carried that the end of a day changes."""


def close_days(
    carried: pd.DataFrame, accounts: pd.DataFrame, places: IntArray, at_us: IntArray
) -> pd.DataFrame:
    """What is carried at `at_us` by the accounts at `places` (rising), if nothing was seen since.

    Days that have ended by then close with what was last seen, and the next one opens with
    it. At the very instant of a reset its day has not ended yet.
    """
    clocks, clock = clocks_of(accounts, places)
    day, began = trading_days_by_clock(at_us - 1, clocks, clock)
    known = carried["trading_day"].to_numpy()[places]
    turned = (known != NO_DAY) & (known != day)
    if not turned.any():
        return carried
    own, within = places[turned], at_us - 1 + (at_us - 1 == began)  # not at its reset itself
    held = {name: carried[name].to_numpy()[own] for name in ("balance", "equity")}
    rows = frame_of({"account": own, "taken_at": instants_column(within[turned]), **held})
    context = Context(rows, accounts, carried)
    closed = {name: context.column(name) for name in CLOSES} | _unread(carried, own)
    by_close = accounts["trail"].to_numpy()[own] == list(Trail).index(Trail.EOD_BALANCE)
    trail_peak = carried["trail_peak"].to_numpy()[own]
    closed["trail_peak"] = np.where(by_close, closed["trail_peak"], trail_peak)
    return _with(carried, own, closed)


def _unread(carried: pd.DataFrame, own: IntArray) -> dict[str, np.ndarray]:
    """A day of which there is no snapshot yet."""
    of_day, before = (
        carried[name].to_numpy()[own] for name in ("day_readings", "earlier_readings")
    )
    none = np.zeros(len(own), dtype=of_day.dtype)
    earlier = np.where(of_day > 0, of_day, before)
    return {"day_readings": none, "earlier_readings": earlier, "today_counts": none * 0.0}


def _with(carried: pd.DataFrame, own: IntArray, values: dict[str, np.ndarray]) -> pd.DataFrame:
    changed = carried.copy()
    for name, column in values.items():
        full = changed[name].to_numpy(copy=True)
        full[own] = column
        changed[name] = full
    return changed
