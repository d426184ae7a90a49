"""New accounts: what is said once of all the accounts that a file brings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import pandas as pd
import streamlit as st

from riskcore.domain.rules import KINDS
from riskcore.domain.rules.base import Rule
from riskcore.services.accounts import AccountDraft
from riskcore.services.presets import list_presets, with_preset
from riskcore.services.uploads import FilePreview
from riskcore.ui.account_rules import rule_lines
from riskcore.ui.forms import ask_shared
from riskcore.ui.rule_forms import Said, about, ask_rule, rule_said
from riskcore.ui.words import escape

LIMITS: Mapping[str, tuple[str, ...]] = {
    "daily_loss": ("limit_amount", "limit_percent", "reference", "measure", "breach", "action"),
    "max_loss": ("limit_amount", "limit_percent", "trail", "locks_at", "measure", "breach"),
}
"""What is asked here of two kinds of rule; the page Rules asks for everything."""

START = "Start (proposed)"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAccounts:
    """What was said of a file's new accounts, not looked at yet.

    `template` is what all of them share; `limits` are their rules where it has none.
    """

    template: AccountDraft
    starting_balances: Mapping[str, float | None]
    limits: Mapping[str, Said]

    def drafts(self) -> list[AccountDraft]:
        """One account for each number; raises RiskError."""
        rules = self.template.rules or rules_said(self.limits)
        return [
            replace(self.template, number=number, starting_balance=balance, rules=rules)
            for number, balance in self.starting_balances.items()
        ]


def rules_said(limits: Mapping[str, Said]) -> tuple[Rule, ...]:
    """The rules, by kind, that were given a limit; raises RiskError."""
    needed = {"limit_amount", "limit_percent"}
    return tuple(rule_said(kind, said) for kind, said in limits.items() if needed & said.keys())


def ask_template(preview: FilePreview) -> AccountDraft:
    """Ask for a preset whose rules a file's new accounts get; without one, none yet."""
    nothing = AccountDraft(number="")
    if not preview.new_accounts:
        return nothing
    sizes = [(preset, size) for preset in list_presets() for size in preset.sizes]
    titles = {(p.name, s.name): f"{p.title}, {s.name}" for p, s in sizes}
    likely = likely_presets(preview)
    titles = {key: titles[key] for key in likely} | titles
    if likely:
        st.caption(f"{guess_words(preview)} Check it: a number is no proof.")
    chosen = st.selectbox(
        "Preset of the new accounts",
        list(titles),
        index=0 if len(likely) == 1 else None,
        format_func=titles.__getitem__,
        placeholder="none: say the rules yourself",
        key="new-preset",
        width=520,
    )
    firms = {guess.firm for guess in preview.guesses.values()}
    named = replace(
        nothing,
        firm=firms.pop() if len(firms) == 1 and is_alike(preview) else "",
        currency=preview.reading.currency or nothing.currency,
    )
    return with_preset(named, *chosen) if chosen else named


def is_alike(preview: FilePreview) -> bool:
    """Whether every new account has a number that tells its firm."""
    return len(preview.guesses) == len(preview.new_accounts)


def likely_presets(preview: FilePreview) -> list[tuple[str, str]]:
    """The presets that fit every new account, by what their numbers and balances tell."""
    if not is_alike(preview):
        return []
    first, *others = (set(guess.presets) for guess in preview.guesses.values())
    return sorted(first.intersection(*others))


def guess_words(preview: FilePreview) -> str:
    """What the new accounts may be, in words; Markdown."""
    firm = next(iter(preview.guesses.values())).firm
    fit = len(likely_presets(preview))
    if fit == 1:
        return f"By their numbers these are accounts of {escape(firm)}; one of its presets fits."
    return (
        f"By their numbers these are accounts of {escape(firm)}; {fit} of its presets fit and "
        "come first: choose one."
    )


def ask_new_accounts(preview: FilePreview, template: AccountDraft) -> NewAccounts | None:
    """Ask for each new account's starting balance and, without a preset, what they share."""
    if not preview.new_accounts:
        return None
    st.markdown("##### New accounts")
    st.caption(
        "The starting balances are proposals: "
        f"{'the size of the preset' if template.preset else 'the first balance in this file'}. "
        "Correct them, for every limit is counted from them; leave empty what you do not know."
    )
    starting_balances = _ask_starting_balances(preview, template)
    limits: dict[str, Said] = {}
    if template.preset:
        st.caption("Their rules, which can be changed for each of them on the page Rules:")
        st.markdown(rule_lines(template.rules, template.currency))
    else:
        st.caption("What follows is set for all of them, and can be changed for each later.")
        with st.grid(4, min_column_width=200):
            template = replace(template, **ask_shared(template, "new"))
        limits = _ask_limits()
    return NewAccounts(template=template, starting_balances=starting_balances, limits=limits)


def _ask_limits() -> dict[str, Said]:
    st.caption("A rule counts once it has a limit. Other kinds of rule are on the page Rules.")
    said = {}
    for kind, only in LIMITS.items():
        st.markdown(f"**{KINDS[kind].title}**", help=about(KINDS[kind]))
        said[kind] = ask_rule(kind, None, f"new-{kind}", only)
    return said


def _ask_starting_balances(preview: FilePreview, template: AccountDraft) -> dict[str, float | None]:
    numbers = list(preview.new_accounts)
    proposal = pd.Series(preview.first_balances, dtype="float64").reindex(numbers)
    if template.starting_balance is not None:
        proposal[:] = template.starting_balance
    edited = st.data_editor(
        pd.DataFrame({"Account": numbers, START: proposal.to_numpy()}),
        hide_index=True,
        disabled=["Account"],
        column_config={
            START: st.column_config.NumberColumn(min_value=0.0, step=0.01, format="localized")
        },
        key=f"starting-{template.starting_balance}-{preview.digest}",
        alt="The new accounts and their proposed starting balances",
        width=520,
    )
    return {
        number: None if pd.isna(balance) else round(float(balance), 2)
        for number, balance in zip(edited["Account"], edited[START], strict=True)
    }
