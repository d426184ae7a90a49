"""Rule states of many rows at once: wide tables, one row per row of a timeline."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

from riskcore.domain.days import IntArray
from riskcore.domain.frames import rows_of
from riskcore.domain.money import FloatArray, to_cent
from riskcore.domain.rules import KINDS
from riskcore.domain.rules.base import Action, Rule, is_broken, measured, stack

BoolArray: TypeAlias = npt.NDArray[np.bool_]
RulesByAccount: TypeAlias = Sequence[tuple[Rule, ...]]

NONE = -1


@dataclass(frozen=True, slots=True)
class RuleTable:
    """Every rule's answer for every row of a timeline.

    Each frame has the timeline's rows and one column per rule; money in account money,
    to the cent, NaN where the rule does not apply or something it needs is unknown.
    `applies`: the account has the rule; `is_broken`: by this very row; `pauses`: a break
    lasts until the next reset only.
    """

    floor: pd.DataFrame
    measured: pd.DataFrame
    buffer: pd.DataFrame
    limit_amount: pd.DataFrame
    applies: pd.DataFrame
    is_broken: pd.DataFrame
    pauses: pd.DataFrame

    @property
    def rules(self) -> tuple[str, ...]:
        """The rules with a column, in the registry's order."""
        return tuple(self.buffer.columns)


def rule_table(timeline: pd.DataFrame, rules: RulesByAccount) -> RuleTable:
    """The answers of `rules` (by account position) for every row of `timeline`."""
    columns: dict[str, dict[str, npt.NDArray[np.generic]]] = {}
    for kind, of_kind in KINDS.items():
        distinct, code = _distinct(rules, kind)
        if distinct:
            columns[kind] = _evaluate(of_kind, distinct, code, timeline)
    return RuleTable(
        **{
            name: pd.DataFrame(
                {kind: answers[name] for kind, answers in columns.items()}, index=timeline.index
            )
            for name in RuleTable.__dataclass_fields__
        }
    )


def _distinct(rules: RulesByAccount, kind: str) -> tuple[list[Rule], IntArray]:
    """The different rules of `kind`, and for each account its place among them (or NONE)."""
    places: dict[Rule, int] = {}
    code = np.full(len(rules), NONE, dtype=np.int64)
    for position, account_rules in enumerate(rules):
        for rule in account_rules:
            if rule.kind == kind:
                code[position] = places.setdefault(rule, len(places))
    return list(places), code


def _evaluate(
    of_kind: type[Rule], distinct: list[Rule], code: IntArray, timeline: pd.DataFrame
) -> dict[str, npt.NDArray[np.generic]]:
    code_of_row = code[timeline["account"].to_numpy()]
    applies = code_of_row != NONE
    rows = timeline if applies.all() else rows_of(timeline, np.flatnonzero(applies))
    parameters = stack(distinct, code_of_row[applies])
    floor = to_cent(of_kind.floor(rows, parameters))
    level = to_cent(measured(rows, parameters))
    buffer = to_cent(level - floor)
    answers: dict[str, npt.NDArray[np.generic]] = {
        "floor": floor,
        "measured": level,
        "buffer": buffer,
        "limit_amount": to_cent(of_kind.limit(rows, parameters)),
        "is_broken": is_broken(buffer, parameters),
        "pauses": parameters["action"] == list(Action).index(Action.PAUSE),
    }
    spread = {name: _spread(values, applies) for name, values in answers.items()}
    return spread | {"applies": applies}


def _spread(values: npt.NDArray[np.generic], applies: BoolArray) -> npt.NDArray[np.generic]:
    """`values` on the rows that have the rule; NaN or False on the others."""
    if applies.all():
        return values
    full = np.zeros(len(applies), bool) if values.dtype == bool else np.full(len(applies), np.nan)
    full[applies] = values
    return full


def first_breaks(timeline: pd.DataFrame, is_broken: BoolArray, pauses: BoolArray) -> IntArray:
    """For each row the position of the break that still counts, or NONE.

    A break counts for the rest of the cycle; where it only pauses, for the rest of its
    trading day.
    """
    count = len(timeline)
    if not is_broken.any():
        return np.full(count, NONE, dtype=np.int64)
    account = timeline["account"].to_numpy()
    day = timeline["trading_day"].to_numpy()
    account_run = _runs(account[1:] != account[:-1])
    day_run = _runs((account[1:] != account[:-1]) | (day[1:] != day[:-1]))
    run = np.where(pauses, count + day_run, account_run)
    position = pd.Series(np.where(is_broken, np.arange(count), count))
    first = position.groupby(run, sort=False).cummin().to_numpy()
    return np.where(first < count, first, NONE)


def _runs(changes: BoolArray) -> IntArray:
    runs: IntArray = np.r_[0, np.cumsum(changes)]
    return runs


def percent(buffer: FloatArray, limit_amount: FloatArray) -> FloatArray:
    """100 × buffer / limit; may exceed 100; NaN where either is unknown."""
    return 100 * buffer / limit_amount
