"""Position limit: how many contracts an account may hold at once."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from typing import ClassVar

import numpy as np
import numpy.typing as npt
import pandas as pd

from riskcore.domain.money import FloatArray, to_cent
from riskcore.domain.rules.base import (
    Action,
    Found,
    Rule,
    Unit,
    amount_text,
    check_action,
    lasting,
)
from riskcore.domain.rules.parameters import (
    Parameters,
    Steps,
    check_amount,
    check_steps,
    choose,
    step_value,
)


class TierBasis(StrEnum):
    """Which profit decides the tier, and with it when a new tier takes effect.

    The last close (from the next session on, up and down), the closed balance or equity
    now (at once, up and down), the best close or the best equity so far (never down).
    """

    DAY_START = "day_start_balance"
    BALANCE = "balance"
    EQUITY = "equity"
    BEST_CLOSE = "peak_eod_balance"
    BEST_EQUITY = "peak_equity"


BASIS_WORDS = {
    TierBasis.DAY_START: "the profit at the last close",
    TierBasis.BALANCE: "the closed profit",
    TierBasis.EQUITY: "the profit with open positions",
    TierBasis.BEST_CLOSE: "the best profit at a close",
    TierBasis.BEST_EQUITY: "the best profit with open positions",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PositionLimit(Rule):
    """At most so many contracts may be open at once; exactly so many are allowed.

    With `tiers` the limit rises with profit; a tier by equity can fall while a position is
    open, and then the position breaks the rule. Contracts are those of the snapshot; one
    that does not say how many are open leaves the rule unknown.

    Source: docs/rules.md#position-limit.
    """

    kind: ClassVar[str] = "position_limit"
    title: ClassVar[str] = "Position limit"
    unit: ClassVar[Unit] = Unit.CONTRACTS
    is_ceiling: ClassVar[bool] = True
    warns: ClassVar[bool] = False

    most_contracts: float
    tiers: Steps = ()
    tier_basis: TierBasis = TierBasis.DAY_START
    action: Action = Action.HARD

    def __post_init__(self) -> None:
        check_amount(self, "most_contracts")
        check_steps(self, "tiers")
        check_action(self, Action.HARD, Action.PAUSE)

    def needs(self) -> frozenset[str]:
        """The open contracts, and the level its tiers follow."""
        now = {TierBasis.BALANCE, TierBasis.EQUITY}
        basis = set() if self.tier_basis in now else {self.tier_basis.value}
        return frozenset({"open_contracts"} | basis)

    @classmethod
    def limit(cls, timeline: pd.DataFrame, parameters: Parameters) -> FloatArray:
        """How many contracts, by the tier the profit has reached."""
        most, tiers = parameters["most_contracts"], parameters["tiers"]
        if not tiers.shape[1]:
            return np.asarray(most, dtype=np.float64)
        level = choose(
            parameters["tier_basis"],
            {basis: partial(timeline.__getitem__, basis.value) for basis in TierBasis},
        )
        profit = to_cent(level - timeline["starting_balance"].to_numpy())
        return step_value(tiers, profit, most)

    @classmethod
    def measured(cls, timeline: pd.DataFrame, parameters: Parameters) -> FloatArray:
        """The contracts that are open; NaN where the snapshot does not say."""
        contracts: FloatArray = timeline["open_contracts"].to_numpy()
        return contracts

    @classmethod
    def lasts(cls, parameters: Parameters) -> npt.NDArray[np.int8]:
        """The rest of the cycle; a pause until the next reset."""
        return lasting(parameters["action"])

    def sentence(self, found: Found, currency: str) -> str:
        """How many are open, and how many may be."""
        open_now, allowed = (amount_text(n, self.unit) for n in (found.measured, found.level))
        tier = f" by {BASIS_WORDS[self.tier_basis]}" if self.tiers else ""
        return f"{open_now} open; at most {allowed} allowed{tier}"

    def unknown_words(self, found: Found) -> str:
        """Why nothing is known of it."""
        if found.measured is None:
            return "no snapshot says how many contracts are open"
        return "the starting balance is not set"

    def in_words(self, currency: str = "") -> str:
        """The rule as a trader would say it, in one line."""
        rises = f", more with {BASIS_WORDS[self.tier_basis]}" if self.tiers else ""
        return f"At most {amount_text(self.most_contracts, self.unit)} at once{rises}"
