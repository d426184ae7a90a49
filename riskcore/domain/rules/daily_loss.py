"""Daily loss: how far an account may fall below where its trading day began."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

import numpy as np
import pandas as pd

from riskcore.domain.money import FloatArray, money_text
from riskcore.domain.rules.base import Action, Parameters, Rule, choose, limit_of


class DayReference(StrEnum):
    """What is noted at the reset and counted from all day."""

    BALANCE = "balance"
    EQUITY = "equity"
    HIGHER = "max"


class DailyBase(StrEnum):
    """What a percentage is of: the starting balance, or the day's reference."""

    INITIAL = "initial"
    REFERENCE = "reference"


@dataclass(frozen=True, slots=True, kw_only=True)
class DailyLoss(Rule):
    """The account must not fall by the limit from its reference at the day's reset.

    The reset alone can break it: counted from the balance, a loss carried open over the
    reset counts twice; counted from the equity or the higher of both, an open profit
    becomes part of the reference. On a good day more than the limit may be lost.

    Source: docs/rules.md#daily-loss.
    """

    kind: ClassVar[str] = "daily_loss"
    title: ClassVar[str] = "Daily loss"

    reference: DayReference = DayReference.BALANCE
    amount_base: DailyBase = DailyBase.INITIAL

    @classmethod
    def limit(cls, timeline: pd.DataFrame, parameters: Parameters) -> FloatArray:
        """A fixed amount, or a percentage of the starting balance or the day's reference."""
        base = choose(
            parameters["amount_base"],
            {
                DailyBase.INITIAL: timeline["starting_balance"],
                DailyBase.REFERENCE: reference_level(timeline, parameters),
            },
        )
        return limit_of(base, parameters)

    @classmethod
    def floor(cls, timeline: pd.DataFrame, parameters: Parameters) -> FloatArray:
        """The day's reference less the limit."""
        return reference_level(timeline, parameters) - cls.limit(timeline, parameters)

    def in_words(self, currency: str = "") -> str:
        """The rule as a trader would say it, in one line."""
        base = {"initial": "the starting balance", "reference": "the day's reference"}
        limit = (
            money_text(self.limit_amount, currency)
            if self.limit_amount is not None
            else f"{self.limit_percent:g} % of {base[self.amount_base]}"
        )
        start = {"balance": "balance", "equity": "equity", "max": "balance or equity (the higher)"}
        end = "the account is lost" if self.action is Action.HARD else "paused until the next reset"
        return f"At most {limit} below the day's opening {start[self.reference]}; then {end}"


def reference_level(timeline: pd.DataFrame, parameters: Parameters) -> FloatArray:
    """The level noted at the reset; one value per row of `timeline`, account money."""
    balance = timeline["day_start_balance"].to_numpy()
    equity = timeline["day_start_equity"].to_numpy()
    return choose(
        parameters["reference"],
        {
            DayReference.BALANCE: balance,
            DayReference.EQUITY: equity,
            DayReference.HIGHER: np.maximum(balance, equity),
        },
    )
