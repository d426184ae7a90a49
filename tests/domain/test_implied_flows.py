"""Implied cash flows: a jump of the balance that no open position explains is shown."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest

from riskcore.domain.events import AccountEvent, EventKind
from riskcore.domain.rules.daily_loss import DailyLoss
from riskcore.domain.rules.max_loss import MaxLoss
from riskcore.domain.standing import advance, joined, part, unobserved
from riskcore.domain.status import Status
from tests.domain.rulebook import MONDAY_NOON, account, frame, risk, stand

RULES = (DailyLoss(limit_amount=1_000), MaxLoss(limit_amount=2_000))
MINUTE = timedelta(minutes=1)


def amounts(history, *rules, **fields):
    """The implied flows of an account of 50,000 with this history, by amount."""
    found = risk(history, *(rules or RULES), **fields)
    return [flow.amount for flow in found.implied_flows]


def test_a_jump_with_nothing_open_before_and_after_is_shown(history):
    """
    time   balance  equity
    09:00  50000    50000
    09:01  53000    53000
    """
    assert amounts(history) == [53_000 - 50_000]
    assert risk(history, *RULES).reason.endswith(
        "; its balance rose by 3,000.00 USD with nothing open at 2026-03-02 09:01 UTC:"
        " if that was a deposit, record it"
    )


def test_a_fall_counts_as_a_loss_until_somebody_says_it_was_a_payout(history):
    """
    time   balance  equity
    09:00  50000    50000
    09:01  47500    47500
    """
    found = risk(history, *RULES)
    assert found.status is Status.VIOLATED
    assert [flow.amount for flow in found.implied_flows] == [-2_500]
    assert "fell by 2,500.00 USD" in found.reason
    assert "if that was a payout, record it" in found.reason


def test_a_recorded_payout_is_no_jump(history):
    """
    time   balance  equity
    09:00  53000    53000
    09:01  50500    50500
    """
    paid = AccountEvent(
        id=UUID(int=1),
        account_id=UUID(int=7741),
        kind=EventKind.PAYOUT,
        happened_at=history[1][0] - MINUTE / 2,
        amount=2_500,
    )
    assert amounts(history) == [-2_500]
    assert amounts(history, events=(paid,)) == []


def test_a_position_open_before_or_after_explains_it(history):
    """
    time   balance  equity
    09:00  50000    51500
    09:01  51500    51500
    09:02  49000    48990
    """
    assert amounts(history) == []


@pytest.mark.parametrize(
    ("apart", "jump", "is_shown"),
    [
        (timedelta(hours=1), 1_000.00, False),
        (timedelta(hours=1), 1_000.01, True),
        (timedelta(hours=1, microseconds=1), 1_000.01, False),
        (timedelta(hours=1, microseconds=1), 2_000.00, False),
        (timedelta(hours=1, microseconds=1), 2_000.01, True),
        (timedelta(hours=1), -1_000.01, True),
    ],
)
def test_within_an_hour_more_than_the_smaller_limit_is_too_much(apart, jump, is_shown):
    """Later more than the larger one: a trade between two far readings is not seen."""
    history = [(MONDAY_NOON, 50_000, 50_000), (MONDAY_NOON + apart, 50_000 + jump, 50_000 + jump)]
    assert (amounts(history) == [jump]) is is_shown


@pytest.mark.parametrize(("jump", "is_shown"), [(2_500.00, False), (2_500.01, True)])
def test_without_a_limit_it_is_a_twentieth_of_the_starting_balance(jump, is_shown):
    history = [
        (MONDAY_NOON, 50_000, 50_000),
        (MONDAY_NOON + MINUTE, 50_000 + jump, 50_000 + jump),
    ]
    one = account()
    assert (len(stand([one], {one.id: history}).flows) == 1) is is_shown


def test_the_first_snapshot_is_no_jump():
    """Whatever was earned before it, was earned before anybody looked."""
    assert amounts([(MONDAY_NOON, 58_000, 58_000)]) == []


def test_a_new_cycle_forgets_them(history):
    """
    time   balance  equity
    09:00  50000    50000
    09:01  53000    53000
    09:03  50000    50000
    """
    reset = AccountEvent(
        id=UUID(int=1),
        account_id=UUID(int=7741),
        kind=EventKind.RESET,
        happened_at=history[2][0] - MINUTE,
    )
    assert amounts(history, events=(reset,)) == []


def test_after_a_week_the_sentence_leaves_it_out_but_it_is_still_listed(history):
    """
    time   balance  equity
    09:00  50000    50000
    09:01  53000    53000
    """
    later = history[1][0] + timedelta(days=7)
    found = risk(history, *RULES, as_of=later)
    assert "its balance rose" not in found.reason
    assert len(found.implied_flows) == 1


def test_one_by_one_and_apart_they_are_the_same():
    first, second = account(*RULES, number=1), account(*RULES, number=2)
    history = [
        (MONDAY_NOON, 50_000, 50_000),
        (MONDAY_NOON + MINUTE, 53_000, 53_000),
        (MONDAY_NOON + 2 * MINUTE, 50_500, 50_500),
    ]
    seen = {first.id: history, second.id: history}
    whole = stand([first, second], seen)
    standing = unobserved([first, second])
    rows = frame([first, second], seen)
    for place in range(3):
        moment = rows[rows["taken_at"] == rows["taken_at"][place]].reset_index(drop=True)
        standing = advance(standing, moment)
    apart = joined(part(whole, [second]), part(whole, [first]))
    for found in (standing, apart):
        assert found.flows.sort_values(["account", "taken_at_us"]).to_dict(
            "records"
        ) == whole.flows.sort_values(["account", "taken_at_us"]).to_dict("records")
    assert whole.flows["amount"].tolist() == [3_000, -2_500, 3_000, -2_500]
