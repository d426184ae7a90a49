"""Empty: what to do next where there is nothing to show yet."""

from __future__ import annotations

import streamlit as st

from riskcore.services.accounts import list_accounts
from riskcore.services.desk import Desk
from riskcore.services.sample import load_sample_desk
from riskcore.ui.door import attempt


def empty_desk(desk: Desk, user_id: str) -> None:
    """What a newcomer can do; with accounts already there, what is missing."""
    if list_accounts(desk, user_id):
        no_group()
        return
    st.markdown(
        "This desk shows how much can still be lost before one of your trading accounts breaks "
        "a rule, which account that is, and which rule.\n\n"
        "It has no accounts yet. Look around with invented ones first, or bring your own: an "
        "export of your platform, or a CSV file with an account, a time, a balance and an equity "
        "in each row."
    )
    with st.container(horizontal=True):
        if st.button("Load the sample desk", type="primary", icon=":material/science:"):
            attempt(lambda: load_sample_desk(desk, user_id), "The sample desk is loaded")
        if st.button("Upload a CSV", icon=":material/upload_file:"):
            st.switch_page("pages/50_upload.py")


def no_account() -> None:
    """How to get a first account."""
    st.markdown("There is no account yet, and a group is made of accounts.")
    if st.button("Upload a CSV", icon=":material/upload_file:"):
        st.switch_page("pages/50_upload.py")


def no_account_yet() -> None:
    """How to get the account whose rules are wanted."""
    st.markdown(
        "There is no account yet. Rules bind an account: upload a file that brings its accounts, "
        "or make one. Presets and the rulebook can be read without."
    )
    with st.container(horizontal=True):
        if st.button("Upload a CSV", type="primary", icon=":material/upload_file:"):
            st.switch_page("pages/50_upload.py")
        if st.button("Make an account", icon=":material/add:"):
            st.switch_page("pages/30_accounts.py")


def no_rules() -> None:
    """How an account without rules gets some."""
    st.markdown(
        "This account has no rules, so it can only be unknown. Take a firm's from "
        "**Presets**, or add them one by one."
    )


def no_group() -> None:
    """How to get a first group."""
    st.markdown(
        "There is no group yet. A group is a set of accounts that are judged together: its "
        "weakest account decides."
    )
    if st.button("Make a group", type="primary", icon=":material/add:"):
        st.switch_page("pages/40_groups.py")
