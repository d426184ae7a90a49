"""Inactivity: how long an account may go without a trade."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

import numpy as np
import pandas as pd

from riskcore.domain.days import DAY_US, NEVER, IntArray, microseconds
from riskcore.domain.money import FloatArray
from riskcore.domain.positions import is_open
from riskcore.domain.rules.base import Found, Rule, Unit, amount_text
from riskcore.domain.rules.parameters import Parameters, check_whole, choose, is_choice

MOST_DAYS = 3_650
HUNDREDTH_US = DAY_US // 100


class DayCount(StrEnum):
    """Which days count: all of them, by the hour, or trading days from Monday to Friday."""

    CALENDAR = "calendar"
    TRADING = "trading"


@dataclass(frozen=True, slots=True, kw_only=True)
class Inactivity(Rule):
    """The last trade must be at most so many days ago.

    Told from the snapshots: a changed closed balance is a trade, a difference between
    equity and balance an open position, which keeps the account alive unless
    `open_position_counts` is off. Before any trade the first snapshot is where it counts
    from. Time alone breaks it, so it also counts on between snapshots.

    Source: docs/rules.md#inactivity.
    """

    kind: ClassVar[str] = "inactivity"
    title: ClassVar[str] = "Inactivity"
    unit: ClassVar[Unit] = Unit.DAYS
    is_ceiling: ClassVar[bool] = True
    counts_time: ClassVar[bool] = True

    days: float
    counted: DayCount = DayCount.CALENDAR
    open_position_counts: bool = True

    def __post_init__(self) -> None:
        check_whole(self, "days", 1, MOST_DAYS)

    def needs(self) -> frozenset[str]:
        """When the account was last active."""
        return frozenset({"active_at_us", "active_day", "open_contracts"})

    def asks(self) -> Mapping[str, float]:
        """Whether an open position is activity."""
        return {"open_position_counts": self.open_position_counts}

    @classmethod
    def limit(cls, timeline: pd.DataFrame, parameters: Parameters) -> FloatArray:
        """How many days."""
        return np.asarray(parameters["days"], dtype=np.float64)

    @classmethod
    def measured(cls, timeline: pd.DataFrame, parameters: Parameters) -> FloatArray:
        """How many days ago the last activity was; to a hundredth of a day, rounded up."""
        return choose(
            parameters["counted"],
            {
                DayCount.CALENDAR: lambda: _calendar_days(timeline),
                DayCount.TRADING: lambda: _trading_days(timeline),
            },
        )

    @classmethod
    def changes_at_us(cls, timeline: pd.DataFrame, parameters: Parameters) -> IntArray:
        """The end of the present hundredth of a day; an open position stops the count."""
        columns = (timeline[name].to_numpy() for name in ("open_contracts", "equity", "balance"))
        is_kept = (is_open(*columns) > 0) & np.asarray(parameters["open_position_counts"])
        counts = is_choice(parameters["counted"], DayCount.CALENDAR) & ~is_kept
        ends = timeline["active_at_us"].to_numpy() + _hundredths(timeline) * HUNDREDTH_US + 1
        return np.where(counts, ends, NEVER)

    def sentence(self, found: Found, currency: str) -> str:
        """How long ago the last activity was, and how long it may be."""
        ago, allowed = (amount_text(n, self.unit) for n in (found.measured, found.level))
        return f"the last activity was {ago} ago; at most {allowed} allowed"

    def in_words(self, currency: str = "") -> str:
        """The rule as a trader would say it, in one line."""
        days = amount_text(self.days, self.unit)
        if self.counted is DayCount.TRADING:
            days = days.replace(" ", " trading ")
        return f"At most {days} without a trade; then {self.end_words()}"


def _calendar_days(timeline: pd.DataFrame) -> FloatArray:
    days: FloatArray = _hundredths(timeline) / 100
    return days


def _hundredths(timeline: pd.DataFrame) -> IntArray:
    """Hundredths of a day since the last activity, rounded up."""
    elapsed = microseconds(timeline["taken_at"]) - timeline["active_at_us"].to_numpy()
    hundredths: IntArray = -(-elapsed // HUNDREDTH_US)
    return hundredths


def _trading_days(timeline: pd.DataFrame) -> FloatArray:
    """Mondays to Fridays after the last active trading day, the present one included."""
    active = timeline["active_day"].to_numpy().astype("datetime64[D]")
    now = timeline["trading_day"].to_numpy().astype("datetime64[D]")
    return np.busday_count(active + 1, now + 1).astype(np.float64)
