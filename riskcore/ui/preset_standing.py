"""Preset standing: how an account stands to the preset it was given."""

from __future__ import annotations

from datetime import date

import streamlit as st

from riskcore.domain.model import Account
from riskcore.domain.presets import Override
from riskcore.domain.rules import KINDS
from riskcore.domain.rules.base import Rule
from riskcore.services.presets import PresetStanding, preset_standing
from riskcore.ui.account_rules import rule_lines
from riskcore.ui.presets import NOT_WATCHED, bullets, checked_words, clock_words
from riskcore.ui.spoken import field_words, value_words
from riskcore.ui.tables import text_table
from riskcore.ui.words import counted, escape


def draw_standing(account: Account, today: date) -> None:
    """Which preset an account has, how old its check is, and what was changed of it."""
    standing = preset_standing(account, today)
    if standing is None:
        st.markdown("Its rules come from no preset.")
        return
    st.markdown(standing_line(standing, account, today))
    if standing.is_newer:
        st.markdown("The preset has been checked again since: apply it anew to have what changed.")
    if rows := change_rows(standing, account):
        st.markdown("What this account has otherwise than the preset:")
        text_table(rows, "What differs from the preset")


def standing_line(standing: PresetStanding, account: Account, today: date) -> str:
    """An account's preset in a line: which, how old its check is, how much is changed; Markdown."""
    applied, preset = standing.applied, standing.preset
    if preset is None:
        name = f"{applied.name}, {applied.size}"
        return f"Preset **{escape(name)}**, which is not among the presets any more."
    changes = len(change_rows(standing, account))
    return (
        f"Preset **{escape(preset.title)}, {escape(applied.size)}**. "
        f"{checked_words(applied.checked_on, today)} "
        f"{counted(changes, 'change') if changes else 'Nothing is changed'} here."
    )


def draw_binding(account: Account, today: date) -> None:
    """What binds an account: its rules in words, its preset, and what nobody watches here."""
    st.subheader("Rules", anchor=False)
    if account.rules:
        st.markdown(rule_lines(account.rules, account.currency))
    else:
        st.markdown("It has no rules, so it can only be unknown.")
    if standing := preset_standing(account, today):
        st.markdown(standing_line(standing, account, today))
        if standing.preset and standing.preset.not_modelled:
            bullets(NOT_WATCHED, standing.preset.not_modelled)
    st.page_link(
        "pages/35_rules.py",
        label="Change its rules" if account.rules else "Give it rules",
        icon=":material/rule:",
        query_params={"account": str(account.id)},
    )


def change_rows(standing: PresetStanding, account: Account) -> list[dict[str, str]]:
    """What an account has otherwise than its preset: its clock, and each parameter."""
    preset = standing.preset
    if preset is None:
        return []
    own, theirs = (clock_words(one.reset_time, one.time_zone) for one in (account, preset))
    clock = _row("The trading day", "Turns at", theirs, own)
    changed = [_override_row(one, account.currency) for one in standing.overrides]
    return changed if own == theirs else [clock, *changed]


def _override_row(one: Override, currency: str) -> dict[str, str]:
    name = field_words(one.kind, one.parameter) if one.parameter else "the whole rule"
    theirs, own = (_words(one, value, currency) for value in (one.preset, one.account))
    return _row(KINDS[one.kind].title, name, theirs, own)


def _row(rule: str, parameter: str, theirs: str, own: str) -> dict[str, str]:
    return {"Rule": rule, "Parameter": parameter, "Preset": theirs, "This account": own}


def _words(override: Override, value: object, currency: str) -> str:
    if override.parameter:
        return value_words(override.kind, override.parameter, value, currency)
    return value.in_words(currency) if isinstance(value, Rule) else "no such rule"
