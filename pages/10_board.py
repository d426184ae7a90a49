"""Which group needs me now, and why?"""

import streamlit as st

from riskcore.services.accounts import list_accounts
from riskcore.services.groups import list_groups
from riskcore.services.risk import evaluate_groups
from riskcore.services.rooms import groups_with_mixed_rules
from riskcore.ui.cards import card_grid, group_card
from riskcore.ui.choice import as_of_last, as_of_link
from riskcore.ui.empty import empty_desk
from riskcore.ui.live import live
from riskcore.ui.session import session
from riskcore.ui.words import account_labels

desk, user = session()


@live
def board(is_last: bool) -> None:
    """Every group as a card, worst first."""
    groups = {group.id: group for group in list_groups(desk, user)}
    names = account_labels(list_accounts(desk, user))
    evaluations = evaluate_groups(desk, user, as_of_last=is_last)
    mixed = groups_with_mixed_rules(desk, user)
    with card_grid(len(evaluations)):
        for evaluation in evaluations:
            if evaluation.group_id in groups:
                group_card(
                    evaluation,
                    groups[evaluation.group_id],
                    names,
                    link_to=as_of_link(is_last),
                    has_mixed_rules=evaluation.group_id in mixed,
                )


st.title("Board")
if list_groups(desk, user):
    board(as_of_last())
else:
    empty_desk(desk, user)
