"""Which accounts are on this desk, and which rules bind them?"""

import streamlit as st

from riskcore.services.accounts import change_account, delete_account, list_accounts, make_account
from riskcore.ui.choice import NEW, choose, go_to, object_id
from riskcore.ui.confirm import confirmed
from riskcore.ui.door import attempt
from riskcore.ui.forms import ask_account, rules_said
from riskcore.ui.session import session
from riskcore.ui.tables import accounts_table
from riskcore.ui.words import account_labels

desk, user = session()

st.title("Accounts")
accounts = {str(account.id): account for account in list_accounts(desk, user)}
if accounts:
    accounts_table(accounts.values())
else:
    st.markdown("There is no account yet. Make one here, or upload a CSV that names some.")

labels = {str(key): label for key, label in account_labels(accounts.values()).items()}
chosen = choose("Make or change", {NEW: "A new account", **labels}, "account") or NEW
account = None if chosen == NEW else accounts.get(chosen)
with st.form(f"account-{chosen}"):
    draft, answers = ask_account(account, f"account-{chosen}")
    save = st.form_submit_button("Save this account", type="primary", icon=":material/save:")
