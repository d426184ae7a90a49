"""The kinds of rule, by name: to add one, write its file and list it here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from enum import StrEnum
from typing import Any, get_type_hints

from riskcore.domain.errors import InvalidValue
from riskcore.domain.rules.base import Rule
from riskcore.domain.rules.daily_loss import DailyLoss
from riskcore.domain.rules.max_loss import MaxLoss

KINDS: Mapping[str, type[Rule]] = {rule.kind: rule for rule in (DailyLoss, MaxLoss)}


def rule_from(kind: str, parameters: Mapping[str, Any]) -> Rule:
    """The rule of `kind` with these parameters (choices by their value).

    Raises InvalidValue, naming what was found and what is allowed.
    """
    if kind not in KINDS:
        raise InvalidValue("rule kind", f"must be one of {', '.join(KINDS)}", repr(kind))
    rule = KINDS[kind]
    known = {field.name for field in fields(rule)}
    for name in parameters:
        if name not in known:
            raise InvalidValue(
                f"{kind} parameter", f"must be one of {', '.join(sorted(known))}", name
            )
    hints = get_type_hints(rule)
    return rule(
        **{name: _typed(hints[name], kind, name, value) for name, value in parameters.items()}
    )


def _typed(hint: Any, kind: str, name: str, value: Any) -> Any:
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        if value not in list(hint):
            raise InvalidValue(f"{kind} {name}", f"must be one of {', '.join(hint)}", repr(value))
        return hint(value)
    if value is None or (isinstance(value, (int, float)) and not isinstance(value, bool)):
        return value
    raise InvalidValue(f"{kind} {name}", "must be a number", repr(value))


def rule_parameters(rule: Rule) -> dict[str, Any]:
    """The parameters of `rule` as plain values, so that `rule_from` gives it back."""
    values = {field.name: getattr(rule, field.name) for field in fields(rule)}
    return {
        name: value.value if isinstance(value, StrEnum) else value
        for name, value in values.items()
        if value is not None
    }
