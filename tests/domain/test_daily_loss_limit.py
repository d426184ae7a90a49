"""Daily loss: how much may be lost of a day, and how that grows."""

from __future__ import annotations

import pytest

from riskcore.domain.errors import InvalidValue
from riskcore.domain.rules.base import Action
from riskcore.domain.rules.daily_loss import DailyBase, DailyLoss, DayReference
from riskcore.domain.status import Status
from tests.domain.rulebook import floors, state, table


@pytest.mark.parametrize(
    ("base", "limit"), [(DailyBase.INITIAL, 5_000), (DailyBase.REFERENCE, 5_100)]
)
def test_a_percentage_is_of_the_starting_balance_or_of_the_days_reference(history, base, limit):
    """
    time              balance  equity
    2026-03-03 00:00  102000   102000
    """
    found = state(history, DailyLoss(limit_percent=5, amount_base=base), starting_balance=100_000)
    assert found.limit_amount == limit
    assert found.floor == 102_000 - limit


@pytest.mark.parametrize(
    ("base", "limits"),
    [
        (DailyBase.INITIAL, [1_500, 1_500, 1_500, 1_500]),
        (DailyBase.REFERENCE, [1_500, 1_500, 1_530, 1_530]),  # 3 % of 50,000, then of 51,000
        (DailyBase.HIGH_WATER, [1_560, 1_560, 1_560, 1_560]),  # 3 % of 52,000
        (DailyBase.PEAK, [1_590, 1_590, 1_530, 1_545]),  # 3 % of 53,000; of 51,000; of 51,500
    ],
)
def test_a_percentage_can_be_of_the_best_closed_balance_or_of_the_days_peak(history, base, limits):
    """
    time              balance  equity
    2026-03-02 10:00  52000    53000
    2026-03-02 22:00  51000    51000
    2026-03-03 09:00  51000    50800
    2026-03-03 10:00  51000    51500
    """
    rule = DailyLoss(limit_percent=3, amount_base=base)
    assert table(history, rule).limit_amount["daily_loss"].tolist() == limits
    starts = [50_000, 50_000, 51_000, 51_000]
    assert floors(history, rule) == [
        start - limit for start, limit in zip(starts, limits, strict=True)
    ]


def test_a_percentage_is_rounded_down_to_the_cent(history):
    """
    time              balance  equity
    2026-03-03 00:00  50000.33 50000.33
    """
    rule = DailyLoss(limit_percent=3, amount_base=DailyBase.REFERENCE)
    assert state(history, rule).limit_amount == 1_500.00  # 3 % is 1,500.0099


def test_a_percentage_may_come_to_a_single_cent(history):
    """
    time   balance  equity
    10:00  1        1
    """
    found = state(history, DailyLoss(limit_percent=1), starting_balance=1.0)
    assert (found.limit_amount, found.buffer) == (0.01, 0.01)


def test_a_percentage_that_comes_to_nothing_is_unknown_and_not_a_limit_of_zero(history):
    """
    time   balance  equity
    10:00  0.99     0.99
    """
    found = state(history, DailyLoss(limit_percent=1), starting_balance=0.99)
    assert (found.status, found.limit_amount, found.buffer) == (Status.UNKNOWN, None, None)
    assert found.reason == "unknown: something it needs is missing"


def test_a_fixed_amount_stays_as_it_is_whatever_the_base(history):
    """
    time              balance  equity
    2026-03-03 00:00  102000   102000
    """
    rule = DailyLoss(limit_amount=1_250, amount_base=DailyBase.REFERENCE)
    assert floors(history, rule, starting_balance=100_000) == [102_000 - 1_250]


STEPS = ((3_000, 2_000), (6_000, 2_500))


def test_a_limit_steps_up_with_the_best_close_from_the_next_day_and_never_back(history):
    """
    time              balance  equity
    2026-03-02 22:00  52999.99 52999.99
    2026-03-03 22:00  53000    53000
    2026-03-04 09:00  53000    53000
    2026-03-04 22:00  51000    51000
    2026-03-05 09:00  51000    51000
    2026-03-05 10:00  58000    58000
    2026-03-06 09:00  58000    58000
    """
    rule = DailyLoss(limit_amount=1_250, limit_steps=STEPS)
    limits = [1_250, 1_250, 2_000, 2_000, 2_000, 2_000, 2_500]
    assert table(history, rule).limit_amount["daily_loss"].tolist() == limits


def test_a_limit_can_become_a_share_of_the_best_close_and_never_falls(history):
    """
    time              balance  equity
    2026-03-02 22:00  52099.99 52099.99
    2026-03-03 22:00  52100    52100
    2026-03-04 22:00  51000    51000
    2026-03-05 22:00  54000    54000
    2026-03-06 22:00  54000    54000
    """
    rule = DailyLoss(limit_amount=1_200, limit_share_percent=60, share_from_profit=2_100)
    limits = [1_200, 1_200, 1_260, 1_260, 2_400]  # 60 % of 2,100, and of 4,000
    assert table(history, rule).limit_amount["daily_loss"].tolist() == limits


@pytest.mark.parametrize(
    "grows",
    [
        {"limit_steps": STEPS},
        {"limit_share_percent": 60, "share_from_profit": 2_100},
    ],
)
def test_how_far_a_limit_has_grown_is_unknown_without_a_starting_balance(history, grows):
    """
    time              balance  equity
    2026-03-02 22:00  51000    51000
    2026-03-03 09:00  51000    51000
    """
    rule = DailyLoss(limit_amount=1_200, **grows)
    found = state(history, rule, starting_balance=None)
    assert (found.status, found.limit_amount, found.buffer) == (Status.UNKNOWN, None, None)


def test_a_percentage_of_an_unknown_starting_balance_is_unknown(history):
    """
    time              balance  equity
    2026-03-03 00:00  51000    51000
    """
    found = state(history, DailyLoss(limit_percent=5), starting_balance=None)
    assert (found.status, found.buffer, found.limit_amount) == (Status.UNKNOWN, None, None)


@pytest.mark.parametrize(
    ("parameters", "sentence"),
    [
        ({}, "daily_loss limit must be one of limit_amount and limit_percent, was neither"),
        (
            {"limit_amount": 1, "limit_percent": 1},
            "daily_loss limit must be one of limit_amount and limit_percent, was both",
        ),
        ({"limit_amount": 0}, "daily_loss limit_amount must be above 0"),
        ({"limit_amount": float("nan")}, "daily_loss limit_amount must be above 0"),
        ({"limit_percent": 100.1}, "daily_loss limit_percent must be above 0 and at most 100"),
        ({"limit_percent": -5}, "daily_loss limit_percent must be above 0 and at most 100"),
        ({"limit_percent": 1.00001}, "limit_percent must have at most four decimals, was 1.00001"),
        ({"limit_amount": 0.001}, "limit_amount must have at most two decimals, was 0.001"),
        ({"limit_amount": 1, "action": Action.GATE}, "action must be hard or pause, was gate"),
        (
            {"limit_amount": 1, "limit_share_percent": 60},
            "daily_loss limit_share_percent needs share_from_profit beside it, was one of them",
        ),
        (
            {"limit_amount": 1, "share_from_profit": 60},
            "daily_loss limit_share_percent needs share_from_profit beside it, was one of them",
        ),
        (
            {"limit_amount": 1, "limit_share_percent": 0, "share_from_profit": 60},
            "daily_loss limit_share_percent must be above 0 and at most 100, was 0",
        ),
        (
            {"limit_amount": 1, "limit_share_percent": 60, "share_from_profit": 0},
            "daily_loss share_from_profit must be above 0 and at most 1e\\+12, was 0",
        ),
        (
            {
                "limit_amount": 1,
                "limit_steps": STEPS,
                "limit_share_percent": 60,
                "share_from_profit": 60,
            },
            "daily_loss limit_steps must not stand beside limit_share_percent, was both",
        ),
    ],
)
def test_a_limit_that_says_nothing_is_refused(parameters, sentence):
    with pytest.raises(InvalidValue, match=sentence):
        DailyLoss(**parameters)


def test_it_says_itself_in_words():
    assert DailyLoss(limit_amount=1_000, action=Action.PAUSE).in_words("USD") == (
        "At most 1,000.00 USD below the day's opening balance; then paused until the next reset"
    )
    assert DailyLoss(
        limit_percent=4.5, amount_base=DailyBase.REFERENCE, reference=DayReference.HIGHER
    ).in_words() == (
        "At most 4.5 % of the day's reference below the day's opening balance or equity"
        " (the higher); then the account is lost"
    )


@pytest.mark.parametrize(
    ("parameters", "words"),
    [
        (
            {"limit_percent": 3, "amount_base": DailyBase.HIGH_WATER},
            "At most 3 % of the best closed balance below the day's opening balance",
        ),
        (
            {"limit_percent": 3, "amount_base": DailyBase.PEAK, "intraday_trail": True},
            (
                "At most 3 % of the day's peak equity below the day's opening balance,"
                " following the day's peak equity"
            ),
        ),
        (
            {"limit_amount": 1_250, "limit_steps": STEPS, "reference": DayReference.EQUITY},
            (
                "At most 1,250.00, growing with the best end-of-day profit, below the day's opening"
                " equity"
            ),
        ),
        (
            {"limit_amount": 1_200, "limit_share_percent": 60, "share_from_profit": 2_100},
            (
                "At most 1,200.00, growing with the best end-of-day profit, below the day's opening"
                " balance"
            ),
        ),
        (
            {"limit_percent": 5, "reference": DayReference.INITIAL},
            "At most 5 % of the starting balance below the starting balance",
        ),
    ],
)
def test_its_words_name_what_makes_it_grow_and_follow(parameters, words):
    assert DailyLoss(**parameters).in_words() == f"{words}; then the account is lost"


def test_a_table_of_limits_may_stay_but_not_fall_with_more_profit():
    assert DailyLoss(limit_amount=1_000, limit_steps=((3_000, 1_500), (6_000, 1_500)))
    with pytest.raises(InvalidValue, match="limit_steps must not fall with more profit"):
        DailyLoss(limit_amount=1_000, limit_steps=((3_000, 1_500), (6_000, 1_499.99)))
