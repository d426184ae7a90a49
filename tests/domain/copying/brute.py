"""Copying by brute force: the leader's loss is walked cent by cent, sizes are counted in steps.

Written apart from the code it checks, and as plainly as can be.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from fractions import Fraction
from math import ceil
from uuid import UUID

from riskcore.domain.copying.links import CopyLink
from riskcore.domain.copying.members import CopyMember, Limit
from riskcore.domain.copytrade import CopyMode, Rounding
from tests.domain.copying.making import LEADER, MadeGroup

FURTHEST = 250
"""So many cents the leader's loss is walked."""


def number(value: float) -> Fraction:
    return Fraction(str(value))


def rate(group: MadeGroup, link: CopyLink) -> Fraction | None:
    if group.members[link.follower_id].currency == "USD":
        return Fraction(1)
    return None if link.rate is None else number(link.rate)


def wanted(group: MadeGroup, link: CopyLink, contracts: Fraction) -> Fraction | None:
    """What the follower would trade if any size could be traded; None where it cannot be told."""
    leader, own = group.members[LEADER], group.members[link.follower_id]
    one = rate(group, link)
    if one is None:
        return None
    if link.mode is CopyMode.EXACT:
        return contracts
    if link.mode is CopyMode.MULTIPLIER:
        return contracts * number(link.ratio)
    if link.mode is CopyMode.FIXED:
        return number(link.fixed_contracts)
    if link.mode is CopyMode.POOLED:
        share = sum(other.mode is CopyMode.POOLED for other in group.links)
        return Fraction(contracts, share)
    if link.mode is CopyMode.RISK:
        if not own.equity:
            return None
        risk = own.equity * number(link.risk_percent) / 100
        return risk / (group.stop * number(link.contract_multiplier) * one)
    name = link.mode.value
    if not getattr(leader, name) or not getattr(own, name):
        return None
    share = Fraction(getattr(own, name)) / one / getattr(leader, name)
    return contracts * share * number(link.ratio)


def size(group: MadeGroup, link: CopyLink, contracts: int) -> Fraction | None:
    """What the follower trades: so many steps."""
    want = wanted(group, link, Fraction(contracts))
    if want is None:
        return None
    if link.mode is CopyMode.POOLED:
        want = Fraction(want.numerator // want.denominator)
    step = number(link.step_contracts)
    least = number(link.step_contracts if link.least_contracts is None else link.least_contracts)
    steps = int(want / step)
    left = want - steps * step
    if link.rounding is Rounding.UP and left > 0:
        steps += 1
    if link.rounding is Rounding.NEAREST and left * 2 >= step:
        steps += 1
    found = steps * step
    if found < least:
        found = least if link.rounding is Rounding.LIFT and want > 0 else Fraction(0)
    while link.most_contracts is not None and found > number(link.most_contracts):
        found = found - step if found > step else Fraction(0)
    return found


def ratios(group: MadeGroup, contracts: int | None) -> dict[UUID, Fraction | None]:
    """What each account loses for each cent of the leader's."""
    found: dict[UUID, Fraction | None] = {LEADER: Fraction(1)}
    for link in group.links:
        if contracts is None:
            own = wanted(group, link, Fraction(1))
        else:
            own = size(group, link, contracts)
        one = rate(group, link)
        if own is None or one is None:
            found[link.follower_id] = None
        else:
            found[link.follower_id] = (
                own * number(link.contract_multiplier) * one / (contracts or 1)
            )
    return found


def breaks(limit: Limit, loss: int) -> bool:
    """Whether an account is broken once it has lost so many cents."""
    buffer = round(limit.buffer * 100)
    touches = limit.left < buffer
    return buffer - loss <= 0 if touches else buffer - loss < 0


def walk(
    group: MadeGroup,
    contracts: int | None,
    limit_of: Callable[[CopyMember], Limit | None],
    without: Collection[UUID] = (),
) -> dict[UUID, int]:
    """By account the leader's loss, in cents, at which it breaks; walked up to FURTHEST."""
    broken = {
        key: 0
        for key, one in group.members.items()
        if key not in without and (limit := limit_of(one)) is not None and breaks(limit, 0)
    }
    left = [
        (key, limit, ratio.numerator, ratio.denominator)
        for key, ratio in ratios(group, contracts).items()
        if key not in broken and key not in without and ratio
        if (limit := limit_of(group.members[key])) is not None
    ]
    for loss in range(1, FURTHEST + 1):
        for one in left:
            key, limit, numerator, denominator = one
            if breaks(limit, -(-loss * numerator // denominator)):
                broken[key] = loss
                left = [other for other in left if other is not one]
    return broken


def room(broken: dict[UUID, int]) -> int | None:
    """The largest loss with which none is broken; None: beyond what was walked."""
    return max(0, min(broken.values()) - 1) if broken else None


def steps(broken: dict[UUID, int]) -> list[tuple[int, list[UUID], int]]:
    """The ladder: the loss, who breaks there, how many are lost by then."""
    losses = sorted(set(broken.values()))
    return [
        (
            loss,
            sorted((key for key, at in broken.items() if at == loss), key=str),
            sum(at <= loss for at in broken.values()),
        )
        for loss in losses
    ]


def survives(group: MadeGroup, contracts: int) -> list[UUID]:
    """The accounts that do not survive the stop, or may not hold their size."""
    gone = []
    for key, one in group.members.items():
        link = next((link for link in group.links if link.follower_id == key), None)
        own = Fraction(contracts) if link is None else None
        if link is not None and contracts:
            own = size(group, link, contracts)
        worth = Fraction(1)
        if link is not None:
            worth = number(link.contract_multiplier) * (rate(group, link) or 0)
        loss = 0 if own is None else ceil(own * worth * group.stop)
        is_broken = one.hard is not None and breaks(one.hard, 0)
        too_many = one.contracts is not None and own is not None and own > one.contracts
        if is_broken or too_many or (one.hard is not None and breaks(one.hard, loss)):
            gone.append(key)
    return gone
