"""Copy links: which account copies which, at what size, and since when."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from functools import lru_cache
from math import isfinite
from uuid import UUID

from riskcore.domain.copytrade import PARTS, CopyMode, Lot, Rounding
from riskcore.domain.errors import Conflict, InvalidValue

MOST = 1e6
DECIMALS = 4
RATE_DECIMALS = 6

SCALED = (CopyMode.MULTIPLIER, CopyMode.BALANCE, CopyMode.EQUITY)
"""The modes in which a ratio scales the follower's size."""


@lru_cache(maxsize=10_000)
def exact(number: float) -> Fraction:
    """`number` as it is written: 0.1 is one tenth."""
    return Fraction(repr(float(number)))


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyLink:
    """One account copies another, within a group.

    `ratio` scales the size by multiplier, balance or equity; `fixed_contracts` and
    `risk_percent` (of the follower's equity, lost at the stop) are those modes' own. One
    contract of the follower is worth `contract_multiplier` of the leader's (a micro of a
    mini: 0.1). Its sizes are multiples of `step_contracts`, at least `least_contracts` (None:
    a step), at most `most_contracts`. `rate`: so much of the follower's currency is one of the
    leader's, as stated on `rated_on`; None where both have one currency, or nobody has said.
    Active from `active_from` until just before `active_to`, aware; None: without end.
    """

    id: UUID
    group_id: UUID
    leader_id: UUID
    follower_id: UUID
    mode: CopyMode = CopyMode.MULTIPLIER
    ratio: float = 1.0
    fixed_contracts: float | None = None
    risk_percent: float | None = None
    contract_multiplier: float = 1.0
    rounding: Rounding = Rounding.DOWN
    step_contracts: float = 1.0
    least_contracts: float | None = None
    most_contracts: float | None = None
    rate: float | None = None
    rated_on: date | None = None
    active_from: datetime | None = None
    active_to: datetime | None = None

    def __post_init__(self) -> None:
        self._check_mode()
        for name in ("ratio", "fixed_contracts", "contract_multiplier", "step_contracts"):
            _check_number(name, getattr(self, name))
        for name in ("risk_percent", "least_contracts", "most_contracts"):
            _check_number(name, getattr(self, name))
        _check_number("rate", self.rate, RATE_DECIMALS)
        if self.risk_percent is not None and self.risk_percent > 100:
            raise InvalidValue("risk_percent", "must be at most 100", self.risk_percent)
        if self.most_contracts is not None and self.most_contracts < self._least:
            allowed = f"must be at least the smallest size ({self._least:g})"
            raise InvalidValue("most_contracts", allowed, self.most_contracts)
        self._check_times()

    @property
    def _least(self) -> float:
        return self.step_contracts if self.least_contracts is None else self.least_contracts

    def _check_mode(self) -> None:
        owned = {"fixed_contracts": CopyMode.FIXED, "risk_percent": CopyMode.RISK}
        for name, mode in owned.items():
            value = getattr(self, name)
            if self.mode is mode and value is None:
                raise InvalidValue(name, f"is needed by the mode {mode}", "nothing")
            if self.mode is not mode and value is not None:
                raise InvalidValue(name, f"belongs to the mode {mode}", value)
        if self.mode not in SCALED and self.ratio != 1:
            raise InvalidValue("ratio", f"must be 1 in the mode {self.mode}", self.ratio)

    def _check_times(self) -> None:
        for name in ("active_from", "active_to"):
            moment = getattr(self, name)
            if moment is not None and moment.tzinfo is None:
                raise InvalidValue(name, "must have a zone", moment.isoformat())
        if self.active_from and self.active_to and self.active_to <= self.active_from:
            raise InvalidValue("active_to", "must be after active_from", self.active_to.isoformat())

    @property
    def lot(self) -> Lot:
        """Which sizes the follower trades."""
        return _lot(self.rounding, self.step_contracts, self._least, self.most_contracts)

    def is_active(self, at: datetime) -> bool:
        """Whether it is copied at that instant."""
        begun = self.active_from is None or self.active_from <= at
        return begun and (self.active_to is None or at < self.active_to)

    def overlaps(self, other: CopyLink) -> bool:
        """Whether there is an instant at which both are active."""
        return _begins_before_end(self, other) and _begins_before_end(other, self)


@lru_cache(maxsize=10_000)
def _lot(rounding: Rounding, step: float, least: float, most: float | None) -> Lot:
    step_parts, least_parts = round(step * PARTS), round(least * PARTS)
    whole = None if most is None else round(most * PARTS) // step_parts * step_parts
    return Lot(rounding=rounding, step=step_parts, least=least_parts, most=whole)


def _begins_before_end(one: CopyLink, other: CopyLink) -> bool:
    return one.active_from is None or other.active_to is None or one.active_from < other.active_to


def _check_number(name: str, value: float | None, decimals: int = DECIMALS) -> None:
    if value is None:
        return
    if not isfinite(value) or not 0 < value <= MOST:
        raise InvalidValue(name, f"must be above 0, at most {MOST:,.0f}", value)
    if round(value, decimals) != value:
        raise InvalidValue(name, f"must have at most {decimals} decimals", value)


def check_links(links: Iterable[CopyLink], names: Mapping[UUID, str]) -> None:
    """Raise Conflict, naming the path, unless at every instant each account copies at most one.

    And none that is copied copies another: no chains, and no loops. The same two accounts
    may be linked in several groups, once in each.
    """
    by_leader: dict[UUID, list[CopyLink]] = defaultdict(list)
    by_follower: dict[UUID, list[CopyLink]] = defaultdict(list)
    for link in links:
        _check_pair(link, by_follower[link.follower_id], names)
        above = [one.leader_id for one in by_follower[link.leader_id] if one.overlaps(link)][:1]
        below = [one.follower_id for one in by_leader[link.follower_id] if one.overlaps(link)][:1]
        if link.follower_id in above:
            below = []
        if above or below:
            kind = "a loop" if link.follower_id in above else "a chain"
            path = _path(names, *above, link.leader_id, link.follower_id, *below)
            raise Conflict(f"copying must not form {kind}: {path}")
        by_leader[link.leader_id].append(link)
        by_follower[link.follower_id].append(link)


def _check_pair(link: CopyLink, others: Iterable[CopyLink], names: Mapping[UUID, str]) -> None:
    """Raise unless the follower copies nobody else meanwhile; `others` are its other links."""
    if link.leader_id == link.follower_id:
        path = _path(names, link.leader_id, link.follower_id)
        raise Conflict(f"an account cannot copy itself: {path}")
    for other in others:
        same = other.leader_id == link.leader_id and other.group_id != link.group_id
        if other.overlaps(link) and not same:
            path = _path(names, other.leader_id, other.follower_id)
            name = _name(names, link.follower_id)
            raise Conflict(f"{name} copies an account already: {path}")


def _path(names: Mapping[UUID, str], *account_ids: UUID) -> str:
    return " → ".join(_name(names, account_id) for account_id in account_ids)


def _name(names: Mapping[UUID, str], account_id: UUID) -> str:
    return names.get(account_id, str(account_id))


def copy_sets(links: Iterable[CopyLink], at: datetime) -> Iterator[tuple[UUID, list[CopyLink]]]:
    """Each leader with the links that are active at an instant, by its followers' ids."""
    active = sorted(
        (link for link in links if link.is_active(at)),
        key=lambda link: (str(link.leader_id), str(link.follower_id)),
    )
    for leader_id in dict.fromkeys(link.leader_id for link in active):
        yield leader_id, [link for link in active if link.leader_id == leader_id]
