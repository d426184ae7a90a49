"""Profit target: how much an account must earn before it passes or pays out."""

from __future__ import annotations

import pytest

from riskcore.domain.errors import InvalidValue
from riskcore.domain.rules.base import Measure, Since
from riskcore.domain.rules.max_loss import MaxLoss
from riskcore.domain.rules.profit_target import ProfitTarget
from riskcore.domain.status import Status
from tests.domain.rulebook import MONDAY_NOON, met, now, risk, state


def test_what_is_earned_counts_from_the_starting_balance(history):
    """
    time   balance  equity
    10:00  51250    51400
    """
    found = state(history, ProfitTarget(target_amount=3_000))
    assert found.measured == 51_250 - 50_000
    assert (found.floor, found.limit_amount) == (3_000, 3_000)
    assert found.buffer == 1_250 - 3_000
    assert found.buffer_percent == pytest.approx(100 * 1_250 / 3_000, abs=1e-12)


def test_the_target_is_met_when_it_is_reached_to_the_cent(history):
    """
    time   balance  equity
    10:00  52999.99 52999.99
    10:01  53000.00 53000.00
    10:02  53000.01 53000.01
    """
    assert met(history, ProfitTarget(target_amount=3_000)) == [False, True, True]


def test_a_target_that_was_met_is_not_met_once_the_profit_is_lost_again(history):
    """
    time   balance  equity
    10:00  53000    53000
    10:01  52000    52000
    """
    assert met(history, ProfitTarget(target_amount=3_000)) == [True, False]


def test_a_loss_is_progress_below_nothing(history):
    """
    time   balance  equity
    10:00  49700    49700
    """
    found = state(history, ProfitTarget(target_amount=3_000))
    assert (found.measured, found.buffer, found.buffer_percent) == (-300, -3_300, -10)


def test_a_percentage_is_of_the_starting_balance(history):
    """
    time   balance  equity
    10:00  55000    55000
    """
    found = state(history, ProfitTarget(target_percent=8))
    assert (found.floor, found.buffer) == (4_000, 5_000 - 4_000)


@pytest.mark.parametrize(
    ("measure", "profit"),
    [(Measure.BALANCE, 3_000), (Measure.EQUITY, 2_500), (Measure.LOWER, 2_500)],
)
def test_open_profit_counts_only_where_equity_is_measured(history, measure, profit):
    """
    time   balance  equity
    10:00  53000    52500
    """
    found = state(history, ProfitTarget(target_amount=3_000, measure=measure))
    assert found.measured == profit
    assert found.is_met == (profit == 3_000)


def test_the_lower_of_both_is_the_balance_while_a_profit_is_open(history):
    """
    time   balance  equity
    10:00  52500    53500
    """
    found = state(history, ProfitTarget(target_amount=3_000, measure=Measure.LOWER))
    assert found.measured == 2_500


def test_a_target_far_away_is_no_danger(history):
    """
    time   balance  equity
    10:00  48500    48500
    """
    found = risk(history, ProfitTarget(target_amount=3_000), MaxLoss(limit_amount=2_000))
    target = found.rule_states["profit_target"]
    assert (target.status, target.is_gate, target.is_met) == (Status.SAFE, True, False)
    assert (found.status, found.deciding_rule) == (Status.CAUTION, "max_loss")


def test_an_account_with_a_target_only_is_unknown():
    found = risk(now(55_000), ProfitTarget(target_amount=3_000))
    assert (found.status, found.deciding_rule) == (Status.UNKNOWN, None)
    assert found.reason == "has no rules to judge it by besides goals"
    assert found.rule_states["profit_target"].is_met


def test_without_a_snapshot_or_a_starting_balance_it_is_unknown():
    rule = ProfitTarget(target_amount=3_000)
    unseen = state([], rule, as_of=MONDAY_NOON)
    unset = state(now(55_000), rule, starting_balance=None)
    for found, reason in ((unseen, "no snapshot yet"), (unset, "the starting balance is not set")):
        assert (found.status, found.buffer, found.is_met) == (Status.UNKNOWN, None, None)
        assert found.reason == f"unknown: {reason}"


@pytest.mark.parametrize(
    ("parameters", "sentence"),
    [
        ({}, "profit_target target must be one of target_amount and target_percent, was neither"),
        (
            {"target_amount": 1, "target_percent": 1},
            "profit_target target must be one of target_amount and target_percent, was both",
        ),
        ({"target_amount": 0}, r"profit_target target_amount must be above 0 and at most 1e\+12"),
        ({"target_percent": 100.5}, "profit_target target_percent must be above 0 and at most 100"),
    ],
)
def test_a_target_that_says_nothing_is_refused(parameters, sentence):
    with pytest.raises(InvalidValue, match=sentence):
        ProfitTarget(**parameters)


def test_it_says_itself_in_words():
    assert ProfitTarget(target_amount=3_000).in_words("USD") == "Earn 3,000.00 USD"
    assert ProfitTarget(target_percent=8, since=Since.PAYOUT).in_words("USD") == (
        "Earn 8 % of the starting balance since the last payout"
    )
