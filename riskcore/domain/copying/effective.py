"""Effective status: what an account's copy groups make of its own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from riskcore.domain.copying.members import CopyMember
from riskcore.domain.status import Status


@dataclass(frozen=True, slots=True, kw_only=True)
class EffectiveStatus:
    """An account's own status, the one it has through its copy groups, and why.

    `through_id` is the account that makes it worse, None where it is its own.
    """

    account_id: UUID
    own: Status
    effective: Status
    through_id: UUID | None
    reason: str


def effective_statuses(
    members: Mapping[UUID, CopyMember], sets: Iterable[Sequence[UUID]]
) -> dict[UUID, EffectiveStatus]:
    """By account its status as that of the worst account with which it is one bet.

    `sets` are the ids of each copy set (a leader and its followers). Among equals an
    account's own counts; then the lowest id.
    """
    found = {key: _own(member) for key, member in members.items()}
    for ids in sets:
        known = [members[key] for key in ids if key in members]
        worst = min(known, key=lambda one: (-one.status, str(one.account_id)), default=None)
        for member in known:
            if worst is not None and worst.status > found[member.account_id].effective:
                found[member.account_id] = _through(member, worst)
    return found


def _own(member: CopyMember) -> EffectiveStatus:
    return EffectiveStatus(
        account_id=member.account_id,
        own=member.status,
        effective=member.status,
        through_id=None,
        reason=f"{member.status.word} by itself",
    )


def _through(member: CopyMember, worst: CopyMember) -> EffectiveStatus:
    return EffectiveStatus(
        account_id=member.account_id,
        own=member.status,
        effective=worst.status,
        through_id=worst.account_id,
        reason=(
            f"{member.status.word} by itself, {worst.status.word} through {worst.name}:"
            " they are one bet"
        ),
    )
