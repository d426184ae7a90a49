"""Position limit: how many contracts an account may hold at once."""

from __future__ import annotations

import pytest

from riskcore.domain.errors import InvalidValue
from riskcore.domain.rules.base import Action, Unit
from riskcore.domain.rules.max_loss import MaxLoss
from riskcore.domain.rules.position_limit import PositionLimit, TierBasis
from riskcore.domain.status import Status, Thresholds
from tests.domain.rulebook import MONDAY_NOON, now, risk, state, statuses, table

LIMIT = PositionLimit(most_contracts=5)
TIERS = ((1_500, 3), (2_000, 5))
LADDER = {"most_contracts": 2, "tiers": TIERS}


def allowed(history, rule, **fields):
    return table(history, rule, **fields).floor["position_limit"].tolist()


def test_exactly_at_the_limit_is_allowed_and_shown_as_caution_and_above_is_violated(history):
    """
    time   balance  equity  contracts
    10:00  50000    50000   4.99
    10:01  50000    50000   5
    10:02  50000    50000   5.01
    """
    assert statuses(history, LIMIT) == [Status.SAFE, Status.CAUTION, Status.VIOLATED]


def test_it_says_how_many_are_open_and_how_many_more_may_be(history):
    """
    time   balance  equity  contracts
    10:00  50000    50000   3
    """
    found = state(history, LIMIT)
    assert (found.unit, found.measured, found.floor, found.buffer) == (Unit.CONTRACTS, 3, 5, 2)
    assert (found.limit_amount, found.buffer_percent) == (5, 40)


def test_a_small_share_left_is_no_warning_whatever_the_thresholds(history):
    """
    time   balance  equity  contracts
    10:00  50000    50000   4.9
    """
    early = Thresholds(caution_fraction=1, critical_fraction=1)
    assert state(history, LIMIT, thresholds=early).status is Status.SAFE


def test_lots_may_be_fractions(history):
    """
    time   balance  equity  contracts
    10:00  50000    50000   0.5
    10:01  50000    50000   0.51
    """
    assert statuses(history, PositionLimit(most_contracts=0.5)) == [
        Status.CAUTION,
        Status.VIOLATED,
    ]


def test_a_hard_break_loses_the_account_and_a_pause_ends_at_the_reset(history):
    """
    time              balance  equity  contracts
    2026-03-02 10:00  50000    50000   6
    2026-03-02 11:00  50000    50000   0
    2026-03-03 00:00  50000    50000   0
    """
    broken = Status.VIOLATED
    pause = PositionLimit(most_contracts=5, action=Action.PAUSE)
    assert statuses(history, LIMIT) == [broken, broken, broken]
    assert statuses(history, pause) == [broken, broken, Status.SAFE]


def test_a_snapshot_that_does_not_say_how_many_are_open_leaves_it_unknown(history):
    """
    time   balance  equity  contracts
    10:00  50000    50000   2
    10:01  50000    50000   -
    """
    found = state(history, LIMIT)
    assert (found.status, found.measured, found.buffer) == (Status.UNKNOWN, None, None)
    assert found.reason == "unknown: no snapshot says how many contracts are open"
    assert risk(history, LIMIT).status is Status.UNKNOWN


def test_a_break_that_was_seen_stays_though_a_later_snapshot_does_not_say(history):
    """
    time   balance  equity  contracts
    10:00  50000    50000   6
    10:01  50000    50000   -
    """
    assert state(history, LIMIT).status is Status.VIOLATED


def test_without_a_snapshot_it_is_unknown():
    found = state([], LIMIT, as_of=MONDAY_NOON)
    assert (found.status, found.buffer) == (Status.UNKNOWN, None)


def test_a_tier_by_the_last_close_takes_effect_the_next_session_up_and_down(history):
    """
    time              balance  equity
    2026-03-02 22:00  51499.99 51499.99
    2026-03-03 22:00  51500    51500
    2026-03-04 10:00  52500    52500
    2026-03-04 22:00  52000    52000
    2026-03-05 22:00  51000    51000
    2026-03-06 10:00  51000    51000
    """
    rule = PositionLimit(**LADDER, tier_basis=TierBasis.DAY_START)
    assert allowed(history, rule) == [2, 2, 3, 3, 5, 2]


@pytest.mark.parametrize(
    ("basis", "contracts"),
    [
        (TierBasis.BALANCE, [2, 3, 5, 2, 2]),
        (TierBasis.EQUITY, [3, 3, 5, 2, 2]),
        (TierBasis.BEST_CLOSE, [2, 2, 2, 2, 2]),
        (TierBasis.BEST_EQUITY, [3, 3, 5, 5, 5]),
    ],
)
def test_a_tier_by_what_is_now_takes_effect_at_once_and_one_by_the_best_never_falls(
    history, basis, contracts
):
    """
    time              balance  equity
    2026-03-02 10:00  51000    51500
    2026-03-02 11:00  51500    51500
    2026-03-02 12:00  52000    52000
    2026-03-02 13:00  51000    51000
    2026-03-03 10:00  51000    51000
    """
    assert allowed(history, PositionLimit(**LADDER, tier_basis=basis)) == contracts


def test_a_tier_by_the_best_close_counts_from_the_next_session_and_never_falls(history):
    """
    time              balance  equity
    2026-03-02 22:00  52000    52000
    2026-03-03 10:00  50500    50500
    2026-03-04 10:00  50500    50500
    """
    rule = PositionLimit(**LADDER, tier_basis=TierBasis.BEST_CLOSE)
    assert allowed(history, rule) == [2, 5, 5]


def test_a_position_can_break_the_rule_because_the_profit_fell_while_it_was_open(history):
    """
    time   balance  equity    contracts
    10:00  51400    51500     3
    10:01  51400    51499.99  3
    """
    rule = PositionLimit(**LADDER, tier_basis=TierBasis.EQUITY)
    assert statuses(history, rule) == [Status.CAUTION, Status.VIOLATED]


def test_the_tier_is_unknown_without_a_starting_balance(history):
    """
    time   balance  equity  contracts
    10:00  50000    50000   1
    """
    found = state(history, PositionLimit(**LADDER), starting_balance=None)
    assert (found.status, found.measured, found.floor) == (Status.UNKNOWN, 1, None)
    assert found.reason == "unknown: the starting balance is not set"
    assert state(history, LIMIT, starting_balance=None).status is Status.SAFE


def test_a_limit_on_contracts_is_no_floor_that_binds(history):
    """
    time   balance  equity  contracts
    10:00  50000    50000   5
    """
    found = risk(history, LIMIT, MaxLoss(limit_amount=2_000))
    assert (found.binding_rule, found.deciding_rule) == ("max_loss", "position_limit")
    assert found.reason == "has 0 contracts (0.0 %) left on Position limit"


def test_a_break_is_told_in_contracts():
    seen = [(*now(50_000)[0], 6)]
    assert risk(seen, LIMIT).reason == (
        "broke Position limit at 2026-03-02 12:00 UTC: 6 contracts open; at most 5 contracts"
        " allowed"
    )


@pytest.mark.parametrize(
    ("parameters", "sentence"),
    [
        ({"most_contracts": 0}, r"most_contracts must be above 0 and at most 1e\+12, was 0"),
        ({"most_contracts": 0.001}, "most_contracts must have at most two decimals, was 0.001"),
        (
            {"most_contracts": 1, "action": Action.GATE},
            "position_limit action must be hard or pause, was gate",
        ),
        (
            {"most_contracts": 1, "tiers": ((1_500, 2), (1_500, 3))},
            r"position_limit tiers must rise by profit, was \[1500, 1500\]",
        ),
    ],
)
def test_a_limit_that_says_nothing_is_refused(parameters, sentence):
    with pytest.raises(InvalidValue, match=sentence):
        PositionLimit(**parameters)


@pytest.mark.parametrize(
    ("parameters", "words"),
    [
        ({"most_contracts": 5}, "5 contracts at once"),
        ({"most_contracts": 1}, "1 contract at once"),
        (LADDER, "2 contracts at once, more with the profit at the last close"),
        (
            LADDER | {"tier_basis": TierBasis.BEST_EQUITY},
            "2 contracts at once, more with the best profit with open positions",
        ),
    ],
)
def test_it_says_itself_in_words(parameters, words):
    assert PositionLimit(**parameters).in_words() == f"At most {words}"
