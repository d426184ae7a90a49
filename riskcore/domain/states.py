"""Rule states of many rows at once: wide tables, one row per row of a timeline."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

from riskcore.domain.days import IntArray, week_of
from riskcore.domain.frames import pieces, rows_of
from riskcore.domain.money import FloatArray
from riskcore.domain.rulebook import NONE, RuleBook
from riskcore.domain.rules import KINDS
from riskcore.domain.rules.base import Lasts, Unit
from riskcore.domain.rules.parameters import Parameters, spread
from riskcore.domain.runs import BoolArray, Runs, changes

Answer: TypeAlias = npt.NDArray[Any]


@dataclass(frozen=True, slots=True)
class RuleTable:
    """Every rule's answer for every row of a timeline.

    Each frame has the timeline's rows and one column per rule; money in account money,
    to the cent, other units as they are, NaN where the rule does not apply or something
    it needs is unknown. `floor` is the level: a ceiling's too. `is_broken`: by this very
    row; `lasts`: how long that counts (Lasts).
    """

    floor: pd.DataFrame
    measured: pd.DataFrame
    buffer: pd.DataFrame
    limit_amount: pd.DataFrame
    is_broken: pd.DataFrame
    lasts: pd.DataFrame

    @property
    def rules(self) -> tuple[str, ...]:
        """The rules with a column, in the registry's order."""
        return tuple(self.buffer.columns)


DECIMALS = {Unit.MONEY: 2, Unit.CONTRACTS: 4, Unit.DAYS: 2}
"""To how many decimals a rule's numbers are exact."""

ANSWERS: Mapping[str, type] = {
    "floor": np.float64,
    "measured": np.float64,
    "buffer": np.float64,
    "limit_amount": np.float64,
    "is_broken": np.bool_,
    "lasts": np.int8,
}
"""The frames of a RuleTable, and what they hold."""


def rule_table(timeline: pd.DataFrame, book: RuleBook) -> RuleTable:
    """The answers of the rules in `book` for every row of `timeline`."""
    count = len(timeline)
    shape = (len(book.kinds), count)
    answers: dict[str, Answer] = {name: np.empty(shape, dtype) for name, dtype in ANSWERS.items()}
    for piece in pieces(count):
        rows = timeline.iloc[piece]
        for place, kind in enumerate(book.kinds):
            for name, values in _answers(kind, book, rows).items():
                answers[name][place, piece] = values
    kinds = pd.Index(book.kinds, dtype=object)
    return RuleTable(
        **{
            name: pd.DataFrame(columns.T, timeline.index, kinds, copy=False)
            for name, columns in answers.items()
        }
    )


def _answers(kind: str, book: RuleBook, timeline: pd.DataFrame) -> dict[str, Answer]:
    of_kind = KINDS[kind]
    rows, parameters, applies = bound(kind, book, timeline)
    exactly = DECIMALS[of_kind.unit]
    limit = of_kind.limit(rows, parameters).round(exactly)
    level = of_kind.floor(rows, parameters, limit).round(exactly)
    measured = of_kind.measured(rows, parameters).round(exactly)
    buffer = (level - measured if of_kind.is_ceiling else measured - level).round(exactly)
    answers: dict[str, Answer] = {
        "floor": level,
        "measured": measured,
        "buffer": buffer,
        "limit_amount": limit,
        "is_broken": of_kind.is_broken(buffer, parameters),
        "lasts": of_kind.lasts(parameters),
    }
    if rows is not timeline:
        answers = {name: _spread_out(values, applies) for name, values in answers.items()}
    return answers


def _spread_out(values: Answer, applies: BoolArray) -> Answer:
    """`values` on the rows that have the rule; on the others NaN, or nothing."""
    full = np.full(len(applies), np.nan if values.dtype.kind == "f" else 0, dtype=values.dtype)
    full[applies] = values
    return full


def bound(
    kind: str, book: RuleBook, timeline: pd.DataFrame
) -> tuple[pd.DataFrame, Parameters, BoolArray]:
    """The rows whose account has a rule of `kind`, its parameters for each, and which they are."""
    account = timeline["account"].to_numpy()
    runs = Runs(changes(account))
    code = book.code[kind][account[runs.first]]
    has = code != NONE
    if has.all():
        return timeline, spread(book.fields[kind], code, runs.lengths), runs.spread(has)
    applies = runs.spread(has)
    rows = rows_of(timeline, np.flatnonzero(applies))
    return rows, spread(book.fields[kind], code[has], runs.lengths[has]), applies


def first_breaks(timeline: pd.DataFrame, is_broken: BoolArray, lasts: IntArray) -> IntArray:
    """For each row the position of the break that still counts, or NONE.

    A break counts for the rest of the account's cycle, of its trading day or of its week,
    as `lasts` says.
    """
    count = len(timeline)
    broken = is_broken & (lasts != Lasts.NEVER)
    if not broken.any():
        return np.full(count, NONE, dtype=np.int64)
    cycles = _runs(timeline["account"].to_numpy(), timeline["cycle"].to_numpy())
    day = timeline["trading_day"].to_numpy()
    spans = (cycles, _runs(cycles, day), _runs(cycles, week_of(day)))
    apart = [number * count + span for number, span in enumerate(spans)]
    run = np.choose(np.minimum(lasts, Lasts.WEEK), apart)
    position = pd.Series(np.where(broken, np.arange(count), count))
    first = position.groupby(run, sort=False).cummin().to_numpy()
    return np.where(first < count, first, NONE)


def _runs(*columns: IntArray) -> IntArray:
    """The number of each row's run of equal values."""
    changes = np.any([column[1:] != column[:-1] for column in columns], axis=0)
    runs: IntArray = np.r_[0, np.cumsum(changes)]
    return runs


def percent(buffer: FloatArray, limit_amount: FloatArray, is_goal: bool = False) -> FloatArray:
    """100 × buffer / limit; of a goal its progress, 100 × what is reached / the goal.

    May exceed 100; NaN where something is unknown.
    """
    reached = buffer + limit_amount if is_goal else buffer
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(limit_amount > 0, 100 * reached / limit_amount, np.nan)
