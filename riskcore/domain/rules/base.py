"""What every rule is: parameters checked when made, and vector formulas over a timeline.

A rule compares what is `measured` with a level. Most levels are floors (equity must stay
above); some are ceilings (contracts must stay at or below). Goals are rules too: they say
how far a payout is, and never that an account is in danger.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt
import pandas as pd

from riskcore.domain.days import NEVER, IntArray
from riskcore.domain.errors import InvalidValue
from riskcore.domain.money import FloatArray, money_text, percent_of
from riskcore.domain.rules.parameters import (
    Parameters,
    check_amount,
    check_one_of,
    check_percent,
    choose,
    is_choice,
)
from riskcore.domain.runs import in_runs


class Measure(StrEnum):
    """What is compared with the level."""

    EQUITY = "equity"
    BALANCE = "balance"
    LOWER = "min_balance_equity"


MEASURE_WORDS = {
    Measure.EQUITY: "equity",
    Measure.BALANCE: "balance",
    Measure.LOWER: "the lower of balance and equity",
}


class Breach(StrEnum):
    """Whether the floor itself is still allowed: BELOW breaks under it, TOUCH at it."""

    BELOW = "below"
    TOUCH = "touch"


class Action(StrEnum):
    """What a break costs: HARD the account, PAUSE trading until the reset, GATE a payout."""

    HARD = "hard"
    PAUSE = "pause"
    GATE = "gate"


END_WORDS = {
    Action.HARD: "the account is lost",
    Action.PAUSE: "paused until the next reset",
    Action.GATE: "more is not paid",
}


class Since(StrEnum):
    """From when a goal counts: the start of the account's cycle, or its last payout."""

    CYCLE = "cycle"
    PAYOUT = "payout"


class Lasts(IntEnum):
    """How long a break counts: the rest of the cycle, of the trading day, of the week, not."""

    CYCLE = 0
    DAY = 1
    WEEK = 2
    NEVER = 3


class Unit(StrEnum):
    """What a rule's numbers are."""

    MONEY = "money"
    CONTRACTS = "contracts"
    DAYS = "days"


def amount_text(amount: float | None, unit: Unit, currency: str = "") -> str:
    """A rule's number for people: `1,250.00 USD`, `3 contracts`, `4 days`, `unknown`."""
    if amount is None or unit is Unit.MONEY:
        return money_text(amount, currency)
    return f"{amount:,.10g} {unit.removesuffix('s') if amount == 1 else unit}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One rule's numbers at one instant, in its unit; None is unknown.

    `level` is the floor or ceiling, `details` what else the rule has to say by name.
    """

    measured: float | None
    level: float | None
    buffer: float | None
    limit_amount: float | None
    details: Mapping[str, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule(ABC):
    """A limit with its parameters, immutable; of one `kind`."""

    kind: ClassVar[str]
    title: ClassVar[str]
    unit: ClassVar[Unit] = Unit.MONEY
    is_ceiling: ClassVar[bool] = False
    """Whether `measured` must stay at or below the level, rather than above it."""
    is_goal: ClassVar[bool] = False
    """Whether it is something to reach before a payout; its percent is then progress."""
    warns: ClassVar[bool] = True
    """Whether a small share left is a warning in itself."""

    has_details: ClassVar[bool] = False
    """Whether it has more to say than its numbers (`details`)."""

    counts_time: ClassVar[bool] = False
    """Whether time alone changes its answer between resets (`changes_at_us`)."""

    def needs(self) -> frozenset[str]:
        """The columns of the timeline its formulas read, beside those always there."""
        return frozenset()

    def asks(self) -> Mapping[str, float]:
        """What the timeline must know of this rule, by column of ACCOUNTS."""
        return {}

    @property
    def action(self) -> Action:
        """What a break costs."""
        return Action.GATE if self.is_goal else Action.HARD

    @property
    def touch_breaks(self) -> bool:
        """Whether it is broken with nothing left, rather than with less than nothing."""
        return False

    @property
    def is_gate(self) -> bool:
        """Whether it stands before a payout only: shown, never part of an account's status."""
        return self.action is Action.GATE

    @classmethod
    @abstractmethod
    def limit(cls, timeline: pd.DataFrame, parameters: Parameters) -> FloatArray:
        """The nominal limit; one value per row of `timeline`, in the rule's unit."""

    @classmethod
    def floor(cls, timeline: pd.DataFrame, parameters: Parameters, limit: FloatArray) -> FloatArray:
        """The level `measured` is compared with: the limit itself, unless a kind says otherwise.

        One value per row, in the rule's unit; `limit` as `limit` gives it.
        """
        return limit

    @classmethod
    @abstractmethod
    def measured(cls, timeline: pd.DataFrame, parameters: Parameters) -> FloatArray:
        """What is compared with the level; one value per row, in the rule's unit."""

    @classmethod
    def is_broken(cls, buffer: FloatArray, parameters: Parameters) -> npt.NDArray[np.bool_]:
        """Whether a buffer (to the cent) breaks the rule; an unknown one does not."""
        broken: npt.NDArray[np.bool_] = buffer < 0
        return broken

    @classmethod
    def lasts(cls, parameters: Parameters) -> npt.NDArray[np.int8]:
        """How long a break counts, as a code of Lasts; one value per row."""
        count = len(next(iter(parameters.values())))
        return np.full(count, Lasts.NEVER if cls.is_goal else Lasts.CYCLE, dtype=np.int8)

    @classmethod
    def details(cls, timeline: pd.DataFrame, parameters: Parameters) -> dict[str, FloatArray]:
        """What else there is to say, by name; one value per row, NaN unknown."""
        return {}

    @classmethod
    def changes_at_us(cls, timeline: pd.DataFrame, parameters: Parameters) -> IntArray:
        """When time alone changes its answer before the next reset; microseconds, UTC.

        One value per row, NEVER where nothing but a snapshot, an event or a reset does.
        """
        return np.full(len(timeline), NEVER, dtype=np.int64)

    @abstractmethod
    def sentence(self, found: Found, currency: str) -> str:
        """Why it stands as it does, with the number found and the number allowed."""

    def broken_sentence(self, found: Found, currency: str) -> str:
        """How it was broken, with the number found and the number allowed."""
        return self.sentence(found, currency)

    def unknown_words(self, found: Found) -> str:
        """Why nothing is known of it, where the starting balance is not the reason."""
        return "no snapshot yet" if found.measured is None else "something it needs is missing"

    def end_words(self) -> str:
        """What a break costs, for people."""
        return "a payout has to wait" if self.is_goal else END_WORDS[self.action]

    @abstractmethod
    def in_words(self, currency: str = "") -> str:
        """The rule as a trader would say it, in one line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LossRule(Rule):
    """A limit on what may be lost: an amount in account money or a percentage, never both."""

    actions: ClassVar[tuple[Action, ...]] = (Action.HARD, Action.PAUSE)
    pause_lasts: ClassVar[Lasts] = Lasts.DAY

    limit_percent: float | None = None
    limit_amount: float | None = None
    measure: Measure = Measure.EQUITY
    breach: Breach = Breach.BELOW
    action: Action = Action.HARD

    def __post_init__(self) -> None:
        check_one_of(self, "limit", "limit_amount", "limit_percent")
        check_amount(self, "limit_amount")
        check_percent(self, "limit_percent")
        check_action(self, *self.actions)

    @property
    def touch_breaks(self) -> bool:
        """Whether being exactly at the floor breaks it."""
        return self.breach is Breach.TOUCH

    @property
    def measure_word(self) -> str:
        """What is measured, for people."""
        return MEASURE_WORDS[self.measure]

    @classmethod
    def measured(cls, timeline: pd.DataFrame, parameters: Parameters) -> FloatArray:
        """Equity, closed balance, or the lower of both."""
        return measured_money(timeline, parameters["measure"])

    @classmethod
    def is_broken(cls, buffer: FloatArray, parameters: Parameters) -> npt.NDArray[np.bool_]:
        """Under the floor, or at it where touching breaks."""
        touches = is_choice(parameters["breach"], Breach.TOUCH) & (buffer == 0)
        broken: npt.NDArray[np.bool_] = (buffer < 0) | touches
        return broken

    @classmethod
    def lasts(cls, parameters: Parameters) -> npt.NDArray[np.int8]:
        """The rest of the cycle; a pause until the next reset."""
        return lasting(parameters["action"], cls.pause_lasts)

    def limit_words(self, currency: str, base: str) -> str:
        """The limit for people; `base` is what a percentage is of."""
        if self.limit_amount is not None:
            return money_text(self.limit_amount, currency)
        return f"{self.limit_percent:g} % of {base}"

    def sentence(self, found: Found, currency: str) -> str:
        """How far it is from the floor, and what the limit is."""
        left = found.buffer or 0.0
        limit = f"; the limit is {money_text(found.limit_amount, currency)}" if left >= 0 else ""
        return (
            f"{self.measure_word} {money_text(found.measured, currency)} is"
            f" {money_text(abs(left), currency)} {'above' if left >= 0 else 'under'} the floor"
            f" {money_text(found.level, currency)}{limit}"
        )

    def broken_sentence(self, found: Found, currency: str) -> str:
        """How it was broken, with the number found and the number allowed."""
        verb = "was at or under" if self.breach is Breach.TOUCH else "was under"
        return (
            f"{self.measure_word} {money_text(found.measured, currency)} {verb} the floor"
            f" {money_text(found.level, currency)}"
        )


def check_action(rule: Rule, *allowed: Action) -> None:
    """Raise unless the rule's action is one of `allowed`."""
    if rule.action not in allowed:
        raise InvalidValue(
            f"{rule.kind} action", f"must be {' or '.join(allowed)}", rule.action.value
        )


def lasting(action: npt.NDArray[Any], pause: Lasts = Lasts.DAY) -> npt.NDArray[np.int8]:
    """How long a break counts by its action, as a code of Lasts."""
    hard_pause_gate = (Lasts.CYCLE, pause, Lasts.NEVER)
    by_code: npt.NDArray[np.int8] = np.array(hard_pause_gate, dtype=np.int8)
    return in_runs(by_code.__getitem__, action)


def measured_money(timeline: pd.DataFrame, measure: npt.NDArray[Any]) -> FloatArray:
    """Equity, closed balance or the lower of both, as `measure` says row by row."""
    equity = timeline["equity"].to_numpy()
    balance = timeline["balance"].to_numpy()
    return choose(
        measure,
        {
            Measure.EQUITY: lambda: equity,
            Measure.BALANCE: lambda: balance,
            Measure.LOWER: lambda: np.minimum(balance, equity),
        },
    )


def limit_of(
    base: npt.ArrayLike, parameters: Parameters, amount: str = "limit_amount"
) -> FloatArray:
    """The amount where it is given, else the percentage of `base`, to the cent.

    A percentage that comes to nothing is unknown (NaN): a limit of zero is none.
    """
    given = parameters[amount]
    if not np.isnan(given).any():
        return np.asarray(given, dtype=np.float64)
    percent = parameters[amount.replace("_amount", "_percent")]
    return in_runs(_limit, np.asarray(base, dtype=np.float64), given, percent)


def _limit(base: FloatArray, given: FloatArray, percent: FloatArray) -> FloatArray:
    share = percent_of(base, percent)
    return np.where(np.isnan(given), np.where(share > 0, share, np.nan), given)
