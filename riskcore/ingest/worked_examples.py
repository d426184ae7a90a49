"""Worked examples: published examples with their numbers, in the closed format of docs/rules.md.

A reader knows the whole vocabulary; anything else is refused by name.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import time
from typing import Any, TypeAlias

from riskcore.domain.errors import InvalidValue
from riskcore.domain.zones import check_zone

Checked: TypeAlias = Callable[[str, Any], Any]

TRUSTS = ("firm", "third_party", "open_source_test", "tool_vendor", "mirror")


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkedExample:
    """One example: what it speaks of, what happens step by step, and what must come out.

    `expected` holds after the last step; a list in it has one value for each step.
    """

    id: str
    rule: str
    inputs: Mapping[str, Any]
    steps: Sequence[Mapping[str, Any]]
    expected: Mapping[str, Any]


# --- values


def _number(field: str, value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        raise InvalidValue(field, "must be a number", repr(value))
    return float(value)


def _number_or_none(field: str, value: Any) -> float | None:
    return None if value is None else _number(field, value)


def _flag(field: str, value: Any) -> bool:
    if not isinstance(value, bool):
        raise InvalidValue(field, "must be true or false", repr(value))
    return value


def _one_of(*choices: str) -> Checked:
    def check(field: str, value: Any) -> str:
        if value not in choices:
            raise InvalidValue(field, f"must be one of {', '.join(choices)}", repr(value))
        return str(value)

    return check


def _clock(field: str, value: Any) -> time:
    try:
        return time.fromisoformat(value)
    except (TypeError, ValueError) as error:
        raise InvalidValue(field, "must be a time of day such as 17:00", repr(value)) from error


def _zone(field: str, value: Any) -> str:
    check_zone(str(value))
    return str(value)


def _numbers(field: str, value: Any) -> list[float]:
    if not isinstance(value, list) or not value:
        raise InvalidValue(field, "must be a list of numbers", repr(value))
    return [_number(field, one) for one in value]


# --- the vocabulary

MEASURE = _one_of("equity", "balance", "min_balance_equity")
BREACH = _one_of("below", "touch", "unstated")
LOSS_INPUTS: Mapping[str, Checked] = {
    "initial": _number,
    "limit_pct": _number_or_none,
    "limit_amount": _number_or_none,
    "measure": MEASURE,
    "breach": BREACH,
    "reset_time": _clock,
    "tz": _zone,
}
INPUTS: Mapping[str, Mapping[str, Checked]] = {
    "daily_loss": {
        **LOSS_INPUTS,
        "amount_base": _one_of("fixed", "initial", "reference", "peak"),
        "reference": _one_of("balance", "equity", "max"),
        "action": _one_of("hard", "soft"),
        "intraday_trail": _flag,
    },
    "max_loss": {
        **LOSS_INPUTS,
        "amount_base": _one_of("fixed", "initial", "hwm"),
        "trail": _one_of(
            "static", "eod_balance", "closed_balance", "intraday_equity", "max_balance_equity"
        ),
        "lock_at": _number_or_none,
        "payout_effect": _one_of("none", "reduce_hwm", "lock_at_initial", "floor_to_zero"),
    },
    "consistency": {
        "max_pct": _number,
        "mode": _one_of("best_day_of_total", "best_day_of_positive_days", "best_trade_of_total"),
        "op": _one_of("le", "lt"),
    },
    "copier_size": {
        "mode": _one_of("exact", "fixed", "multiplier", "balance", "equity", "pooled_equal"),
        "multiplier": _number,
        "lots": _number,
    },
}
LOSS_KEYS: Mapping[str, Checked] = {
    "floor": _number,
    "buffer": _number,
    "violated": _flag,
    "limit_amount": _number,
}
EXPECTED: Mapping[str, Mapping[str, Checked]] = {
    "daily_loss": LOSS_KEYS,
    "max_loss": LOSS_KEYS,
    "consistency": {
        "pct": _number,
        "ok": _flag,
        "required_total": _number,
        "extra_needed": _number,
        "allowed_best": _number,
    },
    "copier_size": {"follower_lots": _number},
}
LOSS_STEP: Mapping[str, Checked] = {
    "kind": _one_of("open", "day_start", "tick", "eod", "payout"),
    "balance": _number,
    "equity": _number,
    "amount": _number,
}
STEPS: Mapping[str, Mapping[str, Checked]] = {
    "daily_loss": LOSS_STEP,
    "max_loss": LOSS_STEP,
    "consistency": {
        "best": _number,
        "total": _number,
        "days": _numbers,
        "profit_target": _number,
    },
    "copier_size": {
        "master_lots": _number,
        "multiplier": _number,
        "master_balance": _number,
        "follower_balance": _number,
        "master_equity": _number,
        "follower_equity": _number,
        "followers": _number,
    },
}
NEEDED_IN_STEP = {
    "daily_loss": ("kind", "balance", "equity"),
    "max_loss": ("kind", "balance", "equity"),
    "consistency": (),
    "copier_size": ("master_lots",),
}
ABOUT = ("firm", "source", "trust", "note", "source_date")


def read_examples(text: str) -> list[WorkedExample]:
    """The examples of a file; raises InvalidValue naming the example and what is wrong."""
    try:
        found = json.loads(text)
    except ValueError as error:
        raise InvalidValue("the file", "must be JSON", f"not: {error}") from error
    if not isinstance(found, list):
        raise InvalidValue("the file", "must be a list of examples", type(found).__name__)
    examples = [_example(number, one) for number, one in enumerate(found, start=1)]
    ids = [example.id for example in examples]
    for one in ids:
        if ids.count(one) > 1:
            raise InvalidValue("id", "must be there once", one)
    return examples


def _example(number: int, found: Any) -> WorkedExample:
    if not isinstance(found, dict):
        raise InvalidValue(f"example {number}", "must be an object", repr(found))
    name = f"example {found.get('id', number)}"
    needed = ("id", "rule", "inputs", "steps", "expected")
    _only(name, found, (*needed, *ABOUT), needed)
    if "trust" in found:
        _one_of(*TRUSTS)(f"{name} trust", found["trust"])
    rule = _one_of(*INPUTS)(f"{name} rule", found["rule"])
    return WorkedExample(
        id=str(found["id"]),
        rule=rule,
        inputs=_checked(f"{name} inputs", found["inputs"], INPUTS[rule]),
        steps=checked_steps(name, rule, found["steps"]),
        expected=checked_expectation(f"{name} expected", rule, found["expected"], lists=True),
    )


def checked_steps(name: str, rule: str, steps: Any) -> list[dict[str, Any]]:
    """`steps` of an example of `rule`; raises InvalidValue, naming the step."""
    if not isinstance(steps, list) or not steps:
        raise InvalidValue(f"{name} steps", "must be a list of steps", repr(steps))
    return [_step(f"{name} step {n}", rule, step) for n, step in enumerate(steps, start=1)]


def _step(name: str, rule: str, step: Any) -> dict[str, Any]:
    plain = {k: v for k, v in step.items() if k != "expect"} if isinstance(step, dict) else step
    checked = _checked(name, plain, STEPS[rule])
    _only(name, checked, tuple(checked), NEEDED_IN_STEP[rule])
    if (checked.get("kind") == "payout") != ("amount" in checked):
        raise InvalidValue(f"{name} amount", "goes with a payout, and with nothing else", checked)
    expect = step.get("expect", {})
    return {**checked, "expect": checked_expectation(f"{name} expect", rule, expect)}


def checked_expectation(
    name: str, rule: str, expected: Any, *, lists: bool = False
) -> dict[str, Any]:
    """What must come out of an example of `rule`; raises InvalidValue."""
    if not isinstance(expected, dict):
        raise InvalidValue(name, "must be an object", repr(expected))
    keys = EXPECTED[rule]
    _only(name, expected, tuple(keys))
    return {
        key: [keys[key](f"{name} {key}", one) for one in value]
        if lists and isinstance(value, list)
        else keys[key](f"{name} {key}", value)
        for key, value in expected.items()
    }


def _checked(name: str, found: Any, known: Mapping[str, Checked]) -> dict[str, Any]:
    if not isinstance(found, dict):
        raise InvalidValue(name, "must be an object", repr(found))
    _only(name, found, tuple(known))
    return {key: known[key](f"{name} {key}", value) for key, value in found.items()}


def _only(
    name: str, found: Mapping[str, Any], known: Sequence[str], needed: Sequence[str] = ()
) -> None:
    for key in found:
        if key not in known:
            raise InvalidValue(f"{name} key", f"must be one of {', '.join(known)}", repr(key))
    for key in needed:
        if key not in found:
            raise InvalidValue(f"{name} {key}", "must be given", "nothing")
