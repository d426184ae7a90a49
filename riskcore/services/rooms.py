"""Rooms: how much each leader of a group may lose, and what would change that."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from functools import cached_property
from uuid import UUID

from riskcore.domain.copying.advice import Advice, advice, equal_settings
from riskcore.domain.copying.composition import Finding, findings
from riskcore.domain.copying.effective import EffectiveStatus, effective_statuses
from riskcore.domain.copying.follow import Copy, copies_of
from riskcore.domain.copying.instruments import Instrument
from riskcore.domain.copying.links import CopyLink, copy_sets
from riskcore.domain.copying.members import CENTS, CopyMember, copy_members
from riskcore.domain.copying.resets import RoomAfter, rooms_after_resets
from riskcore.domain.copying.room import Room, cap, leader_room, pause
from riskcore.domain.copying.same_rules import RuleDifference, SameRules, rule_differences
from riskcore.domain.copying.sizes import SizedRoom, sized_room
from riskcore.domain.days import NO_DAY
from riskcore.domain.errors import Missing
from riskcore.domain.model import Account, AccountGroup
from riskcore.domain.observe import Observed, observe
from riskcore.domain.standing import Standing
from riskcore.live.answers import last_taken_at
from riskcore.services.accounts import list_accounts
from riskcore.services.copying import CopySettings, firms, settings_of
from riskcore.services.desk import Desk
from riskcore.services.groups import find_group, list_groups
from riskcore.store import copying as stored
from riskcore.store.same_rules import select_same_rules

SIZES = (1, 2, 3, 5, 10)
"""The leader's whole contracts for which the room is told."""


@dataclass(frozen=True)
class Situation:
    """A group at one instant: its accounts, what is known of them, and who copies whom."""

    group: AccountGroup
    as_of: datetime
    timestamp: datetime
    standing: Standing
    observed: Observed
    members: Mapping[UUID, CopyMember]
    links: Sequence[CopyLink]

    @cached_property
    def accounts(self) -> dict[UUID, Account]:
        """The accounts by id."""
        return {account.id: account for account in self.standing.accounts}

    @cached_property
    def sets(self) -> list[tuple[UUID, list[CopyLink]]]:
        """Each leader with the links that are active now, by the followers' numbers."""
        number = {account.id: account.number for account in self.standing.accounts}
        return [
            (leader_id, sorted(links, key=lambda link: number[link.follower_id]))
            for leader_id, links in copy_sets(self.links, self.as_of)
        ]


def situation(desk: Desk, user_id: str, group_id: UUID, *, as_of_last: bool = False) -> Situation:
    """The group now, or as of its members' last snapshot; raises Missing."""
    group = find_group(desk, user_id, group_id)
    now = desk.clock()
    standing = desk.board.standing_of(group.account_ids)
    as_of = (last_taken_at(standing) if as_of_last else None) or now
    observed = observe(standing, as_of)
    members = copy_members(observed, group.thresholds)
    by_number = sorted(standing.accounts, key=lambda account: account.number)
    return Situation(
        group=group,
        as_of=as_of,
        timestamp=now,
        standing=standing,
        observed=observed,
        members={account.id: members[account.id] for account in by_number},
        links=stored.select_links(desk.database, user_id, group.id),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class SetRoom:
    """What a leader and its followers can bear together.

    `room` at nominal ratios, the only one with its whole ladder; `pause_room` before one is
    paused; `upside` before a cap or a best day binds; `sized` for whole contracts; `advice`
    most gain first; `equal` the settings with which each follower outlives what the leader
    itself outlives; `resets` what each coming reset does to the room.
    """

    leader_id: UUID
    copies: Sequence[Copy]
    room: Room
    pause_room: Room
    upside: Room
    sized: Sequence[SizedRoom]
    advice: Sequence[Advice]
    equal: Mapping[UUID, float]
    resets: Sequence[RoomAfter]
    differences: Sequence[RuleDifference]
    findings: Sequence[Finding]


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupRooms:
    """The rooms of a group's leaders, the smallest first; who copies nobody and leads nobody.

    `effective` is each account's status through its copy sets in this group.
    """

    group_id: UUID
    as_of: datetime
    timestamp: datetime
    settings: CopySettings
    sets: Sequence[SetRoom]
    alone_ids: Sequence[UUID]
    effective: Mapping[UUID, EffectiveStatus]

    @property
    def warns(self) -> bool:
        """Whether different rules are a warning in this group."""
        mixed = any(one.differences for one in self.sets)
        return mixed and self.settings.same_rules is SameRules.REQUIRE


def group_rooms(
    desk: Desk,
    user_id: str,
    group_id: UUID,
    *,
    instrument: Instrument | None = None,
    sizes: Sequence[int] = SIZES,
    equal_at: float | None = None,
    as_of_last: bool = False,
) -> GroupRooms:
    """How much each leader of the group may lose, and all that goes with it.

    `equal_at`: the room for which equal settings are told, leader's money; None: what each
    leader itself outlives. Raises Missing.
    """
    now = situation(desk, user_id, group_id, as_of_last=as_of_last)
    return rooms_of(desk, now, instrument=instrument, sizes=sizes, equal_at=equal_at)


def rooms_of(
    desk: Desk,
    now: Situation,
    *,
    instrument: Instrument | None = None,
    sizes: Sequence[int] = SIZES,
    equal_at: float | None = None,
) -> GroupRooms:
    """`group_rooms` of a situation that is at hand."""
    settings = settings_of(desk, now.group)
    after = copy_members(now.observed, now.group.thresholds, is_after_reset=True)
    wanted = _Wanted(instrument, sizes, equal_at, settings.same_rules is not SameRules.IGNORE)
    rooms = [_set_room(now, leader_id, links, after, wanted) for leader_id, links in now.sets]
    linked = {copy.account_id for one in rooms for copy in one.copies}
    return GroupRooms(
        group_id=now.group.id,
        as_of=now.as_of,
        timestamp=now.timestamp,
        settings=settings,
        sets=sorted(rooms, key=_smallest_first),
        alone_ids=[key for key in now.members if key not in linked],
        effective=effective_statuses(
            now.members, [[copy.account_id for copy in one.copies] for one in rooms]
        ),
    )


def _smallest_first(one: SetRoom) -> tuple[float, str]:
    cents = one.room.cents
    return float("inf") if cents is None else cents, str(one.leader_id)


@dataclass(frozen=True, slots=True)
class _Wanted:
    """In which ticks and sizes rooms are told, for which room equal settings, and whether rules."""

    instrument: Instrument | None
    sizes: Sequence[int]
    equal_at: float | None
    rules: bool


def _set_room(
    now: Situation,
    leader_id: UUID,
    links: Sequence[CopyLink],
    after: Mapping[UUID, CopyMember],
    wanted: _Wanted,
) -> SetRoom:
    copies = copies_of(leader_id, links, now.members)
    room = leader_room(copies)
    leader, *followers = (now.accounts[copy.account_id] for copy in copies)
    return SetRoom(
        leader_id=leader_id,
        copies=copies,
        room=room,
        pause_room=leader_room(copies, limit_of=pause, is_short=True),
        upside=leader_room(copies, limit_of=cap, is_short=True),
        sized=[sized_room(copies, Fraction(size), wanted.instrument) for size in wanted.sizes],
        advice=advice(copies, room),
        equal=_equal(copies, wanted.equal_at),
        resets=rooms_after_resets(copies, after, _resets_at(now)),
        differences=rule_differences(leader, followers) if wanted.rules else [],
        findings=findings(leader, followers, firms()),
    )


def _equal(copies: Sequence[Copy], room: float | None) -> dict[UUID, float]:
    """The settings with which all outlive a loss of `room`; None: what the leader outlives."""
    cents = leader_room(copies[:1]).cents if room is None else round(room * CENTS)
    return equal_settings(copies, cents) if cents else {}


def _resets_at(now: Situation) -> dict[UUID, int]:
    at_us = now.observed.next_reset_us.tolist()
    return {
        account.id: reset
        for account, reset in zip(now.standing.accounts, at_us, strict=True)
        if reset != NO_DAY
    }


def effective_status(desk: Desk, user_id: str, account_id: UUID) -> EffectiveStatus:
    """An account's status through all its copy groups; raises Missing for one in no group."""
    found: list[EffectiveStatus] = []
    for group in list_groups(desk, user_id):
        if account_id in group.account_ids:
            now = situation(desk, user_id, group.id)
            ids = [[key, *(link.follower_id for link in links)] for key, links in now.sets]
            found.append(effective_statuses(now.members, ids)[account_id])
    if not found:
        raise Missing("group of account", account_id)
    return max(found, key=lambda one: one.effective)


def groups_with_mixed_rules(desk: Desk, user_id: str) -> set[UUID]:
    """The owner's groups that require the same rules of copied accounts, and have others."""
    switches = select_same_rules(desk.database, user_id)
    wanted = {key for key, switch in switches.items() if switch is SameRules.REQUIRE}
    if not wanted:
        return set()
    accounts = {account.id: account for account in list_accounts(desk, user_id)}
    links = [link for key in wanted for link in stored.select_links(desk.database, user_id, key)]
    return {
        link.group_id
        for link in links
        if link.is_active(desk.clock())
        and rule_differences(accounts[link.leader_id], [accounts[link.follower_id]])
    }
