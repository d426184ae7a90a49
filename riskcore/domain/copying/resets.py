"""Coming resets: what each of them does to a leader's room."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from math import inf
from typing import TypeAlias
from uuid import UUID

from riskcore.domain.copying.follow import Copy
from riskcore.domain.copying.members import CopyMember


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomAfter:
    """The room once the reset at `resets_at_us` has passed; positions held as they are.

    `account_ids` reset just then; `binding_id` ends the room.
    """

    resets_at_us: int
    account_ids: tuple[UUID, ...]
    cents: int | None
    binding_id: UUID | None


def rooms_after_resets(
    copies: Sequence[Copy],
    after: Mapping[UUID, CopyMember],
    resets_at_us: Mapping[UUID, int],
) -> list[RoomAfter]:
    """What each coming reset does to the room at nominal ratios, in the order of time.

    `after` are the members over their own next reset; those whose reset is still to come
    count as they are now.
    """
    due = sorted((c for c in copies if c.account_id in resets_at_us), key=_at(resets_at_us))
    later = _least_from(due)
    always = _least(c for c in copies if c.account_id not in resets_at_us)
    passed: Least = always
    found = []
    for at, group in groupby(enumerate(due), key=lambda pair: resets_at_us[pair[1].account_id]):
        places = list(group)
        moved = [_move(copy, after[copy.account_id]) for _, copy in places]
        passed = min([passed, *moved])
        cents, binding = min(passed, later[places[-1][0] + 1])
        found.append(
            RoomAfter(
                resets_at_us=at,
                account_ids=tuple(copy.account_id for _, copy in places),
                cents=None if cents == inf else max(0, int(cents) - 1),
                binding_id=UUID(binding) if binding else None,
            )
        )
    return found


Least: TypeAlias = tuple[float, str]
"""The least move that breaks anything (infinite: none does), and whose account breaks."""

NEVER: Least = (inf, "")


def _at(resets_at_us: Mapping[UUID, int]) -> Callable[[Copy], tuple[int, str]]:
    return lambda copy: (resets_at_us[copy.account_id], str(copy.account_id))


def _move(copy: Copy, member: CopyMember) -> Least:
    moved = copy.breaking_move(member.hard, None)
    return NEVER if moved is None else (moved, str(copy.account_id))


def _least(copies: Iterable[Copy]) -> Least:
    return min((_move(copy, copy.member) for copy in copies), default=NEVER)


def _least_from(copies: Sequence[Copy]) -> list[Least]:
    """For each place the least from there on; one more at the end."""
    found = [NEVER]
    for copy in reversed(copies):
        found.append(min(found[-1], _move(copy, copy.member)))
    return found[::-1]
