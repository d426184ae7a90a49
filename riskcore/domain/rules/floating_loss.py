"""Floating loss: how much the open positions of an account may be losing together."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

import pandas as pd

from riskcore.domain.errors import InvalidValue
from riskcore.domain.money import FloatArray
from riskcore.domain.rules.base import LossRule, Measure, limit_of
from riskcore.domain.rules.parameters import Parameters, choose


class FloatingBase(StrEnum):
    """What a percentage is of: the starting balance, or the closed balance now."""

    INITIAL = "initial"
    BALANCE = "balance"


@dataclass(frozen=True, slots=True, kw_only=True)
class FloatingLoss(LossRule):
    """Equity must not fall by the limit below the closed balance.

    A loss that is closed counts no longer: it has become balance. Several open positions
    count together, since a snapshot does not tell one from another.

    Source: docs/rules.md#floating-loss.
    """

    kind: ClassVar[str] = "floating_loss"
    title: ClassVar[str] = "Floating loss"

    amount_base: FloatingBase = FloatingBase.INITIAL

    def __post_init__(self) -> None:
        # A slotted dataclass is made anew, so a bare super() would look in the old class.
        super(FloatingLoss, self).__post_init__()
        if self.measure is not Measure.EQUITY:
            raise InvalidValue("floating_loss measure", "must be equity", self.measure)

    @classmethod
    def limit(cls, timeline: pd.DataFrame, parameters: Parameters) -> FloatArray:
        """A fixed amount, or a percentage of the starting or the closed balance."""
        base = choose(
            parameters["amount_base"],
            {
                FloatingBase.INITIAL: lambda: timeline["starting_balance"].to_numpy(),
                FloatingBase.BALANCE: lambda: timeline["balance"].to_numpy(),
            },
        )
        return limit_of(base, parameters)

    @classmethod
    def floor(cls, timeline: pd.DataFrame, parameters: Parameters, limit: FloatArray) -> FloatArray:
        """The closed balance less the limit."""
        floor: FloatArray = timeline["balance"].to_numpy() - limit
        return floor

    def in_words(self, currency: str = "") -> str:
        """The rule as a trader would say it, in one line."""
        base = {"initial": "the starting balance", "balance": "the closed balance"}
        limit = self.limit_words(currency, base[self.amount_base])
        return f"At most {limit} of open loss; then {self.end_words()}"
