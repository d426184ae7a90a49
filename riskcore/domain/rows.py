"""Rows: sorted snapshots of many accounts, their days, and what each account brings along.

Most of what a row knows is the same all day. It is worked out once a day, and spread over
the day's rows at the end.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from riskcore.domain.days import NO_DAY, IntArray, clocks_of, microseconds, trading_days_by_clock
from riskcore.domain.money import FloatArray
from riskcore.domain.runs import BoolArray, Column, Runs, changes


class Rows:
    """Rows by account and time, `column` by its name, and the days they fall into.

    `snapshots` are SNAPSHOTS, `accounts` ACCOUNTS; `state` is what each account carries.
    An account's first day here may have begun before its first row.
    """

    def __init__(
        self, snapshots: pd.DataFrame, accounts: pd.DataFrame, state: pd.DataFrame
    ) -> None:
        self._snapshots, self._accounts, self._state = snapshots, accounts, state
        self._account = snapshots["account"].to_numpy()
        self._taken_at_us = microseconds(snapshots["taken_at"])
        self._columns: dict[str, Column] = {}
        self._opened_with: dict[str, FloatArray] = {}

        is_first = changes(self._account)
        self._rows = Runs(is_first)
        self._present: IntArray = self._account[self._rows.first]
        self._day, day_began = self._trading_days()
        self._days = Runs(is_first | changes(self._day))
        self._days_of = Runs(is_first[self._days.first])

        opening_row = self._days.first
        day = self._day[opening_row]
        self._day_before = self._before(day, "trading_day", self._days_of)
        self._opens_day: BoolArray = self._day_before != day
        self._at_reset: BoolArray = self._taken_at_us[opening_row] == day_began[opening_row]
        self._has_before: BoolArray = self._day_before != NO_DAY
        """Days that another of their account was seen before."""
        self._after_gap: BoolArray = (
            self._at_reset & self._has_before & (self._day_before < day - 1)
        )
        """Days that a row at their reset opens, and before which another reset went unseen."""

    def _trading_days(self) -> tuple[IntArray, IntArray]:
        """Each row's trading day and when it began, by its account's clock."""
        clocks, clock = clocks_of(self._accounts, self._present)
        return trading_days_by_clock(self._taken_at_us, clocks, self._rows.spread(clock))

    def column(self, name: str) -> Column:
        """The column of that name, worked out when it is first asked for."""
        if name not in self._columns:
            self._columns[name] = getattr(self, name)()
        return self._columns[name]

    def _carried(self, name: str) -> Column:
        """What each account that has a row brings along."""
        carried: Column = self._state[name].to_numpy()[self._present]
        return carried

    def _asked(self, name: str) -> Column:
        """What the rules of each account that has a row ask."""
        asked: Column = self._accounts[name].to_numpy()[self._present]
        return asked

    def _throughout(self, name: str) -> Column:
        """What is carried, on every row."""
        return self._rows.spread(self._carried(name))

    def _before(self, values: Column, name: str, of_account: Runs) -> Column:
        """The value before, of the same account; before its first, what it carried."""
        before = np.empty_like(values)
        before[1:] = values[:-1]
        before[of_account.first] = self._carried(name)
        return before

    def _row_before(self, name: str) -> Column:
        """The column on the row before; before an account's first, what it carried."""
        return self._before(self.column(name), name, self._rows)

    def _highest(self, values: Column, name: str, of_account: Runs) -> Column:
        """The highest of `values` so far, and of what was carried as `name`."""
        return of_account.highest(values, self._carried(name))

    # --- by day

    def _last_before_day(self, name: str) -> Column:
        """The column on the last row before each day."""
        values, opening_row = self.column(name), self._days.first
        before = values[opening_row - 1]
        before[self._days_of.first] = self._carried(name)
        return before

    def _opened(self, name: str) -> FloatArray:
        """What each day opens with: the row at its reset, else the last row before it."""
        if name not in self._opened_with:
            self._opened_with[name] = self._noted(name, self._at_reset)
        return self._opened_with[name]

    def _noted(self, name: str, at_reset: BoolArray) -> FloatArray:
        """By day its first row where that is `at_reset`, else the last row before it."""
        here: FloatArray = self.column(name)[self._days.first]
        return np.where(at_reset, here, self._last_before_day(name))

    def _held(self, opened: Column, name: str) -> Column:
        """By day what it `opened` with; of a day that had begun already, as carried."""
        return self._unless(self._opens_day, opened, name, self._days_of)

    def _unless(self, opens: BoolArray, opened: Column, name: str, of_account: Runs) -> Column:
        """`opened`, but what an account carried where its first here does not open anew."""
        goes_on = ~opens[of_account.first]
        if goes_on.any():
            opened = opened.copy()
            opened[of_account.first[goes_on]] = self._carried(name)[goes_on]
        return opened

    # --- what is as it was seen or carried

    def account(self) -> IntArray:
        return self._account

    def trading_day(self) -> IntArray:
        return self._day

    def cycle(self) -> IntArray:
        return self._throughout("cycle")

    def events_done(self) -> IntArray:
        return self._throughout("events_done")

    def starting_balance(self) -> FloatArray:
        return self._throughout("starting_balance")

    def stated_floor(self) -> FloatArray:
        return self._throughout("stated_floor")

    def is_locked(self) -> FloatArray:
        return self._throughout("is_locked")

    def profit_start(self) -> FloatArray:
        return self._throughout("profit_start")

    def goal_start(self) -> FloatArray:
        return self._throughout("goal_start")

    def balance(self) -> FloatArray:
        return self._snapshots["balance"].to_numpy()

    def equity(self) -> FloatArray:
        return self._snapshots["equity"].to_numpy()

    def open_contracts(self) -> FloatArray:
        return self._seen("open_contracts", np.nan)

    def basis(self) -> IntArray:
        return self._seen("basis", 0)

    def _seen(self, name: str, unsaid: float) -> Column:
        """A column that not all snapshots have."""
        if name in self._snapshots:
            return self._snapshots[name].to_numpy()
        return np.broadcast_to(unsaid, len(self._day))
