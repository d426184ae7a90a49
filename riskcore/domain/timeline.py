"""Timeline: snapshots of many accounts with the context every rule needs.

The whole history at once and one snapshot at a time go through the same function: what an
account carries from its last row opens the next batch.
"""

from __future__ import annotations

from datetime import time
from typing import cast

import numpy as np
import numpy.typing as npt
import pandas as pd

from riskcore.domain.days import NO_DAY, IntArray, microseconds, trading_days
from riskcore.domain.frames import SNAPSHOTS
from riskcore.domain.money import FloatArray

CARRIED = (
    "trading_day",
    "balance",
    "equity",
    "day_start_balance",
    "day_start_equity",
    "day_peak_equity",
    "peak_equity",
    "peak_balance",
    "peak_eod_balance",
)


def opening(accounts: pd.DataFrame) -> pd.DataFrame:
    """What accounts carry before their first snapshot: the starting balance, everywhere.

    It is the first peak and the first day's start. One row per row of `accounts`.
    """
    start = accounts["starting_balance"].to_numpy(dtype=np.float64)
    columns = {name: start for name in CARRIED if name != "trading_day"}
    return pd.DataFrame({"trading_day": np.full(len(accounts), NO_DAY), **columns})


def carry(timeline: pd.DataFrame, carried: pd.DataFrame) -> pd.DataFrame:
    """What each account carries after `timeline`: its last row, or what it carried before."""
    account = timeline["account"].to_numpy()
    last = np.flatnonzero(np.r_[account[1:] != account[:-1], True]) if len(account) else account
    result = carried.copy()
    for name in CARRIED:
        column = result[name].to_numpy(copy=True)
        column[account[last]] = timeline[name].to_numpy()[last]
        result[name] = column
    return result


def timeline(
    snapshots: pd.DataFrame, accounts: pd.DataFrame, carried: pd.DataFrame | None = None
) -> pd.DataFrame:
    """`snapshots` (SNAPSHOTS) with their context (TIMELINE).

    `carried` has one row per row of `accounts`, as `carry` gives it; None is the
    beginning. A snapshot exactly at a reset is what the day starts with; without one, the
    last before it is. The close of a day is the start of the next.
    """
    SNAPSHOTS.check(snapshots)
    carried = opening(accounts) if carried is None else carried
    account = snapshots["account"].to_numpy()
    day, day_began = _days(snapshots, accounts)
    rows = _Rows(account, day, carried)
    at_reset = microseconds(snapshots["taken_at"]) == day_began
    result = snapshots[["account", "taken_at"]].copy()
    result["trading_day"] = day
    result["starting_balance"] = accounts["starting_balance"].to_numpy(np.float64)[account]
    for name in ("balance", "equity"):
        values = snapshots[name].to_numpy()
        result[name] = values
        result[f"day_start_{name}"] = rows.day_start(name, values, at_reset)
        result[f"peak_{name}"] = rows.peak(f"peak_{name}", values)
    result["day_peak_equity"] = rows.day_peak(
        snapshots["equity"].to_numpy(), result["day_start_equity"].to_numpy()
    )
    result["peak_eod_balance"] = rows.peak(
        "peak_eod_balance", result["day_start_balance"].to_numpy()
    )
    return result


def _days(snapshots: pd.DataFrame, accounts: pd.DataFrame) -> tuple[IntArray, IntArray]:
    """Each row's trading day and when it began, clock by clock."""
    account = snapshots["account"].to_numpy()
    taken_at = microseconds(snapshots["taken_at"])
    day, day_began = np.empty_like(taken_at), np.empty_like(taken_at)
    clocks = accounts.groupby(["time_zone", "reset_time"], sort=False).indices
    clock_of_account = np.empty(len(accounts), dtype=np.int64)
    for number, positions in enumerate(clocks.values()):
        clock_of_account[positions] = number
    clock_of_row = clock_of_account[account]
    for number, clock in enumerate(clocks):
        rows = np.flatnonzero(clock_of_row == number) if len(clocks) > 1 else slice(None)
        day[rows], day_began[rows] = trading_days(taken_at[rows], *cast("tuple[str, time]", clock))
    return day, day_began


class _Rows:
    """Sorted rows of many accounts, and the places where an account or a day begins."""

    def __init__(self, account: IntArray, day: IntArray, carried: pd.DataFrame) -> None:
        self.account = account
        self.carried = carried
        self.is_first = np.ones(len(account), dtype=bool)
        self.is_first[1:] = account[1:] != account[:-1]
        self.opens_day = self._previous(day, "trading_day") != day
        starts = self.opens_day | self.is_first
        self.day_number = np.cumsum(starts)
        self.day_row = np.maximum.accumulate(np.where(starts, np.arange(len(account)), 0))

    def _carried(self, name: str) -> npt.NDArray[np.float64]:
        column: npt.NDArray[np.float64] = self.carried[name].to_numpy()
        return column[self.account]

    def _previous(self, values: npt.NDArray, name: str) -> npt.NDArray:  # type: ignore[type-arg]
        """The row before, of the same account; before its first, what it carried."""
        return np.where(self.is_first, self._carried(name), np.r_[values[:1], values[:-1]])

    def day_start(
        self, name: str, values: FloatArray, at_reset: npt.NDArray[np.bool_]
    ) -> FloatArray:
        """What stood when the row's day began."""
        opened = np.where(at_reset, values, self._previous(values, name))
        start = np.where(self.opens_day, opened, self._carried(f"day_start_{name}"))
        return start[self.day_row]

    def peak(self, name: str, values: FloatArray) -> FloatArray:
        """The highest of `values` so far and of what was carried as `name`."""
        risen = pd.Series(values).groupby(self.account, sort=False).cummax().to_numpy()
        return np.maximum(risen, self._carried(name))

    def day_peak(self, equity: FloatArray, day_start: FloatArray) -> FloatArray:
        """The highest equity of the row's day so far, its start included."""
        risen = pd.Series(equity).groupby(self.day_number, sort=False).cummax().to_numpy()
        goes_on = ~self.opens_day[self.day_row]
        known = np.where(goes_on, self._carried("day_peak_equity"), day_start)
        return np.maximum(risen, known)
