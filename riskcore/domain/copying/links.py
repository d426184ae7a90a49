"""Copy links: which account copies which, at what size, and since when."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from math import isfinite
from uuid import UUID

from riskcore.domain.copytrade import CopyMode, Lot, Rounding
from riskcore.domain.errors import Conflict, InvalidValue

MOST = 1e6
DECIMALS = 4
RATE_DECIMALS = 6

SCALED = (CopyMode.MULTIPLIER, CopyMode.BALANCE, CopyMode.EQUITY)
"""The modes in which a ratio scales the follower's size."""


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
        step = exact(self.step_contracts)
        most = None if self.most_contracts is None else exact(self.most_contracts) // step * step
        return Lot(rounding=self.rounding, step=step, least=exact(self._least), most=most)

    def is_active(self, at: datetime) -> bool:
        """Whether it is copied at that instant."""
        begun = self.active_from is None or self.active_from <= at
        return begun and (self.active_to is None or at < self.active_to)

    def overlaps(self, other: CopyLink) -> bool:
        """Whether there is an instant at which both are active."""
        return _begins_before_end(self, other) and _begins_before_end(other, self)


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
    known: list[CopyLink] = []
    for link in links:
        _check_beside(link, [other for other in known if other.overlaps(link)], names)
        known.append(link)


def _check_beside(link: CopyLink, others: list[CopyLink], names: Mapping[UUID, str]) -> None:
    pair = (link.leader_id, link.follower_id)
    if link.leader_id == link.follower_id:
        raise Conflict(f"an account cannot copy itself: {_path(names, *pair)}")
    for other in others:
        if other.follower_id == link.follower_id:
            same = other.leader_id == link.leader_id
            if not same or other.group_id == link.group_id:
                found = _path(names, other.leader_id, other.follower_id)
                raise Conflict(
                    f"{_name(names, link.follower_id)} copies an account already: {found}"
                )
    above = _up(link.leader_id, others)
    below = [] if link.follower_id in above else _down(link.follower_id, others)
    path = [*above, *pair, *below]
    if len(path) > 2:
        kind = "a loop" if path[0] == path[-1] else "a chain"
        raise Conflict(f"copying must not form {kind}: {_path(names, *path)}")


def _up(account_id: UUID, links: list[CopyLink]) -> list[UUID]:
    """Those whom an account copies, the first of all first."""
    leaders = (link.leader_id for link in links if link.follower_id == account_id)
    return list(leaders)[:1]


def _down(account_id: UUID, links: list[CopyLink]) -> list[UUID]:
    """One that copies an account."""
    followers = (link.follower_id for link in links if link.leader_id == account_id)
    return list(followers)[:1]


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
