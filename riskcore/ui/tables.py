"""Tables: the members of a group, what was refused, and each day's low."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

import pandas as pd
import streamlit as st

from riskcore.domain.model import Account, AccountRisk, GroupRiskEvaluation
from riskcore.domain.money import money_text, percent_text
from riskcore.domain.rules import KINDS
from riskcore.ui.gauge import BROKEN
from riskcore.ui.words import age_text, badge, escape

WEAKEST_ROW = "background-color: rgba(213, 94, 0, 0.14); font-weight: 600"


def members_table(evaluation: GroupRiskEvaluation, accounts: Mapping[UUID, Account]) -> None:
    """Every member, the weakest first and marked."""
    rows = [
        _member(member, accounts[member.account_id], member is evaluation.members[0], evaluation)
        for member in evaluation.members
        if member.account_id in accounts
    ]
    marked = pd.DataFrame(rows).style.apply(_mark_first, axis=1)
    st.table(
        marked,
        border="horizontal",
        hide_index=True,
        alt="The accounts of this group, the weakest first",
    )


def _member(
    member: AccountRisk, account: Account, is_weakest: bool, evaluation: GroupRiskEvaluation
) -> dict[str, str]:
    state, money = member.deciding, account.currency
    is_broken = state is not None and state.violated_at is not None
    mark = ":material/arrow_right_alt: weakest: " if is_weakest else ""
    return {
        "Account": f"{mark}{escape(account.name)}",
        "Status": badge(member.status),
        "Left": BROKEN if is_broken else escape(money_text(state and state.buffer, money)),
        "Share": "" if is_broken else escape(percent_text(state and state.buffer_percent)),
        "On": KINDS[state.rule].title if state else "no rules",
        "Equity": escape(money_text(member.equity, money)),
        "Balance": escape(money_text(member.balance, money)),
        "Data": age_text(member.taken_at, evaluation.timestamp),
    }


def _mark_first(row: pd.Series) -> list[str]:
    return [WEAKEST_ROW if row.name == 0 else ""] * len(row)


def text_table(rows: Sequence[Mapping[str, object]], about: str) -> None:
    """Rows whose cells are shown as they are; `about` says what they are."""
    st.dataframe(pd.DataFrame(list(rows)), hide_index=True, alt=about)


def accounts_table(accounts: Iterable[Account]) -> None:
    """Every account and its rules in words."""
    text_table(
        [
            {
                "Account": account.name,
                "Number": account.number,
                "Firm": account.firm,
                "Platform": account.platform,
                "Starting balance": money_text(account.starting_balance, account.currency),
                "Day turns at": f"{account.reset_time:%H:%M} {account.time_zone}",
                "Rules": "; ".join(rule.in_words(account.currency) for rule in account.rules)
                or "none",
            }
            for account in accounts
        ],
        "The accounts of this desk",
    )
