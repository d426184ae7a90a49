"""Spoken: parameters of rules, their choices and their values, as people say them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from enum import StrEnum
from typing import Any

from riskcore.domain.money import money_text
from riskcore.domain.rules.base import Rule, Unit, amount_text

FIELDS: Mapping[str, str] = {
    "action": "Then",
    "amount_base": "Percentage of",
    "breach": "Broken when",
    "counted": "Days counted",
    "counts_by": "A day counts",
    "days": "Days",
    "intraday_trail": "Rises with the day's peak",
    "limit_amount": "Limit, as an amount",
    "limit_percent": "Limit, in percent",
    "limit_share_percent": "Share of best profit, in percent",
    "limit_steps": "Limit by the best end-of-day profit",
    "locks_at": "Floor stops rising at",
    "locks_at_profit": "Floor stops rising at a profit of",
    "max_percent": "The best at most, in percent",
    "measure": "What is watched",
    "milestone_profit": "Floor stays once the profit reaches",
    "min_profit_amount": "Day's profit at least, as an amount",
    "min_profit_percent": "Day's profit at least, in percent",
    "mode": "What is compared",
    "most_contracts": "Contracts at most",
    "op": "Exactly the percentage",
    "open_position_counts": "Open positions count",
    "payout_effect": "A payout",
    "reference": "Day's reference",
    "scope": "Cap on",
    "share_from_profit": "That share from a profit of",
    "since": "Counts from",
    "target_amount": "Target, as an amount",
    "target_percent": "Target, in percent",
    "tier_basis": "Tier by",
    "tiers": "Contracts by profit",
    "trail": "Floor follows",
    "weekly_loss.reference": "Week's reference",
}
"""By parameter; where one kind says it otherwise, by `kind.parameter`."""

CHOICES: Mapping[str, str] = {
    "action.gate": "more is not paid",
    "action.hard": "the account is lost",
    "action.pause": "trading pauses until the reset",
    "weekly_loss.action.pause": "trading pauses until the next week",
    "amount_base.balance": "the closed balance",
    "amount_base.hwm": "the best closed balance",
    "amount_base.initial": "the starting balance",
    "amount_base.peak": "the day's peak equity",
    "amount_base.reference": "the reference",
    "max_loss.amount_base.hwm": "the best value",
    "breach.below": "below the floor",
    "breach.touch": "at or below the floor",
    "counted.calendar": "every day",
    "counted.trading": "Monday to Friday",
    "counts_by.close_date": "when a position is closed",
    "counts_by.execution": "with a trade or open position",
    "counts_by.open_date": "when a position is opened",
    "measure.balance": "closed balance",
    "measure.equity": "equity",
    "measure.min_balance_equity": "the lower of balance and equity",
    "mode.best_day_of_positive_days": "best day, of winning days",
    "mode.best_day_of_total": "best day, of the net profit",
    "mode.best_trade_of_total": "best trade, of the net profit",
    "op.le": "is allowed",
    "op.lt": "is too much",
    "payout_effect.floor_to_zero": "locks the floor at zero",
    "payout_effect.lock_at_initial": "locks the floor at the start",
    "payout_effect.none": "leaves the floor",
    "payout_effect.reduce_hwm": "lowers the floor by itself",
    "payout_effect.reset": "begins the trail anew",
    "reference.balance": "the opening balance",
    "reference.equity": "the opening equity",
    "reference.initial": "the starting balance",
    "reference.max": "the higher of balance and equity",
    "scope.cycle": "the whole cycle",
    "scope.day": "a trading day",
    "since.cycle": "the start of the cycle",
    "since.payout": "the last payout",
    "tier_basis.balance": "the closed profit now",
    "tier_basis.day_start_balance": "the profit at the last close",
    "tier_basis.equity": "the profit with open positions",
    "tier_basis.peak_eod_balance": "the best profit at a close",
    "tier_basis.peak_equity": "the best profit seen",
    "trail.closed_balance": "the best closed balance",
    "trail.eod_balance": "the best end-of-day balance",
    "trail.intraday_equity": "the best equity",
    "trail.max_balance_equity": "the best of balance and equity",
    "trail.static": "nothing: it is fixed",
}
"""By `parameter.choice`; where one kind says it otherwise, by `kind.parameter.choice`."""

CONTRACTS = frozenset({"most_contracts", "tiers"})
"""The parameters whose numbers, or second numbers, are contracts."""


UNSAID = frozenset(
    {
        "breach",
        "consistency.target_amount",
        "consistency.target_percent",
        "limit_share_percent",
        "limit_steps",
        "measure",
        "open_position_counts",
        "payout_effect",
        "position_limit.action",
        "share_from_profit",
        "tiers",
    }
)
"""What a rule's own words leave out, by parameter or `kind.parameter`."""


def further_words(rule: Rule, currency: str) -> list[str]:
    """What a rule's own words leave out of it, where it is not as by default."""
    return [
        f"{field_words(rule.kind, name)}: {value_words(rule.kind, name, value, currency)}"
        for name, value, default in (
            (field.name, getattr(rule, field.name), field.default) for field in fields(rule)
        )
        if value != default and {name, f"{rule.kind}.{name}"} & UNSAID
    ]


def field_words(kind: str, name: str) -> str:
    """A parameter of a rule as people say it."""
    return FIELDS.get(f"{kind}.{name}") or FIELDS.get(name) or name.replace("_", " ")


def choice_words(kind: str, name: str, choice: str) -> str:
    """One of a parameter's choices as people say it."""
    said = CHOICES.get(f"{kind}.{name}.{choice}") or CHOICES.get(f"{name}.{choice}")
    return said or choice.replace("_", " ")


def value_words(kind: str, name: str, value: Any, currency: str) -> str:
    """A parameter's value as people say it: `2,000.00 USD`, `4 %`, `the best equity`, `none`."""
    if value is None or value == ():
        return "none"
    if isinstance(value, StrEnum):
        return choice_words(kind, name, value.value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        return "; ".join(_step_words(name, profit, amount, currency) for profit, amount in value)
    return number_words(name, value, currency)


def _step_words(name: str, profit: float, value: float, currency: str) -> str:
    return f"from {money_text(profit, currency)} on {number_words(name, value, currency)}"


def number_words(name: str, value: float, currency: str) -> str:
    """A number in the unit that its parameter's name says."""
    if name.endswith("percent"):
        return f"{value:g} %"
    if name in CONTRACTS:
        return amount_text(value, Unit.CONTRACTS)
    if name.endswith("days"):
        return amount_text(value, Unit.DAYS)
    return money_text(value, currency)
