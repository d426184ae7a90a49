"""Following: what one account loses for each unit of money that its leader loses. Exact."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from uuid import UUID

from riskcore.domain.copying.links import CopyLink, exact
from riskcore.domain.copying.members import CopyMember, Limit
from riskcore.domain.copytrade import NOTHING, PARTS, CopyMode, Lot

ONE = Fraction(1)


@dataclass(frozen=True, kw_only=True)
class Following:
    """How a follower's size follows from the leader's, and what its loss does from the leader's.

    It wants `per_contract` for each contract of the leader and `constant` besides; a `pool`
    shares out whole contracts. `worth`: the follower's money that one of its contracts loses
    where one of the leader's loses 1 of the leader's money.
    """

    per_contract: Fraction
    worth: Fraction
    constant: Fraction = NOTHING
    is_pool: bool = False
    lot: Lot = Lot()

    @cached_property
    def nominal(self) -> Fraction:
        """The ratio before any rounding; a fixed size as for one contract of the leader."""
        wanted = self.per_contract + self.constant if self.constant else self.per_contract
        return wanted * self.worth if self.worth != 1 else wanted

    def _parts(self, leader_contracts: Fraction) -> int:
        """The follower's size in ten-thousandths of a contract, rounded as it is traded."""
        wanted = self.per_contract.numerator * leader_contracts.numerator
        one = self.per_contract.denominator * leader_contracts.denominator
        if self.is_pool:
            wanted, one = wanted // one, 1
        if self.constant:
            wanted, one = self.constant.numerator, self.constant.denominator
        return self.lot.rounded(wanted, one)

    def contracts(self, leader_contracts: Fraction) -> Fraction:
        """The follower's size, rounded as it is traded."""
        return Fraction(self._parts(leader_contracts), PARTS)

    def ratio(self, leader_contracts: Fraction | None) -> Fraction:
        """What the follower loses for each unit that the leader loses with this size.

        None: the nominal ratio.
        """
        if leader_contracts is None:
            return self.nominal
        return self.contracts(leader_contracts) * self.worth / leader_contracts

    def least_move(self, left: int, leader_contracts: Fraction | None) -> int | None:
        """The smallest loss of the leader, in cents, that costs the follower more than `left`.

        None: the follower loses nothing. `left` / `ratio`, rounded down, and a cent more, in
        whole numbers.
        """
        if leader_contracts is None:
            return least_move(left, self.nominal)
        down = self._parts(leader_contracts) * self.worth.numerator * leader_contracts.denominator
        up = PARTS * self.worth.denominator * leader_contracts.numerator
        return left * up // down + 1 if down else None


def least_move(left: int, ratio: Fraction) -> int | None:
    """The smallest loss, in cents, of which `ratio` is more than `left`; None: none is."""
    return left * ratio.denominator // ratio.numerator + 1 if ratio else None


LEADING = Following(per_contract=ONE, worth=ONE, lot=Lot(step=1, least=1))
"""How the leader follows itself: with whatever it trades."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """An account of a copy set: the leader (`link` None) or one of its followers.

    `following` is None where the ratio is unknown, and `unknown` says why.
    """

    member: CopyMember
    link: CopyLink | None = None
    following: Following | None = None
    unknown: str = ""

    @property
    def account_id(self) -> UUID:
        """Whose it is."""
        return self.member.account_id

    @property
    def is_uncertain(self) -> bool:
        """Whether it may break sooner than it seems."""
        return self.member.is_uncertain or self.following is None

    def ratio(self, leader_contracts: Fraction | None) -> Fraction | None:
        """Its effective ratio for a size of the leader (None: whatever it trades); None unknown."""
        return None if self.following is None else self.following.ratio(leader_contracts)

    def breaking_move(self, limit: Limit | None, leader_contracts: Fraction | None) -> int | None:
        """The least the leader loses, in cents, with which `limit` is broken.

        0: it is broken already; None: never, or it or the ratio is unknown.
        """
        if limit is None:
            return None
        if limit.left < 0:
            return 0
        if self.following is None:
            return None
        return self.following.least_move(limit.left, leader_contracts)


def at_ratio(copy: Copy, ratio: Fraction) -> Copy:
    """The copy as if its account lost `ratio` of what the leader loses, whatever its link says."""
    return replace(copy, following=Following(per_contract=ratio, worth=ONE), unknown="")


def copies_of(
    leader_id: UUID,
    links: Sequence[CopyLink],
    members: Mapping[UUID, CopyMember],
    stop_money: Fraction | None = None,
) -> list[Copy]:
    """The leader and whoever copies it by `links`, the leader first.

    `stop_money`: what the stop costs for one contract of the leader, leader's cents; a size
    by risk is unknown without. An account that is not among `members` is left out.
    """
    leader = members[leader_id]
    followers = [link for link in links if link.follower_id in members]
    pool = sum(link.mode is CopyMode.POOLED for link in followers)
    return [
        Copy(member=leader, following=LEADING),
        *(_copy(link, leader, members[link.follower_id], pool, stop_money) for link in followers),
    ]


def _copy(
    link: CopyLink, leader: CopyMember, member: CopyMember, pool: int, stop: Fraction | None
) -> Copy:
    rate = _rate(link, leader, member)
    if rate is None:
        missing = f"no rate from {leader.currency} to {member.currency} is stated"
        return Copy(member=member, link=link, unknown=missing)
    missing = _missing(link, leader, member, stop)
    if missing:
        return Copy(member=member, link=link, unknown=missing)
    worth = exact(link.contract_multiplier)
    worth = worth if rate == 1 else worth * rate
    wanted = _wanted(link, leader, member, pool, rate, stop)
    following = Following(
        per_contract=NOTHING if link.mode in CONSTANT else wanted,
        constant=wanted if link.mode in CONSTANT else NOTHING,
        worth=worth,
        is_pool=link.mode is CopyMode.POOLED,
        lot=link.lot,
    )
    return Copy(member=member, link=link, following=following)


CONSTANT = (CopyMode.FIXED, CopyMode.RISK)
"""The modes in which the follower's size is the same whatever the leader's is."""


def _rate(link: CopyLink, leader: CopyMember, member: CopyMember) -> Fraction | None:
    if leader.currency == member.currency:
        return ONE
    return None if link.rate is None else exact(link.rate)


def _missing(link: CopyLink, leader: CopyMember, member: CopyMember, stop: Fraction | None) -> str:
    """Why a size cannot be told; empty where it can."""
    if link.mode in (CopyMode.BALANCE, CopyMode.EQUITY):
        for one in (leader, member):
            if not (_money(link, one) or 0) > 0:
                return f"the {link.mode} of {one.name} is not known or not above zero"
    if link.mode is CopyMode.RISK:
        if not (member.equity or 0) > 0:
            return f"the equity of {member.name} is not known or not above zero"
        if not stop:
            return "a size by risk needs the stop of a trade"
    return ""


def _money(link: CopyLink, member: CopyMember) -> int | None:
    return member.balance if link.mode is CopyMode.BALANCE else member.equity


def _wanted(
    link: CopyLink,
    leader: CopyMember,
    member: CopyMember,
    pool: int,
    rate: Fraction,
    stop: Fraction | None,
) -> Fraction:
    """The follower's contracts for one of the leader's, not rounded."""
    if link.mode is CopyMode.POOLED:
        return Fraction(1, pool)
    own, ratio = _money(link, member) or 0, exact(link.ratio)
    if link.mode in (CopyMode.BALANCE, CopyMode.EQUITY):
        share = Fraction(own, _money(link, leader) or 1)
        return share if ratio == rate == 1 else share * ratio / rate
    if link.mode is CopyMode.RISK:
        risk = own * exact(link.risk_percent or 0) / 100
        return risk / ((stop or 1) * exact(link.contract_multiplier) * rate)
    return ratio if link.fixed_contracts is None else exact(link.fixed_contracts)
