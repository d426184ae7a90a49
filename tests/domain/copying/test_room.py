"""The leader's room: who dies first when the leader loses, and what would help."""

from __future__ import annotations

from fractions import Fraction
from uuid import UUID

import pytest

from riskcore.domain.copying.advice import Act, advice, largest_setting
from riskcore.domain.copying.follow import Copy, copies_of
from riskcore.domain.copying.instruments import Instrument
from riskcore.domain.copying.links import CopyLink
from riskcore.domain.copying.members import CopyMember
from riskcore.domain.copying.room import leader_room
from riskcore.domain.copying.sizes import largest_size, sized_room
from riskcore.domain.copytrade import CopyMode, Rounding
from riskcore.domain.errors import InvalidValue
from tests.domain.copying.making import LEADER, limit, link, member

NQ = Instrument(
    symbol="NQ",
    name="E-mini Nasdaq-100",
    currency="USD",
    point_value=Fraction(20),
    tick_size=Fraction(1, 4),
)


def group(*followers: tuple[CopyMember, CopyLink], leader: int = 200_000) -> list[Copy]:
    """A leader with 2,000.00 to lose unless said otherwise, and its followers."""
    members = {LEADER: member(0, leader), **{one.account_id: one for one, _ in followers}}
    return copies_of(LEADER, [own for _, own in followers], members)


def test_the_first_to_break_has_the_smallest_buffer_for_its_ratio() -> None:
    """
    account  buffer    ratio   leader may lose
    A1         800.00  0.5     1,600.00           the smallest buffer
    A2       1,500.00  3         500.00           the first to break
    """
    copies = group((member(1, 80_000), link(1, 0.5)), (member(2, 150_000), link(2, 3)))
    room = leader_room(copies)
    assert room.cents == 1_500_00 // 3
    assert [one.account_id for one in room.binding] == [UUID(int=2)]
    assert [step.moved for step in room.ladder] == [500_01, 1_600_01, 2_000_01]
    assert [step.lost for step in room.ladder] == [1, 2, 3]


def test_a_cent_more_than_the_room_breaks_and_touching_ends_it_a_cent_earlier() -> None:
    below = group((member(1, 100_000), link(1)))
    touch = group((member(1, hard=limit(100_000, touches=True)), link(1)))
    assert leader_room(below).cents == 1_000_00
    assert leader_room(touch).cents == 999_99


def test_a_loss_is_rounded_up_to_the_followers_cent() -> None:
    """At 0.33 a leader's loss of 3.04 costs 1.0032, so 1.01: more than 1.00."""
    assert leader_room(group((member(1, 100), link(1, 0.33)))).cents == 3_03


@pytest.mark.parametrize(
    ("rounding", "contracts", "cents"),
    [
        (Rounding.DOWN, 1, 2_000_00),  # 0.33 is dropped: the leader itself ends it
        (Rounding.NEAREST, 1, 2_000_00),
        (Rounding.UP, 1, 300_00),  # 0.33 trades one to one
        (Rounding.LIFT, 1, 300_00),
        (Rounding.DOWN, 4, 4 * 300_00),
        (Rounding.UP, 4, 2 * 300_00),
        (Rounding.LIFT, 7, 300_00 * 7 // 2),
    ],
)
def test_a_third_of_one_contract_trades_as_its_rounding_says(
    rounding: Rounding, contracts: int, cents: int
) -> None:
    """The follower has 300.00 to lose and copies at 0.33."""
    copies = group((member(1, 30_000), link(1, 0.33, rounding=rounding)))
    assert leader_room(copies, Fraction(contracts)).cents == cents


def test_micros_of_a_mini_lose_a_tenth() -> None:
    copies = group((member(1, 100_000), link(1, 5, contract_multiplier=0.1)))
    assert leader_room(copies).cents == 2_000_00  # 1,000 / 0.5: the leader ends it as well
    assert len(leader_room(copies).binding) == 2


def test_another_currency_counts_at_its_stated_rate() -> None:
    """900.00 EUR at 0.90 EUR for 1 USD."""
    euro = member(1, 90_000, currency="EUR")
    assert leader_room(group((euro, link(1, rate=0.9)))).cents == 900_00 * 10 // 9


def test_what_is_unknown_bounds_the_room_and_is_never_left_out() -> None:
    """No rate is stated for A1; nothing is known of A2; A3's data is stale."""
    copies = group(
        (member(1, 90_000, currency="EUR"), link(1)),
        (member(2, is_unknown=True), link(2)),
        (member(3, 300_000, is_stale=True, is_upper_bound=True), link(3)),
    )
    room = leader_room(copies)
    assert room.cents == 2_000_00
    assert room.is_upper_bound
    assert room.uncertain_ids == (UUID(int=1), UUID(int=2), UUID(int=3))


def test_a_follower_that_does_not_trade_bounds_nothing() -> None:
    copies = group((member(1, is_unknown=True), link(1, 0.33)))
    assert leader_room(copies).is_upper_bound
    assert not leader_room(copies, Fraction(1)).is_upper_bound


def test_an_account_that_is_broken_leaves_no_room() -> None:
    room = leader_room(group((member(1, -1), link(1)), (member(2, 10_000), link(2))))
    assert room.cents == 0
    assert [one.account_id for one in room.binding] == [UUID(int=1)]


def test_a_follower_in_proportion_to_its_balance_loses_in_proportion() -> None:
    small = member(1, 50_000, balance=5_000_000)
    members = {LEADER: member(0, 200_000, balance=10_000_000), UUID(int=1): small}
    copies = copies_of(LEADER, [link(1, mode=CopyMode.BALANCE)], members)
    assert leader_room(copies).cents == 2 * 500_00


def test_a_size_by_risk_needs_a_stop() -> None:
    """1 % of 1,000.00 is 10.00; a stop of 5.00 for each contract: 2 contracts."""
    by_risk = link(1, mode=CopyMode.RISK, risk_percent=1)
    members = {LEADER: member(0, 200_000), UUID(int=1): member(1, 10_000)}
    without = copies_of(LEADER, [by_risk], members)
    assert without[1].unknown == "a size by risk needs the stop of a trade"
    assert leader_room(without).uncertain_ids == (UUID(int=1),)
    copies = copies_of(LEADER, [by_risk], members, Fraction(500))
    assert leader_room(copies, Fraction(1)).cents == 100_00 // 2


def test_the_room_in_ticks_is_whole_ticks() -> None:
    """Two contracts lose 2 × 5.00 on a tick: 2,000.00 are 200 ticks, 2,009.99 as well."""
    for cents in (200_000, 200_999):
        assert sized_room(group(leader=cents), Fraction(2), NQ).ticks == 200
    assert sized_room(group(leader=199_999), Fraction(2), NQ).ticks == 199
    assert NQ.ticks(Fraction(10)) == 40


def test_a_stop_is_whole_ticks() -> None:
    with pytest.raises(InvalidValue, match=r"stop_points must be whole ticks of 0.25 points, was"):
        NQ.ticks(Fraction(1, 10))


def test_the_largest_size_for_a_stop() -> None:
    """A stop of 200.00 a contract: the leader outlives 10, the follower at 2 with 900.00 only 2."""
    copies = group((member(1, 90_000), link(1, 2)))
    found = largest_size(copies, Fraction(200_00))
    assert found.contracts == 2
    assert found.binding_ids == (UUID(int=1),)
    assert largest_size(group(), Fraction(200_00)).contracts == 10


def test_a_position_limit_ends_the_size_too() -> None:
    few = member(1, 10_000_000, contracts=Fraction(3))
    found = largest_size(group((few, link(1))), Fraction(1_00))
    assert (found.contracts, found.binding_ids) == (3, (UUID(int=1),))


def test_nothing_fits_where_a_follower_is_lifted_to_too_much() -> None:
    lifted = link(1, 0.1, rounding=Rounding.LIFT, least_contracts=1)
    found = largest_size(group((member(1, 100), link(1, 0.1)), leader=200_000), Fraction(1_01))
    assert found.contracts == 9  # a tenth of 9 is dropped, a tenth of 10 is one
    assert largest_size(group((member(1, 100), lifted)), Fraction(1_01)).contracts == 0


# --- advice


def test_the_advice_names_the_account_the_ratio_and_the_gain() -> None:
    """
    account  buffer    ratio   leader may lose
    A0       2,000.00  1       2,000.00
    A1       1,200.00  3         400.00
    A2       1,400.00  2         700.00

    A1 from 3 to 2: 1,200 / 2 = 600, so +200. At 1.71 it ends no more, and A2 does: +300.
    """
    copies = group((member(1, 120_000), link(1, 3)), (member(2, 140_000), link(2, 2)))
    found = advice(copies, leader_room(copies))
    assert [(one.act, one.settings, one.gain) for one in found] == [
        (Act.LOWER, (1.71,), 300_00),
        (Act.REMOVE, (), 300_00),
        (Act.LOWER, (2.0,), 200_00),
    ]
    assert found[0].cents == 700_00


def test_two_that_break_together_are_advised_together() -> None:
    copies = group((member(1, 100_000), link(1, 2)), (member(2, 150_000), link(2, 3)))
    first = advice(copies, leader_room(copies))[0]
    assert first.account_ids == (UUID(int=1), UUID(int=2))
    assert first.settings == (0.5, 0.75)
    assert first.cents == 2_000_00


def test_where_the_leader_ends_it_no_ratio_helps() -> None:
    copies = group((member(1, 500_000), link(1)))
    assert advice(copies, leader_room(copies)) == []


def test_a_broken_follower_can_only_be_removed() -> None:
    copies = group((member(1, -100), link(1, 2)))
    assert [(one.act, one.gain) for one in advice(copies, leader_room(copies))] == [
        (Act.REMOVE, 2_000_00)
    ]


def test_a_fixed_size_is_lowered_by_whole_steps() -> None:
    fixed = link(1, mode=CopyMode.FIXED, fixed_contracts=4)
    copies = group((member(1, 200_000), fixed))
    assert [one.settings for one in advice(copies, leader_room(copies))] == [(1.0,), (), (3.0,)]


def test_the_setting_that_outlives_a_loss_is_rounded_down() -> None:
    """1,000.00 at 3 outlives 333.33; to outlive 700.00 the ratio is 1.4285, not 1.4286."""
    copies = group((member(1, 100_000), link(1, 3)))
    assert largest_setting(copies[1], 700_00) == 1.4285
    assert largest_setting(copies[0], 700_00) is None  # the leader has no ratio
