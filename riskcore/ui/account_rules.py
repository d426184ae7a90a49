"""Account rules: what binds an account and how each rule stands; changed, added, removed."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime
from typing import TypeAlias

import streamlit as st

from riskcore.domain.model import COUNTED_SINCE, Account, AccountRisk, RuleState
from riskcore.domain.rules import KINDS
from riskcore.domain.rules.base import Rule, amount_text
from riskcore.ui.confirm import confirmed
from riskcore.ui.goals import draw_progress, goal_badge
from riskcore.ui.heading import heading
from riskcore.ui.members import left
from riskcore.ui.rule_forms import about, ask_rule, form_key, rule_said
from riskcore.ui.rulebook import draw_kind
from riskcore.ui.spoken import further_words
from riskcore.ui.words import badge, escape, sentence, when_text

Rules: TypeAlias = tuple[Rule, ...]
Save: TypeAlias = Callable[[Callable[[], Rules], str], None]
"""Saves the rules that its first argument makes; its second says what was done."""

BEFORE_PAYOUT = "stands before a payout only"


def with_rule(rules: Rules, rule: Rule) -> Rules:
    """`rules` with `rule` in place of the one of its kind, else at their end.

    The goals of an account count from one moment: the others follow a goal that is changed.
    """
    kinds = [other.kind for other in rules]
    kept = tuple(_following(other, rule) for other in rules)
    if rule.kind not in kinds:
        return (*kept, rule)
    place = kinds.index(rule.kind)
    return (*kept[:place], rule, *kept[place + 1 :])


def _following(other: Rule, rule: Rule) -> Rule:
    if isinstance(rule, COUNTED_SINCE) and isinstance(other, COUNTED_SINCE):
        return replace(other, since=rule.since)
    return other


def without_rule(rules: Rules, kind: str) -> Rules:
    """`rules` without the one of `kind`."""
    return tuple(rule for rule in rules if rule.kind != kind)


def rule_lines(rules: Iterable[Rule], currency: str) -> str:
    """Rules in words as a list; Markdown."""
    return "\n".join(f"- **{rule.title}**: {rule_words(rule, currency)}" for rule in rules)


def rule_words(rule: Rule, currency: str) -> str:
    """A rule as a trader would say it, and what that leaves out; Markdown."""
    said = [rule.in_words(currency), *further_words(rule, currency)]
    return " ".join(escape(sentence(words)) for words in said)


def cost_words(rule: Rule) -> str:
    """What breaking a rule costs, for people."""
    return BEFORE_PAYOUT if rule.is_goal else rule.end_words()


def draw_rules(account: Account, risk: AccountRisk, now: datetime, save: Save) -> None:
    """Each rule of an account with its state and the form that changes it, limits first."""
    st.caption(f"Data: {when_text(risk.taken_at, now)}")
    for rule in sorted(account.rules, key=lambda rule: rule.is_gate):
        with st.container(border=True, key=f"rule-{rule.kind}"):
            _draw_rule(rule, risk.rule_states.get(rule.kind), account)
            with st.expander("What it means", icon=":material/menu_book:"):
                draw_kind(rule.kind)
            _change(rule, account, save)


def _draw_rule(rule: Rule, state: RuleState | None, account: Account) -> None:
    said = [rule_words(rule, account.currency)]
    if state is None:
        heading(rule.title, "")
    else:
        heading(rule.title, _mark(state, account.currency))
        said += [_numbers(rule, state, account.currency), escape(sentence(state.reason))]
    st.markdown("  \n".join(said))
    if state is not None and rule.is_goal:
        draw_progress(state)
    st.caption(f"{'A goal: it ' if rule.is_goal else 'If it is broken: '}{cost_words(rule)}.")


def _mark(state: RuleState, currency: str) -> str:
    return goal_badge(state, currency) if state.is_gate else badge(state.status)


def _numbers(rule: Rule, state: RuleState, currency: str) -> str:
    """What is left, and the level that must not be passed; Markdown."""
    level = escape(amount_text(state.floor, rule.unit, currency))
    if rule.is_goal:
        return f"Needed: **{level}**"
    name = "Ceiling" if rule.is_ceiling else "Floor"
    return f"Left: **{left(state, currency)}** · {name}: **{level}**"


def _change(rule: Rule, account: Account, save: Save) -> None:
    key = form_key(account.id, rule.kind, rule)
    with st.expander(f"Change {rule.title}", icon=":material/edit:", key=f"{key}-change"):
        with st.form(key, border=False):
            said = ask_rule(rule.kind, rule, key)
            if st.form_submit_button(f"Save {rule.title}", type="primary", icon=":material/save:"):
                save(
                    lambda: with_rule(account.rules, rule_said(rule.kind, said)),
                    f"{rule.title} is saved",
                )
        if confirmed(
            f"Remove {rule.title}", "The account is judged without it.", key, "Yes, remove"
        ):
            save(lambda: without_rule(account.rules, rule.kind), f"{rule.title} is removed")


def add_rule(account: Account, save: Save) -> None:
    """Ask for a rule of a kind the account does not have yet."""
    own = {rule.kind for rule in account.rules}
    free = {kind: rule.title for kind, rule in KINDS.items() if kind not in own}
    if not free:
        return
    st.subheader("Add a rule", anchor=False)
    kind = st.selectbox(
        "Kind", list(free), format_func=free.__getitem__, key=f"kind-{account.id}", width=360
    )
    st.caption(about(KINDS[kind]))
    key = form_key(account.id, kind, None)
    with st.form(key):
        said = ask_rule(kind, None, key)
        if st.form_submit_button("Add this rule", type="primary", icon=":material/add:"):
            save(
                lambda: with_rule(account.rules, rule_said(kind, said)),
                f"{KINDS[kind].title} is added",
            )
