"""Room: the largest loss of a leader before any account that copies it breaks a hard rule.

Leader's money in whole cents. What a follower loses is the leader's loss times its ratio,
rounded up to the cent, so that a loss is never shown smaller than it is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import groupby
from uuid import UUID

from riskcore.domain.copying.follow import Copy
from riskcore.domain.copying.members import CopyMember, Limit
from riskcore.domain.copytrade import NOTHING


@dataclass(frozen=True, slots=True, kw_only=True)
class Break:
    """What it takes of the leader for one account to break: `moved` cents, and not a cent less.

    `limit` is what binds it, `ratio` what it loses (or wins) for each unit of the leader's.
    """

    account_id: UUID
    moved: int
    limit: Limit
    ratio: Fraction


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A step of the ladder: what the leader loses, who breaks just then, how many are lost."""

    moved: int
    breaks: tuple[Break, ...]
    lost: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """How far a leader may go, in cents of its money, before an account linked to it breaks.

    `ladder` has every break in order; its first step is that of the binding accounts.
    `cents` None: nothing that is known ends it. `uncertain_ids`: accounts of which too
    little is known; with any, the room is at most what it seems. `exact_cents` is the room
    before it was rounded down to the cent.
    """

    leader_id: UUID
    currency: str
    cents: int | None
    exact_cents: Fraction | None
    ladder: tuple[Step, ...] = ()
    uncertain_ids: tuple[UUID, ...] = ()

    @property
    def is_upper_bound(self) -> bool:
        """Whether the true room may be smaller."""
        return bool(self.uncertain_ids)

    @property
    def binding(self) -> tuple[Break, ...]:
        """The accounts that end it, by id."""
        return self.ladder[0].breaks if self.ladder else ()


LimitOf = Callable[[CopyMember], Limit | None]


def hard(member: CopyMember) -> Limit | None:
    """The limit that costs an account."""
    return member.hard


def pause(member: CopyMember) -> Limit | None:
    """The limit that pauses an account."""
    return member.pause


def cap(member: CopyMember) -> Limit | None:
    """The cap, or the best day's part, that a profit meets."""
    return member.cap


def leader_room(
    copies: Sequence[Copy],
    contracts: Fraction | None = None,
    limit_of: LimitOf = hard,
    *,
    is_short: bool = False,
) -> Room:
    """How far the leader (the first of `copies`) may go with `contracts`; None: with any.

    With none the ratios are nominal; else those of the sizes as they are rounded. `is_short`:
    the ladder has its first step only.
    """
    moves = [
        (moved, copy, limit)
        for copy in copies
        if (limit := limit_of(copy.member)) is not None
        if (moved := copy.breaking_move(limit, contracts)) is not None
    ]
    last = (min if is_short else max)((moved for moved, _, _ in moves), default=0)
    steps = ladder(_break(*move, contracts) for move in moves if move[0] <= last)
    leader = copies[0].member
    return Room(
        leader_id=leader.account_id,
        currency=leader.currency,
        cents=max(0, steps[0].moved - 1) if steps else None,
        exact_cents=min(map(_bound, steps[0].breaks)) if steps else None,
        ladder=steps,
        uncertain_ids=tuple(
            copy.account_id for copy in copies if copy.is_uncertain and copy.ratio(contracts) != 0
        ),
    )


def _break(moved: int, copy: Copy, limit: Limit, contracts: Fraction | None) -> Break:
    ratio = copy.ratio(contracts) or NOTHING
    return Break(account_id=copy.account_id, moved=moved, limit=limit, ratio=ratio)


def _bound(one: Break) -> Fraction:
    return NOTHING if one.limit.left < 0 else one.limit.left / one.ratio


def ladder(breaks: Iterable[Break]) -> tuple[Step, ...]:
    """Breaks as steps, in the order of the leader's move; those of one step by id."""
    ordered = sorted(breaks, key=lambda one: (one.moved, one.account_id.int))
    steps: list[Step] = []
    lost = 0
    for moved, group in groupby(ordered, key=lambda one: one.moved):
        together = tuple(group)
        lost += len(together)
        steps.append(Step(moved=moved, breaks=together, lost=lost))
    return tuple(steps)


def room_without(room: Room, *account_ids: UUID) -> int | None:
    """The room in cents with these followers gone; None: nothing that is known ends it."""
    for step in room.ladder:
        if any(one.account_id not in account_ids for one in step.breaks):
            return max(0, step.moved - 1)
    return None
