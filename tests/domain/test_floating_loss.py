"""Floating loss: how much the open positions of an account may be losing together."""

from __future__ import annotations

import pytest

from riskcore.domain.errors import InvalidValue
from riskcore.domain.rules.base import Action, Breach, Measure
from riskcore.domain.rules.floating_loss import FloatingBase, FloatingLoss
from riskcore.domain.status import Status
from tests.domain.rulebook import MONDAY_NOON, buffers, floors, risk, state, statuses, table


def test_an_open_loss_counts_and_a_closed_one_no_longer(history):
    """
    time   balance  equity
    10:00  50000    49400
    11:00  49400    49400
    12:00  49400    48700
    """
    rule = FloatingLoss(limit_amount=1_000)
    assert floors(history, rule) == [50_000 - 1_000, 49_400 - 1_000, 49_400 - 1_000]
    assert buffers(history, rule) == [400, 1_000, 300]
    found = state(history, rule)
    assert (found.limit_amount, found.measured) == (1_000, 48_700)
    assert found.buffer == 1_000 - (49_400 - 48_700)


def test_an_open_profit_is_more_that_may_be_lost(history):
    """
    time   balance  equity
    10:00  50000    50600
    """
    assert state(history, FloatingLoss(limit_amount=1_000)).buffer == 1_000 + 600


@pytest.mark.parametrize(
    ("base", "limit"), [(FloatingBase.INITIAL, 500), (FloatingBase.BALANCE, 510)]
)
def test_a_percentage_is_of_the_starting_balance_or_of_the_closed_balance(history, base, limit):
    """
    time   balance  equity
    10:00  51000    50700
    """
    rule = FloatingLoss(limit_percent=1, amount_base=base)
    assert table(history, rule).limit_amount["floating_loss"].tolist() == [limit]
    assert floors(history, rule) == [51_000 - limit]


def test_a_percentage_of_the_closed_balance_is_rounded_down_to_the_cent(history):
    """
    time   balance   equity
    10:00  50000.99  50000.99
    """
    rule = FloatingLoss(limit_percent=1, amount_base=FloatingBase.BALANCE)
    assert state(history, rule).limit_amount == 500.00  # 500.0099


@pytest.mark.parametrize(
    ("breach", "expected"),
    [
        (Breach.BELOW, [Status.CRITICAL, Status.CRITICAL, Status.VIOLATED]),
        (Breach.TOUCH, [Status.CRITICAL, Status.VIOLATED, Status.VIOLATED]),
    ],
)
def test_a_loss_of_exactly_the_limit_breaks_only_where_touching_does(history, breach, expected):
    """
    time   balance  equity
    10:00  50000    49500.01
    10:01  50000    49500.00
    10:02  50000    49499.99
    """
    assert statuses(history, FloatingLoss(limit_amount=500, breach=breach)) == expected


def test_a_hard_break_loses_the_account_and_a_pause_ends_at_the_reset(history):
    """
    time              balance  equity
    2026-03-02 10:00  50000    49400
    2026-03-02 11:00  49400    49400
    2026-03-03 00:00  49400    49400
    """
    broken = Status.VIOLATED
    hard = FloatingLoss(limit_amount=500)
    pause = FloatingLoss(limit_amount=500, action=Action.PAUSE)
    assert statuses(history, hard) == [broken, broken, broken]
    assert statuses(history, pause) == [broken, broken, Status.SAFE]


def test_the_reset_changes_nothing_of_an_open_loss(history):
    """
    time   balance  equity
    22:00  50000    49700
    """
    found = state(history, FloatingLoss(limit_amount=500))
    assert found.buffer_after_reset == found.buffer == 200


def test_without_a_snapshot_it_is_unknown():
    found = state([], FloatingLoss(limit_amount=500), as_of=MONDAY_NOON)
    assert (found.status, found.buffer, found.reason) == (
        Status.UNKNOWN,
        None,
        "unknown: no snapshot yet",
    )


def test_only_a_percentage_of_the_starting_balance_needs_one(history):
    """
    time   balance  equity
    10:00  50000    49700
    """
    unset = {"starting_balance": None}
    assert state(history, FloatingLoss(limit_amount=500), **unset).buffer == 200
    by_balance = FloatingLoss(limit_percent=1, amount_base=FloatingBase.BALANCE)
    assert state(history, by_balance, **unset).buffer == 500 - 300
    by_start = state(history, FloatingLoss(limit_percent=1), **unset)
    assert (by_start.status, by_start.buffer) == (Status.UNKNOWN, None)


def test_it_can_be_the_floor_that_binds(history):
    """
    time   balance  equity
    10:00  50000    49700
    """
    found = risk(history, FloatingLoss(limit_amount=500))
    assert (found.binding_rule, found.pause_rule) == ("floating_loss", None)
    paused = risk(history, FloatingLoss(limit_amount=500, action=Action.PAUSE))
    assert (paused.binding_rule, paused.pause_rule) == (None, "floating_loss")


@pytest.mark.parametrize(
    ("parameters", "sentence"),
    [
        ({}, "floating_loss limit must be one of limit_amount and limit_percent, was neither"),
        (
            {"limit_amount": 1, "measure": Measure.BALANCE},
            "floating_loss measure must be equity, was balance",
        ),
        (
            {"limit_amount": 1, "measure": Measure.LOWER},
            "floating_loss measure must be equity, was min_balance_equity",
        ),
        ({"limit_amount": 1, "action": Action.GATE}, "floating_loss action must be hard or pause"),
    ],
)
def test_a_limit_that_says_nothing_is_refused(parameters, sentence):
    with pytest.raises(InvalidValue, match=sentence):
        FloatingLoss(**parameters)


@pytest.mark.parametrize(
    ("parameters", "words"),
    [
        ({"limit_amount": 500}, "At most 500.00 USD of open loss; then the account is lost"),
        (
            {"limit_percent": 1, "action": Action.PAUSE},
            "At most 1 % of the starting balance of open loss; then paused until the next reset",
        ),
        (
            {"limit_percent": 0.5, "amount_base": FloatingBase.BALANCE},
            "At most 0.5 % of the closed balance of open loss; then the account is lost",
        ),
    ],
)
def test_it_says_itself_in_words(parameters, words):
    assert FloatingLoss(**parameters).in_words("USD") == words
