"""Forms: what a person says of rules, accounts and groups. Drawn inside an `st.form`.

Rules are drawn from their fields, so that a new kind needs no form of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from datetime import time, timedelta
from enum import StrEnum
from typing import Any, TypeAlias, get_type_hints
from zoneinfo import available_timezones

import streamlit as st

from riskcore.domain.model import STALE_AFTER_API, STALE_AFTER_FILES, Account
from riskcore.domain.reasons import span_text
from riskcore.domain.rules import KINDS, rule_from
from riskcore.domain.rules.base import Rule
from riskcore.services.accounts import AccountDraft
from riskcore.ui.words import spoken

Answers: TypeAlias = dict[str, dict[str, Any]]
"""Per kind of rule, what was said of its fields; fields left empty are missing."""

STALE_AFTER = (
    STALE_AFTER_API,
    timedelta(hours=1),
    timedelta(hours=12),
    STALE_AFTER_FILES,
    timedelta(days=7),
    timedelta(days=31),
)

MONEY_STEP = 100.0


def rule_answers(rules: tuple[Rule, ...], key: str) -> Answers:
    """Ask for one rule of each kind, filled in with those of `rules`."""
    current = {rule.kind: rule for rule in rules}
    return {kind: _ask_rule(kind, current.get(kind), f"{key}-{kind}") for kind in KINDS}


def rules_said(answers: Answers) -> tuple[Rule, ...]:
    """The rules somebody gave a limit; raises InvalidValue."""
    return tuple(
        rule_from(kind, said)
        for kind, said in answers.items()
        if {"limit_amount", "limit_percent"} & said.keys()
    )


def _ask_rule(kind: str, current: Rule | None, key: str) -> dict[str, Any]:
    rule = KINDS[kind]
    hints = get_type_hints(rule)
    st.markdown(f"**{rule.title}** — {spoken(_summary(rule))}")
    said: dict[str, Any] = {}
    with st.grid(4, min_column_width=170):
        for field in fields(rule):
            value = getattr(current, field.name) if current else field.default
            said[field.name] = _ask(field.name, hints[field.name], value, f"{key}-{field.name}")
    return {name: value for name, value in said.items() if value is not None}


def _summary(rule: type[Rule]) -> str:
    """The first sentence of a rule's docstring."""
    return " ".join((rule.__doc__ or "").split("\n\n")[0].split())


def _ask(name: str, hint: Any, value: Any, key: str) -> Any:
    label = spoken(name)
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        options = [choice.value for choice in hint]
        place = options.index(value)
        return st.selectbox(label, options, index=place, format_func=spoken, key=key)
    step = 0.5 if name.endswith("percent") else MONEY_STEP
    return st.number_input(
        label, min_value=0.0, value=value, step=step, format="%.2f", placeholder="none", key=key
    )


def ask_account(account: Account | None, key: str) -> tuple[AccountDraft, Answers]:
    """Ask for an account and its rules, filled in with those of `account`."""
    filled = _as_draft(account) if account else AccountDraft(number="")
    with st.grid(3, min_column_width=220):
        number = st.text_input(
            "Number", filled.number, help="What the platform calls it, as in its files", key=key
        )
        name = st.text_input("Name", filled.name, placeholder="the number", key=f"{key}-name")
        firm = st.text_input("Firm", filled.firm, key=f"{key}-firm")
        platform = st.text_input("Platform", filled.platform, key=f"{key}-platform")
        money = ask_money(filled, key)
    st.divider()
    st.caption("A rule counts once it has a limit: an amount or a percentage. Leave both empty for no such rule.")
    answers = rule_answers(filled.rules, key)
    return AccountDraft(number=number, name=name, firm=firm, platform=platform, **money), answers


def ask_money(filled: AccountDraft, key: str, *, one_by_one: bool = True) -> Mapping[str, Any]:
    """Ask for what several accounts may share; `one_by_one`: the starting balance too."""
    said: dict[str, Any] = {
        "currency": st.text_input("Currency", filled.currency, key=f"{key}-currency")
    }
    if one_by_one:
        said["starting_balance"] = st.number_input(
            "Starting balance",
            min_value=0.0,
            value=filled.starting_balance,
            step=1000.0,
            placeholder="not known",
            help="Rules that need it are unknown until it is set",
            key=f"{key}-starting-balance",
        )
    said["time_zone"] = ask_zone("Time zone of the reset", filled.time_zone, f"{key}-zone")
    said["reset_time"] = ask_time("Reset, local time", filled.reset_time, f"{key}-reset")
    said["stale_after"] = ask_span(filled.stale_after, f"{key}-stale-after")
    return said


def ask_zone(label: str, value: str, key: str) -> str:
    """Ask for an IANA zone."""
    zones = ["UTC", *sorted(available_timezones() - {"UTC", "localtime"})]
    return st.selectbox(label, zones, index=zones.index(value) if value in zones else 0, key=key)


def ask_time(label: str, value: time, key: str) -> time:
    """Ask for a local time."""
    said: time = st.time_input(label, value, key=key, help="When the trading day turns")
    return said


def ask_span(value: timedelta, key: str) -> timedelta:
    """Ask from which age on data counts as unknown."""
    spans = sorted({*STALE_AFTER, value})
    return st.selectbox(
        "Data counts as unknown after", spans, spans.index(value), span_text, key=key
    )


def _as_draft(account: Account) -> AccountDraft:
    shared = {field.name: getattr(account, field.name) for field in fields(AccountDraft)}
    return AccountDraft(**shared)
