"""Context: what every row of a timeline knows of its account's day, week, cycle and peaks.

Each column is one method of `Context`, worked out when it is asked for. What an account
carries from its last row opens the next batch, so a history in pieces and a history in
one give the same columns.
"""

from __future__ import annotations

from functools import partial

import numpy as np
import pandas as pd

from riskcore.domain.days import NO_DAY, IntArray, week_of
from riskcore.domain.frames import frame_of
from riskcore.domain.money import FloatArray, to_cent
from riskcore.domain.results import Results
from riskcore.domain.rules.max_loss import Trail
from riskcore.domain.rules.parameters import choose
from riskcore.domain.runs import Column, Runs


def opening(accounts: pd.DataFrame) -> pd.DataFrame:
    """What accounts carry before their first snapshot: the starting balance, everywhere.

    It is the first peak and the first day's start. One row per row of `accounts`.
    """
    count = len(accounts)
    start = accounts["starting_balance"].to_numpy(dtype=np.float64)
    made = {name: np.full(count, value) for name, value in NOTHING_YET.items()}
    unknown = np.where(np.isnan(start), np.nan, 0.0)
    return frame_of(
        {**made, **dict.fromkeys(FROM_START, start), **dict.fromkeys(FROM_ZERO, unknown)}
    )


FROM_START = (
    "starting_balance",
    "balance",
    "equity",
    "day_start_balance",
    "day_start_equity",
    "day_peak_equity",
    "week_start_balance",
    "week_start_equity",
    "peak_equity",
    "peak_balance",
    "peak_eod_balance",
    "trail_peak",
    "profit_start",
    "goal_start",
    "goal_day_start",
)
"""Carried columns that begin at the starting balance."""

FROM_ZERO = ("best_day", "positive_days", "best_trade")
"""Carried results that begin at zero, and are unknown while the starting balance is."""

NOTHING_YET = {
    "trading_day": NO_DAY,
    "cycle": 0,
    "events_done": 0,
    "basis": 0,
    "day_readings": 0,
    "earlier_readings": 0,
    "stated_floor": np.nan,
    "is_locked": 0.0,
    "open_contracts": np.nan,
    "counted_days": 0.0,
    "today_counts": 0.0,
    "seen_at_us": NO_DAY,
    "active_at_us": NO_DAY,
    "active_day": NO_DAY,
}
"""The other carried columns, and what they hold before the first snapshot."""

CARRIED = (*NOTHING_YET, *FROM_START, *FROM_ZERO)

ALWAYS = (
    "account",
    "taken_at",
    "trading_day",
    "cycle",
    "events_done",
    "starting_balance",
    "balance",
    "equity",
    "basis",
    "day_readings",
    "earlier_readings",
)
"""The columns of every timeline; the others are made where a rule needs them."""

ALL_NEEDS = frozenset(CARRIED) - set(ALWAYS)

CARRIED_FOR = {
    "best_day": {"goal_day_start"},
    "positive_days": {"goal_day_start"},
    "today_counts": {"goal_day_start", "open_contracts"},
    "counted_days": {"goal_day_start", "open_contracts", "today_counts"},
    "flat_move": {"open_contracts"},
    "since_us": {"seen_at_us"},
    "active_at_us": {"open_contracts"},
    "active_day": {"open_contracts"},
}
"""What must be carried from batch to batch for a column to go on, besides itself."""


def with_sources(needs: frozenset[str]) -> frozenset[str]:
    """`needs`, with what must be carried for them."""
    return needs.union(*(CARRIED_FOR.get(name, set()) for name in needs))


class Context(Results):
    """Each column of context as a method, over sorted rows of many accounts (Rows)."""

    # --- the day and the week

    def day_readings(self) -> Column:
        """How many snapshots of the day there are so far, this one included."""
        before_day = (self._days.first - self._earlier_today()).astype(np.int32)
        place = np.arange(1, len(self._day) + 1, dtype=np.int32)
        return place - self._days.spread(before_day)

    def _earlier_today(self) -> IntArray:
        """By day how many snapshots it had before those here."""
        none = np.zeros(len(self._opens_day), dtype=np.int64)
        return self._held(none, "day_readings")

    def earlier_readings(self) -> Column:
        """How many snapshots the last day before had."""
        in_all = self._earlier_today() + self._days.lengths
        before = self._before(in_all, "day_readings", self._days_of)
        unread = before == 0  # a day that an event began
        before[unread] = self._days_of.spread(self._carried("earlier_readings"))[unread]
        return self._days.spread(self._held(before, "earlier_readings").astype(np.int32))

    def day_start_balance(self) -> FloatArray:
        """The closed balance with which the day began."""
        return self._days.spread(self._day_start("balance"))

    def day_start_equity(self) -> FloatArray:
        """The equity with which the day began."""
        return self._days.spread(self._day_start("equity"))

    def _day_start(self, name: str) -> FloatArray:
        return self._held(self._opened(name), f"day_start_{name}")

    def day_peak_equity(self) -> FloatArray:
        """The highest equity of the day so far, its start included."""
        start = self._held(self._day_start("equity"), "day_peak_equity")
        return self._days.highest(self.column("equity"), start)

    def week_start_balance(self) -> FloatArray:
        """The closed balance with which the week began."""
        return self._week_start("balance")

    def week_start_equity(self) -> FloatArray:
        """The equity with which the week began."""
        return self._week_start("equity")

    def _week_start(self, name: str) -> FloatArray:
        day = self._day[self._days.first]
        opens = self._opens_day & (week_of(self._day_before) != week_of(day))
        is_first = np.zeros(len(opens), dtype=bool)
        is_first[self._days_of.first] = True
        weeks = Runs(opens | is_first)  # of days
        weeks_of = Runs(is_first[weeks.first])
        at_reset = self._at_reset & (week_of(day - 1) != week_of(day))
        opened = self._noted(name, at_reset)[weeks.first]
        start = self._unless(opens[weeks.first], opened, f"week_start_{name}", weeks_of)
        return self._days.spread(weeks.spread(start))

    # --- the peaks

    def peak_equity(self) -> FloatArray:
        """The best equity so far."""
        return self._highest(self.column("equity"), "peak_equity", self._rows)

    def peak_balance(self) -> FloatArray:
        """The best closed balance so far."""
        return self._highest(self.column("balance"), "peak_balance", self._rows)

    def peak_eod_balance(self) -> FloatArray:
        """The best close of a finished day."""
        best = self._highest(self._closes(), "peak_eod_balance", self._days_of)
        return self._days.spread(best)

    def _closes(self) -> FloatArray:
        """By day the close that it brought: the close of a day is the start of the next.

        After a gap there are two, and the higher counts. Where an account begins, nothing
        has closed, unless its first row is at a reset. A start that is unknown is no close.
        """
        start = self._day_start("balance")
        if self._after_gap.any():
            last = self._last_before_day("balance")
            start = np.where(self._after_gap, np.fmax(start, last), start)
        closes = self._opens_day & (self._at_reset | self._has_before)
        return np.where(closes & ~np.isnan(start), start, -np.inf)

    def trail_peak(self) -> FloatArray:
        """The best so far of what each account's maximum loss follows, until it is locked."""
        trail = self._asked("trail").astype(np.int8)
        if (trail == list(Trail).index(Trail.EOD_BALANCE)).all():
            return self._days.spread(self._trailed(self._closes_followed(), self._days_of))
        followed = choose(
            self._rows.spread(trail),
            {
                Trail.STATIC: lambda: np.broadcast_to(-np.inf, len(self._day)),
                Trail.EOD_BALANCE: self._closes_by_row,
                Trail.CLOSED_BALANCE: partial(self.column, "balance"),
                Trail.INTRADAY_EQUITY: partial(self.column, "equity"),
                Trail.HIGHER: lambda: np.maximum(self.column("balance"), self.column("equity")),
            },
        )
        return self._trailed(followed, self._rows)

    def _closes_by_row(self) -> FloatArray:
        """Each close on the row that brought it."""
        closes = np.full(len(self._day), -np.inf)
        closes[self._days.first] = self._closes_followed()
        return closes

    def _closes_followed(self) -> FloatArray:
        """By day the close; of two after a gap the first, where that reached the milestone."""
        closes = self._closes()
        if not self._after_gap.any():
            return closes
        last = self._last_before_day("balance")
        reached = self._after_gap & (last >= self._days_of.spread(self._milestone()))
        return np.where(reached, last, closes)

    def _milestone(self) -> FloatArray:
        """By account the value past which its trail rises no more; NaN where there is none."""
        return to_cent(self._carried("starting_balance") + self._asked("milestone_profit"))

    def _trailed(self, values: FloatArray, of_account: Runs) -> FloatArray:
        """The highest so far; it rises no more once locked, or past its milestone."""
        locked = self._carried("is_locked") > 0
        if locked.any():
            values = np.where(of_account.spread(locked), -np.inf, values)
        risen = self._highest(values, "trail_peak", of_account)
        milestone = self._milestone()
        if np.isnan(milestone).all():
            return risen
        return _stopped(risen, milestone, self._carried("trail_peak"), of_account)


def _stopped(
    risen: FloatArray, milestone: FloatArray, carried: FloatArray, of_account: Runs
) -> FloatArray:
    """`risen`, which stays at the first value that reaches the account's milestone."""
    reached = np.where(risen >= of_account.spread(milestone), risen, np.inf)
    stops_at = np.where(carried >= milestone, carried, np.inf)
    return np.minimum(risen, -of_account.highest(-reached, -stops_at))
