"""Consistency: no single day, or trade, may be too large a part of the profit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

import numpy as np
import numpy.typing as npt
import pandas as pd

from riskcore.domain.money import (
    FloatArray,
    money_text,
    percent_beside,
    percent_of,
    percent_text,
    to_cent,
    whole_of,
)
from riskcore.domain.rules.base import Found, Rule, Since, limit_of
from riskcore.domain.rules.parameters import (
    Parameters,
    check_amount,
    check_one_of,
    check_percent,
    choose,
    is_choice,
)


class ConsistencyMode(StrEnum):
    """What is a part of what."""

    DAY_OF_TOTAL = "best_day_of_total"
    DAY_OF_POSITIVE = "best_day_of_positive_days"
    TRADE_OF_TOTAL = "best_trade_of_total"


class Comparison(StrEnum):
    """Whether exactly the percentage is still allowed: LE at most it, LT less than it."""

    LE = "le"
    LT = "lt"


BEST_WORDS = {
    ConsistencyMode.DAY_OF_TOTAL: "the best day",
    ConsistencyMode.DAY_OF_POSITIVE: "the best day",
    ConsistencyMode.TRADE_OF_TOTAL: "the best trade",
}
TOTAL_WORDS = {
    ConsistencyMode.DAY_OF_TOTAL: "the profit",
    ConsistencyMode.DAY_OF_POSITIVE: "the profit of winning days",
    ConsistencyMode.TRADE_OF_TOTAL: "the profit",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Consistency(Rule):
    """The best day (or trade) must be at most a percentage of the profit.

    It never breaks an account: it raises what must be earned before a payout, to the best
    day divided by the percentage, and never below the profit target. The total is net, or
    that of winning days alone. Balances are closed ones; a trade is what the closed balance
    rose by between two snapshots.

    Source: docs/rules.md#consistency.
    """

    kind: ClassVar[str] = "consistency"
    title: ClassVar[str] = "Consistency"
    is_goal: ClassVar[bool] = True
    has_details: ClassVar[bool] = True

    max_percent: float
    mode: ConsistencyMode = ConsistencyMode.DAY_OF_TOTAL
    op: Comparison = Comparison.LE
    since: Since = Since.CYCLE
    target_amount: float | None = None
    target_percent: float | None = None

    def __post_init__(self) -> None:
        check_percent(self, "max_percent")
        check_one_of(self, "target", "target_amount", "target_percent", may_be_none=True)
        check_amount(self, "target_amount")
        check_percent(self, "target_percent")

    def needs(self) -> frozenset[str]:
        """The closed days' results, or the best trade."""
        if self.mode is ConsistencyMode.TRADE_OF_TOTAL:
            return frozenset({"goal_start", "best_trade"})
        return frozenset({"goal_start", "goal_day_start", "best_day", "positive_days"})

    def asks(self) -> Mapping[str, float]:
        """Whether a payout begins the count anew."""
        return {"since_payout": self.since is Since.PAYOUT}

    @classmethod
    def limit(cls, timeline: pd.DataFrame, parameters: Parameters) -> FloatArray:
        """The total of which the best is within the percentage, at least the target.

        Unknown (NaN) while nothing has been won and no target is set, or the target is
        unknown.
        """
        needed = share_total(best(timeline, parameters), parameters)
        with_target = np.maximum(
            np.where(np.isnan(needed), 0.0, needed), target(timeline, parameters)
        )
        return np.where(_has_target(parameters), with_target, needed)

    @classmethod
    def measured(cls, timeline: pd.DataFrame, parameters: Parameters) -> FloatArray:
        """The total that the best is a part of; negative in loss."""
        return choose(
            parameters["mode"],
            {
                ConsistencyMode.DAY_OF_TOTAL: lambda: total(timeline),
                ConsistencyMode.DAY_OF_POSITIVE: lambda: positive_total(timeline),
                ConsistencyMode.TRADE_OF_TOTAL: lambda: total(timeline),
            },
        )

    @classmethod
    def details(cls, timeline: pd.DataFrame, parameters: Parameters) -> dict[str, FloatArray]:
        """The best, its share, the total it asks for, what today may bring at most, and still."""
        top, whole = best(timeline, parameters), cls.measured(timeline, parameters)
        with np.errstate(divide="ignore", invalid="ignore"):
            share = np.where(whole > 0, 100 * top / whole, np.nan)
        ceiling = ceiling_today(timeline, parameters)
        return {
            "best": to_cent(top),
            "share_percent": share,
            "share_total": share_total(top, parameters),
            "allowed_best": np.maximum(_within(whole, parameters), 0),
            "ceiling_today": ceiling,
            "left_today": to_cent(ceiling - _counted_today(timeline, parameters)),
        }

    def sentence(self, found: Found, currency: str) -> str:
        """The best, its share, what is allowed, and what is missing."""
        share = found.details.get("share_percent")
        part = "and" if share is None else f"{percent_text(share)} of"
        text = (
            f"{BEST_WORDS[self.mode]} is {money_text(found.details.get('best'), currency)},"
            f" {part} {TOTAL_WORDS[self.mode]} {money_text(found.measured, currency)};"
            f" {self._allowed()} is allowed"
        )
        missing = -(found.buffer or 0.0)
        if missing <= 0:
            return text
        level = money_text(found.level, currency)
        return f"{text}; {money_text(missing, currency)} more to earn, up to {level}"

    def unknown_words(self, found: Found) -> str:
        """Why nothing is known of it."""
        if found.measured is None:
            return "no snapshot yet"
        return f"there is no profit yet of which {BEST_WORDS[self.mode]} could be a part"

    def _allowed(self) -> str:
        return f"{'at most' if self.op is Comparison.LE else 'less than'} {self.max_percent:g} %"

    def in_words(self, currency: str = "") -> str:
        """The rule as a trader would say it, in one line."""
        since = " since the last payout" if self.since is Since.PAYOUT else ""
        return (
            f"{BEST_WORDS[self.mode].capitalize()} {self._allowed()} of"
            f" {TOTAL_WORDS[self.mode]}{since}"
        )


def total(timeline: pd.DataFrame) -> FloatArray:
    """The net closed profit that counts."""
    profit: FloatArray = timeline["balance"].to_numpy() - timeline["goal_start"].to_numpy()
    return profit


def today(timeline: pd.DataFrame) -> FloatArray:
    """The closed result of the day so far."""
    result: FloatArray = timeline["balance"].to_numpy() - timeline["goal_day_start"].to_numpy()
    return result


def _counted_today(timeline: pd.DataFrame, parameters: Parameters) -> FloatArray:
    """What of the ceiling today has used already: a trade that is still to come, nothing."""
    is_trade = is_choice(parameters["mode"], ConsistencyMode.TRADE_OF_TOTAL)
    if is_trade.all():
        return np.zeros(len(is_trade))
    return np.where(is_trade, 0.0, today(timeline))


def positive_total(timeline: pd.DataFrame) -> FloatArray:
    """The sum of winning days, today included."""
    won: FloatArray = timeline["positive_days"].to_numpy() + np.maximum(today(timeline), 0)
    return won


def best(timeline: pd.DataFrame, parameters: Parameters) -> FloatArray:
    """The best day so far, today included, or the best trade; at least 0."""
    top = choose(
        parameters["mode"],
        {
            ConsistencyMode.DAY_OF_TOTAL: lambda: best_day(timeline),
            ConsistencyMode.DAY_OF_POSITIVE: lambda: best_day(timeline),
            ConsistencyMode.TRADE_OF_TOTAL: lambda: timeline["best_trade"].to_numpy(),
        },
    )
    return np.maximum(top, 0)


def _within(whole: FloatArray, parameters: Parameters) -> FloatArray:
    """The most that is within the percentage of `whole`."""
    is_strict = is_choice(parameters["op"], Comparison.LT)
    return percent_of(whole, parameters["max_percent"], is_strict)


def best_day(timeline: pd.DataFrame) -> FloatArray:
    """The best day's result so far, today included."""
    result: FloatArray = np.maximum(timeline["best_day"].to_numpy(), today(timeline))
    return result


def target(timeline: pd.DataFrame, parameters: Parameters) -> FloatArray:
    """The profit target; NaN where there is none, or it is unknown."""
    start = timeline["starting_balance"].to_numpy()
    return limit_of(start, parameters, "target_amount")


def _has_target(parameters: Parameters) -> npt.NDArray[np.bool_]:
    has: npt.NDArray[np.bool_] = ~np.isnan(parameters["target_amount"])
    return has | ~np.isnan(parameters["target_percent"])


def share_total(top: FloatArray, parameters: Parameters) -> FloatArray:
    """The smallest total of which `top` is within the percentage; NaN while nothing is won."""
    is_strict = is_choice(parameters["op"], Comparison.LT)
    needed = whole_of(top, parameters["max_percent"], is_strict)
    return np.where(top > 0, needed, np.nan)


def ceiling_today(timeline: pd.DataFrame, parameters: Parameters) -> FloatArray:
    """The most that today (or the next trade) may bring without asking for more profit.

    The best so far, the percentage of the target, or what is within the percentage of the
    total it becomes a part of, whichever is highest. NaN at 100 %: there is no ceiling.
    """
    share, is_strict = parameters["max_percent"], is_choice(parameters["op"], Comparison.LT)
    before = choose(
        parameters["mode"],
        {
            ConsistencyMode.DAY_OF_TOTAL: lambda: timeline["best_day"].to_numpy(),
            ConsistencyMode.DAY_OF_POSITIVE: lambda: timeline["best_day"].to_numpy(),
            ConsistencyMode.TRADE_OF_TOTAL: lambda: timeline["best_trade"].to_numpy(),
        },
    )
    others = choose(
        parameters["mode"],
        {
            ConsistencyMode.DAY_OF_TOTAL: lambda: total(timeline) - today(timeline),
            ConsistencyMode.DAY_OF_POSITIVE: lambda: timeline["positive_days"].to_numpy(),
            ConsistencyMode.TRADE_OF_TOTAL: lambda: total(timeline),
        },
    )
    known = np.maximum(before, percent_beside(np.maximum(others, 0), share, is_strict))
    goal = _within(target(timeline, parameters), parameters)
    ceiling = np.where(_has_target(parameters), np.maximum(known, goal), known)
    return np.where(share < 100, np.maximum(ceiling, 0), np.nan)
