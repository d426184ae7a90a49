"""Daily loss: how far an account may fall below where its trading day began."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

import numpy as np
import pandas as pd

from riskcore.domain.errors import InvalidValue
from riskcore.domain.money import FloatArray, percent_of, to_cent
from riskcore.domain.rules.base import LossRule, limit_of
from riskcore.domain.rules.parameters import (
    Parameters,
    Steps,
    check_amount,
    check_percent,
    check_steps,
    choose,
    step_value,
)


class DayReference(StrEnum):
    """What is noted at the reset and counted from all day."""

    BALANCE = "balance"
    EQUITY = "equity"
    HIGHER = "max"
    INITIAL = "initial"


class DailyBase(StrEnum):
    """What a percentage is of.

    The starting balance, the day's reference, the best closed balance so far, or the
    day's peak equity.
    """

    INITIAL = "initial"
    REFERENCE = "reference"
    HIGH_WATER = "hwm"
    PEAK = "peak"


REFERENCE_WORDS = {
    DayReference.BALANCE: "the day's opening balance",
    DayReference.EQUITY: "the day's opening equity",
    DayReference.HIGHER: "the day's opening balance or equity (the higher)",
    DayReference.INITIAL: "the starting balance",
}
BASE_WORDS = {
    DailyBase.INITIAL: "the starting balance",
    DailyBase.REFERENCE: "the day's reference",
    DailyBase.HIGH_WATER: "the best closed balance",
    DailyBase.PEAK: "the day's peak equity",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class DailyLoss(LossRule):
    """The account must not fall by the limit from its reference at the day's reset.

    The reset alone can break it: counted from the balance, a loss carried open over the
    reset counts twice; counted from the equity or the higher of both, an open profit
    becomes part of the reference. On a good day more than the limit may be lost. With
    `intraday_trail` the reference rises with the day's peak equity. `limit_steps` and a
    share of the highest end-of-day profit raise the limit from the next session on, and
    never lower it again.

    Source: docs/rules.md#daily-loss.
    """

    kind: ClassVar[str] = "daily_loss"
    title: ClassVar[str] = "Daily loss"

    reference: DayReference = DayReference.BALANCE
    amount_base: DailyBase = DailyBase.INITIAL
    intraday_trail: bool = False
    limit_steps: Steps = ()
    limit_share_percent: float | None = None
    share_from_profit: float | None = None

    def __post_init__(self) -> None:
        # A slotted dataclass is made anew, so a bare super() would look in the old class.
        super(DailyLoss, self).__post_init__()
        check_steps(self, "limit_steps")
        check_percent(self, "limit_share_percent")
        check_amount(self, "share_from_profit")
        if (self.limit_share_percent is None) != (self.share_from_profit is None):
            raise InvalidValue(
                "daily_loss limit_share_percent", "needs share_from_profit beside it", "one of them"
            )
        if self.limit_steps and self.limit_share_percent is not None:
            raise InvalidValue(
                "daily_loss limit_steps", "must not stand beside limit_share_percent", "both"
            )

    def needs(self) -> frozenset[str]:
        """The day's start, and what its limit and its trail follow."""
        wanted = {
            DayReference.BALANCE: {"day_start_balance"},
            DayReference.EQUITY: {"day_start_equity"},
            DayReference.HIGHER: {"day_start_balance", "day_start_equity"},
            DayReference.INITIAL: set(),
        }[self.reference]
        if self.intraday_trail or self.amount_base is DailyBase.PEAK:
            wanted = wanted | {"day_peak_equity"}
        if self.amount_base is DailyBase.HIGH_WATER:
            wanted = wanted | {"peak_balance"}
        if self.limit_steps or self.limit_share_percent is not None:
            wanted = wanted | {"peak_eod_balance"}
        return frozenset(wanted)

    @classmethod
    def limit(cls, timeline: pd.DataFrame, parameters: Parameters) -> FloatArray:
        """A fixed amount or a percentage, raised by the best end-of-day profit so far."""
        base = choose(
            parameters["amount_base"],
            {
                DailyBase.INITIAL: lambda: timeline["starting_balance"].to_numpy(),
                DailyBase.REFERENCE: lambda: reference_level(timeline, parameters),
                DailyBase.HIGH_WATER: lambda: timeline["peak_balance"].to_numpy(),
                DailyBase.PEAK: lambda: timeline["day_peak_equity"].to_numpy(),
            },
        )
        return _raised(limit_of(base, parameters), timeline, parameters)

    @classmethod
    def floor(cls, timeline: pd.DataFrame, parameters: Parameters, limit: FloatArray) -> FloatArray:
        """The day's reference less the limit."""
        return reference_level(timeline, parameters) - limit

    def in_words(self, currency: str = "") -> str:
        """The rule as a trader would say it, in one line."""
        limit = self.limit_words(currency, BASE_WORDS[self.amount_base])
        trail = ", following the day's peak equity" if self.intraday_trail else ""
        grows = ", growing with the best end-of-day profit," if self._grows() else ""
        start = REFERENCE_WORDS[self.reference]
        return f"At most {limit}{grows} below {start}{trail}; then {self.end_words()}"

    def _grows(self) -> bool:
        return bool(self.limit_steps) or self.limit_share_percent is not None


def reference_level(timeline: pd.DataFrame, parameters: Parameters) -> FloatArray:
    """What is counted from; one value per row of `timeline`, account money."""
    level = choose(
        parameters["reference"],
        {
            DayReference.BALANCE: lambda: timeline["day_start_balance"].to_numpy(),
            DayReference.EQUITY: lambda: timeline["day_start_equity"].to_numpy(),
            DayReference.HIGHER: lambda: np.maximum(
                timeline["day_start_balance"].to_numpy(), timeline["day_start_equity"].to_numpy()
            ),
            DayReference.INITIAL: lambda: timeline["starting_balance"].to_numpy(),
        },
    )
    trails = parameters["intraday_trail"]
    if not trails.any():
        return level
    risen = np.maximum(level, timeline["day_peak_equity"].to_numpy())
    return np.where(trails, risen, level)


def _raised(limit: FloatArray, timeline: pd.DataFrame, parameters: Parameters) -> FloatArray:
    """`limit` by the rule's table, or its share of the highest end-of-day profit."""
    steps, share = parameters["limit_steps"], parameters["limit_share_percent"]
    if not steps.shape[1] and np.isnan(share).all():
        return limit
    best = to_cent(timeline["peak_eod_balance"] - timeline["starting_balance"])
    stepped = step_value(steps, best, limit)
    shared = np.where(best >= parameters["share_from_profit"], percent_of(best, share), stepped)
    return np.where(~np.isnan(share) & np.isnan(best), np.nan, shared)
