"""The kinds of rule, by name: to add one, write its file and list it here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from riskcore.domain.errors import InvalidValue
from riskcore.domain.rules.base import Rule
from riskcore.domain.rules.consistency import Consistency
from riskcore.domain.rules.daily_loss import DailyLoss
from riskcore.domain.rules.floating_loss import FloatingLoss
from riskcore.domain.rules.inactivity import Inactivity
from riskcore.domain.rules.max_loss import MaxLoss
from riskcore.domain.rules.min_trading_days import MinTradingDays
from riskcore.domain.rules.parameters import plain_parameters as rule_parameters
from riskcore.domain.rules.parameters import rule_from_parameters
from riskcore.domain.rules.position_limit import PositionLimit
from riskcore.domain.rules.profit_cap import ProfitCap
from riskcore.domain.rules.profit_target import ProfitTarget
from riskcore.domain.rules.weekly_loss import WeeklyLoss

__all__ = ["KINDS", "rule_from", "rule_parameters"]

KINDS: Mapping[str, type[Rule]] = {
    rule.kind: rule
    for rule in (
        DailyLoss,
        MaxLoss,
        WeeklyLoss,
        FloatingLoss,
        PositionLimit,
        Inactivity,
        ProfitTarget,
        Consistency,
        MinTradingDays,
        ProfitCap,
    )
}
"""Limits first, then what stands before a payout: the order in which they are shown."""


def rule_from(kind: str, parameters: Mapping[str, Any]) -> Rule:
    """The rule of `kind` with these parameters (choices by their value).

    Raises InvalidValue, naming what was found and what is allowed.
    """
    if kind not in KINDS:
        raise InvalidValue("rule kind", f"must be one of {', '.join(KINDS)}", repr(kind))
    return rule_from_parameters(KINDS[kind], parameters)
