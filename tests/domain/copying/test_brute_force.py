"""Every figure of a copy group against brute force: the leader's loss walked cent by cent."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from math import ceil
from random import Random
from uuid import UUID

import pytest

from riskcore.domain.copying.advice import equal_settings, setting, with_setting
from riskcore.domain.copying.follow import Copy
from riskcore.domain.copying.instruments import Instrument
from riskcore.domain.copying.links import exact
from riskcore.domain.copying.resets import rooms_after_resets
from riskcore.domain.copying.room import Room, cap, hard, leader_room, pause, room_without
from riskcore.domain.copying.sizes import largest_size, sized_room
from riskcore.domain.copytrade import PARTS, CopyMode, CopySize, follower_contracts
from tests.domain.copying import brute
from tests.domain.copying.making import LEADER, MadeGroup, made_group, made_limit

GROUPS = 5_000
CHUNKS = 10


def groups(chunk: int) -> Iterator[tuple[Random, MadeGroup]]:
    """The made-up groups of one chunk."""
    random = Random(f"copy-{chunk}")
    for _ in range(GROUPS // CHUNKS):
        yield random, made_group(random)


def as_steps(room: Room) -> list[tuple[int, list[object], int]]:
    """The ladder as far as it was walked."""
    return [
        (step.moved, [one.account_id for one in step.breaks], step.lost)
        for step in room.ladder
        if step.moved <= brute.FURTHEST
    ]


def known(cents: int | None) -> int | None:
    """A room, None where it lies beyond what was walked."""
    return None if cents is None or cents >= brute.FURTHEST else cents


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_room_and_ladder_are_those_of_the_walk(chunk: int) -> None:
    for random, group in groups(chunk):
        contracts = random.choice([None, 1, 2, group.contracts])
        exact = None if contracts is None else Fraction(contracts)
        for limit_of in (hard, pause, cap):
            walked = brute.walk(group, contracts, limit_of)
            room = leader_room(group.copies, exact, limit_of)
            assert known(room.cents) == brute.room(walked), group
            assert as_steps(room) == brute.steps(walked), group


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_at_the_first_step_exactly_the_binding_accounts_break_and_none_a_cent_before(
    chunk: int,
) -> None:
    for _, group in groups(chunk):
        room = leader_room(group.copies)
        if room.ladder:
            first, binding = room.ladder[0].moved, {one.account_id for one in room.binding}
            assert _broken_by(group, first) == binding, group
            assert first == 0 or _broken_by(group, first - 1) == set(), group


def _broken_by(group: MadeGroup, loss: int) -> set[UUID]:
    """Who is broken once the leader has lost so many cents."""
    found = set()
    for key, ratio in brute.ratios(group, None).items():
        limit = group.members[key].hard
        if limit is not None and brute.breaks(limit, ceil(loss * (ratio or 0))):
            found.add(key)
    return found


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_what_a_removal_gains_is_the_walk_without_it(chunk: int) -> None:
    for _, group in groups(chunk):
        room = leader_room(group.copies)
        for link in group.links:
            gone = link.follower_id
            walked = brute.walk(group, None, hard, without=[gone])
            assert known(room_without(room, gone)) == brute.room(walked), group


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_the_room_in_ticks_is_the_last_tick_that_breaks_none(chunk: int) -> None:
    for _, group in groups(chunk):
        instrument = Instrument(
            symbol="T",
            name="T",
            currency="USD",
            point_value=Fraction(group.tick, 100),
            tick_size=Fraction(1),
        )
        sized = sized_room(group.copies, Fraction(group.contracts), instrument)
        a_tick = group.tick * group.contracts
        walked = brute.room(brute.walk(group, group.contracts, hard))
        if walked is not None:
            assert sized.ticks == walked // a_tick, group


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_the_largest_size_is_the_last_that_everybody_survives(chunk: int) -> None:
    for _, group in groups(chunk):
        found = largest_size(group.copies, Fraction(group.stop))
        counted = next((n for n in range(60) if brute.survives(group, n)), None)
        if counted is None:
            assert found.contracts is None or found.contracts >= 59, group
            continue
        assert found.contracts == max(0, counted - 1), group
        assert set(found.binding_ids) == set(brute.survives(group, found.contracts + 1)), group


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_equal_settings_are_the_largest_that_outlive_the_loss(chunk: int) -> None:
    """A ten-thousandth more and the follower breaks with that loss, or before."""
    for random, group in groups(chunk):
        cents = random.randint(1, 200)
        for account_id, value in equal_settings(group.copies, cents).items():
            assert value == 0 or not _is_broken(group, account_id, value, cents), group
            assert _is_broken(group, account_id, round(value + 0.0001, 4), cents), group


def _is_broken(group: MadeGroup, account_id: UUID, value: float, cents: int) -> bool:
    """Whether a follower with another setting is broken by this loss of the leader."""
    links = tuple(
        with_setting(link, value) if link.follower_id == account_id else link
        for link in group.links
    )
    ratio = brute.ratios(replace(group, links=links), None)[account_id]
    limit = group.members[account_id].hard
    assert ratio is not None
    assert limit is not None
    return brute.breaks(limit, ceil(cents * ratio))


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_after_each_reset_the_room_is_the_walk_of_what_has_reset_by_then(chunk: int) -> None:
    for random, group in groups(chunk):
        after = {
            key: replace(one, hard=made_limit(random, -2)) for key, one in group.members.items()
        }
        resets = {key: random.randint(1, 3) for key in group.members if random.random() < 0.9}
        found = rooms_after_resets(group.copies, after, resets)
        assert [one.resets_at_us for one in found] == sorted(set(resets.values()))
        for one in found:
            mixed = {
                key: after[key] if resets.get(key, 99) <= one.resets_at_us else now
                for key, now in group.members.items()
            }
            walked = brute.walk(replace(group, members=mixed), None, hard)
            assert known(one.cents) == brute.room(walked), group
            if walked and one.cents is not None and one.cents < brute.FURTHEST:
                assert walked[one.binding_id] == min(walked.values())  # type: ignore[index]


def test_every_setting_that_a_follower_has_can_be_changed() -> None:
    for _, group in groups(0):
        for link in group.links:
            now = setting(link)
            if now is not None:
                assert setting(with_setting(link, round(now / 2, 4))) == round(now / 2, 4)


def test_a_followers_size_is_that_of_the_copiers_own_examples() -> None:
    """What the page rounds is what `follower_contracts`, held to published examples, gives."""
    for _, group in groups(0):
        for copy in group.copies[1:]:
            if copy.following is None or copy.link is None:
                continue
            wanted = Fraction(follower_contracts(Fraction(group.contracts), _size(group, copy)))
            parts = copy.link.lot.rounded(wanted.numerator, wanted.denominator)
            assert copy.following.contracts(Fraction(group.contracts)) == Fraction(parts, PARTS)


def _size(group: MadeGroup, copy: Copy) -> CopySize:
    """What the follower's size depends on, by its link."""
    link, leader, own = copy.link, group.members[LEADER], copy.member
    assert link is not None
    money = "equity" if link.mode is CopyMode.EQUITY else "balance"
    rate = brute.rate(group, link) or 1
    stop = group.stop * exact(link.contract_multiplier) * rate
    return CopySize(
        mode=link.mode,
        fixed_contracts=link.fixed_contracts and exact(link.fixed_contracts),
        multiplier=exact(link.ratio),
        leader_money=getattr(leader, money),
        follower_money=Fraction(getattr(own, money) or 0) / rate,
        followers=sum(other.mode is CopyMode.POOLED for other in group.links),
        risk_money=(own.equity or 0) * exact(link.risk_percent or 0) / 100,
        stop_money=stop,
    )
