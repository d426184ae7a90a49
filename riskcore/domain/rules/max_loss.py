"""Maximum loss: a floor under the account, fixed or trailing its best value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

import numpy as np
import numpy.typing as npt
import pandas as pd

from riskcore.domain.errors import InvalidValue
from riskcore.domain.money import FloatArray, money_text
from riskcore.domain.rules.base import Action, LossRule, limit_of
from riskcore.domain.rules.parameters import (
    Parameters,
    check_amount,
    check_cents,
    check_one_of,
    choose,
    is_choice,
)
from riskcore.domain.runs import in_runs


class Trail(StrEnum):
    """What the floor follows up: nothing, or the best value so far of what it names."""

    STATIC = "static"
    EOD_BALANCE = "eod_balance"
    CLOSED_BALANCE = "closed_balance"
    INTRADAY_EQUITY = "intraday_equity"
    HIGHER = "max_balance_equity"


class MaxBase(StrEnum):
    """What a percentage is of: the starting balance, or the best value the trail has seen."""

    INITIAL = "initial"
    HIGH_WATER = "hwm"


class PayoutEffect(StrEnum):
    """What a payout does to the floor.

    Nothing; the best value falls by the amount, and the floor with it; the floor locks at
    the starting balance, or at zero, if it is lower; or the trail begins anew from the
    starting balance.
    """

    NONE = "none"
    REDUCE = "reduce_hwm"
    LOCK = "lock_at_initial"
    LOCK_AT_ZERO = "floor_to_zero"
    RESET = "reset"


LOCKS = (PayoutEffect.LOCK, PayoutEffect.LOCK_AT_ZERO)

TRAIL_WORDS = {
    Trail.STATIC: "fixed",
    Trail.EOD_BALANCE: "trailing the best closing balance of a day",
    Trail.CLOSED_BALANCE: "trailing the best closed balance",
    Trail.INTRADAY_EQUITY: "trailing the best equity",
    Trail.HIGHER: "trailing the best of balance and equity",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class MaxLoss(LossRule):
    """The account must stay above its best value less the limit.

    The starting balance is the first peak, so a first loss counts in full.
    An end-of-day trail moves at the close and is checked live.
    The floor stops rising at its lock: a level (`locks_at`), so much above the starting
    balance (`locks_at_profit`), or where it stands once the best value has reached the
    starting balance plus `milestone_profit`. It never falls but by a payout, and by that
    only with `reduce_hwm` and `reset`.

    Source: docs/rules.md#max-loss.
    """

    kind: ClassVar[str] = "max_loss"
    title: ClassVar[str] = "Max loss"
    actions: ClassVar[tuple[Action, ...]] = (Action.HARD,)

    amount_base: MaxBase = MaxBase.INITIAL
    trail: Trail = Trail.STATIC
    locks_at: float | None = None
    locks_at_profit: float | None = None
    milestone_profit: float | None = None
    payout_effect: PayoutEffect = PayoutEffect.NONE

    def __post_init__(self) -> None:
        # A slotted dataclass is made anew, so a bare super() would look in the old class.
        super(MaxLoss, self).__post_init__()
        locks = ("locks_at", "locks_at_profit", "milestone_profit")
        check_one_of(self, "lock", *locks, may_be_none=True)
        check_cents(self, "locks_at")
        check_cents(self, "locks_at_profit")
        check_amount(self, "milestone_profit")
        if self.trail is not Trail.STATIC:
            return
        for name in locks:
            if getattr(self, name) is not None:
                raise InvalidValue(f"max_loss {name}", "needs a trail that rises", self.trail)
        if self.amount_base is MaxBase.HIGH_WATER:
            raise InvalidValue("max_loss amount_base", "needs a trail that rises", self.trail)

    def needs(self) -> frozenset[str]:
        """The best value its trail follows, a floor stated by hand, and whether it is locked."""
        peak = set() if self.trail is Trail.STATIC else {"trail_peak"}
        lock = {"is_locked"} if self.payout_effect in LOCKS else set()
        return frozenset({"stated_floor"} | peak | lock)

    def asks(self) -> Mapping[str, float]:
        """What the best value follows, what a payout does to it, at which profit it stops."""
        return {
            "trail": list(Trail).index(self.trail),
            "payout_effect": list(PayoutEffect).index(self.payout_effect),
            "milestone_profit": np.nan if self.milestone_profit is None else self.milestone_profit,
        }

    @classmethod
    def limit(cls, timeline: pd.DataFrame, parameters: Parameters) -> FloatArray:
        """A fixed amount, or a percentage of the starting balance or the best value."""
        base = choose(
            parameters["amount_base"],
            {
                MaxBase.INITIAL: lambda: timeline["starting_balance"].to_numpy(),
                MaxBase.HIGH_WATER: lambda: peak_level(timeline, parameters),
            },
        )
        return limit_of(base, parameters)

    @classmethod
    def floor(cls, timeline: pd.DataFrame, parameters: Parameters, limit: FloatArray) -> FloatArray:
        """The peak less the limit, not above the lock, not below where it began.

        It began at the starting balance less the limit, or where somebody stated it to be.
        """
        start = timeline["starting_balance"].to_numpy()
        stated = timeline["stated_floor"].to_numpy()
        is_fixed = is_choice(parameters["trail"], Trail.STATIC)
        began = start - limit
        if not np.isnan(stated).all():
            known = np.where(_locked_at_zero(timeline, parameters), np.fmax(began, stated), stated)
            began = np.where(np.isnan(stated), began, known)
        if is_fixed.all():
            return began
        peak, lock = peak_level(timeline, parameters), lock_level(start, parameters)
        hangs = peak - limit
        may_rise = np.isnan(lock) & ~(hangs <= began)  # and nobody knows how far
        risen = np.where(np.isnan(peak) | may_rise, np.nan, np.fmax(began, np.minimum(hangs, lock)))
        return np.where(is_fixed, began, risen)

    def in_words(self, currency: str = "") -> str:
        """The rule as a trader would say it, in one line."""
        base = {"initial": "the starting balance", "hwm": "the peak"}[self.amount_base]
        limit = self.limit_words(currency, base)
        start = "starting balance" if self.trail is Trail.STATIC else "peak"
        return f"At most {limit} below the {start}, {TRAIL_WORDS[self.trail]}{self._lock(currency)}"

    def _lock(self, currency: str) -> str:
        if self.locks_at is not None:
            return f", locked at {money_text(self.locks_at, currency)}"
        if self.locks_at_profit == 0:
            return ", locked at the starting balance"
        if self.locks_at_profit is not None:
            above = money_text(self.locks_at_profit, currency)
            return f", locked at the starting balance plus {above}"
        if self.milestone_profit is not None:
            milestone = money_text(self.milestone_profit, currency)
            return f", staying where it is once the profit has reached {milestone}"
        return ""


def _locked_at_zero(timeline: pd.DataFrame, parameters: Parameters) -> npt.NDArray[np.bool_]:
    """Where a payout has locked the floor at zero: it is there unless it was above already."""
    at_zero = is_choice(parameters["payout_effect"], PayoutEffect.LOCK_AT_ZERO)
    if not at_zero.any():
        return at_zero
    locked: npt.NDArray[np.bool_] = at_zero & (timeline["is_locked"].to_numpy() > 0)
    return locked


def lock_level(start: FloatArray, parameters: Parameters) -> FloatArray:
    """Where the floor stops rising: infinity without a lock, NaN where it is unknown.

    At a milestone the peak itself stops, so there is no level; it needs the starting
    balance all the same.
    """
    locks = (parameters[n] for n in ("locks_at", "locks_at_profit", "milestone_profit"))
    return in_runs(_lock, start, *locks)


def _lock(
    start: FloatArray, level: FloatArray, profit: FloatArray, milestone: FloatArray
) -> FloatArray:
    by_profit = np.where(np.isnan(profit), np.inf, start + profit)
    lock = np.where(np.isnan(level), by_profit, level)
    hangs = ~np.isnan(milestone) & np.isnan(start)
    return np.where(hangs, np.nan, lock)


def peak_level(timeline: pd.DataFrame, parameters: Parameters) -> FloatArray:
    """The level the floor hangs from; one value per row of `timeline`, account money."""
    start = timeline["starting_balance"].to_numpy()
    is_fixed = is_choice(parameters["trail"], Trail.STATIC)
    return np.where(is_fixed, start, timeline["trail_peak"].to_numpy())
