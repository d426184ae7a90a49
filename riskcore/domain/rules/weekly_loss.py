"""Weekly loss: how far an account may fall below where its trading week began."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

import numpy as np
import pandas as pd

from riskcore.domain.money import FloatArray
from riskcore.domain.rules.base import Action, Lasts, LossRule, limit_of
from riskcore.domain.rules.parameters import Parameters, choose


class WeekReference(StrEnum):
    """What is noted at the week's first reset and counted from all week."""

    BALANCE = "balance"
    EQUITY = "equity"
    HIGHER = "max"


class WeekBase(StrEnum):
    """What a percentage is of: the starting balance, or the week's reference."""

    INITIAL = "initial"
    REFERENCE = "reference"


@dataclass(frozen=True, slots=True, kw_only=True)
class WeeklyLoss(LossRule):
    """The account must not fall by the limit from its reference at the week's first reset.

    The week begins with Monday's trading day, on Sunday evening where the day turns in
    the afternoon. A pause ends with the week, not with the day.

    Source: docs/rules.md#weekly-loss.
    """

    kind: ClassVar[str] = "weekly_loss"
    title: ClassVar[str] = "Weekly loss"
    pause_lasts: ClassVar[Lasts] = Lasts.WEEK

    reference: WeekReference = WeekReference.BALANCE
    amount_base: WeekBase = WeekBase.INITIAL

    def needs(self) -> frozenset[str]:
        """The week's start."""
        columns = {
            WeekReference.BALANCE: {"week_start_balance"},
            WeekReference.EQUITY: {"week_start_equity"},
            WeekReference.HIGHER: {"week_start_balance", "week_start_equity"},
        }
        return frozenset(columns[self.reference])

    @classmethod
    def limit(cls, timeline: pd.DataFrame, parameters: Parameters) -> FloatArray:
        """A fixed amount, or a percentage of the starting balance or the week's reference."""
        base = choose(
            parameters["amount_base"],
            {
                WeekBase.INITIAL: lambda: timeline["starting_balance"].to_numpy(),
                WeekBase.REFERENCE: lambda: week_level(timeline, parameters),
            },
        )
        return limit_of(base, parameters)

    @classmethod
    def floor(cls, timeline: pd.DataFrame, parameters: Parameters, limit: FloatArray) -> FloatArray:
        """The week's reference less the limit."""
        return week_level(timeline, parameters) - limit

    def in_words(self, currency: str = "") -> str:
        """The rule as a trader would say it, in one line."""
        base = {"initial": "the starting balance", "reference": "the week's reference"}
        start = {"balance": "balance", "equity": "equity", "max": "balance or equity (the higher)"}
        limit = self.limit_words(currency, base[self.amount_base])
        opening = f"the week's opening {start[self.reference]}"
        return f"At most {limit} below {opening}; then {self.end_words()}"

    def end_words(self) -> str:
        """What a break costs, for people."""
        is_hard = self.action is Action.HARD
        return "the account is lost" if is_hard else "paused until the next week"


def week_level(timeline: pd.DataFrame, parameters: Parameters) -> FloatArray:
    """The level noted at the week's first reset; one value per row, account money."""
    return choose(
        parameters["reference"],
        {
            WeekReference.BALANCE: lambda: timeline["week_start_balance"].to_numpy(),
            WeekReference.EQUITY: lambda: timeline["week_start_equity"].to_numpy(),
            WeekReference.HIGHER: lambda: np.maximum(
                timeline["week_start_balance"].to_numpy(), timeline["week_start_equity"].to_numpy()
            ),
        },
    )
