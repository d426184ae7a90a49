"""Rules as plain values: by kind and parameters, there and back."""

from __future__ import annotations

import json
import re
from dataclasses import fields
from datetime import timedelta
from pathlib import Path

import pandas as pd
import pytest

from riskcore.domain.errors import InvalidValue
from riskcore.domain.model import Account
from riskcore.domain.rules import KINDS, rule_from, rule_parameters
from riskcore.domain.rules.base import Action, Breach, Measure, Since
from riskcore.domain.rules.consistency import Comparison, Consistency, ConsistencyMode
from riskcore.domain.rules.daily_loss import DailyBase, DailyLoss, DayReference
from riskcore.domain.rules.floating_loss import FloatingBase, FloatingLoss
from riskcore.domain.rules.inactivity import DayCount, Inactivity
from riskcore.domain.rules.max_loss import MaxBase, MaxLoss, PayoutEffect, Trail
from riskcore.domain.rules.min_trading_days import CountsBy, MinTradingDays
from riskcore.domain.rules.position_limit import PositionLimit, TierBasis
from riskcore.domain.rules.profit_cap import CapScope, ProfitCap
from riskcore.domain.rules.profit_target import ProfitTarget
from riskcore.domain.rules.weekly_loss import WeekBase, WeeklyLoss, WeekReference
from tests.domain.rulebook import MONDAY_NOON, account, risks

RULES = Path(__file__).parents[2] / "docs" / "rules.md"


OF_EVERY_KIND = [
    DailyLoss(limit_amount=1_000),
    DailyLoss(
        limit_percent=4.5,
        reference=DayReference.HIGHER,
        amount_base=DailyBase.REFERENCE,
        measure=Measure.LOWER,
        breach=Breach.TOUCH,
        action=Action.PAUSE,
        intraday_trail=True,
    ),
    DailyLoss(limit_amount=1_250, limit_steps=((3_000, 2_000), (6_000, 2_500.5))),
    DailyLoss(limit_percent=2, limit_share_percent=60, share_from_profit=2_100),
    MaxLoss(limit_percent=8),
    MaxLoss(limit_amount=2_000, trail=Trail.EOD_BALANCE, locks_at=50_100),
    MaxLoss(limit_amount=2_000, trail=Trail.INTRADAY_EQUITY, locks_at_profit=0),
    MaxLoss(
        limit_percent=6,
        amount_base=MaxBase.HIGH_WATER,
        trail=Trail.CLOSED_BALANCE,
        milestone_profit=3_000,
        payout_effect=PayoutEffect.REDUCE,
    ),
    WeeklyLoss(limit_percent=5, reference=WeekReference.EQUITY, amount_base=WeekBase.REFERENCE),
    WeeklyLoss(limit_amount=1_500, reference=WeekReference.HIGHER, action=Action.PAUSE),
    FloatingLoss(limit_percent=1, amount_base=FloatingBase.BALANCE),
    PositionLimit(most_contracts=2.5),
    PositionLimit(most_contracts=2, tiers=((1_500, 3),), tier_basis=TierBasis.EQUITY),
    Inactivity(days=30),
    Inactivity(days=7, counted=DayCount.TRADING, open_position_counts=False),
    ProfitTarget(target_percent=8, measure=Measure.LOWER, since=Since.PAYOUT),
    Consistency(max_percent=33.3333, mode=ConsistencyMode.TRADE_OF_TOTAL, op=Comparison.LT),
    Consistency(max_percent=50, mode=ConsistencyMode.DAY_OF_POSITIVE, target_amount=3_000),
    MinTradingDays(days=5, counts_by=CountsBy.CLOSE_DATE, min_profit_percent=0.5),
    ProfitCap(limit_amount=1_000, scope=CapScope.CYCLE, action=Action.HARD),
]


def test_every_kind_is_here():
    assert {rule.kind for rule in OF_EVERY_KIND} == set(KINDS)


@pytest.mark.parametrize("rule", OF_EVERY_KIND)
def test_a_rule_comes_back_from_its_parameters_as_they_are_kept(rule):
    kept = json.loads(json.dumps(rule_parameters(rule)))
    assert rule_from(rule.kind, kept) == rule


def test_what_was_not_said_is_not_kept():
    kept = rule_parameters(PositionLimit(most_contracts=5))
    assert kept == {"most_contracts": 5, "tier_basis": "day_start_balance", "action": "hard"}


@pytest.mark.parametrize(
    ("kind", "parameters", "sentence"),
    [
        ("weekly", {}, "rule kind must be one of daily_loss, max_loss, .*, was 'weekly'"),
        ("max_loss", {"limit": 5}, "max_loss parameter must be one of .*limit_amount.*, was limit"),
        ("max_loss", {"limit_amount": 5, "trail": "eod"}, "trail must be one of static, .* 'eod'"),
        ("daily_loss", {"limit_amount": "5"}, "daily_loss limit_amount must be a number, was '5'"),
        ("daily_loss", {"limit_amount": True}, "must be a number, was True"),
        ("daily_loss", {"limit_amount": 5, "breach": None}, "breach must be one of below, touch"),
        ("daily_loss", {"limit_amount": 5, "breach": 1}, "breach must be one of below, touch, wa"),
        (
            "daily_loss",
            {"limit_amount": 5, "intraday_trail": 1},
            "daily_loss intraday_trail must be true or false, was 1",
        ),
        ("consistency", {}, "consistency max_percent must be given, was nothing"),
        ("consistency", {"max_percent": None}, "max_percent must be a number, was None"),
        ("inactivity", {"counted": "trading"}, "inactivity days must be given, was nothing"),
        ("position_limit", {"tiers": []}, "position_limit most_contracts must be given"),
        ("min_trading_days", {"days": "5"}, "min_trading_days days must be a number, was '5'"),
    ],
)
def test_what_is_not_a_rule_is_refused_with_what_is_allowed(kind, parameters, sentence):
    with pytest.raises(InvalidValue, match=sentence):
        rule_from(kind, parameters)


def test_an_optional_parameter_may_be_nothing():
    rule = rule_from("daily_loss", {"limit_amount": 5, "limit_percent": None})
    assert rule == DailyLoss(limit_amount=5)


def test_money_is_at_most_a_million_millions():
    most = {"limit_amount": 1e12, "trail": Trail.EOD_BALANCE, "locks_at": -1e12}
    assert MaxLoss(**most).limit_amount == 1e12
    with pytest.raises(InvalidValue, match=r"limit_amount must be above 0 and at most 1e\+12"):
        MaxLoss(**most | {"limit_amount": 1e12 + 1})
    with pytest.raises(InvalidValue, match="locks_at must be an amount"):
        MaxLoss(**most | {"locks_at": -1e12 - 1})


PAIRS = "must be pairs of a profit and a value"
TIERS = r"tiers must be above 0 and at most 1e\+12, to two decimals"


@pytest.mark.parametrize(
    ("tiers", "sentence"),
    [
        (5, f"position_limit tiers {PAIRS}, was 5"),
        ([5], f"{PAIRS}, was 5"),
        ([[1_500]], rf"{PAIRS}, was \[1500\]"),
        ([[1_500, 3, 4]], rf"{PAIRS}, was \[1500, 3, 4\]"),
        ([[1_500, "3"]], rf"{PAIRS}, was \[1500, '3'\]"),
        ([[1_500, True]], rf"{PAIRS}, was \[1500, True\]"),
        ([[0, 3]], f"{TIERS}, was 0"),
        ([[1_500, 0]], f"{TIERS}, was 0"),
        ([[1_500, 3.001]], f"{TIERS}, was 3.001"),
        ([[float("nan"), 3]], f"{TIERS}, was nan"),
        ([[1_500, 1e13]], rf"{TIERS}, was 10000000000000"),
        ([[2_000, 3], [1_500, 5]], r"tiers must rise by profit, was \[2000.0, 1500.0\]"),
        ([[n, n] for n in range(1, 22)], "tiers must have at most 20 lines, was 21"),
    ],
)
def test_a_table_that_says_nothing_is_refused(tiers, sentence):
    with pytest.raises(InvalidValue, match=sentence):
        rule_from("position_limit", {"most_contracts": 1, "tiers": tiers})


def test_a_table_may_have_twenty_lines():
    twenty = tuple((float(n), float(n)) for n in range(1, 21))
    rule = rule_from("position_limit", {"most_contracts": 1, "tiers": twenty})
    assert rule == PositionLimit(most_contracts=1, tiers=twenty)


@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_that_has_more_to_say_says_so(kind):
    has_its_own = "details" in vars(KINDS[kind])
    assert KINDS[kind].has_details == has_its_own
    if not has_its_own:
        assert KINDS[kind].details(pd.DataFrame(), {}) == {}


@pytest.mark.parametrize("kind", KINDS)
def test_accounts_with_different_rules_get_what_each_would_get_alone(kind):
    """Rules of a kind are judged together, with their parameters as columns."""
    rules = [rule for rule in OF_EVERY_KIND if rule.kind == kind]
    accounts = [account(rule, number=number) for number, rule in enumerate(rules, 1)]
    free = account(number=99)
    days = [
        (MONDAY_NOON + timedelta(days=day), balance, equity, 2)
        for day, balance, equity in [(0, 53_500, 53_700), (1, 53_200, 53_100), (8, 52_000, 52_400)]
    ]
    seen = {one.id: days for one in (*accounts, free)}
    together = risks([*accounts, free], seen, days[-1][0])
    for one in accounts:
        assert together[one.id] == risks([one], seen, days[-1][0])[one.id]
    assert together[free.id].rule_states == {}


def test_an_account_has_one_rule_of_a_kind():
    with pytest.raises(InvalidValue, match="rules must have one rule of a kind, was two of max_l"):
        account(MaxLoss(limit_amount=1), MaxLoss(limit_amount=2))
    assert isinstance(account(MaxLoss(limit_amount=1), DailyLoss(limit_amount=2)), Account)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_rule_has_its_section_in_the_docs(kind):
    title = KINDS[kind].title
    section = re.search(rf"^## {title}\n(.*?)(?=^## |\Z)", RULES.read_text(), re.M | re.S)
    assert section, f"docs/rules.md has no section {title}"
    assert f"docs/rules.md#{kind.replace('_', '-')}" in (KINDS[kind].__doc__ or "")
    for field in (one.name for one in fields(KINDS[kind])):
        assert f"`{field}`" in section[1], f"docs/rules.md#{kind} does not explain {field}"
