"""How close did this group come, when, and because of which account?"""

import streamlit as st

from riskcore.domain.evaluate import group_currency
from riskcore.services.accounts import list_accounts
from riskcore.services.groups import find_group, list_groups
from riskcore.ui.charts import limits_in_money, minima_figure
from riskcore.ui.choice import choose, object_id
from riskcore.ui.empty import no_group
from riskcore.ui.ranges import ask_range, history_of
from riskcore.ui.session import session
from riskcore.ui.tables import day_lows_table
from riskcore.ui.words import account_labels

desk, user = session()


def show(chosen: str) -> None:
    """The group's minimum over time, and each day's low."""
    group = find_group(desk, user, object_id(chosen, "group"))
    start, end = ask_range(desk.clock())
    accounts = list_accounts(desk, user)
    members = [account for account in accounts if account.id in group.account_ids]
    with st.spinner("Reading the history …"):
        history = limits_in_money(history_of(desk, user, group.id, start, end), members)
    if history.minima.empty:
        st.info("Nothing is known of this group in this range: choose a wider one.")
        return
    names = {str(key): label for key, label in account_labels(accounts).items()}
    currency = group_currency(group, members)
    st.plotly_chart(
        minima_figure(history.minima, history.bucket, names, currency),
        key="minima",
        config={"displayModeBar": False},  # on a phone it lies over the legend
        alt=f"The smallest buffer of {group.name} over time, a line for each rule",
    )
    st.caption(
        "Below zero the rule is broken. Point at a line to see which account held the minimum. "
        "Times are UTC."
    )
    st.subheader("Each day's low", anchor=False)
    day_lows_table(history.day_lows, names, currency)


st.title("History")
groups = {str(group.id): group.name for group in list_groups(desk, user)}
chosen = choose("Group", groups, "group") if groups else None
if chosen is None:
    no_group()
else:
    show(chosen)
