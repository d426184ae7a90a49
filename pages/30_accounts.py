"""Which accounts are on this desk, and which rules bind them?"""

from functools import partial

import streamlit as st

from riskcore.domain.model import Account
from riskcore.services.accounts import (
    AccountDraft,
    change_account,
    delete_account,
    find_account,
    list_accounts,
    make_account,
)
from riskcore.services.events import delete_event, list_events, record_event
from riskcore.services.risk import evaluate_account
from riskcore.ui.choice import NEW, choose, object_id, open_object
from riskcore.ui.confirm import confirmed
from riskcore.ui.door import attempt
from riskcore.ui.events import ask_event, draw_events
from riskcore.ui.forms import ask_account
from riskcore.ui.preset_standing import draw_binding
from riskcore.ui.session import session
from riskcore.ui.tables import accounts_table
from riskcore.ui.words import account_labels

desk, user = session()


def save(account: Account | None, draft: AccountDraft) -> Account:
    """Change the account that is picked, or make a new one."""
    if account is None:
        return make_account(desk, user, draft)
    return change_account(desk, user, account.id, draft)


def show_events(account: Account) -> None:
    """What happened to the account besides trading, and the form that records more."""
    flows = evaluate_account(desk, user, account.id).implied_flows
    doomed = draw_events(list_events(desk, user, account.id), flows, account)
    if doomed is not None:
        attempt(partial(delete_event, desk, user, account.id, doomed), "The event is deleted")
    with st.form("event"):
        said = ask_event(account, desk.clock(), next(iter(flows), None))
        if st.form_submit_button("Record this event", icon=":material/event:"):
            attempt(
                lambda: record_event(desk, user, account.id, said.draft()), "The event is recorded"
            )


st.title("Accounts")
accounts = list_accounts(desk, user)
if accounts:
    accounts_table(accounts)
else:
    st.markdown("There is no account yet. Make one here, or upload a CSV: it brings its accounts.")

labels = {str(key): label for key, label in account_labels(accounts).items()}
chosen = choose("Make or change", {NEW: "A new account", **labels}, "account") or NEW
account = None if chosen == NEW else find_account(desk, user, object_id(chosen, "account"))

with st.form(f"account-{chosen}"):
    said = ask_account(account, f"account-{chosen}")
    if st.form_submit_button("Save this account", type="primary", icon=":material/save:"):
        attempt(
            lambda: save(account, said),
            "The account is saved",
            then=lambda saved: open_object("account", saved.id),
        )

if account:
    draw_binding(account, desk.clock().date())
    show_events(account)
    if confirmed("Delete this account", "Its snapshots and rules go with it.", "account"):
        attempt(
            partial(delete_account, desk, user, account.id),
            f"Account {account.name} is deleted",
            then=lambda _: open_object("account", NEW),
        )
