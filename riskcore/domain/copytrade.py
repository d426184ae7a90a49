"""Copy trading: how large a follower's order is for an order of its leader."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from math import floor
from typing import TypeAlias

from riskcore.domain.errors import InvalidValue

Size: TypeAlias = Fraction | float
"""Exact where everything it is made of is."""


class CopyMode(StrEnum):
    """How a follower's size follows from the leader's.

    The same size; so many contracts whatever the leader trades; times a multiplier; in
    proportion to both accounts' balance or equity, times the multiplier; so many contracts
    that the stop costs a percentage of the follower's equity; or an equal share of the
    leader's size in whole contracts.
    """

    EXACT = "exact"
    FIXED = "fixed"
    MULTIPLIER = "multiplier"
    BALANCE = "balance"
    EQUITY = "equity"
    RISK = "risk_percent"
    POOLED = "pooled_equal"


@dataclass(frozen=True, slots=True, kw_only=True)
class CopySize:
    """What a follower's size depends on; account money, contracts, a plain factor.

    `leader_money` and `follower_money` are both balances or both equities, in one
    currency. `followers` share a pooled order. `risk_money` is what the follower's stop may
    cost, `stop_money` what it costs for each of its contracts.
    """

    mode: CopyMode
    fixed_contracts: Size | None = None
    multiplier: Size = 1.0
    leader_money: Size | None = None
    follower_money: Size | None = None
    followers: int | None = None
    risk_money: Size | None = None
    stop_money: Size | None = None


def follower_contracts(leader_contracts: Size, size: CopySize) -> Size:
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
    if size.mode is CopyMode.RISK:
        risk = _needed(size, "risk_money", size.risk_money)
        return risk / _needed(size, "stop_money", size.stop_money)
    leader = _needed(size, "leader_money", size.leader_money)
    follower = _needed(size, "follower_money", size.follower_money)
    return leader_contracts * follower / leader * size.multiplier


def _needed(size: CopySize, field: str, value: Size | None) -> Size:
    if value is None or value <= 0:
        found = "nothing" if value is None else value
        raise InvalidValue(f"{size.mode} {field}", "must be above zero", found)
    return value


class Rounding(StrEnum):
    """What becomes of a size that lies between two steps.

    The next step below, the nearest (from the middle on the one above), the next above; or
    the next below, and never less than the smallest size: a small follower then takes more
    risk than its ratio says.
    """

    DOWN = "down"
    NEAREST = "nearest"
    UP = "up"
    LIFT = "lifted_to_least"


NOTHING = Fraction(0)
PARTS = 10_000
"""Sizes are whole ten-thousandths of a contract."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lot:
    """Which sizes an account can trade: steps, the smallest, the largest (None: no bound).

    In ten-thousandths of a contract.
    """

    rounding: Rounding = Rounding.DOWN
    step: int = PARTS
    least: int = PARTS
    most: int | None = None

    def rounded(self, wanted: int, one: int) -> int:
        """The size that is traded for `wanted` / `one` contracts; 0 where it is too small.

        In ten-thousandths of a contract. Whole numbers all the way: thousands are rounded at
        once.
        """
        if wanted <= 0:
            return 0
        size = self._steps(wanted * PARTS, one * self.step) * self.step
        if size < self.least:
            size = self.least if self.rounding is Rounding.LIFT else 0
        return size if self.most is None else min(size, self.most)

    def _steps(self, wanted: int, one: int) -> int:
        """How many steps `wanted` are, a step being `one`."""
        if self.rounding is Rounding.NEAREST:
            return (2 * wanted + one) // (2 * one)
        return -(-wanted // one) if self.rounding is Rounding.UP else wanted // one
