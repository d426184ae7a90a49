"""Profit cap: how much a day, or the whole cycle, may earn."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

import numpy as np
import numpy.typing as npt
import pandas as pd

from riskcore.domain.money import FloatArray, money_text
from riskcore.domain.rules.base import (
    MEASURE_WORDS,
    Action,
    Found,
    Measure,
    Rule,
    check_action,
    lasting,
    limit_of,
    measured_money,
)
from riskcore.domain.rules.parameters import (
    Parameters,
    check_amount,
    check_one_of,
    check_percent,
    choose,
)


class CapScope(StrEnum):
    """What the cap is on: the profit of a trading day, or of the whole cycle."""

    DAY = "day"
    CYCLE = "cycle"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfitCap(Rule):
    """The profit must not go above the cap; its buffer is what may still be earned.

    Most firms pay nothing for what is above it (a gate). Its buffer shrinks with profit,
    not with loss, and no loss breaks it.

    Source: docs/rules.md#profit-cap.
    """

    kind: ClassVar[str] = "profit_cap"
    title: ClassVar[str] = "Profit cap"
    is_ceiling: ClassVar[bool] = True

    limit_amount: float | None = None
    limit_percent: float | None = None
    scope: CapScope = CapScope.DAY
    measure: Measure = Measure.EQUITY
    action: Action = Action.GATE

    def __post_init__(self) -> None:
        check_one_of(self, "limit", "limit_amount", "limit_percent")
        check_amount(self, "limit_amount")
        check_percent(self, "limit_percent")
        check_action(self, *Action)

    def needs(self) -> frozenset[str]:
        """Where the profit counts from."""
        return frozenset({"day_start_balance" if self.scope is CapScope.DAY else "profit_start"})

    @classmethod
    def limit(cls, timeline: pd.DataFrame, parameters: Parameters) -> FloatArray:
        """The cap: a fixed amount, or a percentage of the starting balance."""
        return limit_of(timeline["starting_balance"].to_numpy(), parameters)

    @classmethod
    def measured(cls, timeline: pd.DataFrame, parameters: Parameters) -> FloatArray:
        """The profit of the day, or of the cycle; negative in loss."""
        start = choose(
            parameters["scope"],
            {
                CapScope.DAY: lambda: timeline["day_start_balance"].to_numpy(),
                CapScope.CYCLE: lambda: timeline["profit_start"].to_numpy(),
            },
        )
        return measured_money(timeline, parameters["measure"]) - start

    @classmethod
    def lasts(cls, parameters: Parameters) -> npt.NDArray[np.int8]:
        """Not at all, the rest of the day, or the rest of the cycle."""
        return lasting(parameters["action"])

    def sentence(self, found: Found, currency: str) -> str:
        """How far the profit is from the cap."""
        of = "the day's profit" if self.scope is CapScope.DAY else "the profit"
        left = found.buffer or 0.0
        return (
            f"{of} by {MEASURE_WORDS[self.measure]} {money_text(found.measured, currency)} is"
            f" {money_text(abs(left), currency)} {'under' if left >= 0 else 'over'} the limit"
            f" {money_text(found.level, currency)}"
        )

    def in_words(self, currency: str = "") -> str:
        """The rule as a trader would say it, in one line."""
        cap = (
            money_text(self.limit_amount, currency)
            if self.limit_amount is not None
            else f"{self.limit_percent:g} % of the starting balance"
        )
        span = "a day" if self.scope is CapScope.DAY else "the cycle"
        return f"At most {cap} of profit for {span}; {self.end_words()}"
