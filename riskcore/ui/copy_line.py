"""Copy line: what a card says of a group's leaders, and of different rules within its copies."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

import streamlit as st

from riskcore.domain.model import GroupRiskEvaluation, LeaderRoom
from riskcore.domain.money import money_text
from riskcore.domain.rules import KINDS
from riskcore.ui.words import called, counted, escape

MIXED = (
    ":orange-background[:material/rule: Its copies follow different rules, "
    "and the group requires the same]"
)


def draw_leader_rooms(
    evaluation: GroupRiskEvaluation, names: Mapping[UUID, str], *, has_mixed_rules: bool
) -> None:
    """How much each leader may still lose, and who breaks first; nothing where nobody copies."""
    if has_mixed_rules:
        st.markdown(MIXED)
    for room in evaluation.leader_rooms:
        st.markdown(leader_room_text(room, names))
    if evaluation.leader_rooms or has_mixed_rules:
        st.page_link(
            "pages/45_copy_trading.py",
            label="Open copy trading",
            icon=":material/content_copy:",
            query_params={"group": str(evaluation.group_id)},
        )


def leader_room_text(room: LeaderRoom, names: Mapping[UUID, str]) -> str:
    """A leader's room in one line; Markdown."""
    leader = called(room.leader_id, names)
    if room.account_id is None or room.rule is None or room.room is None:
        return f":material/content_copy: What {leader} may lose as the leader is not known"
    most = "at most " if room.is_upper_bound else ""
    amount = escape(money_text(room.room, room.currency))
    others = f" and {counted(room.others, 'other')}" if room.others else ""
    first = f"{called(room.account_id, names)}{others}"
    if room.room == 0:
        return f":material/content_copy: {leader} leads, and has no room: {first} ends it"
    return (
        f":material/content_copy: {leader} leads and may lose {most}**{amount}**; "
        f"then {first} breaks {KINDS[room.rule].title}"
    )
