"""Copy trading: how large a follower's order is for an order of its leader."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from math import floor

from riskcore.domain.errors import InvalidValue


class CopyMode(StrEnum):
    """How a follower's size follows from the leader's.

    The same size; so many contracts whatever the leader trades; times a multiplier; in
    proportion to both accounts' balance or equity, times the multiplier; or an equal share
    of the leader's size in whole contracts.
    """

    EXACT = "exact"
    FIXED = "fixed"
    MULTIPLIER = "multiplier"
    BALANCE = "balance"
    EQUITY = "equity"
    POOLED = "pooled_equal"


@dataclass(frozen=True, slots=True, kw_only=True)
class CopySize:
    """What a follower's size depends on; account money, contracts, a plain factor.

    `leader_money` and `follower_money` are both balances or both equities, in one
    currency. `followers` share a pooled order.
    """

    mode: CopyMode
    fixed_contracts: float | None = None
    multiplier: float = 1.0
    leader_money: float | None = None
    follower_money: float | None = None
    followers: int | None = None


def follower_contracts(leader_contracts: float, size: CopySize) -> float:
    """The follower's contracts, before any rounding but that of a pool.

    Raises InvalidValue naming what the mode needs and does not have.
    """
    if size.mode is CopyMode.EXACT:
        return leader_contracts
    if size.mode is CopyMode.FIXED:
        return _needed(size, "fixed_contracts", size.fixed_contracts)
    if size.mode is CopyMode.MULTIPLIER:
        return leader_contracts * size.multiplier
    if size.mode is CopyMode.POOLED:
        return floor(leader_contracts / _needed(size, "followers", size.followers))
    leader = _needed(size, "leader_money", size.leader_money)
    follower = _needed(size, "follower_money", size.follower_money)
    return leader_contracts * follower / leader * size.multiplier


def _needed(size: CopySize, field: str, value: float | None) -> float:
    if value is None or value <= 0:
        found = "nothing" if value is None else value
        raise InvalidValue(f"{size.mode} {field}", "must be above zero", found)
    return value
