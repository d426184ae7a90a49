"""How close is this group to breaking a rule, which account is it, and which rule?"""

from collections.abc import Sequence
from functools import partial
from uuid import UUID

import streamlit as st

from riskcore.services.groups import list_groups
from riskcore.services.risk import GroupView
from riskcore.ui.cards import card_grid, group_answer, rule_card
from riskcore.ui.choice import as_of_last, choose, object_id
from riskcore.ui.empty import no_group
from riskcore.ui.goals import goal_card
from riskcore.ui.head import draw_head
from riskcore.ui.live import Watch, begin, live_part
from riskcore.ui.members import members_table
from riskcore.ui.push import keep_live
from riskcore.ui.resets import draw_after_reset
from riskcore.ui.session import session
from riskcore.ui.words import account_labels

desk, user = session()


def group_now(watch: Watch, group_id: UUID) -> Sequence[GroupView]:
    """The group's answer: the sentence, a gauge for each limit, the members, the goals."""
    view = watch.view(group_id)
    group, evaluation = view.group, view.evaluation
    names = account_labels(view.accounts.values())
    group_answer(view, names)
    limits = [state for state in evaluation.rule_states.values() if not state.is_gate]
    goals = [state for state in evaluation.rule_states.values() if state.is_gate]
    with card_grid(len(limits)):
        for state in limits:
            rule_card(state, evaluation, group.thresholds, names)
    draw_after_reset(evaluation, group.thresholds, names)
    if evaluation.members:
        st.subheader("Accounts, the weakest first", anchor=False)
        members_table(evaluation, view.accounts)
    if goals:
        st.subheader("Before a payout", anchor=False)
        with card_grid(len(goals)):
            for state in goals:
                goal_card(state, evaluation, names)
    return [view]


head = st.container()
groups = {str(group.id): group.name for group in list_groups(desk, user)}
with st.container(horizontal=True, vertical_alignment="bottom"):
    chosen = choose("Group", groups, "group") if groups else None
    is_last = as_of_last() if groups else False
watch = Watch(desk=desk, user_id=user, is_last=is_last, only=chosen)
begin(watch)
with head:
    draw_head("Group", watch)
if chosen is None:
    no_group()
else:
    group_id = object_id(chosen, "group")
    live_part("group", partial(group_now, watch, group_id))
keep_live(watch, "group")
