"""Sizes: the room for whole contracts of the leader, and the largest size for a stop."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from uuid import UUID

from riskcore.domain.copying.follow import Copy
from riskcore.domain.copying.instruments import Instrument
from riskcore.domain.copying.room import Room, leader_room

MOST_CONTRACTS = 1_000_000
"""What can be held with more contracts than this has no end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SizedRoom:
    """The room when the leader trades `contracts`, every follower's size rounded.

    The ladder of `room` has its first step only. `ticks` is the largest whole number of ticks
    the market may go against it before an account breaks; None: without an instrument, or
    without an end.
    """

    contracts: Fraction
    room: Room
    ticks: int | None = None


def sized_room(
    copies: Sequence[Copy], contracts: Fraction, instrument: Instrument | None = None
) -> SizedRoom:
    """The room for a number of the leader's contracts, in money and in ticks."""
    room = leader_room(copies, contracts, is_short=True)
    return SizedRoom(contracts=contracts, room=room, ticks=ticks_of(room, contracts, instrument))


def ticks_of(room: Room, contracts: Fraction, instrument: Instrument | None) -> int | None:
    """The whole ticks in a room; None without an instrument in the leader's currency."""
    if instrument is None or room.exact_cents is None or instrument.currency != room.currency:
        return None
    return int(room.exact_cents // (instrument.tick_cents * contracts))


@dataclass(frozen=True, slots=True, kw_only=True)
class LargestSize:
    """The most whole contracts the leader can trade before a stop breaks an account.

    None: nothing that is known ends it. `binding_ids` break with one contract more.
    """

    contracts: int | None
    binding_ids: tuple[UUID, ...]
    uncertain_ids: tuple[UUID, ...]


def largest_size(copies: Sequence[Copy], stop_cents: Fraction) -> LargestSize:
    """The largest size for a stop that costs the leader `stop_cents` for each contract."""
    most = MOST_CONTRACTS
    for copy in copies:
        most = _most(copy, most, stop_cents)
    more = [copy.account_id for copy in copies if not _holds(copy, most + 1, stop_cents)]
    return LargestSize(
        contracts=None if most == MOST_CONTRACTS else most,
        binding_ids=tuple(more) if most < MOST_CONTRACTS else (),
        uncertain_ids=tuple(copy.account_id for copy in copies if copy.is_uncertain),
    )


def _most(copy: Copy, most: int, stop_cents: Fraction) -> int:
    """The most of the leader's contracts, up to `most`, with which the account holds."""
    if _holds(copy, most, stop_cents):
        return most
    fails = bisect_left(range(most), True, key=lambda n: not _holds(copy, n, stop_cents))
    return max(0, fails - 1)


def _holds(copy: Copy, contracts: int, stop_cents: Fraction) -> bool:
    """Whether the account outlives the stop when the leader trades so many contracts.

    And may hold its own at all. What is unknown ends nothing.
    """
    member = copy.member
    if member.is_broken:
        return False
    if copy.following is None or contracts == 0:
        return True
    own = copy.following.contracts(Fraction(contracts))
    if member.contracts is not None and own > member.contracts:
        return False
    return member.hard is None or own * copy.following.worth * stop_cents <= member.hard.left
