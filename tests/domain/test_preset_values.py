"""Presets as values: a programme's sizes, and where an account's rules are not the preset's."""

from __future__ import annotations

from datetime import date, time

import pytest

from riskcore.domain.errors import Missing
from riskcore.domain.presets import (
    Override,
    Preset,
    PresetExample,
    PresetSize,
    Trust,
    overrides,
)
from riskcore.domain.rules.base import Breach
from riskcore.domain.rules.daily_loss import DailyLoss
from riskcore.domain.rules.max_loss import MaxLoss

DAILY, MAX = DailyLoss(limit_amount=1_000), MaxLoss(limit_amount=2_000)
SMALL = PresetSize(name="50K", starting_balance=50_000, rules=(DAILY, MAX))
PRESET = Preset(
    name="invented-evaluation",
    firm="Invented",
    programme="Evaluation",
    source=("arithmetic",),
    checked_on=date(2026, 10, 4),
    trust=Trust.FIRM,
    doubts=(),
    not_modelled=(),
    currency="USD",
    time_zone="America/Chicago",
    reset_time=time(17),
    sizes=(SMALL,),
    example=PresetExample(size="50K", rule="max_loss", steps=(), expected={}, source="arithmetic"),
)


def test_a_preset_is_called_by_its_firm_and_programme():
    assert PRESET.title == "Invented: Evaluation"


def test_a_size_is_found_by_its_name():
    assert PRESET.size("50K") is SMALL
    with pytest.raises(Missing, match="no size of Invented: Evaluation 100K"):
        PRESET.size("100K")


def test_an_account_that_follows_its_preset_overrides_nothing():
    assert overrides(SMALL.rules, (MAX, DAILY)) == []


def test_a_parameter_that_is_another_is_an_override():
    own = MaxLoss(limit_amount=2_500, breach=Breach.TOUCH)
    assert overrides(SMALL.rules, (DAILY, own)) == [
        Override(kind="max_loss", parameter="limit_amount", preset=2_000, account=2_500),
        Override(kind="max_loss", parameter="breach", preset=Breach.BELOW, account=Breach.TOUCH),
    ]


def test_a_rule_that_only_one_of_them_has_is_one_override():
    assert overrides([DAILY], [MAX]) == [
        Override(kind="daily_loss", parameter="", preset=DAILY, account=None),
        Override(kind="max_loss", parameter="", preset=None, account=MAX),
    ]
