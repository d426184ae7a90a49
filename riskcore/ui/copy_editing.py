"""Copy editing: the forms that make, change and end links, and what a group says of rules."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from uuid import UUID

import streamlit as st

from riskcore.domain.copying.links import CopyLink
from riskcore.domain.copying.same_rules import SameRules
from riskcore.services.copying import (
    change_copy_settings,
    change_link,
    copy_settings,
    delete_link,
    draft_of,
    list_links,
    make_links,
)
from riskcore.services.desk import Desk
from riskcore.services.tracking import group_tracking
from riskcore.ui.confirm import confirmed
from riskcore.ui.copy_details import SWITCHES
from riskcore.ui.copy_links import (
    Names,
    ask_fees,
    ask_link,
    ask_mode,
    fees_said,
    link_labels,
    links_table,
    suggested,
    suggestions_table,
)
from riskcore.ui.door import attempt

NOBODY_YET = """\
**No account of this group copies another yet.** Accounts that copy one another are one bet at
different sizes: when the leader loses, the first to break is not the one with the smallest
buffer, but the one with the smallest buffer *for what it loses of each unit the leader loses*.

Say who copies whom, and this page shows how much the leader may still lose, which account
breaks first and by which rule, and what would help."""


def draw_empty(desk: Desk, user_id: str, group_id: UUID, names: Names) -> None:
    """What a copy group is, links that the history suggests, and the form for the first one."""
    st.markdown(NOBODY_YET)
    draw_suggestions(desk, user_id, group_id, names)
    make_form(desk, user_id, group_id, names)


def draw_suggestions(desk: Desk, user_id: str, group_id: UUID, names: Names) -> None:
    """Accounts that move together, and the button that links them; nothing without any."""
    found = group_tracking(desk, user_id, group_id, as_of_last=True).suggestions
    if not found:
        return
    st.markdown("**These accounts have moved together:** do they copy one another?")
    suggestions_table(found, names)
    if st.button("Link them so", icon=":material/link:"):
        attempt(lambda: make_links(desk, user_id, group_id, suggested(found)), "The links are made")


def make_form(desk: Desk, user_id: str, group_id: UUID, names: Names) -> None:
    """The form that makes links: one leader, and all that copy it alike."""
    st.markdown("##### Say who copies whom", anchors=False)
    mode = ask_mode(None, "new-link")
    with st.form("new-link"):
        said = ask_link(None, mode, names, "new-link")
        if st.form_submit_button("Link them", type="primary", icon=":material/link:"):
            attempt(
                lambda: make_links(desk, user_id, group_id, said.drafts()), "The links are made"
            )


def draw_links(desk: Desk, user_id: str, group_id: UUID, names: Names) -> None:
    """Every link, the form that changes one, and the form that makes more."""
    links = list_links(desk, user_id, group_id)
    links_table(links, names)
    labels = link_labels(links, names)
    picked = st.selectbox(
        "Change or end",
        list(labels),
        index=None,
        format_func=labels.__getitem__,
        placeholder="a link",
        key="link",
        width=480,
    )
    chosen = next((link for link in links if str(link.id) == picked), None)
    if chosen is not None:
        _change_form(desk, user_id, chosen, names)
    draw_suggestions(desk, user_id, group_id, names)
    make_form(desk, user_id, group_id, names)


def _change_form(desk: Desk, user_id: str, link: CopyLink, names: Names) -> None:
    key = f"link-{link.id}"
    mode = ask_mode(link, key)
    with st.form(key):
        said = ask_link(link, mode, names, key)
        if st.form_submit_button("Save this link", type="primary", icon=":material/save:"):
            attempt(
                lambda: change_link(desk, user_id, link.group_id, link.id, said.drafts()[0]),
                "The link is saved",
            )
    with st.container(horizontal=True):
        if st.button("It copies no longer, from now on", icon=":material/link_off:"):
            ended = replace(draft_of(link), active_to=desk.clock())
            attempt(
                lambda: change_link(desk, user_id, link.group_id, link.id, ended),
                "The link is ended",
            )
        if confirmed("Delete this link", "That it was ever active is forgotten.", key):
            attempt(
                partial(delete_link, desk, user_id, link.group_id, link.id), "The link is deleted"
            )


def draw_settings(
    desk: Desk, user_id: str, group_id: UUID, account_ids: Sequence[UUID], names: Names
) -> None:
    """What different rules are in this group, and what its accounts cost."""
    now = copy_settings(desk, user_id, group_id)
    with st.form("copy-settings"):
        switches = list(SameRules)
        switch: SameRules = st.selectbox(
            "Accounts that are one bet should follow the same rules",
            switches,
            index=switches.index(now.same_rules),
            format_func=SWITCHES.__getitem__,
            width=420,
        )
        st.caption("What an account costs when it is lost, in its own money; empty: not known")
        edited = ask_fees(account_ids, now.fees, names)
        if st.form_submit_button("Save", icon=":material/save:"):
            attempt(
                lambda: change_copy_settings(
                    desk, user_id, group_id, switch, fees_said(edited, account_ids)
                ),
                "The settings are saved",
            )
