"""Parameters: a rule's fields checked when it is made, and as columns for its formulas."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields
from enum import StrEnum
from functools import cache
from math import isfinite
from typing import TYPE_CHECKING, Any, TypeAlias, get_type_hints

import numpy as np
import numpy.typing as npt

from riskcore.domain.days import IntArray
from riskcore.domain.errors import InvalidValue
from riskcore.domain.money import FloatArray
from riskcore.domain.runs import agree, is_one

if TYPE_CHECKING:
    from riskcore.domain.rules.base import Rule

Parameters: TypeAlias = Mapping[str, npt.NDArray[Any]]
"""A rule's fields as columns, one value per row.

Numbers are float64 (None: NaN), flags bool, choices int8 codes in the order of their enum;
a table is an array of rows × lines × 2, short ones filled up with NaN.
"""

Steps: TypeAlias = tuple[tuple[float, float], ...]
"""A table by profit: from `profit` (account money, above zero) on, `value`; both rising."""

MOST_STEPS = 20
MOST_MONEY = 1e12


def rule_from_parameters(rule: type[Rule], parameters: Mapping[str, Any]) -> Rule:
    """The rule with these parameters (choices by their value, tables as lists of pairs).

    Raises InvalidValue, naming the parameter, what was found and what is allowed.
    """
    known = {field.name for field in fields(rule)}
    for name in parameters:
        if name not in known:
            allowed = ", ".join(sorted(known))
            raise InvalidValue(f"{rule.kind} parameter", f"must be one of {allowed}", name)
    hints = _hints(rule)
    typed = {n: _typed(hints[n], f"{rule.kind} {n}", value) for n, value in parameters.items()}
    try:
        return rule(**typed)
    except TypeError as error:  # a parameter without a default was left out
        missing = ", ".join(sorted(n for n in known - typed.keys() if f"'{n}'" in str(error)))
        raise InvalidValue(f"{rule.kind} {missing}", "must be given", "nothing") from error


@cache
def _hints(rule: type[Rule]) -> Mapping[str, Any]:
    """The types of the rule's parameters: reading them takes longer than all the rest."""
    return get_type_hints(rule)


def _typed(hint: Any, field: str, value: Any) -> Any:
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        if value not in list(hint):
            raise InvalidValue(field, f"must be one of {', '.join(hint)}", repr(value))
        return hint(value)
    if hint is bool:
        if not isinstance(value, bool):
            raise InvalidValue(field, "must be true or false", repr(value))
        return value
    if hint == Steps:
        return _steps(field, value)
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    if is_number or (value is None and hint is not float):
        return value
    raise InvalidValue(field, "must be a number", repr(value))


def _steps(field: str, value: Any) -> Steps:
    pairs = list(value) if isinstance(value, (list, tuple)) else [value]
    for pair in pairs:
        is_pair = isinstance(pair, (list, tuple)) and len(pair) == 2
        if not is_pair or any(isinstance(n, bool) or not isinstance(n, (int, float)) for n in pair):
            raise InvalidValue(field, "must be pairs of a profit and a value", repr(pair))
    return tuple((float(profit), float(amount)) for profit, amount in pairs)


def plain_parameters(rule: Rule) -> dict[str, Any]:
    """The parameters of `rule` as plain values, so that `rule_from_parameters` gives it back."""
    values = {field.name: getattr(rule, field.name) for field in fields(rule)}
    return {name: _plain(value) for name, value in values.items() if value not in (None, ())}


def _plain(value: Any) -> Any:
    if isinstance(value, StrEnum):
        return value.value
    return [list(pair) for pair in value] if isinstance(value, tuple) else value


# --- checks


def check_between(rule: Rule, field: str, low: float, high: float) -> None:
    """Raise unless `field` is None, or above `low` and at most `high`."""
    value = getattr(rule, field)
    if value is not None and not low < value <= high:
        raise InvalidValue(
            f"{rule.kind} {field}", f"must be above {low:g} and at most {high:g}", value
        )


def check_amount(rule: Rule, field: str) -> None:
    """Raise unless `field` is None or money above zero with at most two decimals."""
    check_between(rule, field, 0, MOST_MONEY)
    check_cents(rule, field)


def check_cents(rule: Rule, field: str) -> None:
    """Raise unless `field` is None or an amount with at most two decimals."""
    value = getattr(rule, field)
    if value is not None and not (isfinite(value) and abs(value) <= MOST_MONEY):
        raise InvalidValue(f"{rule.kind} {field}", "must be an amount", value)
    if value is not None and round(value, 2) != value:
        raise InvalidValue(f"{rule.kind} {field}", "must have at most two decimals", value)


def check_percent(rule: Rule, field: str) -> None:
    """Raise unless `field` is None or a percentage above 0 and at most 100, to four decimals."""
    check_between(rule, field, 0, 100)
    value = getattr(rule, field)
    if value is not None and round(value, 4) != value:
        raise InvalidValue(f"{rule.kind} {field}", "must have at most four decimals", value)


def check_one_of(rule: Rule, what: str, *names: str, may_be_none: bool = False) -> None:
    """Raise unless exactly one of `names` is given, or with `may_be_none` at most one."""
    given = [name for name in names if getattr(rule, name) is not None]
    if len(given) > 1:
        found = "both" if len(names) == 2 else " and ".join(given)
        raise InvalidValue(f"{rule.kind} {what}", f"must be one of {' and '.join(names)}", found)
    if not given and not may_be_none:
        raise InvalidValue(
            f"{rule.kind} {what}", f"must be one of {' and '.join(names)}", "neither"
        )


def check_whole(rule: Rule, field: str, low: int, high: int) -> None:
    """Raise unless `field` is a whole number from `low` to `high`."""
    value = getattr(rule, field)
    if not (low <= value <= high) or value != int(value):
        raise InvalidValue(
            f"{rule.kind} {field}", f"must be a whole number from {low} to {high}", value
        )


def check_steps(rule: Rule, field: str) -> None:
    """Raise unless the table's profits and values are above zero and rise, values or stay."""
    steps: Steps = getattr(rule, field)
    if len(steps) > MOST_STEPS:
        raise InvalidValue(
            f"{rule.kind} {field}", f"must have at most {MOST_STEPS} lines", len(steps)
        )
    for profit, value in steps:
        for number in (profit, value):
            if not 0 < number <= MOST_MONEY or round(number, 2) != number:
                allowed = f"must be above 0 and at most {MOST_MONEY:g}, to two decimals"
                raise InvalidValue(f"{rule.kind} {field}", allowed, number)
    profits = [profit for profit, _ in steps]
    if sorted(set(profits)) != profits:
        raise InvalidValue(f"{rule.kind} {field}", "must rise by profit", profits)
    values = [value for _, value in steps]
    if sorted(values) != values:
        raise InvalidValue(f"{rule.kind} {field}", "must not fall with more profit", values)


# --- as columns


def fields_of(rules: Sequence[Rule]) -> Parameters:
    """The fields of rules of one kind as columns, one value per rule."""
    return {
        field.name: _column([getattr(rule, field.name) for rule in rules])
        for field in fields(rules[0])
    }


def spread(by_rule: Parameters, code: IntArray, lengths: IntArray) -> Parameters:
    """The fields on rows in runs: the i-th run has `lengths[i]` rows, and rule `code[i]`."""
    count = int(lengths.sum())
    return {name: _spread(column, code, lengths, count) for name, column in by_rule.items()}


def _spread(
    column: npt.NDArray[Any], code: IntArray, lengths: IntArray, count: int
) -> npt.NDArray[Any]:
    """One value for all rows where the rules agree; it takes no room then."""
    if agree(column):
        return np.broadcast_to(column[0], (count, *column.shape[1:]))
    return np.repeat(column[code], lengths, axis=0)


def _column(values: Sequence[Any]) -> npt.NDArray[Any]:
    if isinstance(values[0], StrEnum):
        order = list(type(values[0]))
        return np.array([order.index(value) for value in values], dtype=np.int8)
    if isinstance(values[0], bool):
        return np.array(values, dtype=bool)
    if isinstance(values[0], tuple):
        return _table(values)
    return np.array([np.nan if v is None else v for v in values], dtype=np.float64)


def _table(tables: Sequence[Steps]) -> FloatArray:
    filled = np.full((len(tables), max(map(len, tables)), 2), np.nan)
    for place, steps in enumerate(tables):
        if steps:
            filled[place, : len(steps)] = steps
    return filled


def choose(
    codes: npt.NDArray[Any], options: Mapping[Any, Callable[[], npt.ArrayLike]]
) -> FloatArray:
    """Row by row the option that the row's code names; options in the order of their enum.

    Only the options that some row names are worked out.
    """
    ways = list(options.values())
    if is_one(codes):
        return np.asarray(ways[codes[0]](), dtype=np.float64)
    chosen = np.empty(len(codes))
    for code, way in enumerate(ways):
        rows = codes == code
        if rows.all() and len(rows):
            return np.asarray(way(), dtype=np.float64)
        if rows.any():
            np.copyto(chosen, way(), where=rows)
    return chosen


def is_choice(codes: npt.NDArray[Any], choice: StrEnum) -> npt.NDArray[np.bool_]:
    """Which rows have this choice."""
    chosen: npt.NDArray[np.bool_] = codes == list(type(choice)).index(choice)
    return chosen


def step_value(steps: FloatArray, profit: npt.ArrayLike, before: npt.ArrayLike) -> FloatArray:
    """By row the value of the last line of its table that `profit` has reached, else `before`.

    Where there is a table and the profit is unknown, the value is unknown (NaN).
    """
    reached = np.asarray(profit, dtype=np.float64)
    value = np.array(np.broadcast_to(before, reached.shape), dtype=np.float64)
    for line in range(steps.shape[1]):
        value = np.where(reached >= steps[:, line, 0], steps[:, line, 1], value)
    if steps.shape[1]:
        value[~np.isnan(steps[:, 0, 0]) & np.isnan(reached)] = np.nan
    return value
