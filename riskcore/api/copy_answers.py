"""Copy groups as JSON writes them: whole cents become money, exact ratios numbers."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any
from uuid import UUID

from riskcore.api import copy_bodies as bodies
from riskcore.domain.copying.advice import Advice
from riskcore.domain.copying.effective import EffectiveStatus
from riskcore.domain.copying.fees import fees_lost
from riskcore.domain.copying.follow import Copy
from riskcore.domain.copying.instruments import Instrument
from riskcore.domain.copying.members import CENTS
from riskcore.domain.copying.reasons import advice_reason, room_reason
from riskcore.domain.copying.resets import RoomAfter
from riskcore.domain.copying.room import Break, Room
from riskcore.domain.copying.sizes import SizedRoom
from riskcore.domain.days import instant
from riskcore.services.rooms import GroupRooms, SetRoom
from riskcore.services.tracking import GroupTracking, SetTracking
from riskcore.services.what_if import WhatIf

Names = Mapping[UUID, str]


def money(cents: int | None) -> float | None:
    """Whole cents as money."""
    return None if cents is None else cents / CENTS


def number(exact: Fraction | None) -> float | None:
    """An exact number as JSON writes it."""
    return None if exact is None else float(exact)


def rooms_body(rooms: GroupRooms, instrument: Instrument | None, names: Names) -> bodies.GroupRoom:
    """The rooms of a group's leaders."""
    return bodies.GroupRoom(
        group_id=rooms.group_id,
        as_of=rooms.as_of,
        timestamp=rooms.timestamp,
        same_rules=rooms.settings.same_rules,
        warns=rooms.warns,
        sets=[_set(rooms, one, instrument, names) for one in rooms.sets],
        alone_account_ids=list(rooms.alone_ids),
    )


def _set(
    rooms: GroupRooms, one: SetRoom, instrument: Instrument | None, names: Names
) -> bodies.CopySet:
    return bodies.CopySet(
        leader_id=one.leader_id,
        currency=one.room.currency,
        reason=room_reason(one.room, one.copies, names),
        members=[_follower(rooms, one, copy) for copy in one.copies],
        ladder=_ladder(rooms, one),
        pause_room=bodies.Room(**_room(one.pause_room)),
        upside_room=bodies.Room(**_room(one.upside)),
        sized=[_sized(sized, one, instrument) for sized in one.sized],
        advice=[_advice(advice, one.room.currency, names) for advice in one.advice],
        after_resets=[_after_reset(after) for after in one.resets],
        rule_differences=[
            bodies.RuleDifference(
                account_id=found.account_id,
                rule=found.kind,
                parameter=found.parameter,
                leader=found.leader,
                own=found.own,
                meaning=found.meaning,
            )
            for found in one.differences
        ],
        firm_findings=[bodies.FirmFinding.model_validate(found) for found in one.findings],
        **_room(one.room),
    )


def _room(room: Room) -> dict[str, Any]:
    return {
        "room": money(room.cents),
        "is_upper_bound": room.is_upper_bound,
        "binding": [_break(one) for one in room.binding],
        "uncertain_account_ids": list(room.uncertain_ids),
    }


def _break(one: Break) -> bodies.Break:
    return bodies.Break(
        account_id=one.account_id,
        rule=one.limit.rule,
        loss=one.moved / CENTS,
        buffer=one.limit.buffer,
        ratio=float(one.ratio),
    )


def _follower(rooms: GroupRooms, one: SetRoom, copy: Copy) -> bodies.Follower:
    status = rooms.effective[copy.account_id]
    return bodies.Follower.model_validate(
        {
            "account_id": copy.account_id,
            "link_id": None if copy.link is None else copy.link.id,
            "ratio": number(copy.ratio(None)),
            "unknown": copy.unknown,
            "status": status.own,
            "effective_status": status.effective,
            "effective_reason": status.reason,
            "equal_ratio": one.equal.get(copy.account_id),
        }
    )


def _ladder(rooms: GroupRooms, one: SetRoom) -> list[bodies.LadderStep]:
    members = {copy.account_id: copy.member for copy in one.copies}
    fees = fees_lost(one.room.ladder, members, rooms.settings.fees)
    return [
        bodies.LadderStep(
            loss=step.moved / CENTS,
            breaks=[_break(found) for found in step.breaks],
            lost=step.lost,
            fees=dict(lost.by_currency),
            unknown_fees=lost.unknown,
        )
        for step, lost in zip(one.room.ladder, fees, strict=True)
    ]


def _sized(sized: SizedRoom, one: SetRoom, instrument: Instrument | None) -> bodies.SizedRoom:
    points = None
    if sized.ticks is not None and instrument is not None:
        points = float(sized.ticks * instrument.tick_size)
    return bodies.SizedRoom(
        contracts=float(sized.contracts),
        ticks=sized.ticks,
        points=points,
        follower_contracts={
            str(copy.account_id): None
            if copy.following is None
            else float(copy.following.contracts(sized.contracts))
            for copy in one.copies
        },
        **_room(sized.room),
    )


def _advice(one: Advice, currency: str, names: Names) -> bodies.Advice:
    return bodies.Advice(
        act=one.act,
        account_ids=list(one.account_ids),
        before=list(one.before),
        settings=list(one.settings),
        gain=money(one.gain),
        room=money(one.cents),
        reason=advice_reason(one, currency, names),
    )


def _after_reset(after: RoomAfter) -> bodies.RoomAfterReset:
    return bodies.RoomAfterReset(
        resets_at=instant(after.resets_at_us),
        account_ids=list(after.account_ids),
        room=money(after.cents),
        binding_account_id=after.binding_id,
    )


def what_if_body(found: WhatIf) -> bodies.WhatIf:
    """A copy set before and after."""
    largest = found.largest
    return bodies.WhatIf.model_validate(
        {
            "currency": found.currency,
            "before": _room(found.before),
            "after": _room(found.after),
            "gain": money(found.gain),
            "status_before": found.status_before,
            "status_after": found.status_after,
            "members": _members_after(found),
            "largest_contracts": None if largest is None else largest.contracts,
            "largest_binding_account_ids": [] if largest is None else largest.binding_ids,
        }
    )


def _members_after(found: WhatIf) -> list[dict[str, Any]]:
    outcomes = {one.account_id: one for one in found.outcomes}
    rows = []
    for account_id, before in found.members_before.items():
        after, outcome = found.members_after[account_id], outcomes.get(account_id)
        rows.append(
            {
                "account_id": account_id,
                "contracts": None if outcome is None else float(outcome.contracts),
                "loss": None if outcome is None else outcome.loss / CENTS,
                "status_before": before.status,
                "status_after": after.status,
                "buffer_before": None if before.hard is None else before.hard.buffer,
                "buffer_after": None if after.hard is None else after.hard.buffer,
            }
        )
    return rows


def effective_body(found: EffectiveStatus) -> bodies.EffectiveStatus:
    """An account's own status, and the one it has through its copy groups."""
    return bodies.EffectiveStatus.model_validate(
        {
            "account_id": found.account_id,
            "own": found.own,
            "effective": found.effective,
            "through_account_id": found.through_id,
            "reason": found.reason,
        }
    )


def tracking_body(found: GroupTracking) -> bodies.GroupTracking:
    """Whether a group's followers copied."""
    return bodies.GroupTracking(
        start=found.start,
        end=found.end,
        sets=[_tracked(one) for one in found.sets],
        suggestions=[bodies.CopySuggestion.model_validate(one) for one in found.suggestions],
    )


def _tracked(one: SetTracking) -> bodies.SetTracking:
    return bodies.SetTracking(
        leader_id=one.leader_id,
        followers=[
            bodies.TrackedFollower(
                account_id=own.account_id,
                days=own.days,
                missed_days=own.missed_days,
                unseen_days=own.unseen_days,
                realised_ratio=own.realised_ratio,
                nominal_ratio=own.nominal_ratio,
                drift_percent=own.drift_percent,
                likeness=own.likeness,
                lag_seconds=None if own.lag is None else own.lag.total_seconds(),
            )
            for own in one.followers
        ],
        nominal_room=money(one.nominal_room.cents),
        realised_room=money(one.realised_room.cents),
    )
