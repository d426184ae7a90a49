"""Rule forms: one for each kind of rule, drawn from its fields. Inside an `st.form`.

A new kind of rule needs no form of its own.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import MISSING, Field, fields
from enum import StrEnum
from typing import Any, TypeAlias, get_type_hints
from zlib import crc32

import pandas as pd
import streamlit as st

from riskcore.domain.errors import InvalidValue, RiskError
from riskcore.domain.rules import KINDS, rule_from
from riskcore.domain.rules.base import Rule
from riskcore.domain.rules.parameters import MOST_STEPS, Steps
from riskcore.ui.spoken import CONTRACTS, choice_words, field_words

Said: TypeAlias = dict[str, Any]
"""What was said of a rule's fields; what was left empty is missing."""

NARROWED = frozenset({"action", "measure"})
"""Choices of which some kinds take only a part."""

ONE_OF = ("limit_amount", "target_amount")
"""Of an amount and a percentage one must be given: the amount, where a rule is tried out."""

PROFIT = "From a profit of"


def ask_rule(
    kind: str, current: Rule | None, key: str, only: Collection[str] | None = None
) -> Said:
    """Ask for a rule of `kind`, filled in with `current`; `only` these fields, else all."""
    rule, hints = KINDS[kind], get_type_hints(KINDS[kind])
    asked = [field for field in fields(rule) if only is None or field.name in only]
    tables = [field for field in asked if hints[field.name] == Steps]
    said: Said = {}
    with st.grid(4, min_column_width=200, vertical_alignment="bottom"):
        for field in asked:
            if field not in tables:
                said[field.name] = _ask(kind, field, hints[field.name], current, key)
    for field in tables:
        said[field.name] = _ask_steps(kind, field.name, getattr(current, field.name, ()), key)
    return {name: value for name, value in said.items() if value is not None}


def rule_said(kind: str, said: Said) -> Rule:
    """The rule of what was said in a form; raises RiskError, in the words of the form."""
    try:
        return rule_from(kind, said)
    except InvalidValue as error:
        raise RiskError(as_asked(kind, str(error))) from error


def as_asked(kind: str, refusal: str) -> str:
    """A refusal of a rule's parameters, each called as the form calls it.

    A name without an underscore is a word of the sentence too, so it counts at its start only.
    """
    names = {field.name for field in fields(KINDS[kind])}
    first, *others = refusal.removeprefix(f"{kind} ").split()
    parts = [_quoted(kind, first, names)]
    parts += [_quoted(kind, part, {n for n in names if "_" in n}) for part in others]
    return f"{KINDS[kind].title}: {' '.join(parts)}"


def _quoted(kind: str, part: str, names: Collection[str]) -> str:
    name = part.rstrip(",;")
    return part.replace(name, f"“{field_words(kind, name)}”") if name in names else part


def form_key(account: object, kind: str, current: Rule | None) -> str:
    """A key for the form of a rule of an account: another one once the rule is another.

    Or the form of a changed rule would still show what was typed before.
    """
    return f"rule-{account}-{kind}-{crc32(repr(current).encode()):08x}"


def about(rule: type[Rule]) -> str:
    """A kind of rule in a sentence."""
    return " ".join((rule.__doc__ or "").partition("\n\n")[0].split())


def _ask(kind: str, field: Field[Any], hint: Any, current: Rule | None, key: str) -> Any:
    is_needed = field.default is MISSING
    value: Any = None if is_needed else field.default
    if current is not None:
        value = getattr(current, field.name)
    name, key = field.name, f"{key}-{field.name}"
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return _ask_choice(kind, name, hint, value, key)
    if hint is bool:
        return st.toggle(field_words(kind, name), value, key=key)
    return _ask_number(kind, name, value, key, "needed" if is_needed else "none")


def _ask_number(kind: str, name: str, value: float | None, key: str, empty: str) -> float | None:
    """Ask for a number; nothing typed is None."""
    if name.endswith("days"):
        whole = None if value is None else int(value)
        return st.number_input(
            field_words(kind, name), value=whole, step=1, placeholder=empty, key=key
        )
    step, shown = 100.0, "%.2f"
    if name.endswith("percent"):
        step, shown = 0.5, "%.7g"
    elif name in CONTRACTS:
        step, shown = 1.0, "%.10g"
    return st.number_input(
        field_words(kind, name),
        value=None if value is None else float(value),
        step=step,
        format=shown,
        placeholder=empty,
        key=key,
    )


def _ask_choice(kind: str, name: str, hint: type[StrEnum], value: StrEnum, key: str) -> str | None:
    """Ask which; where there is no choice, nothing is asked."""
    options = [choice.value for choice in hint if _is_possible(kind, name, choice.value)]
    if len(options) < 2:
        return None
    return st.selectbox(
        field_words(kind, name),
        options,
        index=options.index(value.value),
        format_func=lambda choice: choice_words(kind, name, choice),
        key=key,
    )


def _is_possible(kind: str, name: str, choice: str) -> bool:
    """Whether a rule of `kind` takes this choice at all."""
    if name not in NARROWED:
        return True
    known = fields(KINDS[kind])
    least = {field.name: 1.0 for field in known if field.default is MISSING or field.name in ONE_OF}
    try:
        rule_from(kind, {**least, name: choice})
    except InvalidValue:
        return False
    return True


def _ask_steps(kind: str, name: str, steps: Steps, key: str) -> list[list[float | None]]:
    """Ask for a table by profit, a line for each step; nothing typed is an empty table."""
    value = "Contracts" if name in CONTRACTS else "Limit"
    st.caption(f"{field_words(kind, name)}: a line for each step, at most {MOST_STEPS}")
    edited = st.data_editor(
        pd.DataFrame(list(steps), columns=[PROFIT, value], dtype="float64"),
        num_rows="dynamic",
        hide_index=True,
        column_config={
            column: st.column_config.NumberColumn(step=0.01, format="localized")
            for column in (PROFIT, value)
        },
        key=f"{key}-{name}",
        alt=field_words(kind, name),
        width=420,
    )
    return steps_said(edited)


def steps_said(edited: pd.DataFrame) -> list[list[float | None]]:
    """The lines of a table in which something was typed; a missing number is None."""
    lines = edited.dropna(how="all").itertuples(index=False)
    return [[None if pd.isna(number) else float(number) for number in line] for line in lines]
