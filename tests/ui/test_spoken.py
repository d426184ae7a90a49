"""Spoken: every parameter, every choice and every value has words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import fields
from enum import StrEnum
from typing import Any, get_type_hints

import pytest

from riskcore.domain.errors import InvalidValue
from riskcore.domain.rules import KINDS, rule_from
from riskcore.domain.rules.base import Rule
from riskcore.domain.rules.max_loss import Trail
from riskcore.domain.rules.parameters import Steps
from riskcore.ui.account_rules import rule_words
from riskcore.ui.spoken import (
    CHOICES,
    FIELDS,
    choice_words,
    field_words,
    further_words,
    value_words,
)


@pytest.mark.parametrize("kind", KINDS)
def test_every_parameter_and_choice_of_a_kind_is_spoken(kind: str) -> None:
    hints = get_type_hints(KINDS[kind])
    for name in (field.name for field in fields(KINDS[kind])):
        assert field_words(kind, name) in FIELDS.values(), name
        if isinstance(hints[name], type) and issubclass(hints[name], StrEnum):
            said = [choice_words(kind, name, choice) for choice in hints[name]]
            assert set(said) <= set(CHOICES.values()), name
            assert len(set(said)) == len(said), f"two choices of {name} sound alike"


def test_what_is_said_is_about_something_there_is() -> None:
    named = {field.name for rule in KINDS.values() for field in fields(rule)}
    assert {name.rpartition(".")[2] for name in FIELDS} <= named
    assert {name.split(".")[-2] for name in CHOICES} <= named


def test_what_a_rules_own_words_leave_out_is_said_where_it_is_not_as_by_default() -> None:
    plain = rule_from("max_loss", {"limit_amount": 2_000.0})
    assert further_words(plain, "USD") == []
    said = {"limit_amount": 2_000.0, "breach": "touch", "payout_effect": "reduce_hwm"}
    assert further_words(rule_from("max_loss", said), "USD") == [
        "Broken when: at or below the floor",
        "A payout: lowers the floor by itself",
    ]
    tiers = {"most_contracts": 5.0, "tiers": [[1_500.0, 8.0]]}
    assert further_words(rule_from("position_limit", tiers), "USD") == [
        "Contracts by profit: from 1,500.00 USD on 8 contracts"
    ]


FULL: dict[str, dict[str, Any]] = {
    "daily_loss": {"limit_percent": 4.0},
    "max_loss": {"limit_percent": 4.0, "trail": "intraday_equity"},
    "weekly_loss": {"limit_percent": 4.0},
    "floating_loss": {"limit_percent": 4.0},
    "position_limit": {"most_contracts": 5.0, "tiers": [[1_500.0, 8.0]]},
    "inactivity": {"days": 30},
    "profit_target": {"target_percent": 4.0},
    "consistency": {"max_percent": 40.0},
    "min_trading_days": {"days": 5},
    "profit_cap": {"limit_percent": 4.0},
}
"""A rule of each kind in which every other parameter has a meaning."""

OTHER_HALF = {
    "limit_share_percent": "share_from_profit",
    "share_from_profit": "limit_share_percent",
}
AMOUNT = {"limit_amount": "limit_percent", "target_amount": "target_percent"}
UNVARIED = {("max_loss", "action"), ("floating_loss", "measure")}


def variants(kind: str, name: str) -> Iterator[Rule]:
    """Rules of a kind that differ in one parameter alone."""
    hint = get_type_hints(KINDS[kind])[name]
    full = {key: value for key, value in FULL[kind].items() if key != AMOUNT.get(name)}
    if name in OTHER_HALF:
        full[OTHER_HALF[name]] = 50.0
    values: Iterable[Any] = (10.0, 20.0)
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        values = [choice.value for choice in hint]
    elif hint is bool:
        values = (False, True)
    elif hint == Steps:
        values = ([[1_000.0, 6.0]], [[1_000.0, 7.0]])
    for value in values:
        with suppress(InvalidValue):
            yield rule_from(kind, {**full, name: value})


@pytest.mark.parametrize("kind", KINDS)
def test_every_parameter_is_in_a_rules_words_or_beside_them(kind: str) -> None:
    """A rule that differs in one parameter does not read like the other."""
    for name in (field.name for field in fields(KINDS[kind])):
        if (kind, name) in UNVARIED:
            continue
        readings = [rule_words(rule, "USD") for rule in variants(kind, name)]
        assert len(readings) > 1, f"{name} was not varied"
        assert len(set(readings)) == len(readings), f"two values of {name} read alike: {readings}"


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("limit_amount", 2_000.0, "2,000.00 USD"),
        ("limit_percent", 4.5, "4.5 %"),
        ("days", 1.0, "1 day"),
        ("most_contracts", 2.5, "2.5 contracts"),
        ("locks_at", None, "none"),
        ("intraday_trail", True, "yes"),
        ("intraday_trail", False, "no"),
        ("trail", Trail.EOD_BALANCE, "the best end-of-day balance"),
        ("limit_steps", (), "none"),
        ("limit_steps", ((3_000.0, 2_000.0),), "from 3,000.00 USD on 2,000.00 USD"),
        ("tiers", ((1_500.0, 3.0),), "from 1,500.00 USD on 3 contracts"),
    ],
)
def test_a_value_is_said_in_its_unit(name: str, value: object, said: str) -> None:
    assert value_words("max_loss", name, value, "USD") == said
