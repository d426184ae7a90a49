"""Minimum trading days: on how many days an account must have traded before a payout."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

import numpy as np
import pandas as pd

from riskcore.domain.money import FloatArray, money_text
from riskcore.domain.rules.base import Found, Rule, Since, Unit, amount_text
from riskcore.domain.rules.parameters import (
    Parameters,
    check_amount,
    check_one_of,
    check_percent,
    check_whole,
)

MOST_DAYS = 366


class CountsBy(StrEnum):
    """What makes a day one of trading.

    Any execution or open position, a position opened, or a position closed that day.
    """

    EXECUTION = "execution"
    OPEN_DATE = "open_date"
    CLOSE_DATE = "close_date"


COUNT_WORDS = {
    CountsBy.EXECUTION: "with a trade or an open position",
    CountsBy.OPEN_DATE: "on which a position was opened",
    CountsBy.CLOSE_DATE: "on which a position was closed",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class MinTradingDays(Rule):
    """So many trading days must count, today included once it does.

    Days are told from the snapshots: a changed closed balance is a trade closed, a
    difference between equity and balance an open position. With a minimum profit a day
    counts when its closed result is at least that.

    Source: docs/rules.md#min-trading-days.
    """

    kind: ClassVar[str] = "min_trading_days"
    title: ClassVar[str] = "Min trading days"
    unit: ClassVar[Unit] = Unit.DAYS
    is_goal: ClassVar[bool] = True

    days: float
    counts_by: CountsBy = CountsBy.EXECUTION
    min_profit_amount: float | None = None
    min_profit_percent: float | None = None
    since: Since = Since.CYCLE

    def __post_init__(self) -> None:
        check_whole(self, "days", 1, MOST_DAYS)
        check_one_of(
            self, "min_profit", "min_profit_amount", "min_profit_percent", may_be_none=True
        )
        check_amount(self, "min_profit_amount")
        check_percent(self, "min_profit_percent")

    def needs(self) -> frozenset[str]:
        """The days that count."""
        return frozenset({"counted_days", "today_counts"})

    def asks(self) -> Mapping[str, float]:
        """What makes a day count."""
        amount, percent = self.min_profit_amount, self.min_profit_percent
        return {
            "since_payout": self.since is Since.PAYOUT,
            "counts_by": list(CountsBy).index(self.counts_by),
            "day_profit_amount": np.nan if amount is None else amount,
            "day_profit_percent": np.nan if percent is None else percent,
        }

    @classmethod
    def limit(cls, timeline: pd.DataFrame, parameters: Parameters) -> FloatArray:
        """How many days."""
        return np.asarray(parameters["days"], dtype=np.float64)

    @classmethod
    def measured(cls, timeline: pd.DataFrame, parameters: Parameters) -> FloatArray:
        """How many days count so far, today included if it does.

        Unknown (NaN) where they must win a part of a starting balance nobody has set.
        """
        today = np.floor(timeline["today_counts"].to_numpy())
        days = timeline["counted_days"].to_numpy() + today
        is_unset = np.isnan(timeline["starting_balance"].to_numpy())
        return np.where(~np.isnan(parameters["min_profit_percent"]) & is_unset, np.nan, days)

    def sentence(self, found: Found, currency: str) -> str:
        """How many days count, and how many are missing."""
        reached = (
            f"{amount_text(found.measured, self.unit)} of {amount_text(found.level, self.unit)}"
            f" {self._which(currency)}"
        )
        missing = -(found.buffer or 0.0)
        return f"{reached}; {missing:g} to go" if missing > 0 else f"{reached}; met"

    def unknown_words(self, found: Found) -> str:
        """Why nothing is known of it."""
        return "no snapshot yet" if found.level is None else "the starting balance is not set"

    def _which(self, currency: str) -> str:
        which = COUNT_WORDS[self.counts_by]
        if self.min_profit_amount is not None:
            return (
                f"{which} and a profit of at least {money_text(self.min_profit_amount, currency)}"
            )
        if self.min_profit_percent is not None:
            share = f"{self.min_profit_percent:g} % of the starting balance"
            return f"{which} and a profit of at least {share}"
        return which

    def in_words(self, currency: str = "") -> str:
        """The rule as a trader would say it, in one line."""
        since = " since the last payout" if self.since is Since.PAYOUT else ""
        return f"At least {amount_text(self.days, self.unit)} {self._which(currency)}{since}"
