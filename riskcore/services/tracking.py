"""Tracking: whether the followers of a group really copy, told from their history."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from fractions import Fraction
from uuid import UUID

import numpy as np
import pandas as pd

from riskcore.domain.copying.follow import Copy, at_ratio, copies_of
from riskcore.domain.copying.links import CopyLink
from riskcore.domain.copying.room import Room, leader_room
from riskcore.domain.copying.tracking import Suggestion, Tracked, lag_us, suggestions, tracked
from riskcore.domain.days import IntArray, day_begins, microsecond
from riskcore.domain.events import EventKind
from riskcore.domain.model import Account
from riskcore.domain.money import to_cent
from riskcore.services.desk import Desk
from riskcore.services.rooms import Situation, situation
from riskcore.store import results as stored

DAYS = 30
"""So many trading days are looked back on."""

BEFORE = timedelta(days=30)
"""Of so long before them the last balance is what the first day begins with."""

LONGEST_LAG = timedelta(hours=12)

FLOWS: Mapping[EventKind, float] = {
    EventKind.DEPOSIT: 1.0,
    EventKind.WITHDRAWAL: -1.0,
    EventKind.PAYOUT: -1.0,
}
ANEW = (EventKind.RESET, EventKind.REBASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class SetTracking:
    """How a leader's followers have copied it, and its room at their realised ratios."""

    leader_id: UUID
    followers: Sequence[Tracked]
    nominal_room: Room
    realised_room: Room


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupTracking:
    """Whether a group's followers copy, over the trading days since `start`.

    `suggestions` are links that nobody has made yet.
    """

    start: datetime
    end: datetime
    sets: Sequence[SetTracking]
    suggestions: Sequence[Suggestion]


def group_tracking(
    desk: Desk, user_id: str, group_id: UUID, *, as_of_last: bool = False
) -> GroupTracking:
    """How the followers of a group have copied over the last thirty trading days.

    Days are those of the first leader, or of the first account. Raises Missing.
    """
    return tracking_of(desk, situation(desk, user_id, group_id, as_of_last=as_of_last))


def tracking_of(desk: Desk, now: Situation) -> GroupTracking:
    """`group_tracking` in a situation that is at hand."""
    sets = now.sets
    clock = now.accounts[sets[0][0]] if sets else next(iter(now.accounts.values()), None)
    if clock is None:
        return GroupTracking(start=now.as_of, end=now.as_of, sets=(), suggestions=())
    bounds = day_bounds(clock, now.as_of)
    results = day_results(desk, now, bounds)
    moves = _moves(desk, now, bounds)
    accounts = sorted(now.standing.accounts, key=lambda account: account.number)
    by_number = [account.id for account in accounts]
    taken = [link.follower_id for _, links in sets for link in links]
    return GroupTracking(
        start=bounds[1],
        end=bounds[-1],
        sets=[_tracked(now, leader, links, results, moves) for leader, links in sets],
        suggestions=suggestions(results[by_number], [leader for leader, _ in sets], taken),
    )


def day_bounds(clock: Account, as_of: datetime) -> list[datetime]:
    """When the account's last trading days began, up to `as_of`; a long one before them."""
    days = [as_of.date() + timedelta(days=n) for n in range(-DAYS, 2)]
    begins = [day_begins(day, clock.time_zone, clock.reset_time) for day in days]
    passed = [at for at in begins if at < as_of]
    return [passed[0] - BEFORE, *passed, as_of]


def day_results(desk: Desk, now: Situation, bounds: Sequence[datetime]) -> pd.DataFrame:
    """What each account of a group closed each day with, less what was paid in or out.

    A row for each day, a column for each account (its id); NaN where nothing was seen, or the
    account began anew.
    """
    accounts = now.standing.accounts
    ids = [account.id for account in accounts]
    closes = stored.select_closes(desk.database, now.group.user_id, ids, bounds)
    table = np.full((len(bounds) - 1, len(accounts)), np.nan)
    table[closes["day"].to_numpy(), closes["account"].to_numpy()] = closes["balance"].to_numpy()
    held = pd.DataFrame(table).ffill().to_numpy()
    result = np.where(np.isnan(table[1:]), np.nan, to_cent(held[1:] - held[:-1]))
    instants = [microsecond(bound) for bound in bounds]
    for column, account in enumerate(accounts):
        for event in account.events:
            day = int(np.searchsorted(instants, microsecond(event.happened_at))) - 2
            if 0 <= day < len(result):
                flow = FLOWS.get(event.kind, 0.0) * (event.amount or 0.0)
                result[day, column] -= np.nan if event.kind in ANEW else flow
    return pd.DataFrame(to_cent(result), columns=ids)


def _moves(desk: Desk, now: Situation, bounds: Sequence[datetime]) -> dict[UUID, IntArray]:
    """By account when its closed balance moved, in microseconds."""
    ids = [account.id for account in now.standing.accounts]
    moves = stored.select_moves(desk.database, now.group.user_id, ids, bounds[1], bounds[-1])
    account, at_us = moves["account"].to_numpy(), moves["taken_at_us"].to_numpy()
    begins = np.flatnonzero(np.r_[True, account[1:] != account[:-1]][: len(account)])
    parts = np.split(at_us, begins[1:])
    return {ids[account[begin]]: part for begin, part in zip(begins, parts, strict=False)}


def _tracked(
    now: Situation,
    leader_id: UUID,
    links: Sequence[CopyLink],
    results: pd.DataFrame,
    moves: Mapping[UUID, IntArray],
) -> SetTracking:
    copies = copies_of(leader_id, links, now.members)
    nominal = {copy.account_id: _nominal(copy) for copy in copies[1:]}
    found = [
        replace(one, lag=_lag(moves, leader_id, one.account_id))
        for one in tracked(results, leader_id, nominal)
    ]
    return SetTracking(
        leader_id=leader_id,
        followers=found,
        nominal_room=leader_room(copies, is_short=True),
        realised_room=leader_room(_realised(copies, found), is_short=True),
    )


def _nominal(copy: Copy) -> float | None:
    ratio = copy.ratio(None)
    return None if ratio is None else float(ratio)


def _lag(moves: Mapping[UUID, IntArray], leader_id: UUID, account_id: UUID) -> timedelta | None:
    none = np.empty(0, dtype=np.int64)
    leader, own = moves.get(leader_id, none), moves.get(account_id, none)
    found = lag_us(leader, own, LONGEST_LAG // timedelta(microseconds=1))
    return None if found is None else timedelta(microseconds=found)


def _realised(copies: Sequence[Copy], found: Sequence[Tracked]) -> list[Copy]:
    """The copies at the ratios they have realised, where those are known and above zero."""
    ratios = {one.account_id: one.realised_ratio for one in found}
    return [
        at_ratio(copy, Fraction(round(ratio * 10_000), 10_000))
        if (ratio := ratios.get(copy.account_id)) is not None and ratio > 0
        else copy
        for copy in copies
    ]
