"""What every rule is: parameters checked when made, and vector formulas over a timeline."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Any, ClassVar, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

from riskcore.domain.errors import InvalidValue
from riskcore.domain.money import FloatArray, percent_of

Parameters: TypeAlias = Mapping[str, npt.NDArray[Any]]
"""A rule's fields as columns: numbers as float64 (None: NaN), choices as int8 codes."""


class Measure(StrEnum):
    """What is compared with the floor."""

    EQUITY = "equity"
    BALANCE = "balance"
    LOWER = "min_balance_equity"


class Breach(StrEnum):
    """Whether the floor itself is still allowed: BELOW breaks under it, TOUCH at it."""

    BELOW = "below"
    TOUCH = "touch"


class Action(StrEnum):
    """What a break costs: HARD the account, PAUSE the rest of the trading day."""

    HARD = "hard"
    PAUSE = "pause"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule(ABC):
    """A limit with its parameters, immutable; of one `kind`.

    The allowed loss is either an amount in account money or a percentage (of what, the
    rule says), never both.
    """

    kind: ClassVar[str]
    title: ClassVar[str]

    limit_percent: float | None = None
    limit_amount: float | None = None
    measure: Measure = Measure.EQUITY
    breach: Breach = Breach.BELOW
    action: Action = Action.HARD

    def __post_init__(self) -> None:
        if (self.limit_percent is None) == (self.limit_amount is None):
            found = "neither" if self.limit_percent is None else "both"
            raise InvalidValue(
                f"{self.kind} limit", "must be one of limit_amount and limit_percent", found
            )
        check_between(self, "limit_amount", 0, 1e12)
        check_between(self, "limit_percent", 0, 100)
        if self.limit_amount is not None and round(self.limit_amount, 2) != self.limit_amount:
            raise InvalidValue(
                f"{self.kind} limit_amount", "must have at most two decimals", self.limit_amount
            )

    @classmethod
    @abstractmethod
    def limit(cls, timeline: pd.DataFrame, parameters: Parameters) -> FloatArray:
        """The nominal allowed loss; one value per row of `timeline`, account money."""

    @classmethod
    @abstractmethod
    def floor(cls, timeline: pd.DataFrame, parameters: Parameters) -> FloatArray:
        """The level `measured` must stay above; one value per row of `timeline`, account money."""

    @abstractmethod
    def in_words(self, currency: str = "") -> str:
        """The rule as a trader would say it, in one line."""


def check_between(rule: Rule, field: str, low: float, high: float) -> None:
    """Raise unless `field` is None, or above `low` and at most `high`."""
    value = getattr(rule, field)
    if value is not None and not low < value <= high:
        raise InvalidValue(
            f"{rule.kind} {field}", f"must be above {low:g} and at most {high:g}", value
        )


def stack(rules: Sequence[Rule], rows: npt.NDArray[np.int64]) -> Parameters:
    """The fields of rules of one kind as columns; row i holds those of `rules[rows[i]]`."""
    columns: dict[str, npt.NDArray[Any]] = {}
    for field in fields(rules[0]):
        values = [getattr(rule, field.name) for rule in rules]
        columns[field.name] = _column(values)[rows]
    return columns


def _column(values: Sequence[Any]) -> npt.NDArray[Any]:
    if isinstance(values[0], StrEnum):
        order = list(type(values[0]))
        return np.array([order.index(value) for value in values], dtype=np.int8)
    return np.array([np.nan if v is None else v for v in values], dtype=np.float64)


def choose(codes: npt.NDArray[Any], options: Mapping[Any, npt.ArrayLike | None]) -> FloatArray:
    """Row by row the option that the row's code names; options in the order of their enum."""
    first = codes[0] if len(codes) else 0
    arrays = [np.asarray(option, dtype=np.float64) for option in options.values()]
    if (codes == first).all():
        return arrays[int(first)]
    return np.choose(codes, arrays)


def measured(timeline: pd.DataFrame, parameters: Parameters) -> FloatArray:
    """What is compared with the floor; one value per row of `timeline`, account money."""
    equity = timeline["equity"].to_numpy()
    balance = timeline["balance"].to_numpy()
    return choose(
        parameters["measure"],
        {
            Measure.EQUITY: equity,
            Measure.BALANCE: balance,
            Measure.LOWER: np.minimum(balance, equity),
        },
    )


def limit_of(base: npt.ArrayLike, parameters: Parameters) -> FloatArray:
    """`limit_amount` where it is given, else `limit_percent` of `base`, to the cent.

    A percentage that comes to nothing is unknown (NaN): a limit of zero is none.
    """
    amount = parameters["limit_amount"]
    if not np.isnan(amount).any():
        return np.asarray(amount, dtype=np.float64)
    share = percent_of(base, parameters["limit_percent"])
    return np.where(np.isnan(amount), np.where(share > 0, share, np.nan), amount)


def is_broken(buffer: FloatArray, parameters: Parameters) -> npt.NDArray[np.bool_]:
    """Whether a buffer (to the cent) breaks the rule; an unknown one does not."""
    touch_breaks = parameters["breach"] == list(Breach).index(Breach.TOUCH)
    broken: npt.NDArray[np.bool_] = (buffer < 0) | (touch_breaks & (buffer == 0))
    return broken
