"""Members: the accounts of a group, where each stands and which floors bind it."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

import streamlit as st

from riskcore.domain.model import Account, AccountRisk, GroupRiskEvaluation, RuleState
from riskcore.domain.money import money_text, percent_text
from riskcore.domain.rules import KINDS
from riskcore.domain.rules.base import Unit, amount_text
from riskcore.domain.status import Status
from riskcore.ui.gauge import BROKEN, reading
from riskcore.ui.markup import age, icon, mark, text
from riskcore.ui.words import escape

COLUMNS = (
    "Account",
    "Status",
    "Left",
    "On",
    "Equity",
    "Balance",
    "Lost under",
    "Paused under",
    "Data",
)

ONE_BET = "As one bet"
"""The status an account has through those it copies or leads; only where somebody copies."""

WEAKEST = f"{icon(':material/arrow_right_alt:')} weakest: "


def members_table(evaluation: GroupRiskEvaluation, accounts: Mapping[UUID, Account]) -> None:
    """Every member, the weakest first and marked."""
    one_bet = evaluation.statuses_as_one_bet() if evaluation.leader_rooms else {}
    columns = (*COLUMNS[:2], ONE_BET, *COLUMNS[2:]) if one_bet else COLUMNS
    heads = "".join(f'<th scope="col">{column}</th>' for column in columns)
    members = [member for member in evaluation.members if member.account_id in accounts]
    rows = "".join(
        _row(
            member,
            accounts[member.account_id],
            is_weakest=place == 0,
            one_bet=one_bet.get(member.account_id),
        )
        for place, member in enumerate(members)
    )
    st.html(
        '<div class="wl-scroll" tabindex="0" role="region" '
        'aria-label="The accounts of this group, the weakest first">'
        f'<table class="wl-members"><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>'
        "</div>"
    )


def _row(member: AccountRisk, account: Account, *, is_weakest: bool, one_bet: Status | None) -> str:
    first, status, *others = cells(member, account, is_weakest=is_weakest)
    others = [status, *([] if one_bet is None else [mark(one_bet)]), *others]
    mark_row = ' class="wl-weakest"' if is_weakest else ""
    columns = "".join(f"<td>{cell}</td>" for cell in others)
    return f'<tr{mark_row}><th scope="row">{first}</th>{columns}</tr>'


def cells(member: AccountRisk, account: Account, *, is_weakest: bool) -> list[str]:
    """What stands in COLUMNS of an account; HTML."""
    state, currency = member.deciding, account.currency
    return [
        f"{WEAKEST if is_weakest else ''}{text(account.name)}",
        mark(member.status),
        _in_two(left_words(state, currency)),
        KINDS[state.rule].title if state else "no rules",
        text(money_text(member.equity, currency)),
        text(money_text(member.balance, currency)),
        _in_two(floor(member, member.binding_rule, currency)),
        _in_two(floor(member, member.pause_rule, currency)),
        age(member.taken_at),
    ]


def _in_two(words: str) -> str:
    """What may take two lines where room is scarce: an amount, and what is in brackets."""
    amount, bracket, rest = words.partition(" (")
    return f"<span>{text(amount)}</span>" + (f" <span>({text(rest)}</span>" if bracket else "")


def left(state: RuleState | None, currency: str) -> str:
    """What is left of a rule, and which share of the limit that is; Markdown."""
    return escape(left_words(state, currency))


def left_words(state: RuleState | None, currency: str) -> str:
    """What is left of a rule, and which share of the limit that is: `905.00 USD (45.2 %)`."""
    if state is None or state.buffer is None:
        return "unknown"
    if reading(state.buffer_percent, state.status) == BROKEN:
        return BROKEN
    amount = amount_text(state.buffer, state.unit, currency)
    at_most = "at most " if state.is_upper_bound else ""
    return f"{at_most}{amount} ({percent_text(state.buffer_percent)})"


def floor(member: AccountRisk, rule: str | None, currency: str) -> str:
    """A floor and the rule whose it is; empty without one."""
    if rule is None:
        return ""
    level = amount_text(member.rule_states[rule].floor, Unit.MONEY, currency)
    return f"{level} ({KINDS[rule].title})"
