"""Cards: a group at a glance, and each of its rules."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from riskcore.domain.model import AccountGroup, GroupRiskEvaluation, RuleState
from riskcore.domain.money import money_text, percent_text
from riskcore.domain.reasons import MEASURE_WORDS, instant_text
from riskcore.domain.rules import KINDS
from riskcore.domain.rules.base import Measure
from riskcore.domain.status import Status, Thresholds
from riskcore.ui.gauge import draw_gauge
from riskcore.ui.words import LOOKS, age_text, badge, escape, sentence

NOBODY = "no account"


def card_grid(count: int) -> DeltaGenerator:
    """Where `count` cards stand: side by side as far as there is room."""
    return st.grid(max(2, min(3, count)), min_column_width=340, gap="medium")


def group_card(
    evaluation: GroupRiskEvaluation,
    group: AccountGroup,
    names: Mapping[UUID, str],
    *,
    link_to: Mapping[str, str],
) -> None:
    """One group: its status, lowest buffer, sentence, weakest account and the data's age.

    `link_to` are the parameters with which the group's own page is opened.
    """
    with st.container(border=True, height="stretch", key=f"card-{group.id}"):
        heading(escape(group.name), evaluation.overall_status)
        draw_gauge(
            evaluation.buffer_percent,
            evaluation.overall_status,
            group.thresholds,
            is_upper_bound=evaluation.is_upper_bound,
            about=f"Group {group.name}",
            key=f"gauge-{group.id}",
        )
        st.markdown(escape(sentence(evaluation.reason)))
        st.markdown(weakest_text(evaluation, names))
        st.space("stretch")
        st.caption(data_age(evaluation))
        st.page_link(
            "pages/20_group.py",
            label="Open this group",
            icon=":material/arrow_forward:",
            query_params={"group": str(group.id), **link_to},
        )


def group_answer(
    evaluation: GroupRiskEvaluation, group: AccountGroup, names: Mapping[UUID, str]
) -> None:
    """A group's answer in words: its status, its sentence, its weakest account."""
    heading(escape(group.name), evaluation.overall_status)
    st.markdown(escape(sentence(evaluation.reason)))
    st.markdown(weakest_text(evaluation, names))
    st.caption(f"{as_of_text(evaluation)} · {data_age(evaluation)}")


def rule_card(
    state: RuleState,
    evaluation: GroupRiskEvaluation,
    thresholds: Thresholds,
    names: Mapping[UUID, str],
) -> None:
    """One rule of a group: the least that is left, who sets it, and why."""
    title = KINDS[state.rule].title
    with st.container(border=True, height="stretch", key=f"rule-{state.rule}"):
        heading(title, state.status)
        draw_gauge(
            state.buffer_percent,
            state.status,
            thresholds,
            is_upper_bound=state.is_upper_bound,
            about=f"{title} of this group",
            key=f"gauge-{evaluation.group_id}-{state.rule}",
        )
        for line in holders(state, evaluation.currency, names):
            st.markdown(line)
        st.markdown(escape(sentence(state.reason)))
        st.space("stretch")
        judged_by = MEASURE_WORDS[Measure(state.basis)]
        st.caption(f"{holder_age(state, evaluation)} · judged by {judged_by}")


def heading(markdown: str, status: Status) -> None:
    """A title (already Markdown) with a status beside it."""
    with st.container(
        horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"
    ):
        st.markdown(f"#### {markdown}", anchors=False)
        st.markdown(badge(status), width="content")


def weakest_text(evaluation: GroupRiskEvaluation, names: Mapping[UUID, str]) -> str:
    """The weakest account, marked; Markdown."""
    if evaluation.weakest_account_id is None:
        return ":gray-background[No account in this group yet]"
    look = LOOKS[evaluation.overall_status]
    name = called(evaluation.weakest_account_id, names)
    return f":{look.color}-background[:material/arrow_right_alt: Weakest account: {name}]"


def data_age(evaluation: GroupRiskEvaluation) -> str:
    """How old the data of a group is, from its newest to its oldest snapshot."""
    now = evaluation.timestamp
    oldest = age_text(evaluation.oldest_taken_at, now)
    newest = age_text(evaluation.latest_taken_at, now)
    if evaluation.latest_taken_at is None:
        return "No data yet"
    if oldest == newest:
        return f"Data from {newest}"
    return f"Newest data from {newest}, oldest from {oldest}"


def as_of_text(evaluation: GroupRiskEvaluation) -> str:
    """Of which instant an answer speaks."""
    if evaluation.as_of == evaluation.timestamp:
        return "As of now"
    age = age_text(evaluation.as_of, evaluation.timestamp)
    return f"As of {instant_text(evaluation.as_of)}, the last data: {age}"


def holders(state: RuleState, currency: str | None, names: Mapping[UUID, str]) -> list[str]:
    """Who broke the rule, who sets the smallest buffer, who the smallest share; Markdown.

    The share has a line of its own only where it belongs to another account.
    """
    at_most = "at most " if state.is_upper_bound else ""
    lines = []
    if state.status is Status.VIOLATED:
        lines.append(f"{called(state.status_account_id, names)} broke it")
    if state.buffer_account_id is not None:
        money = escape(money_text(state.buffer, currency or ""))
        limit = escape(money_text(state.limit_amount, currency or ""))
        setter = called(state.buffer_account_id, names)
        lines.append(f"{setter} has the smallest buffer: {at_most}**{money}** of {limit}")
    if state.percent_account_id not in {None, state.buffer_account_id}:
        share = escape(percent_text(state.buffer_percent))
        setter = called(state.percent_account_id, names)
        lines.append(f"{setter} has the smallest share: {at_most}**{share}** left")
    return lines or ["No account has a known buffer on this rule"]


def called(account_id: UUID | None, names: Mapping[UUID, str]) -> str:
    """An account's name, bold; Markdown."""
    return f"**{escape(NOBODY if account_id is None else names.get(account_id, NOBODY))}**"


def holder_age(state: RuleState, evaluation: GroupRiskEvaluation) -> str:
    """How old the data behind a rule's answer is."""
    deciding = {state.buffer_account_id, state.percent_account_id, state.status_account_id}
    members = [member for member in evaluation.members if member.account_id in deciding]
    taken = [member.taken_at for member in members if member.taken_at is not None]
    if not taken:
        return "No data yet"
    return f"Data from {age_text(min(taken), evaluation.timestamp)}"
