"""Profit target: how much an account must earn before it passes or pays out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import pandas as pd

from riskcore.domain.money import FloatArray, money_text
from riskcore.domain.rules.base import (
    MEASURE_WORDS,
    Found,
    Measure,
    Rule,
    Since,
    limit_of,
    measured_money,
)
from riskcore.domain.rules.parameters import Parameters, check_amount, check_one_of, check_percent


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfitTarget(Rule):
    """The profit since the start of the cycle, or since the last payout, must reach the target.

    Open profit does not count unless equity is measured. Deposits, withdrawals and
    payouts are no profit and no loss.

    Source: docs/rules.md#profit-target.
    """

    kind: ClassVar[str] = "profit_target"
    title: ClassVar[str] = "Profit target"
    is_goal: ClassVar[bool] = True

    target_amount: float | None = None
    target_percent: float | None = None
    measure: Measure = Measure.BALANCE
    since: Since = Since.CYCLE

    def __post_init__(self) -> None:
        check_one_of(self, "target", "target_amount", "target_percent")
        check_amount(self, "target_amount")
        check_percent(self, "target_percent")

    def needs(self) -> frozenset[str]:
        """Where the profit counts from."""
        return frozenset({"goal_start"})

    def asks(self) -> Mapping[str, float]:
        """Whether a payout begins the count anew."""
        return {"since_payout": self.since is Since.PAYOUT}

    @classmethod
    def limit(cls, timeline: pd.DataFrame, parameters: Parameters) -> FloatArray:
        """The target: a fixed amount, or a percentage of the starting balance."""
        return limit_of(timeline["starting_balance"].to_numpy(), parameters, "target_amount")

    @classmethod
    def measured(cls, timeline: pd.DataFrame, parameters: Parameters) -> FloatArray:
        """The profit so far; negative in loss."""
        now = measured_money(timeline, parameters["measure"])
        profit: FloatArray = now - timeline["goal_start"].to_numpy()
        return profit

    def sentence(self, found: Found, currency: str) -> str:
        """What is earned, and what is missing."""
        reached = (
            f"the profit by {MEASURE_WORDS[self.measure]} is"
            f" {money_text(found.measured, currency)} of {money_text(found.level, currency)}"
        )
        missing = -(found.buffer or 0.0)
        left = f"{money_text(missing, currency)} to go" if missing > 0 else "met"
        return f"{reached}; {left}"

    def in_words(self, currency: str = "") -> str:
        """The rule as a trader would say it, in one line."""
        target = (
            money_text(self.target_amount, currency)
            if self.target_amount is not None
            else f"{self.target_percent:g} % of the starting balance"
        )
        since = " since the last payout" if self.since is Since.PAYOUT else ""
        return f"Earn {target}{since}"
