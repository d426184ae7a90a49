"""Maximum loss: a floor under the account, fixed or trailing its best value."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

import numpy as np
import pandas as pd

from riskcore.domain.errors import InvalidValue
from riskcore.domain.money import FloatArray, money_text
from riskcore.domain.rules.base import Action, Parameters, Rule, choose, limit_of


class Trail(StrEnum):
    """What the floor follows up: nothing, or the best value so far of what it names."""

    STATIC = "static"
    EOD_BALANCE = "eod_balance"
    CLOSED_BALANCE = "closed_balance"
    INTRADAY_EQUITY = "intraday_equity"
    HIGHER = "max_balance_equity"


TRAIL_WORDS = {
    Trail.STATIC: "fixed",
    Trail.EOD_BALANCE: "trailing the best closing balance of a day",
    Trail.CLOSED_BALANCE: "trailing the best closed balance",
    Trail.INTRADAY_EQUITY: "trailing the best equity",
    Trail.HIGHER: "trailing the best of balance and equity",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class MaxLoss(Rule):
    """The account must stay above its best value less the limit.

    The starting balance is the first peak, so a first loss counts in full.
    An end-of-day trail moves at the close and is checked live.
    With `locks_at` (account money) the floor stops rising there; it never falls.

    Source: docs/rules.md#max-loss.
    """

    kind: ClassVar[str] = "max_loss"
    title: ClassVar[str] = "Max loss"

    trail: Trail = Trail.STATIC
    locks_at: float | None = None

    def __post_init__(self) -> None:
        # A slotted dataclass is made anew, so a bare super() would look in the old class.
        super(MaxLoss, self).__post_init__()
        if self.action is Action.PAUSE:
            raise InvalidValue("max_loss action", "must be hard", self.action)
        if self.locks_at is not None and self.trail is Trail.STATIC:
            raise InvalidValue("max_loss locks_at", "needs a trail that rises", self.trail)

    @classmethod
    def limit(cls, timeline: pd.DataFrame, parameters: Parameters) -> FloatArray:
        """A fixed amount, or a percentage of the starting balance."""
        return limit_of(timeline["starting_balance"].to_numpy(), parameters)

    @classmethod
    def floor(cls, timeline: pd.DataFrame, parameters: Parameters) -> FloatArray:
        """The peak less the limit, not above `locks_at`, not below where it began."""
        limit = cls.limit(timeline, parameters)
        first = timeline["starting_balance"].to_numpy() - limit
        risen = peak_level(timeline, parameters) - limit
        lock = np.where(np.isnan(parameters["locks_at"]), np.inf, parameters["locks_at"])
        return np.maximum(first, np.minimum(risen, lock))

    def in_words(self, currency: str = "") -> str:
        """The rule as a trader would say it, in one line."""
        limit = (
            money_text(self.limit_amount, currency)
            if self.limit_amount is not None
            else f"{self.limit_percent:g} % of the starting balance"
        )
        lock = "" if self.locks_at is None else f", locked at {money_text(self.locks_at, currency)}"
        return f"At most {limit} below the peak, {TRAIL_WORDS[self.trail]}{lock}"


def peak_level(timeline: pd.DataFrame, parameters: Parameters) -> FloatArray:
    """The level the floor hangs from; one value per row of `timeline`, account money."""
    return choose(
        parameters["trail"],
        {
            Trail.STATIC: timeline["starting_balance"],
            Trail.EOD_BALANCE: timeline["peak_eod_balance"],
            Trail.CLOSED_BALANCE: timeline["peak_balance"],
            Trail.INTRADAY_EQUITY: timeline["peak_equity"],
            Trail.HIGHER: np.maximum(timeline["peak_balance"], timeline["peak_equity"]),
        },
    )
