"""Results: what days and trades brought, which days count, when accounts were active."""

from __future__ import annotations

from functools import cached_property

import numpy as np

from riskcore.domain import positions
from riskcore.domain.days import NO_DAY, IntArray
from riskcore.domain.money import FloatArray, percent_of, to_cent
from riskcore.domain.rows import Rows
from riskcore.domain.rules.min_trading_days import CountsBy
from riskcore.domain.runs import BoolArray


class Results(Rows):
    """The columns that count results, days and activity; each a method."""

    # --- results of days and trades

    def goal_day_start(self) -> FloatArray:
        """The closed balance from which the day's result counts."""
        return self._days.spread(self._goal_day_start())

    def _goal_day_start(self) -> FloatArray:
        return self._held(self._opened("balance"), "goal_day_start")

    @cached_property
    def _closed_results(self) -> tuple[FloatArray, FloatArray]:
        """By day the closed result of the last day that was seen, and of one unseen after it.

        0 where the day had begun already, or none went unseen. A day that a row at its reset
        opens closes the day before it, which after a gap is not the one last seen; an
        account's first closes one that had begun at the starting balance.
        """
        start = self._goal_day_start()
        before = self._before(start, "goal_day_start", self._days_of)
        closed = np.where(self._after_gap, self._last_before_day("balance"), start)
        seen = np.where(self._opens_day, to_cent(closed - before), 0.0)
        return seen, np.where(self._after_gap, to_cent(start - closed), 0.0)

    def best_day(self) -> FloatArray:
        """The best result of a finished day; 0 where none has won."""
        best = self._highest(np.maximum(*self._closed_results), "best_day", self._days_of)
        return self._days.spread(best)

    def positive_days(self) -> FloatArray:
        """The sum of the finished days that won."""
        seen, unseen = (np.maximum(results, 0.0) for results in self._closed_results)
        return self._summed(seen + unseen, "positive_days")

    def _summed(self, by_day: FloatArray, name: str) -> FloatArray:
        """The sum of days so far, on what was carried as `name`."""
        carried = self._days_of.spread(self._carried(name))
        return self._days.spread(to_cent(carried + self._days_of.summed(by_day)))

    def _traded(self) -> FloatArray:
        """What the closed balance rose by since the snapshot before."""
        return to_cent(self.column("balance") - self._row_before("balance"))

    def _has_closed(self) -> BoolArray:
        """Whether that is known to be anything at all."""
        closed: BoolArray = np.abs(self._traded()) > 0
        return closed

    def best_trade(self) -> FloatArray:
        """The most the closed balance rose by between two snapshots; 0 where it never did."""
        return self._highest(self._traded(), "best_trade", self._rows)

    def flat_move(self) -> FloatArray:
        """What the closed balance moved by with nothing open before or after; else 0.

        0 too on an account's very first snapshot, and where it is unknown.
        """
        is_open = self._is_open()
        is_flat = (is_open == 0) & (self._was_open(is_open) == 0)
        move = np.where(is_flat & self._has_closed(), self._traded(), 0.0)
        move[self._rows.first[self._carried("trading_day") == NO_DAY]] = 0.0
        return move

    def since_us(self) -> IntArray:
        """How long after the account's snapshot before it."""
        since: IntArray = self._taken_at_us - self._row_before("seen_at_us")
        return since

    def seen_at_us(self) -> IntArray:
        """When the snapshot was taken, to be carried."""
        return self._taken_at_us

    # --- which days count

    def _is_open(self) -> FloatArray:
        """1.0 where a position is open."""
        return positions.is_open(
            *(self.column(name) for name in ("open_contracts", "equity", "balance"))
        )

    def _was_open(self, is_open: FloatArray) -> FloatArray:
        """Whether the snapshot before had an open position."""
        before = np.empty_like(is_open)
        before[1:] = is_open[:-1]
        carried = (self._carried(name) for name in ("open_contracts", "equity", "balance"))
        before[self._rows.first] = positions.is_open(*carried)
        return before

    def _marks_day(self) -> FloatArray:
        """1.0 on a row which by itself makes its day one of trading, by each account's way."""
        closed = self._has_closed().astype(np.float64)
        is_open = self._is_open()
        was_open = self._was_open(is_open)
        opened = np.maximum(is_open * (1 - was_open), closed * (1 - was_open))
        ways = {
            CountsBy.EXECUTION: np.maximum(closed, is_open),
            CountsBy.OPEN_DATE: opened,
            CountsBy.CLOSE_DATE: closed,
        }
        return np.choose(self._counts_by(), list(ways.values()))

    def _counts_by(self) -> IntArray:
        return self._rows.spread(self._asked("counts_by").astype(np.int64))

    def _marks_so_far(self) -> FloatArray:
        """1.0 once the row's day is one of trading by some row of it so far.

        What was traded up to the reset belongs to the day that it closes; a position that
        is open at the reset is open on both.
        """
        by_execution = self._counts_by() == list(CountsBy).index(CountsBy.EXECUTION)
        stays = np.where(by_execution, self._is_open(), 0.0)
        marks = self._marks_day()
        at_reset = self._days.first[self._at_reset & self._opens_day]
        marks[at_reset] = stays[at_reset]
        already = self._held(np.zeros(len(self._opens_day)), "today_counts") >= 0.5
        return self._days.highest(marks, already.astype(np.float64))

    def today_counts(self) -> FloatArray:
        """1.0 once the day counts as it stands, 0.5 once it is traded but not won enough."""
        traded = self._marks_so_far()
        result = self.column("balance") - self.column("goal_day_start")
        has_won = self._has_won(result, self._account)
        return np.where(traded > 0, np.where(has_won, 1.0, 0.5), 0.0)

    def _has_won(self, result: FloatArray, account: IntArray) -> BoolArray:
        """Whether a day's closed result is at least what each account's days must win."""
        amount = self._accounts["day_profit_amount"].to_numpy()
        percent = self._accounts["day_profit_percent"].to_numpy()
        share = percent_of(self._state["starting_balance"].to_numpy(), percent)
        least = np.where(np.isnan(amount), share, amount)[account]
        needs_none = (np.isnan(amount) & np.isnan(percent))[account]
        won: BoolArray = needs_none | (to_cent(result) >= least)
        return won

    def counted_days(self) -> FloatArray:
        """How many finished days count."""
        opening_row = self._days.first
        account = self._account[opening_row]
        at_close = self._at_reset & (self._marks_day()[opening_row] > 0)
        was_traded = (self._last_before_day("today_counts") > 0) | at_close & ~self._after_gap
        seen, unseen = (self._has_won(results, account) for results in self._closed_results)
        counts = (self._opens_day & was_traded & seen) + 1.0 * (self._after_gap & at_close & unseen)
        return self._summed(counts, "counted_days")

    # --- activity

    def active_at_us(self) -> IntArray:
        """When the account was last active; its first snapshot counts as activity."""
        return self._last_active(self._taken_at_us, "active_at_us")

    def active_day(self) -> IntArray:
        """The trading day on which the account was last active."""
        return self._last_active(self._day, "active_day")

    def _last_active(self, when: IntArray, name: str) -> IntArray:
        keeps = self._rows.spread(self._asked("open_position_counts") > 0)
        is_active = self._has_closed() | (self._is_open() > 0) & keeps
        is_active[self._rows.first] |= self._carried(name) == NO_DAY
        return self._highest(np.where(is_active, when, NO_DAY), name, self._rows)
