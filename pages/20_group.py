"""How close is this group to breaking a rule, which account is it, and which rule?"""

import streamlit as st

from riskcore.services.accounts import list_accounts
from riskcore.services.groups import find_group, list_groups
from riskcore.services.risk import evaluate_group
from riskcore.ui.cards import card_grid, group_answer, rule_card
from riskcore.ui.choice import as_of_last, choose, object_id
from riskcore.ui.empty import no_group
from riskcore.ui.goals import goal_card
from riskcore.ui.live import live
from riskcore.ui.members import members_table
from riskcore.ui.resets import draw_after_reset
from riskcore.ui.session import session
from riskcore.ui.words import account_labels

desk, user = session()


@live
def group_now(chosen: str, is_last: bool) -> None:
    """The group's answer: the sentence, a gauge for each limit, the members, the goals."""
    group = find_group(desk, user, object_id(chosen, "group"))
    evaluation = evaluate_group(desk, user, group.id, as_of_last=is_last)
    accounts = {account.id: account for account in list_accounts(desk, user)}
    names = account_labels(accounts.values())
    group_answer(evaluation, group, names)
    limits = [state for state in evaluation.rule_states.values() if not state.is_gate]
    goals = [state for state in evaluation.rule_states.values() if state.is_gate]
    with card_grid(len(limits)):
        for state in limits:
            rule_card(state, evaluation, group.thresholds, names)
    draw_after_reset(evaluation, group.thresholds, names)
    if evaluation.members:
        st.subheader("Accounts, the weakest first", anchor=False)
        members_table(evaluation, accounts)
    if goals:
        st.subheader("Before a payout", anchor=False)
        with card_grid(len(goals)):
            for state in goals:
                goal_card(state, evaluation, names)


st.title("Group")
groups = {str(group.id): group.name for group in list_groups(desk, user)}
with st.container(horizontal=True, vertical_alignment="bottom"):
    chosen = choose("Group", groups, "group") if groups else None
    is_last = as_of_last() if groups else False
if chosen is None:
    no_group()
else:
    group_now(chosen, is_last)
