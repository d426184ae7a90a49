"""Accounts that are one bet should follow the same rules; firms say who may copy whom."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time
from typing import Any

import pytest

from riskcore.domain.copying.composition import FirmCopying, findings
from riskcore.domain.copying.same_rules import MEANINGS, rule_differences
from riskcore.domain.model import Account, AppliedPreset
from riskcore.domain.presets import Trust
from riskcore.domain.rules import rule_from
from tests.domain.rulebook import account

LOSS = rule_from("max_loss", {"limit_amount": 2_000.0, "trail": "eod_balance", "locks_at": 50_000})
LEADER = account(LOSS, number=1)


def follower(number: int = 2, **said: Any) -> Account:
    """An account of 100,000 with the leader's rules, twice as large, but for what is said."""
    rule = {"limit_amount": 4_000.0, "trail": "eod_balance", "locks_at": 100_000, **said}
    return account(rule_from("max_loss", rule), number=number, starting_balance=100_000.0)


def test_the_same_rules_at_another_size_are_the_same() -> None:
    by_percent = follower(limit_percent=4, limit_amount=None)
    assert rule_differences(LEADER, [follower(), by_percent, LEADER]) == []


@pytest.mark.parametrize(
    ("said", "parameter", "leader", "own"),
    [
        ({"limit_amount": 3_999.99}, "limit", 2_000.0, 3_999.99),
        ({"limit_amount": None, "limit_percent": 5}, "limit", 2_000.0, "5 %"),
        ({"trail": "intraday_equity"}, "trail", "eod_balance", "intraday_equity"),
        ({"breach": "touch"}, "breach", "below", "touch"),
        ({"locks_at": 100_100}, "locks_at", 50_000, 100_100),
        ({"locks_at": None}, "locks_at", 50_000, None),
    ],
)
def test_a_parameter_that_differs_is_named_with_what_it_means(
    said: dict[str, Any], parameter: str, leader: object, own: object
) -> None:
    [found] = rule_differences(LEADER, [follower(**said)])
    assert (found.kind, found.parameter) == ("max_loss", parameter)
    assert (found.leader, found.own) == (leader, own)
    assert found.meaning == MEANINGS[parameter]


def test_a_rule_that_only_one_of_them_has_is_a_difference() -> None:
    daily = rule_from("daily_loss", {"limit_amount": 1_000})
    both = replace(follower(), rules=(daily, *follower().rules))
    [found] = rule_differences(LEADER, [both])
    assert (found.kind, found.parameter, found.leader, found.own) == (
        "daily_loss",
        "",
        None,
        "has it",
    )


def test_days_that_turn_at_other_times_are_a_difference() -> None:
    later = replace(follower(), reset_time=time(17), time_zone="America/Chicago")
    [found] = rule_differences(LEADER, [later])
    assert (found.kind, found.own) == ("", "17:00 America/Chicago")


# --- what firms say

FIRM = FirmCopying(
    firm="Acme",
    source="help.acme.example 12",
    checked_on=date(2026, 10, 4),
    trust=Trust.FIRM,
    said="",
    most_copied=2,
    most_allocation=150_000,
    mixes_stages=False,
    leads_smallest=True,
    leads_itself=True,
    evaluation=("acme-evaluation",),
    funded=("acme-funded",),
)


def of_acme(number: int, start: float = 50_000.0, preset: str = "", contracts: int = 0) -> Account:
    """An account of Acme."""
    rules = (rule_from("position_limit", {"most_contracts": contracts}),) if contracts else ()
    applied = AppliedPreset(name=preset, size="50K", checked_on=date(2026, 1, 1))
    return account(
        *rules,
        number=number,
        firm="ACME",
        starting_balance=start,
        preset=applied if preset else None,
    )


def kept(leader: Account, *followers: Account) -> dict[str, bool | None]:
    """Which of the firm's rules are kept."""
    found = findings(leader, followers, {"acme": FIRM})
    return {finding.rule: finding.is_kept for finding in found}


def test_at_most_so_many_accounts_are_copied() -> None:
    assert kept(of_acme(1), of_acme(2))["most_copied"] is True
    assert kept(of_acme(1), of_acme(2), of_acme(3))["most_copied"] is False


def test_the_starting_balances_together_stay_within_the_allocation() -> None:
    assert kept(of_acme(1), of_acme(2, 100_000))["most_allocation"] is True
    assert kept(of_acme(1), of_acme(2, 100_000.01))["most_allocation"] is False


def test_evaluation_and_funded_accounts_do_not_copy_each_other() -> None:
    evaluation, funded = of_acme(1, preset="acme-evaluation"), of_acme(2, preset="acme-funded")
    assert kept(evaluation, funded)["mixes_stages"] is False
    assert kept(evaluation, of_acme(3, preset="acme-evaluation"))["mixes_stages"] is True
    assert kept(evaluation, of_acme(3))["mixes_stages"] is None  # nobody has said what it is


def test_the_leader_has_the_smallest_maximum_size() -> None:
    small, large = of_acme(1, contracts=3), of_acme(2, contracts=5)
    assert kept(small, large)["leads_smallest"] is True
    assert kept(large, small)["leads_smallest"] is False
    assert kept(small, of_acme(3))["leads_smallest"] is None


def test_the_leader_is_an_account_of_the_firm() -> None:
    other = replace(of_acme(2), firm="Other")
    assert kept(of_acme(1), other)["leads_itself"] is True
    assert kept(other, of_acme(1))["leads_itself"] is False


def test_a_firm_that_is_not_known_says_nothing() -> None:
    assert findings(replace(LEADER, firm="Nobody"), [follower()], {"acme": FIRM}) == []
