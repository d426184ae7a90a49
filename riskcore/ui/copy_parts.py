"""Copy parts: what stands below the first screen of the page on copy trading, part by part."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from uuid import UUID

import streamlit as st

from riskcore.domain.copying.instruments import Instrument
from riskcore.domain.model import Account
from riskcore.services.desk import Desk
from riskcore.services.rooms import GroupRooms, SetRoom, Situation
from riskcore.services.tracking import tracking_of
from riskcore.services.what_if import Question, what_if_of
from riskcore.ui.copy_details import (
    Names,
    draw_differences,
    draw_findings,
    draw_profits_and_resets,
    draw_sizes,
    draw_statuses,
)
from riskcore.ui.copy_editing import draw_links, draw_settings
from riskcore.ui.copy_room import draw_advice, draw_equal, ladder_table
from riskcore.ui.copy_tracking import draw_tracking
from riskcore.ui.copy_what_if import advised, ask_what_if, draw_what_if
from riskcore.ui.door import door


@dataclass(frozen=True, slots=True)
class View:
    """What a part shows: one leader's set within a group, on a desk, for its owner."""

    desk: Desk
    user_id: str
    now: Situation
    rooms: GroupRooms
    one: SetRoom
    instrument: Instrument | None
    accounts: Mapping[UUID, Account]
    names: Names

    @property
    def own_names(self) -> Names:
        """What to call the group's own accounts."""
        members = self.rooms.effective
        return {key: name for key, name in self.names.items() if key in members}


def draw_parts(view: View) -> None:
    """The parts as tabs, the open one kept in the URL; only that one is worked out."""
    tabs = st.tabs(list(PARTS), key="part", on_change="rerun", bind="query-params")
    for tab, draw in zip(tabs, PARTS.values(), strict=True):
        if tab.open:
            with tab, door():
                draw(view)


def _ladder(view: View) -> None:
    ladder_table(view.rooms, view.one, view.names)
    st.markdown("##### What would help", anchors=False)
    draw_advice(view.one, view.names)
    draw_equal(view.one, view.names)
    st.markdown("##### One bet, one status", anchors=False)
    draw_statuses(view.rooms, view.one, view.names)


def _what_if(view: View) -> None:
    st.markdown("Try it before you do it: nothing is changed here.")
    asked = ask_what_if(view.one, view.instrument, view.names)
    question: Question | None = asked.question(view.one.leader_id, view.instrument)
    if asked.is_empty:
        question = advised(view.one)
        st.caption("For example, what helps most:" if question else "Say what is to be tried.")
    if question is None:
        return
    draw_what_if(what_if_of(view.now, question), view.names)


def _contracts(view: View) -> None:
    draw_sizes(view.one, view.instrument, view.names)


def _profit(view: View) -> None:
    draw_profits_and_resets(view.rooms, view.one, view.names)


def _links(view: View) -> None:
    draw_links(view.desk, view.user_id, view.rooms.group_id, view.own_names)


def _rules(view: View) -> None:
    st.markdown("##### Do all follow the leader's rules?", anchors=False)
    draw_differences(view.one, view.accounts, view.rooms.settings.same_rules, view.names)
    st.markdown("##### What the firms say of copying", anchors=False)
    draw_findings(list(view.one.findings))
    st.markdown("##### This group", anchors=False)
    members = [copy.account_id for one in view.rooms.sets for copy in one.copies]
    draw_settings(view.desk, view.user_id, view.rooms.group_id, members, view.names)


def _tracking(view: View) -> None:
    found = tracking_of(view.desk, view.now)
    draw_tracking(found, view.one.leader_id, view.one.room.currency, view.names)


PARTS: Mapping[str, Callable[[View], None]] = {
    "Ladder": _ladder,
    "What if": _what_if,
    "Whole contracts": _contracts,
    "Profit and resets": _profit,
    "Links": _links,
    "Same rules": _rules,
    "Really copying?": _tracking,
}
