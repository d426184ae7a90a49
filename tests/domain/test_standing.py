"""Standings: where accounts stand, taken apart and put together."""

from __future__ import annotations

from datetime import timedelta

import pandas as pd
import pytest

from riskcore.domain.observe import observe
from riskcore.domain.risks import account_risks
from riskcore.domain.rules.base import Action
from riskcore.domain.rules.daily_loss import DailyLoss
from riskcore.domain.rules.max_loss import MaxLoss, Trail
from riskcore.domain.rules.position_limit import PositionLimit
from riskcore.domain.standing import Standing, joined, part
from riskcore.domain.status import Thresholds
from tests.domain.rulebook import MONDAY_NOON, account, event, now, stand

HOUR = timedelta(hours=1)
ACCOUNTS = [
    account(DailyLoss(limit_amount=1_000, action=Action.PAUSE), number=1),
    account(
        MaxLoss(limit_amount=2_000, trail=Trail.CLOSED_BALANCE),
        number=2,
        events=(event("peak", MONDAY_NOON - 3 * HOUR, 51_000, number=2),),
    ),
    account(PositionLimit(most_contracts=5), MaxLoss(limit_amount=2_000), number=3),
    account(number=4),
    account(
        DailyLoss(limit_amount=1_000),
        number=5,
        events=(event("payout", MONDAY_NOON - HOUR, 500, number=5),),
    ),
]
SEEN = {
    ACCOUNTS[0].id: now(48_000, ago=2 * HOUR) + now(50_000),
    ACCOUNTS[1].id: now(50_500, ago=2 * HOUR) + now(48_900),
    ACCOUNTS[2].id: [(*now(50_200)[0], 3)],
    ACCOUNTS[4].id: now(48_000, ago=2 * HOUR),
}
EVERY_SPLIT = [[0], [1], [4], [0, 1], [1, 3], [0, 2, 4], [0, 1, 2, 3], [0, 1, 2, 3, 4], []]


def answers(standing: Standing) -> list[object]:
    """What the accounts of `standing` are told."""
    return account_risks(observe(standing, MONDAY_NOON), Thresholds())


def same(first: Standing, second: Standing) -> bool:
    """Whether two standings are the same, frame by frame."""
    for name in ("frame", "events", "carried"):
        pd.testing.assert_frame_equal(getattr(first, name), getattr(second, name))
    broken = (
        one.violations.sort_values(["account", "rule"], ignore_index=True)
        for one in (first, second)
    )
    pd.testing.assert_frame_equal(*broken, check_dtype=False)  # where there are none
    assert first.taken_at_us.tolist() == second.taken_at_us.tolist()
    return first.accounts == second.accounts


@pytest.mark.parametrize("chosen", EVERY_SPLIT)
def test_a_part_stands_as_its_accounts_would_alone(chosen):
    whole = stand(ACCOUNTS, SEEN)
    some = [ACCOUNTS[place] for place in chosen]
    alone = stand(some, {one.id: SEEN[one.id] for one in some if one.id in SEEN})
    assert same(part(whole, some[::-1]), alone)
    assert answers(part(whole, some)) == answers(alone)


@pytest.mark.parametrize("chosen", EVERY_SPLIT)
def test_what_was_taken_apart_can_be_put_together(chosen):
    whole = stand(ACCOUNTS, SEEN)
    some = [ACCOUNTS[place] for place in chosen]
    rest = [one for one in ACCOUNTS if one not in some]
    for pieces in ((some, rest), (rest, some)):
        again = joined(*(part(whole, piece) for piece in pieces))
        assert same(again, whole)
        assert answers(again) == answers(whole)


def test_only_the_kinds_that_a_part_has_are_left_in_it():
    whole = stand(ACCOUNTS, SEEN)
    assert whole.book.kinds == ("daily_loss", "max_loss", "position_limit")
    assert part(whole, ACCOUNTS[:1]).book.kinds == ("daily_loss",)
    assert part(whole, [ACCOUNTS[3]]).book.kinds == ()


def test_the_book_tells_which_accounts_have_a_kind():
    book = stand(ACCOUNTS, SEEN).book
    assert book.has("daily_loss").tolist() == [True, False, False, False, True]
