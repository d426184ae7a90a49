"""Cards: a group at a glance, and each of its rules."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from uuid import UUID

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from riskcore.domain.model import GroupRiskEvaluation, RuleState
from riskcore.domain.money import percent_text
from riskcore.domain.rules import KINDS
from riskcore.domain.rules.base import amount_text
from riskcore.domain.status import Status, Thresholds
from riskcore.services.risk import GroupView
from riskcore.services.rooms import groups_with_mixed_rules
from riskcore.ui.ages import as_of_text, data_age, data_behind, draw_note
from riskcore.ui.choice import as_of_link
from riskcore.ui.copy_line import draw_leader_rooms
from riskcore.ui.gauge import draw_gauge
from riskcore.ui.goals import before_payout
from riskcore.ui.heading import heading
from riskcore.ui.live import Watch, live_part
from riskcore.ui.resets import alarms
from riskcore.ui.words import LOOKS, account_labels, badge, called, escape, sentence


def card_grid(count: int) -> DeltaGenerator:
    """Where `count` cards stand: side by side as far as there is room."""
    return st.grid(max(2, min(3, count)), min_column_width=340, gap="medium")


def group_cards(watch: Watch) -> None:
    """A card for each group, worst first, drawn anew alone."""
    views = watch.views()
    with card_grid(len(views)):
        for view in views:
            live_part(f"card-{view.group.id}", partial(_live_card, watch, view.group.id))


def _live_card(watch: Watch, group_id: UUID) -> Sequence[GroupView]:
    view = watch.view(group_id)
    mixed = group_id in groups_with_mixed_rules(watch.desk, watch.user_id)
    group_card(view, link_to=as_of_link(watch.is_last), has_mixed_rules=mixed)
    return [view]


def group_card(
    view: GroupView, *, link_to: Mapping[str, str], has_mixed_rules: bool = False
) -> None:
    """One group: its status, lowest buffer, sentence, weakest account and the data's age.

    `link_to` are the parameters with which the group's own page is opened.
    `has_mixed_rules`: it requires the same rules of its copies, and they have others.
    """
    group, evaluation = view.group, view.evaluation
    names = account_labels(view.accounts.values())
    with st.container(border=True, height="stretch", key=f"card-{group.id}"):
        heading(escape(group.name), badge(evaluation.overall_status))
        draw_gauge(
            evaluation.buffer_percent,
            evaluation.overall_status,
            warning_from(evaluation.weakest_rule, group.thresholds),
            is_upper_bound=evaluation.is_upper_bound,
            about=f"Group {group.name}",
            key=f"gauge-{group.id}",
        )
        st.markdown(escape(sentence(evaluation.reason)))
        st.markdown(weakest_text(evaluation, names))
        for line in alarms(evaluation, group.thresholds, names):
            st.markdown(line)
        draw_leader_rooms(evaluation, names, has_mixed_rules=has_mixed_rules)
        st.space("stretch")
        if goals := before_payout(evaluation):
            st.caption(goals)
        draw_note(data_age(evaluation))
        st.page_link(
            "pages/20_group.py",
            label="Open this group",
            icon=":material/arrow_forward:",
            query_params={"group": str(group.id), **link_to},
        )


def group_answer(view: GroupView, names: Mapping[UUID, str]) -> None:
    """A group's answer in words: its status, its sentence, its weakest account."""
    evaluation = view.evaluation
    heading(escape(view.group.name), badge(evaluation.overall_status))
    st.markdown(escape(sentence(evaluation.reason)))
    st.markdown(weakest_text(evaluation, names))
    draw_note(f"{as_of_text(evaluation)} · {data_age(evaluation)}")


def rule_card(
    state: RuleState,
    evaluation: GroupRiskEvaluation,
    thresholds: Thresholds,
    names: Mapping[UUID, str],
) -> None:
    """One rule of a group: the least that is left, who sets it, and why."""
    title = KINDS[state.rule].title
    with st.container(border=True, height="stretch", key=f"rule-{state.rule}"):
        heading(title, badge(state.status))
        draw_gauge(
            state.buffer_percent,
            state.status,
            warning_from(state.rule, thresholds),
            is_upper_bound=state.is_upper_bound,
            about=f"{title} of this group",
            key=f"gauge-{evaluation.group_id}-{state.rule}",
        )
        for line in holders(state, evaluation.currency, names):
            st.markdown(line)
        st.markdown(escape(sentence(state.reason)))
        st.space("stretch")
        draw_note(data_behind(state, evaluation))


def warning_from(rule: str | None, thresholds: Thresholds) -> Thresholds:
    """Where the dial of a rule warns: nowhere, where a small share left is no warning."""
    return thresholds if rule is None or KINDS[rule].warns else Thresholds(0, 0)


def weakest_text(evaluation: GroupRiskEvaluation, names: Mapping[UUID, str]) -> str:
    """The weakest account, marked; Markdown."""
    if evaluation.weakest_account_id is None:
        return ":gray-background[No account in this group yet]"
    look = LOOKS[evaluation.overall_status]
    name = called(evaluation.weakest_account_id, names)
    return f":{look.color}-background[:material/arrow_right_alt: Weakest account: {name}]"


def holders(state: RuleState, currency: str | None, names: Mapping[UUID, str]) -> list[str]:
    """Who broke the rule, who sets the smallest buffer, who the smallest share; Markdown.

    The share has a line of its own only where it belongs to another account.
    """
    at_most = "at most " if state.is_upper_bound else ""
    lines = []
    if state.status is Status.VIOLATED:
        lines.append(f"{called(state.status_account_id, names)} broke it")
    if state.buffer_account_id is not None:
        left = escape(amount_text(state.buffer, state.unit, currency or ""))
        limit = escape(amount_text(state.limit_amount, state.unit, currency or ""))
        setter = called(state.buffer_account_id, names)
        lines.append(f"{setter} has the smallest buffer: {at_most}**{left}** of {limit}")
    if state.percent_account_id not in {None, state.buffer_account_id}:
        share = escape(percent_text(state.buffer_percent))
        setter = called(state.percent_account_id, names)
        lines.append(f"{setter} has the smallest share: {at_most}**{share}** left")
    return lines or ["No account has a known buffer on this rule"]
