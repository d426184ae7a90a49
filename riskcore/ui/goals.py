"""Goals: what stands before a payout, as progress; never in the colours of danger."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

import streamlit as st

from riskcore.domain.model import GroupRiskEvaluation, RuleState
from riskcore.domain.money import percent_text
from riskcore.domain.rules import KINDS
from riskcore.domain.rules.base import amount_text
from riskcore.ui.heading import heading
from riskcore.ui.words import called, escape, sentence

MET, TO_GO, UNKNOWN = ":material/task_alt:", ":material/flag:", ":material/help:"


def goal_words(state: RuleState, currency: str | None) -> str:
    """How far a gate is: `met`, `1,250.00 USD to go`, `over by 80.00 USD`, `unknown`."""
    if state.is_met is None or state.buffer is None:
        return "unknown"
    missing = amount_text(abs(state.buffer), state.unit, currency or "")
    if KINDS[state.rule].is_ceiling:
        return f"{missing} left" if state.is_met else f"over by {missing}"
    return "met" if state.is_met else f"{missing} to go"


def goal_badge(state: RuleState, currency: str | None) -> str:
    """How far a gate is, as Markdown: icon and words, blue once met and gray until then."""
    icon = UNKNOWN if state.is_met is None else MET if state.is_met else TO_GO
    color = "blue" if state.is_met else "gray"
    return f":{color}-badge[{icon} {escape(goal_words(state, currency))}]"


def draw_progress(state: RuleState) -> None:
    """How much of a goal is reached, of a cap used up, as a bar with its percentage."""
    if state.buffer_percent is None:
        return
    if KINDS[state.rule].is_ceiling:
        reached, of = max(0.0, 100 - state.buffer_percent), "of the cap used"
    else:
        reached, of = min(100.0, max(0.0, state.buffer_percent)), "of the way"
    st.progress(min(1.0, reached / 100), escape(f"{percent_text(reached)} {of}"))


def goal_card(state: RuleState, evaluation: GroupRiskEvaluation, names: Mapping[UUID, str]) -> None:
    """One goal of a group: how far the last of its accounts is, and who has met it."""
    with st.container(border=True, height="stretch", key=f"goal-{state.rule}"):
        heading(KINDS[state.rule].title, goal_badge(state, evaluation.currency))
        draw_progress(state)
        st.markdown(escape(sentence(state.reason)))
        if line := _met_by(state.rule, evaluation, names):
            st.markdown(line)


def _met_by(rule: str, evaluation: GroupRiskEvaluation, names: Mapping[UUID, str]) -> str:
    """Who of several accounts has met a goal already; Markdown, empty for one account."""
    states = {
        member.account_id: member.rule_states[rule]
        for member in evaluation.members
        if rule in member.rule_states
    }
    if len(states) < 2:
        return ""
    met = [called(account_id, names) for account_id, state in states.items() if state.is_met]
    return f"Met by {', '.join(met) or 'none'} of {len(states)} accounts"


def before_payout(evaluation: GroupRiskEvaluation) -> str:
    """A group's goals in one line of Markdown; empty without one."""
    said = [
        f"{KINDS[rule].title} {escape(goal_words(state, evaluation.currency))}"
        for rule, state in evaluation.rule_states.items()
        if state.is_gate
    ]
    return f"Before a payout: {'; '.join(said)}" if said else ""
