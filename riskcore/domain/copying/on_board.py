"""On the board: the leaders' rooms of a group, told from its members' own answers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from riskcore.domain.copying.follow import Copy, copies_of
from riskcore.domain.copying.links import CopyLink, copy_sets
from riskcore.domain.copying.members import CENTS, CopyMember, Limit
from riskcore.domain.copying.room import leader_room
from riskcore.domain.days import NEVER, microsecond
from riskcore.domain.model import Account, AccountRisk, Basis, LeaderRoom, RuleState
from riskcore.domain.rules.base import Action, Rule, Unit
from riskcore.domain.status import Status


def leader_rooms(
    links: Sequence[CopyLink],
    risks: Iterable[AccountRisk],
    accounts: Mapping[UUID, Account],
    at: datetime,
) -> tuple[LeaderRoom, ...]:
    """The rooms at nominal ratios by the links that are active at an instant, smallest first.

    A link takes no part unless both its accounts are among `risks`.
    """
    if not links:
        return ()
    members = {risk.account_id: member_of(accounts[risk.account_id], risk) for risk in risks}
    found = [
        _leader_room(copies_of(leader_id, own, members))
        for leader_id, own in copy_sets(links, at)
        if leader_id in members
    ]
    return tuple(sorted(found, key=_smallest_first))


def _smallest_first(one: LeaderRoom) -> tuple[float, int]:
    return float("inf") if one.room is None else one.room, one.leader_id.int


def _leader_room(copies: Sequence[Copy]) -> LeaderRoom:
    room = leader_room(copies, is_short=True)
    first = room.binding[0] if room.binding else None
    return LeaderRoom(
        leader_id=room.leader_id,
        account_ids=tuple(copy.account_id for copy in copies),
        currency=room.currency,
        room=None if room.cents is None else room.cents / CENTS,
        account_id=None if first is None else first.account_id,
        rule=None if first is None else first.limit.rule,
        others=max(0, len(room.binding) - 1),
        is_upper_bound=room.is_upper_bound,
    )


def links_change_at_us(links: Iterable[CopyLink], after: datetime) -> int:
    """The first instant after `after` at which a link begins or ends; NEVER without one."""
    ends = (moment for link in links for moment in (link.active_from, link.active_to))
    return min((microsecond(at) for at in ends if at is not None and at > after), default=NEVER)


def member_of(account: Account, risk: AccountRisk) -> CopyMember:
    """An account as a copied loss meets it, told from its own answer; as `copy_members`."""
    hard = [rule for rule in account.rules if rule.action is Action.HARD and not rule.is_gate]
    states = {rule.kind: risk.rule_states[rule.kind] for rule in hard if rule.kind in risk.limits}
    lefts = [
        limit
        for rule in hard
        if rule.kind in states and (limit := _limit(rule, states[rule.kind])) is not None
    ]
    counted = [rule for rule in hard if rule.unit is Unit.MONEY and not rule.is_ceiling]
    is_partly_unknown = any(states[rule.kind].buffer is None for rule in counted)
    bases = {state.basis for state in risk.rule_states.values()}
    return CopyMember(
        account_id=account.id,
        name=account.name,
        currency=account.currency,
        status=risk.status,
        is_stale=risk.is_stale,
        hard=min(lefts, key=lambda limit: limit.left, default=None),
        is_unknown=not risk.limits or (bool(counted) and not lefts),
        is_upper_bound=risk.is_stale or is_partly_unknown or bool(bases - {Basis.EQUITY}),
        balance=None if risk.balance is None else round(risk.balance * CENTS),
        equity=None if risk.equity is None else round(risk.equity * CENTS),
    )


def _limit(rule: Rule, state: RuleState) -> Limit | None:
    """What a hard rule leaves; None where it is unknown, or not about losing money."""
    is_loss = rule.unit is Unit.MONEY and not rule.is_ceiling
    left = None
    if is_loss and state.buffer is not None:
        left = round(state.buffer * CENTS) - rule.touch_breaks
    if state.status is Status.VIOLATED and (left is None or left >= 0):
        left = -1
    if left is None:
        return None
    return Limit(rule=rule.kind, left=left, buffer=0.0 if state.buffer is None else state.buffer)
