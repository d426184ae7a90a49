"""Cards: a group at a glance, and each of its rules."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

import streamlit as st

from riskcore.domain.model import AccountGroup, GroupRiskEvaluation, RuleState
from riskcore.domain.money import money_text, percent_text
from riskcore.domain.rules import KINDS
from riskcore.domain.status import Status, Thresholds
from riskcore.ui.gauge import draw_gauge
from riskcore.ui.words import LOOKS, age_text, badge, escape, instant_text, sentence

NOBODY = "no account"


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


def heading(markdown: str, status: Status) -> None:
    """A title (already Markdown) with a status beside it."""
    with st.container(horizontal=True, horizontal_alignment="distribute"):
        st.markdown(f"#### {markdown}", anchors=False)
        st.markdown(badge(status), width="content")


def weakest_text(evaluation: GroupRiskEvaluation, names: Mapping[UUID, str]) -> str:
    """The weakest account, marked, as Markdown."""
    if evaluation.weakest_account_id is None:
        return ":gray-background[No account in this group yet]"
    look = LOOKS[evaluation.overall_status]
    name = escape(names.get(evaluation.weakest_account_id, NOBODY))
    return f":{look.color}-background[:material/arrow_right_alt: Weakest account: **{name}**]"


def data_age(evaluation: GroupRiskEvaluation) -> str:
    """How old the data of a group is, from its newest to its oldest snapshot."""
    oldest, newest, now = (
        evaluation.oldest_taken_at,
        evaluation.latest_taken_at,
        evaluation.timestamp,
    )
    if oldest is None or newest is None:
        return "No data yet"
    if age_text(oldest, now) == age_text(newest, now):
        return f"Data from {age_text(newest, now)}"
    return f"Newest data from {age_text(newest, now)}, oldest from {age_text(oldest, now)}"


def group_answer(
    evaluation: GroupRiskEvaluation, group: AccountGroup, names: Mapping[UUID, str]
) -> None:
    """A group's answer in words: its status, its sentence, its weakest account."""
    heading(escape(group.name), evaluation.overall_status)
    st.markdown(escape(sentence(evaluation.reason)))
    st.markdown(weakest_text(evaluation, names))
    st.caption(f"{as_of_text(evaluation)} · {data_age(evaluation)}")


def as_of_text(evaluation: GroupRiskEvaluation) -> str:
    """Of which instant an answer speaks."""
    if evaluation.as_of == evaluation.timestamp:
        return "As of now"
    age = age_text(evaluation.as_of, evaluation.timestamp)
    return f"As of {instant_text(evaluation.as_of)}, the last data: {age}"


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
        st.caption(f"{holder_age(state, evaluation)} · judged by {basis_words(state.basis)}")


def holders(state: RuleState, currency: str | None, names: Mapping[UUID, str]) -> list[str]:
    """Who sets the smallest buffer, and the smallest share where that is another; Markdown."""
    lines = []
    money = escape(money_text(state.buffer, currency or ""))
    limit = escape(money_text(state.limit_amount, currency or ""))
    at_most = "at most " if state.is_upper_bound else ""
    if state.buffer_account_id is not None:
        name = escape(names.get(state.buffer_account_id, NOBODY))
        lines.append(f"**{name}** sets it: {at_most}**{money}** left of {limit}")
    if state.percent_account_id not in {None, state.buffer_account_id}:
        name = escape(names.get(state.percent_account_id, NOBODY))  # type: ignore[arg-type]
        share = escape(percent_text(state.buffer_percent))
        lines.append(f"**{name}** has the smallest share: {at_most}**{share}** left")
    return lines or ["No account has a known buffer on this rule"]


def holder_age(state: RuleState, evaluation: GroupRiskEvaluation) -> str:
    """How old the data behind a rule's answer is."""
    deciding = {state.buffer_account_id, state.percent_account_id, state.status_account_id}
    taken = [m.taken_at for m in evaluation.members if m.account_id in deciding]
    known: list[datetime] = [instant for instant in taken if instant is not None]
    return (
        f"Data from {age_text(min(known, default=None), evaluation.timestamp)}"
        if known
        else "No data yet"
    )


def basis_words(basis: str) -> str:
    """What was compared with the floor."""
    return basis.replace("_", " ")
