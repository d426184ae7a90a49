"""Members: the accounts of a group, where each stands and which floors bind it."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

import pandas as pd
import streamlit as st

from riskcore.domain.model import Account, AccountRisk, GroupRiskEvaluation, RuleState
from riskcore.domain.money import money_text, percent_text
from riskcore.domain.rules import KINDS
from riskcore.domain.rules.base import Unit, amount_text
from riskcore.domain.status import Status
from riskcore.ui.gauge import BROKEN, reading
from riskcore.ui.words import age_text, badge, escape

WEAKEST_ROW = "background-color: rgba(0, 114, 178, 0.13); font-weight: 600"


def members_table(evaluation: GroupRiskEvaluation, accounts: Mapping[UUID, Account]) -> None:
    """Every member, the weakest first and marked."""
    one_bet = evaluation.statuses_as_one_bet() if evaluation.leader_rooms else {}
    rows = [
        {
            **_standing(member, accounts[member.account_id], evaluation, one_bet),
            **_floors(member, accounts[member.account_id]),
            "Data": age_text(member.taken_at, evaluation.timestamp),
        }
        for member in evaluation.members
        if member.account_id in accounts
    ]
    st.table(
        pd.DataFrame(rows).style.apply(_mark_first, axis=1),
        border="horizontal",
        hide_index=True,
        alt="The accounts of this group, the weakest first",
    )


def _standing(
    member: AccountRisk,
    account: Account,
    evaluation: GroupRiskEvaluation,
    one_bet: Mapping[UUID, Status],
) -> dict[str, str]:
    state = member.deciding
    is_weakest = member is evaluation.members[0]
    mark = ":material/arrow_right_alt: weakest: " if is_weakest else ""
    return {
        "Account": f"{mark}{escape(account.name)}",
        "Status": badge(member.status),
        **({"As one bet": badge(one_bet[member.account_id])} if one_bet else {}),
        "Left": left(state, account.currency),
        "On": KINDS[state.rule].title if state else "no rules",
        "Equity": escape(money_text(member.equity, account.currency)),
        "Balance": escape(money_text(member.balance, account.currency)),
    }


def left(state: RuleState | None, currency: str) -> str:
    """What is left of a rule, and which share of the limit that is; Markdown."""
    if state is None or state.buffer is None:
        return "unknown"
    if reading(state.buffer_percent, state.status) == BROKEN:
        return BROKEN
    amount = amount_text(state.buffer, state.unit, currency)
    at_most = "at most " if state.is_upper_bound else ""
    return escape(f"{at_most}{amount} ({percent_text(state.buffer_percent)})")


def _floors(member: AccountRisk, account: Account) -> dict[str, str]:
    """The highest floor that costs the account, and the highest that pauses it."""
    return {
        "Lost under": floor(member, member.binding_rule, account.currency),
        "Paused under": floor(member, member.pause_rule, account.currency),
    }


def floor(member: AccountRisk, rule: str | None, currency: str) -> str:
    """A floor and the rule whose it is; Markdown, empty without one."""
    if rule is None:
        return ""
    level = amount_text(member.rule_states[rule].floor, Unit.MONEY, currency)
    return escape(f"{level} ({KINDS[rule].title})")


def _mark_first(row: pd.Series) -> list[str]:
    return [WEAKEST_ROW if row.name == 0 else ""] * len(row)
