"""Advice: what would give a leader more room, and the ratios that leave all the same."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from fractions import Fraction
from math import ceil, floor
from uuid import UUID

from riskcore.domain.copying.follow import Copy, least_move
from riskcore.domain.copying.links import DECIMALS, SCALED, CopyLink
from riskcore.domain.copying.links import exact as as_written
from riskcore.domain.copying.room import Break, Room, room_without
from riskcore.domain.copytrade import CopyMode
from riskcore.domain.errors import InvalidValue


class Act(StrEnum):
    """What can be done about a follower that ends the room."""

    LOWER = "lower"
    REMOVE = "remove"


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """One thing to do with the accounts that end the room: `gain` cents of room for it.

    `settings` are what each account's ratio (or fixed size, or risk) would become, beside
    `before`, what it is; empty for a removal. `gain` None: after it, nothing known ends it.
    """

    act: Act
    account_ids: tuple[UUID, ...]
    before: tuple[float, ...]
    settings: tuple[float, ...]
    gain: int | None
    cents: int | None


def setting(link: CopyLink) -> float | None:
    """What a person turns to make a follower larger or smaller; None: nothing (a pool)."""
    if link.mode is CopyMode.FIXED:
        return link.fixed_contracts
    if link.mode is CopyMode.RISK:
        return link.risk_percent
    return None if link.mode is CopyMode.POOLED else link.ratio


def with_setting(link: CopyLink, value: float) -> CopyLink:
    """The link with another ratio, fixed size or risk; raises InvalidValue for a pool's."""
    if link.mode is CopyMode.FIXED:
        return replace(link, fixed_contracts=value)
    if link.mode is CopyMode.RISK:
        return replace(link, risk_percent=value)
    if link.mode in SCALED:
        return replace(link, ratio=value)
    if link.mode is CopyMode.EXACT:
        return replace(link, mode=CopyMode.MULTIPLIER, ratio=value)
    raise InvalidValue("ratio", "cannot be set in a pool", link.mode)


def largest_setting(copy: Copy, cents: int) -> float | None:
    """The largest setting with which a follower outlives a loss of the leader of `cents`.

    At its nominal ratio, to four decimals; 0: with none; None: it has no setting, or its
    limit or ratio is unknown, or nothing can be lost.
    """
    now = None if copy.link is None else setting(copy.link)
    limit, following = copy.member.hard, copy.following
    if now is None or limit is None or following is None or cents <= 0:
        return None
    for_one = following.nominal / as_written(now)
    most = Fraction(max(limit.left, 0), cents) / for_one
    return float(Fraction(floor(most * 10**DECIMALS), 10**DECIMALS))


def equal_settings(copies: Sequence[Copy], cents: int) -> dict[UUID, float]:
    """By follower the largest setting with which it outlives a loss of the leader of `cents`."""
    found = ((copy.account_id, largest_setting(copy, cents)) for copy in copies)
    return {account_id: value for account_id, value in found if value is not None}


def advice(copies: Sequence[Copy], room: Room) -> list[Advice]:
    """What gives the room more, the most first; among equals what changes least first.

    `room` at the nominal ratios of `copies`. Empty where the leader itself ends it.
    """
    by_id = {copy.account_id: copy for copy in copies}
    binding = [by_id[one.account_id] for one in room.binding]
    if not binding or any(copy.link is None for copy in binding):
        return []
    ids = tuple(copy.account_id for copy in binding)
    then = room_without(room, *ids)
    lower = [_lowered(binding, settings, room, then) for settings in _settings(binding, then)]
    removal = Advice(
        act=Act.REMOVE,
        account_ids=ids,
        before=(),
        settings=(),
        gain=None if then is None else then - (room.cents or 0),
        cents=then,
    )
    useful = [one for one in (*lower, removal) if one.gain is None or one.gain > 0]
    return sorted(useful, key=_most_first)


def _most_first(one: Advice) -> tuple[float, bool, tuple[float, ...]]:
    gain = float("inf") if one.gain is None else one.gain
    return -gain, one.act is Act.REMOVE, tuple(-value for value in one.settings)


def _settings(binding: Sequence[Copy], then: int | None) -> Iterator[tuple[float, ...]]:
    """Settings to try: just small enough to end it no more, and a notch below the present."""
    now = [_now(copy) for copy in binding]
    if any(value is None for value in now) or any(copy.member.is_broken for copy in binding):
        return
    known = [value for value in now if value is not None]
    enough = [0.0 if then is None else largest_setting(copy, then) or 0.0 for copy in binding]
    for values in ([_round_down(value) for value in enough], [notch(value) for value in known]):
        tradable = [_tradable(*pair) for pair in zip(binding, values, strict=True)]
        if all(0 < value < before for value, before in zip(tradable, known, strict=True)):
            yield tuple(tradable)


def _tradable(copy: Copy, value: float) -> float:
    """A fixed size is whole steps; anything else is as it is."""
    if copy.link is None or copy.link.mode is not CopyMode.FIXED:
        return value
    step = as_written(copy.link.step_contracts)
    return float(as_written(value) // step * step)


def _now(copy: Copy) -> float | None:
    return None if copy.link is None or copy.following is None else setting(copy.link)


def _round_down(value: float) -> float:
    """To two decimals, where there are such above nothing."""
    return floor(as_written(value) * 100) / 100 or value


def notch(value: float) -> float:
    """The next whole number below, under 1 the next tenth."""
    if value > 1:
        return float(ceil(value) - 1)
    return (ceil(as_written(value) * 10) - 1) / 10


def _lowered(
    binding: Sequence[Copy], settings: tuple[float, ...], room: Room, then: int | None
) -> Advice:
    """What lowering the binding accounts to `settings` gives; the others end it at `then`."""
    ends = [] if then is None else [then]
    for copy, one, value in zip(binding, room.binding, settings, strict=True):
        moved = least_move(one.limit.left, _scaled(copy, one, value))
        ends += [] if moved is None else [max(0, moved - 1)]
    cents = min(ends, default=None)
    return Advice(
        act=Act.LOWER,
        account_ids=tuple(copy.account_id for copy in binding),
        before=tuple(_now(copy) or 0.0 for copy in binding),
        settings=settings,
        gain=None if cents is None else cents - (room.cents or 0),
        cents=cents,
    )


def _scaled(copy: Copy, one: Break, value: float) -> Fraction:
    return one.ratio * as_written(value) / as_written(_now(copy) or value)


def changed(
    links: Sequence[CopyLink], settings: Mapping[UUID, float], removed: Sequence[UUID]
) -> list[CopyLink]:
    """`links` with other settings of some followers, and without others."""
    kept = (link for link in links if link.follower_id not in removed)
    return [
        with_setting(link, settings[link.follower_id]) if link.follower_id in settings else link
        for link in kept
    ]
