"""Which rules bind this account, how does each stand, and what does a rule mean?"""

from collections.abc import Callable
from dataclasses import replace

import streamlit as st

from riskcore.domain.model import Account
from riskcore.services.accounts import (
    AccountDraft,
    change_account,
    draft_of,
    find_account,
    list_accounts,
)
from riskcore.services.presets import with_preset
from riskcore.services.risk import evaluate_account
from riskcore.ui.account_rules import Rules, add_rule, draw_rules
from riskcore.ui.choice import choose, object_id, opened_tab
from riskcore.ui.door import attempt
from riskcore.ui.empty import no_account_yet, no_rules
from riskcore.ui.preset_standing import draw_standing
from riskcore.ui.presets import choose_preset, draw_doubts, draw_preset, sure_to_apply
from riskcore.ui.rulebook import draw_rulebook
from riskcore.ui.session import session
from riskcore.ui.words import account_labels

desk, user = session()
today = desk.clock().date()

# The parts of this page, by what opens them in the URL.
TABS = {"": "This account", "preset": "Presets", "kind": "Rulebook"}


def change(account: Account, draft: Callable[[], AccountDraft], said: str) -> None:
    """Change `account` to what `draft` makes."""
    attempt(lambda: change_account(desk, user, account.id, draft()), said)


def show_rules(account: Account) -> None:
    """The account's rules, each with its state, and the forms that change them."""

    def save(rules: Callable[[], Rules], said: str) -> None:
        change(account, lambda: replace(draft_of(account), rules=rules()), said)

    draw_standing(account, today)
    if account.rules:
        draw_rules(account, evaluate_account(desk, user, account.id), desk.clock(), save)
    else:
        no_rules()
    add_rule(account, save)


def show_presets(account: Account | None) -> None:
    """A firm programme's rules in words, and the button that gives them to the account."""
    picked = choose_preset(account.preset if account else None)
    if picked is None:
        return
    preset, size = picked
    draw_preset(preset, size, today)
    if account and sure_to_apply(preset, size, account):
        draft = draft_of(account)
        change(account, lambda: with_preset(draft, preset.name, size.name), "The preset is applied")
    draw_doubts(preset)


st.title("Rules")
labels = {str(key): label for key, label in account_labels(list_accounts(desk, user)).items()}
chosen = choose("Account", labels, "account") if labels else None
own, presets, book = st.tabs(list(TABS.values()), default=opened_tab(TABS))
account = find_account(desk, user, object_id(chosen, "account")) if chosen else None
with own:
    if account:
        show_rules(account)
    else:
        no_account_yet()
with presets:
    show_presets(account)
with book:
    draw_rulebook(st.query_params.get("kind"))
