"""What if: a trade, another ratio or a member less, before anybody does it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from uuid import UUID

from riskcore.domain.copying.advice import changed
from riskcore.domain.copying.follow import copies_of
from riskcore.domain.copying.instruments import Instrument
from riskcore.domain.copying.links import CopyLink, exact
from riskcore.domain.copying.members import CENTS, CopyMember, copy_members
from riskcore.domain.copying.room import Room, leader_room
from riskcore.domain.copying.sizes import LargestSize, largest_size
from riskcore.domain.copying.trades import (
    Outcome,
    gains,
    observed_after,
    observed_risen,
    outcomes,
)
from riskcore.domain.errors import InvalidValue, Missing
from riskcore.domain.observe import Observed
from riskcore.domain.status import Status, worst
from riskcore.services.desk import Desk
from riskcore.services.rooms import Situation, situation


@dataclass(frozen=True, slots=True, kw_only=True)
class Trade:
    """A trade of the leader: whole contracts of an instrument, and a stop in points."""

    instrument: Instrument
    contracts: float
    stop_points: float

    @property
    def stop_cents(self) -> Fraction:
        """What the stop costs for each contract; raises InvalidValue for parts of a tick."""
        return self.instrument.ticks(exact(self.stop_points)) * self.instrument.tick_cents


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What to try on one copy set, all at once; what is left out stays as it is.

    `settings` are other ratios (or fixed sizes, or risks) of followers, `removed` are copied
    no more; `gain` is what the leader wins first, its money.
    """

    leader_id: UUID
    trade: Trade | None = None
    settings: Mapping[UUID, float]
    removed: Sequence[UUID] = ()
    gain: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WhatIf:
    """A copy set before and after: its room, its accounts, and what a trade does to each.

    The rooms have the first step of their ladders only. `outcomes` of accounts of unknown
    ratio are missing. `status` are those of the whole
    group; `largest` is the most the leader can trade with that stop.
    """

    currency: str
    before: Room
    after: Room
    members_before: Mapping[UUID, CopyMember]
    members_after: Mapping[UUID, CopyMember]
    outcomes: Sequence[Outcome]
    status_before: Status
    status_after: Status
    largest: LargestSize | None

    @property
    def gain(self) -> int | None:
        """The room won, in cents, negative when it shrinks; None where it has no end."""
        if self.before.cents is None or self.after.cents is None:
            return None
        return self.after.cents - self.before.cents


def what_if(
    desk: Desk, user_id: str, group_id: UUID, question: Question, *, as_of_last: bool = False
) -> WhatIf:
    """What `question` would do; nothing is changed.

    Raises Missing for a strange group, leader or follower, InvalidValue.
    """
    return what_if_of(situation(desk, user_id, group_id, as_of_last=as_of_last), question)


def what_if_of(now: Situation, question: Question) -> WhatIf:
    """`what_if` in a situation that is at hand."""
    links = dict(now.sets).get(question.leader_id)
    if links is None:
        raise Missing("leader", question.leader_id)
    _check(question, links)
    kept = changed(links, question.settings, question.removed)
    stop = None if question.trade is None else _stop(question.trade, now, question.leader_id)
    before = copies_of(question.leader_id, links, now.members, stop)
    observed = _risen(now, question, kept, stop)
    risen = copy_members(observed, now.group.thresholds)
    copies = copies_of(question.leader_id, kept, risen, stop)
    done: list[Outcome] = []
    then = risen
    if question.trade is not None and stop is not None:
        done = outcomes(copies, exact(question.trade.contracts), stop)
        then = copy_members(observed_after(observed, done), now.group.thresholds)
    return WhatIf(
        currency=now.members[question.leader_id].currency,
        before=leader_room(before, is_short=True),
        after=leader_room(copies_of(question.leader_id, kept, then, stop), is_short=True),
        members_before=now.members,
        members_after=then,
        outcomes=done,
        status_before=worst(one.status for one in now.members.values()),
        status_after=worst(one.status for one in then.values()),
        largest=None if stop is None else largest_size(copies, stop),
    )


def _check(question: Question, links: Sequence[CopyLink]) -> None:
    followers = {link.follower_id for link in links}
    for account_id in (*question.settings, *question.removed):
        if account_id not in followers:
            raise Missing("follower", account_id)
    if question.gain is not None and not 0 < question.gain < 1e12:
        raise InvalidValue("gain", "must be above 0, below 1,000,000,000,000", question.gain)


def _stop(trade: Trade, now: Situation, leader_id: UUID) -> Fraction:
    currency = now.members[leader_id].currency
    if trade.instrument.currency != currency:
        allowed = f"must be in the leader's currency, {currency}"
        raise InvalidValue("instrument", allowed, trade.instrument.currency)
    if not 0 < trade.contracts <= 1e6 or round(trade.contracts, 4) != trade.contracts:
        allowed = "must be above 0, at most 1,000,000, with at most 4 decimals"
        raise InvalidValue("contracts", allowed, trade.contracts)
    return trade.stop_cents


def _risen(
    now: Situation, question: Question, links: Sequence[CopyLink], stop: Fraction | None
) -> Observed:
    """What is known once the leader has first won `gain`, if it has."""
    if question.gain is None:
        return now.observed
    copies = copies_of(question.leader_id, links, now.members, stop)
    won = gains(copies, round(question.gain * CENTS))
    return observed_risen(now.standing, now.observed, won, now.as_of)
