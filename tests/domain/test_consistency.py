"""Consistency: no single day, or trade, may be too large a part of the profit."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from riskcore.domain.errors import InvalidValue
from riskcore.domain.rules.base import Since
from riskcore.domain.rules.consistency import Comparison, Consistency, ConsistencyMode
from riskcore.domain.rules.max_loss import MaxLoss
from riskcore.domain.status import Status
from tests.domain.rulebook import MONDAY_NOON, met, now, risk, state

HALF = Consistency(max_percent=50)
POSITIVE = ConsistencyMode.DAY_OF_POSITIVE
TRADES = ConsistencyMode.TRADE_OF_TOTAL


def test_the_best_day_asks_for_a_profit_of_which_it_is_within_the_percentage(history):
    """
    time              balance  equity
    2026-03-02 20:00  51500    51500
    2026-03-03 20:00  52200    52200
    """
    found = state(history, Consistency(max_percent=40))
    assert found.measured == 52_200 - 50_000
    assert found.floor == 1_500 / 0.4
    assert found.buffer == 2_200 - 3_750
    assert found.details["best"] == 1_500
    assert found.details["share_percent"] == pytest.approx(100 * 1_500 / 2_200, abs=1e-12)
    assert found.details["allowed_best"] == 880  # 40 % of 2,200


def test_today_is_a_day_already_and_the_best_may_be_today(history):
    """
    time              balance  equity
    2026-03-02 20:00  51000    51000
    2026-03-03 10:00  52400    52400
    """
    found = state(history, HALF)
    assert found.details["best"] == 1_400
    assert (found.floor, found.buffer) == (2_800, 2_400 - 2_800)


def test_a_day_is_closed_with_the_balance_it_ends_with_and_not_with_its_peak(history):
    """
    time              balance  equity
    2026-03-02 10:00  53000    53000
    2026-03-02 20:00  51000    51000
    2026-03-03 20:00  52000    52000
    """
    assert state(history, HALF).details["best"] == 1_000


@pytest.mark.parametrize(("monday", "won"), [(52_000, 2_000 + 1_500), (49_500, 1_500)])
def test_of_two_days_that_close_at_once_each_has_its_own_result(monday, won):
    """Monday's close went unseen; Tuesday's is the snapshot at Wednesday's reset."""
    seen = [
        (datetime(2026, 3, 2, 22, tzinfo=UTC), monday, monday),
        (datetime(2026, 3, 4, tzinfo=UTC), monday + 1_500, monday + 1_500),
    ]
    found = state(seen, Consistency(max_percent=50, mode=POSITIVE))
    assert found.measured == won
    assert found.details["best"] == max(monday - 50_000, 1_500)


def test_open_profit_is_no_part_of_a_day(history):
    """
    time              balance  equity
    2026-03-02 20:00  51000    54000
    2026-03-03 20:00  52000    58000
    """
    assert state(history, HALF).details["best"] == 1_000


@pytest.mark.parametrize(
    ("op", "expected"),
    [(Comparison.LE, [False, True, True]), (Comparison.LT, [False, False, True])],
)
def test_exactly_the_percentage_is_allowed_only_where_it_is_said_to_be(history, op, expected):
    """
    time              balance  equity
    2026-03-02 20:00  51000    51000
    2026-03-03 20:00  51500    51500
    2026-03-04 10:00  51999.99 51999.99
    2026-03-04 10:01  52000.00 52000.00
    2026-03-04 10:02  52000.01 52000.01
    """
    assert met(history, Consistency(max_percent=50, op=op))[2:] == expected


@pytest.mark.parametrize(("op", "asked"), [(Comparison.LE, 2_000), (Comparison.LT, 2_000.01)])
def test_what_is_asked_for_is_the_smallest_profit_that_is_allowed(history, op, asked):
    """
    time              balance  equity
    2026-03-02 20:00  51000    51000
    """
    assert state(history, Consistency(max_percent=50, op=op)).floor == asked


@pytest.mark.parametrize(
    ("mode", "measured", "best"),
    [
        (ConsistencyMode.DAY_OF_TOTAL, 1_500, 1_200),
        (POSITIVE, 1_200 + 800, 1_200),
        (TRADES, 1_500, 900),
    ],
)
def test_the_whole_is_net_or_that_of_winning_days_and_the_part_a_day_or_a_trade(
    history, mode, measured, best
):
    """
    time              balance  equity
    2026-03-02 10:00  50900    50900
    2026-03-02 11:00  51200    51200
    2026-03-03 20:00  50700    50700
    2026-03-04 20:00  51500    51500
    """
    found = state(history, Consistency(max_percent=50, mode=mode))
    assert (found.measured, found.details["best"]) == (measured, best)
    assert found.floor == 2 * best


def test_a_losing_today_is_no_winning_day(history):
    """
    time              balance  equity
    2026-03-02 20:00  51200    51200
    2026-03-03 20:00  50700    50700
    """
    assert state(history, Consistency(max_percent=50, mode=POSITIVE)).measured == 1_200


@pytest.mark.parametrize("mode", list(ConsistencyMode))
def test_while_nothing_has_been_won_there_is_nothing_to_be_a_part_of(history, mode):
    """
    time   balance  equity
    10:00  49500    49500
    """
    found = state(history, Consistency(max_percent=50, mode=mode))
    assert (found.status, found.buffer, found.is_met) == (Status.UNKNOWN, None, None)
    assert "share_percent" not in found.details
    part = "trade" if mode is TRADES else "day"
    assert found.reason == (
        f"unknown: there is no profit yet of which the best {part} could be a part"
    )


def test_after_losses_the_best_day_still_asks_for_its_whole(history):
    """
    time              balance  equity
    2026-03-02 20:00  51000    51000
    2026-03-03 20:00  49000    49000
    """
    found = state(history, HALF)
    assert (found.measured, found.floor, found.buffer) == (-1_000, 2_000, -3_000)
    assert "share_percent" not in found.details
    assert found.details["allowed_best"] == 0
    assert found.is_met is False


def test_of_nothing_the_best_day_is_no_share(history):
    """
    time              balance  equity
    2026-03-02 20:00  51000    51000
    2026-03-03 20:00  50000    50000
    """
    found = state(history, HALF)
    assert (found.measured, found.floor) == (0, 2_000)
    assert "share_percent" not in found.details


def test_a_single_cent_won_is_the_best_day_already(history):
    """
    time   balance   equity
    10:00  50000.01  50000.01
    """
    found = state(history, HALF)
    assert (found.floor, found.details["share_percent"]) == (0.02, 100)


@pytest.mark.parametrize(
    ("target", "asked"),
    [({}, 2_000), ({"target_amount": 3_000}, 3_000), ({"target_percent": 6}, 3_000)],
)
def test_the_requirement_never_goes_below_the_profit_target(history, target, asked):
    """
    time              balance  equity
    2026-03-02 20:00  51000    51000
    2026-03-03 20:00  52000    52000
    """
    found = state(history, Consistency(max_percent=50, **target))
    assert (found.floor, found.buffer) == (asked, 2_000 - asked)
    assert found.details["share_total"] == 2_000


def test_the_best_day_raises_the_target(history):
    """
    time              balance  equity
    2026-03-02 20:00  51500    51500
    2026-03-03 20:00  53000    53000
    """
    found = state(history, Consistency(max_percent=40, target_amount=3_000))
    assert (found.floor, found.buffer) == (3_750, 3_000 - 3_750)


def test_with_a_target_it_is_known_before_anything_is_won(history):
    """
    time   balance  equity
    10:00  49500    49500
    """
    found = state(history, Consistency(max_percent=50, target_amount=3_000))
    assert (found.floor, found.buffer, found.status) == (3_000, -500 - 3_000, Status.SAFE)


def ceiling(history, **parameters):
    fields = parameters.pop("account", {})
    return state(history, Consistency(**parameters), **fields).details.get("ceiling_today")


def test_today_may_bring_what_is_within_the_percentage_of_the_whole_it_becomes_a_part_of(history):
    """
    time              balance  equity
    2026-03-02 20:00  50400    50400
    2026-03-03 20:00  50900    50900
    2026-03-04 20:00  51500    51500
    2026-03-05 10:00  51500    51500
    """
    # 40 % of 1,500 + 1,000 is 1,000
    assert ceiling(history, max_percent=40) == 1_000
    assert ceiling(history, max_percent=40, op=Comparison.LT) == 999.99
    # less than the best day: that much more may be won without asking for more
    assert ceiling(history, max_percent=20) == 600
    # of a target of 3,000 the percentage is more
    assert ceiling(history, max_percent=40, target_amount=3_000) == 1_200
    assert ceiling(history, max_percent=40, target_amount=3_000, op=Comparison.LT) == 1_199.99


@pytest.mark.parametrize("op", list(Comparison))
@pytest.mark.parametrize("share", [15, 33.3333, 50])
def test_a_cent_more_than_todays_ceiling_asks_for_more_and_the_ceiling_does_not(history, share, op):
    """
    time              balance  equity
    2026-03-02 20:00  50700.07 50700.07
    2026-03-03 20:00  51400.10 51400.10
    2026-03-04 20:00  52100.13 52100.13
    2026-03-05 20:00  52800.20 52800.20
    2026-03-06 20:00  53500.27 53500.27
    2026-03-09 20:00  54200.34 54200.34
    2026-03-10 20:00  54900.41 54900.41
    """
    rule = Consistency(max_percent=share, op=op)
    today = state(history, rule).details["ceiling_today"]
    start = history[-2][1]
    assert today > 700.07  # the best day so far
    for result, is_met in ((today, True), (today + 0.01, False)):
        balance = round(start + result, 2)
        assert state([*history[:-1], (history[-1][0], balance, balance)], rule).is_met is is_met


def test_the_next_trade_has_its_ceiling_too(history):
    """
    time   balance  equity
    10:00  50600    50600
    11:00  51000    51000
    """
    # half of 1,000 + 1,000
    assert ceiling(history, max_percent=50, mode=TRADES) == 1_000


def test_of_winning_days_losing_ones_are_no_part(history):
    """
    time              balance  equity
    2026-03-02 20:00  51000    51000
    2026-03-03 20:00  50500    50500
    2026-03-04 10:00  50500    50500
    """
    assert ceiling(history, max_percent=50, mode=POSITIVE) == 1_000
    assert ceiling(history, max_percent=50) == 1_000  # the best day; of 500 it would be 500


def test_before_anything_is_won_today_may_bring_nothing_without_asking_for_more(history):
    """
    time   balance  equity
    10:00  49500    49500
    """
    for op in Comparison:
        assert ceiling(history, max_percent=50, op=op) == 0


def test_all_of_the_profit_has_no_ceiling(history):
    """
    time   balance  equity
    10:00  51000    51000
    """
    assert ceiling(history, max_percent=100) is None


def test_without_a_starting_balance_there_is_no_ceiling_either(history):
    """
    time   balance  equity
    10:00  51000    51000
    """
    for mode in ConsistencyMode:
        unset = {"account": {"starting_balance": None}, "mode": mode, "max_percent": 50}
        assert ceiling(history, **unset) is None
        assert ceiling(history, **unset, target_amount=3_000) is None


def test_it_never_endangers_an_account(history):
    """
    time   balance  equity
    10:00  51000    51000
    """
    found = risk(history, HALF, MaxLoss(limit_amount=2_000))
    rule = found.rule_states["consistency"]
    assert (rule.status, rule.is_gate, rule.is_met) == (Status.SAFE, True, False)
    assert (found.status, found.deciding_rule) == (Status.SAFE, "max_loss")
    assert risk(history, HALF).status is Status.UNKNOWN


def test_without_a_snapshot_or_a_starting_balance_it_is_unknown():
    unseen = state([], HALF, as_of=MONDAY_NOON)
    unset = state(now(55_000), HALF, starting_balance=None)
    for found, reason in ((unseen, "no snapshot yet"), (unset, "the starting balance is not set")):
        assert (found.status, found.buffer, found.is_met) == (Status.UNKNOWN, None, None)
        assert found.reason == f"unknown: {reason}"


@pytest.mark.parametrize(
    ("parameters", "sentence"),
    [
        ({"max_percent": 0}, "consistency max_percent must be above 0 and at most 100, was 0"),
        ({"max_percent": 100.1}, "consistency max_percent must be above 0 and at most 100"),
        (
            {"max_percent": 50, "target_amount": 1, "target_percent": 1},
            "consistency target must be one of target_amount and target_percent, was both",
        ),
        ({"max_percent": 50, "target_amount": 0}, "consistency target_amount must be above 0"),
        ({"max_percent": 50, "target_percent": 0}, "consistency target_percent must be above 0"),
    ],
)
def test_a_percentage_that_says_nothing_is_refused(parameters, sentence):
    with pytest.raises(InvalidValue, match=sentence):
        Consistency(**parameters)


@pytest.mark.parametrize(
    ("parameters", "words"),
    [
        ({}, "The best day at most 50 % of the profit"),
        (
            {"mode": POSITIVE, "op": Comparison.LT},
            "The best day less than 50 % of the profit of winning days",
        ),
        (
            {"mode": TRADES, "since": Since.PAYOUT},
            "The best trade at most 50 % of the profit since the last payout",
        ),
    ],
)
def test_it_says_itself_in_words(parameters, words):
    assert Consistency(max_percent=50, **parameters).in_words() == words
