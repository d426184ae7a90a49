"""Rule forms: one for each kind of rule, drawn from its fields. Inside an `st.form`.

A new kind of rule needs no form of its own.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields
from enum import StrEnum
from typing import Any, TypeAlias, get_type_hints

import streamlit as st

from riskcore.domain.errors import InvalidValue
from riskcore.domain.rules import KINDS, rule_from
from riskcore.domain.rules.base import Rule
from riskcore.ui.words import spoken

Answers: TypeAlias = dict[str, dict[str, Any]]
"""By kind of rule what was said of its fields; what was left empty is missing."""

LIMITS = {"limit_amount", "limit_percent"}


def ask_rules(rules: Iterable[Rule], key: str) -> Answers:
    """Ask for one rule of each kind, filled in with `rules`."""
    current = {rule.kind: rule for rule in rules}
    st.caption("A rule counts once it has a limit: an amount, or a percentage.")
    return {kind: _ask_rule(kind, current.get(kind), f"{key}-{kind}") for kind in KINDS}


def rules_said(answers: Answers) -> tuple[Rule, ...]:
    """The rules that were given a limit; raises InvalidValue."""
    return tuple(rule_from(kind, said) for kind, said in answers.items() if LIMITS & said.keys())


def _ask_rule(kind: str, current: Rule | None, key: str) -> dict[str, Any]:
    rule = KINDS[kind]
    hints = get_type_hints(rule)
    said: dict[str, Any] = {}
    st.markdown(f"**{rule.title}**", help=_first_sentence(rule))
    with st.grid(4, min_column_width=200):
        for field in fields(rule):
            value = getattr(current, field.name) if current else field.default
            said[field.name] = _ask(kind, field.name, hints[field.name], value, key)
    return {name: value for name, value in said.items() if value is not None}


def _first_sentence(rule: type[Rule]) -> str:
    return " ".join((rule.__doc__ or "").partition("\n\n")[0].split())


def _ask(kind: str, name: str, hint: Any, value: Any, key: str) -> Any:
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return _ask_choice(kind, name, hint, value, key)
    return st.number_input(
        spoken(name),
        min_value=0.0,
        value=None if value is None else float(value),
        step=0.5 if name.endswith("percent") else 100.0,
        placeholder="none",
        key=f"{key}-{name}",
    )


def _ask_choice(kind: str, name: str, hint: type[StrEnum], value: StrEnum, key: str) -> str | None:
    """Ask which; where there is no choice, nothing is asked."""
    options = [choice.value for choice in hint if _is_possible(kind, name, choice.value)]
    if len(options) < 2:
        return None
    place = options.index(value.value) if value.value in options else 0
    return st.selectbox(spoken(name), options, index=place, format_func=spoken, key=f"{key}-{name}")


def _is_possible(kind: str, name: str, choice: str) -> bool:
    """Whether a rule of `kind` takes this choice at all."""
    try:
        rule_from(kind, {"limit_amount": 1.0, name: choice})
    except InvalidValue:
        return False
    return True
