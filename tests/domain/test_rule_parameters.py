"""Rules as plain values: by kind and parameters, there and back."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

import pytest

from riskcore.domain.errors import InvalidValue
from riskcore.domain.model import Account
from riskcore.domain.rules import KINDS, rule_from, rule_parameters
from riskcore.domain.rules.base import Action, Breach, Measure
from riskcore.domain.rules.daily_loss import DailyBase, DailyLoss, DayReference
from riskcore.domain.rules.max_loss import MaxLoss, Trail
from tests.domain.rulebook import account

RULES = Path(__file__).parents[2] / "docs" / "rules.md"


@pytest.mark.parametrize(
    "rule",
    [
        DailyLoss(limit_amount=1_000),
        DailyLoss(
            limit_percent=4.5,
            reference=DayReference.HIGHER,
            amount_base=DailyBase.REFERENCE,
            measure=Measure.LOWER,
            breach=Breach.TOUCH,
            action=Action.PAUSE,
        ),
        MaxLoss(limit_percent=8),
        MaxLoss(limit_amount=2_000, trail=Trail.EOD_BALANCE, locks_at=50_100),
    ],
)
def test_a_rule_comes_back_from_its_parameters(rule):
    parameters = rule_parameters(rule)
    assert rule_from(rule.kind, parameters) == rule
    assert all(type(value) in (str, int, float) for value in parameters.values())


@pytest.mark.parametrize(
    ("kind", "parameters", "sentence"),
    [
        ("weekly", {}, "rule kind must be one of daily_loss, max_loss"),
        ("max_loss", {"limit": 5}, "max_loss parameter must be one of .*limit_amount.*, was limit"),
        ("max_loss", {"limit_amount": 5, "trail": "eod"}, "max_loss trail must be one of static"),
        ("daily_loss", {"limit_amount": "5"}, "daily_loss limit_amount must be a number, was '5'"),
        ("daily_loss", {"limit_amount": True}, "must be a number, was True"),
        ("daily_loss", {"limit_amount": 5, "breach": None}, "breach must be one of below, touch"),
    ],
)
def test_what_is_not_a_rule_is_refused_with_what_is_allowed(kind, parameters, sentence):
    with pytest.raises(InvalidValue, match=sentence):
        rule_from(kind, parameters)


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
