"""Which accounts are judged together?"""

from functools import partial

import streamlit as st

from riskcore.domain.model import AccountGroup
from riskcore.services.accounts import list_accounts
from riskcore.services.groups import (
    GroupDraft,
    change_group,
    delete_group,
    find_group,
    list_groups,
    make_group,
)
from riskcore.ui.choice import NEW, choose, object_id, open_object, proposed_accounts
from riskcore.ui.confirm import confirmed
from riskcore.ui.door import attempt
from riskcore.ui.empty import no_account
from riskcore.ui.forms import ask_group
from riskcore.ui.session import session
from riskcore.ui.tables import groups_table
from riskcore.ui.words import account_labels

desk, user = session()

st.title("Groups")
labels = account_labels(list_accounts(desk, user))
groups = list_groups(desk, user)
if groups:
    groups_table(groups, labels)
elif not labels:
    no_account()

names = {str(group.id): group.name for group in groups}
chosen = choose("Make or change", {NEW: "A new group", **names}, "group") or NEW
group = None if chosen == NEW else find_group(desk, user, object_id(chosen, "group"))


def save(draft: GroupDraft) -> AccountGroup:
    """Change the group that is picked, or make a new one."""
    return change_group(desk, user, group.id, draft) if group else make_group(desk, user, draft)


with st.form(f"group-{chosen}"):
    said = ask_group(group, labels, proposed_accounts(), f"group-{chosen}")
    if st.form_submit_button("Save this group", type="primary", icon=":material/save:"):
        attempt(
            lambda: save(said.draft()),
            "The group is saved",
            then=lambda saved: open_object("group", saved.id),
        )

if group:
    st.page_link(
        "pages/20_group.py",
        label="See how this group stands",
        icon=":material/speed:",
        query_params={"group": str(group.id)},
    )
    if confirmed("Delete this group", "Its accounts and their snapshots stay.", "group"):
        attempt(
            partial(delete_group, desk, user, group.id),
            f"Group {group.name} is deleted",
            then=lambda _: open_object("group", NEW),
        )
