"""Profit cap: how much a day, or the whole cycle, may earn."""

from __future__ import annotations

import pytest

from riskcore.domain.errors import InvalidValue
from riskcore.domain.rules.base import Action, Measure
from riskcore.domain.rules.max_loss import MaxLoss
from riskcore.domain.rules.profit_cap import CapScope, ProfitCap
from riskcore.domain.status import Status
from tests.domain.rulebook import MONDAY_NOON, buffers, met, now, risk, state, statuses


def test_what_may_still_be_earned_shrinks_with_profit_and_grows_with_loss(history):
    """
    time   balance  equity
    10:00  50000    50600
    11:00  50600    50600
    12:00  50600    49900
    """
    rule = ProfitCap(limit_amount=1_000)
    assert buffers(history, rule) == [1_000 - 600, 1_000 - 600, 1_000 + 100]
    found = state(history, rule)
    assert (found.floor, found.limit_amount, found.measured) == (1_000, 1_000, -100)


@pytest.mark.parametrize(
    ("scope", "profits"),
    [(CapScope.DAY, [800, 200]), (CapScope.CYCLE, [800, 1_000])],
)
def test_the_cap_is_on_a_days_profit_or_on_the_cycles(history, scope, profits):
    """
    time              balance  equity
    2026-03-02 10:00  50800    50800
    2026-03-03 10:00  51000    51000
    """
    rule = ProfitCap(limit_amount=1_500, scope=scope)
    assert buffers(history, rule) == [1_500 - profit for profit in profits]


@pytest.mark.parametrize(
    ("measure", "profit"),
    [(Measure.EQUITY, 900), (Measure.BALANCE, 400), (Measure.LOWER, 400)],
)
def test_what_is_measured_can_be_chosen(history, measure, profit):
    """
    time   balance  equity
    10:00  50400    50900
    """
    found = state(history, ProfitCap(limit_amount=1_000, measure=measure))
    assert (found.measured, found.buffer) == (profit, 1_000 - profit)


def test_a_percentage_is_of_the_starting_balance(history):
    """
    time   balance  equity
    10:00  50400    50400
    """
    assert state(history, ProfitCap(limit_percent=2)).buffer == 1_000 - 400


def test_the_cap_itself_is_allowed_and_a_cent_above_it_is_not(history):
    """
    time   balance  equity
    10:00  50999.99 50999.99
    10:01  51000.00 51000.00
    10:02  51000.01 51000.01
    """
    gate, pause = (ProfitCap(limit_amount=1_000, action=a) for a in (Action.GATE, Action.PAUSE))
    assert met(history, gate) == [True, True, False]
    assert statuses(history, pause) == [Status.CRITICAL, Status.CRITICAL, Status.VIOLATED]


def test_more_than_a_gate_allows_is_not_paid_and_is_no_danger(history):
    """
    time   balance  equity
    10:00  52000    52000
    """
    found = risk(history, ProfitCap(limit_amount=1_000), MaxLoss(limit_amount=2_000))
    cap = found.rule_states["profit_cap"]
    assert (cap.status, cap.is_gate, cap.is_met, cap.violated_at) == (
        Status.SAFE,
        True,
        False,
        None,
    )
    assert (found.status, found.deciding_rule) == (Status.SAFE, "max_loss")


def test_a_pause_ends_at_the_reset_and_a_hard_break_does_not(history):
    """
    time              balance  equity
    2026-03-02 10:00  51000.01 51000.01
    2026-03-02 11:00  50500    50500
    2026-03-03 00:00  50500    50500
    """
    broken = Status.VIOLATED
    pause = ProfitCap(limit_amount=1_000, action=Action.PAUSE)
    hard = ProfitCap(limit_amount=1_000, action=Action.HARD)
    assert statuses(history, pause) == [broken, broken, Status.SAFE]
    assert statuses(history, hard) == [broken, broken, broken]


def test_a_cap_has_no_floor_that_binds(history):
    """
    time   balance  equity
    10:00  50500    50500
    """
    found = risk(history, ProfitCap(limit_amount=60_000, action=Action.HARD))
    assert (found.binding_rule, found.deciding_rule) == (None, "profit_cap")


def test_without_a_snapshot_or_a_starting_balance_it_is_unknown():
    rule = ProfitCap(limit_amount=1_000)
    unseen = state([], rule, as_of=MONDAY_NOON)
    unset = state(now(55_000), rule, starting_balance=None)
    for found, reason in ((unseen, "no snapshot yet"), (unset, "the starting balance is not set")):
        assert (found.status, found.buffer, found.is_met) == (Status.UNKNOWN, None, None)
        assert found.reason == f"unknown: {reason}"


@pytest.mark.parametrize(
    ("parameters", "sentence"),
    [
        ({}, "profit_cap limit must be one of limit_amount and limit_percent, was neither"),
        ({"limit_amount": 0}, r"profit_cap limit_amount must be above 0 and at most 1e\+12"),
        ({"limit_percent": 0}, "profit_cap limit_percent must be above 0 and at most 100, was 0"),
    ],
)
def test_a_cap_that_says_nothing_is_refused(parameters, sentence):
    with pytest.raises(InvalidValue, match=sentence):
        ProfitCap(**parameters)


@pytest.mark.parametrize(
    ("parameters", "words"),
    [
        ({"limit_amount": 1_000}, "1,000.00 USD of profit for a day; more is not paid"),
        (
            {"limit_percent": 2, "scope": CapScope.CYCLE, "action": Action.HARD},
            "2 % of the starting balance of profit for the cycle; the account is lost",
        ),
        (
            {"limit_amount": 1, "action": Action.PAUSE},
            "1.00 USD of profit for a day; paused until the next reset",
        ),
    ],
)
def test_it_says_itself_in_words(parameters, words):
    assert ProfitCap(**parameters).in_words("USD") == f"At most {words}"
