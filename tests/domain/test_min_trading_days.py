"""Minimum trading days: on how many days an account must have traded before a payout."""

from __future__ import annotations

import pytest

from riskcore.domain.errors import InvalidValue
from riskcore.domain.rules.base import Since, Unit
from riskcore.domain.rules.max_loss import MaxLoss
from riskcore.domain.rules.min_trading_days import CountsBy, MinTradingDays
from riskcore.domain.status import Status
from tests.domain.rulebook import MONDAY_NOON, met, now, risk, state, table

RULE = MinTradingDays(days=3)


def counted(history, rule=RULE, **fields):
    return table(history, rule, **fields).measured["min_trading_days"].tolist()


def test_a_day_counts_once_its_closed_balance_has_changed_and_counts_once(history):
    """
    time              balance  equity
    2026-03-02 09:00  50000    50000
    2026-03-02 10:00  50100    50100
    2026-03-02 11:00  50000    50000
    2026-03-03 10:00  50000    50000
    2026-03-04 10:00  49900    49900
    2026-03-05 10:00  49900    49900
    """
    assert counted(history) == [0, 1, 1, 1, 2, 2]


def test_it_is_met_on_the_day_that_completes_it(history):
    """
    time              balance  equity
    2026-03-02 10:00  50100    50100
    2026-03-03 10:00  50200    50200
    2026-03-04 09:00  50200    50200
    2026-03-04 10:00  50300    50300
    2026-03-05 10:00  50300    50300
    """
    assert met(history, RULE) == [False, False, False, True, True]
    found = state(history, RULE)
    assert (found.unit, found.measured, found.floor, found.buffer) == (Unit.DAYS, 3, 3, 0)
    assert state(history[:1], RULE).buffer_percent == pytest.approx(100 / 3, abs=1e-12)


WAYS = {
    #                       opened  still  closed, opened and closed in between, none
    CountsBy.EXECUTION: [1, 2, 3, 4, 4],
    CountsBy.OPEN_DATE: [1, 1, 1, 2, 2],
    CountsBy.CLOSE_DATE: [0, 0, 1, 2, 2],
}


@pytest.mark.parametrize("counts_by", list(CountsBy))
def test_a_day_can_count_by_what_was_opened_or_closed_on_it(history, counts_by):
    """
    time              balance  equity
    2026-03-02 10:00  50000    50100
    2026-03-03 10:00  50000    50300
    2026-03-04 10:00  50250    50250
    2026-03-05 10:00  50100    50100
    2026-03-06 10:00  50100    50100
    """
    rule = MinTradingDays(days=3, counts_by=counts_by)
    assert counted(history, rule) == WAYS[counts_by]


def test_contracts_tell_an_open_position_better_than_equity_does(history):
    """
    time              balance  equity  contracts
    2026-03-02 10:00  50000    50000   1
    2026-03-03 10:00  50000    50010   0
    2026-03-04 10:00  50000    50010   -
    """
    assert counted(history) == [1, 1, 2]


@pytest.mark.parametrize("counts_by", list(CountsBy))
def test_what_is_seen_closed_at_the_reset_was_closed_the_day_before(history, counts_by):
    """
    time              balance  equity
    2026-03-02 10:00  50000    50000
    2026-03-03 00:00  50100    50100
    2026-03-03 10:00  50100    50100
    """
    assert counted(history, MinTradingDays(days=3, counts_by=counts_by)) == [0, 1, 1]


def test_nothing_seen_at_the_reset_is_no_day_of_trading(history):
    """
    time              balance  equity
    2026-03-02 10:00  50000    50000
    2026-03-03 00:00  50000    50000
    2026-03-04 00:00  50000    50000
    """
    assert counted(history) == [0, 0, 0]


def test_of_two_days_that_close_at_once_each_counts_by_what_was_traded_on_it(history):
    """
    time              balance  equity
    2026-03-02 22:00  50400    50400
    2026-03-04 00:00  50700    50700
    """
    assert counted(history) == [1, 2]
    assert counted(history, MinTradingDays(days=3, min_profit_amount=350)) == [1, 1]


def test_a_cent_won_or_lost_is_a_trade(history):
    """
    time              balance   equity
    2026-03-02 10:00  50000.01  50000.01
    2026-03-03 10:00  50000.00  50000.00
    """
    assert counted(history) == [1, 2]


def test_a_position_open_at_the_reset_is_open_on_both_days(history):
    """
    time              balance  equity
    2026-03-02 22:00  50000    50000
    2026-03-03 00:00  50000    50100
    2026-03-04 00:00  50000    50000
    2026-03-05 10:00  50000    50000
    """
    assert counted(history) == [0, 2, 2, 2]


def test_a_position_opened_by_the_reset_was_opened_the_day_before(history):
    """
    time              balance  equity
    2026-03-02 22:00  50000    50000
    2026-03-03 00:00  50000    50100
    2026-03-03 10:00  50000    50100
    """
    assert counted(history, MinTradingDays(days=3, counts_by=CountsBy.OPEN_DATE)) == [0, 1, 1]


LEAST = [{"min_profit_amount": 250}, {"min_profit_percent": 0.5}]


@pytest.mark.parametrize("least", LEAST)
def test_a_day_can_have_to_win_so_much_to_the_cent(history, least):
    """
    time              balance  equity
    2026-03-02 10:00  50249.99 50249.99
    2026-03-02 11:00  50250.00 50250.00
    2026-03-02 12:00  50249.99 50249.99
    2026-03-03 10:00  50499.99 50499.99
    2026-03-04 10:00  50749.98 50749.98
    """
    assert counted(history, MinTradingDays(days=3, **least)) == [0, 1, 0, 1, 1]


def test_a_day_that_has_won_nothing_counts_unless_it_has_to_win(history):
    """
    time              balance  equity
    2026-03-02 10:00  49000    49000
    """
    assert counted(history) == [1]
    assert counted(history, MinTradingDays(days=3, min_profit_amount=0.01)) == [0]


def test_a_day_that_wins_without_being_traded_does_not_count_by_its_profit(history):
    """
    time              balance  equity
    2026-03-02 10:00  50000    50400
    """
    rule = MinTradingDays(days=3, min_profit_amount=100)
    assert counted(history, rule) == [0]  # open profit is not closed profit


def test_what_the_reset_closes_can_make_the_day_before_win_enough(history):
    """
    time              balance  equity
    2026-03-02 10:00  50100    50100
    2026-03-03 00:00  50250    50250
    """
    assert counted(history, MinTradingDays(days=3, min_profit_amount=250)) == [0, 1]


def test_a_day_that_nobody_reported_on_does_not_count(history):
    """
    time              balance  equity
    2026-03-02 10:00  50000    50100
    2026-03-09 10:00  50000    50200
    """
    assert counted(history) == [1, 2]


def test_it_never_endangers_an_account():
    found = risk(now(50_000), RULE, MaxLoss(limit_amount=2_000))
    rule = found.rule_states["min_trading_days"]
    assert (rule.status, rule.is_gate, rule.is_met) == (Status.SAFE, True, False)
    assert found.deciding_rule == "max_loss"
    assert risk(now(50_000), RULE).status is Status.UNKNOWN


def test_without_a_snapshot_it_is_unknown():
    found = state([], RULE, as_of=MONDAY_NOON)
    assert (found.status, found.buffer, found.reason) == (
        Status.UNKNOWN,
        None,
        "unknown: no snapshot yet",
    )


@pytest.mark.parametrize("counts_by", list(CountsBy))
def test_a_first_snapshot_is_no_trade_though_nobody_has_said_the_starting_balance(counts_by):
    rule = MinTradingDays(days=3, counts_by=counts_by)
    assert state(now(50_000), rule, starting_balance=None).measured == 0


def test_only_a_part_of_the_starting_balance_needs_one():
    unset = {"starting_balance": None}
    found = state(now(50_000), MinTradingDays(days=3, min_profit_percent=1), **unset)
    assert (found.status, found.measured, found.is_met) == (Status.UNKNOWN, None, None)
    assert found.reason == "unknown: the starting balance is not set"


@pytest.mark.parametrize("days", [0, 367, 2.5, -1, float("inf")])
def test_days_are_a_whole_number_from_1_to_366(days):
    with pytest.raises(InvalidValue, match="min_trading_days days must be a whole number from 1 t"):
        MinTradingDays(days=days)
    assert (MinTradingDays(days=1).days, MinTradingDays(days=366).days) == (1, 366)


@pytest.mark.parametrize(
    ("parameters", "sentence"),
    [
        (
            {"min_profit_amount": 1, "min_profit_percent": 1},
            "min_profit must be one of min_profit_amount and min_profit_percent, was both",
        ),
        ({"min_profit_amount": 0}, "min_trading_days min_profit_amount must be above 0"),
        ({"min_profit_percent": 101}, "min_trading_days min_profit_percent must be above 0"),
    ],
)
def test_a_profit_that_says_nothing_is_refused(parameters, sentence):
    with pytest.raises(InvalidValue, match=sentence):
        MinTradingDays(days=3, **parameters)


@pytest.mark.parametrize(
    ("parameters", "words"),
    [
        ({"days": 1}, "1 day with a trade or an open position"),
        (
            {"days": 5, "counts_by": CountsBy.OPEN_DATE, "since": Since.PAYOUT},
            "5 days on which a position was opened since the last payout",
        ),
        (
            {"days": 5, "counts_by": CountsBy.CLOSE_DATE, "min_profit_amount": 150},
            "5 days on which a position was closed and a profit of at least 150.00 USD",
        ),
        (
            {"days": 3, "min_profit_percent": 0.5},
            (
                "3 days with a trade or an open position and a profit of at least 0.5 % of the"
                " starting balance"
            ),
        ),
    ],
)
def test_it_says_itself_in_words(parameters, words):
    assert MinTradingDays(**parameters).in_words("USD") == f"At least {words}"
