"""Copy groups made up: few cents to lose, ratios of every kind, sizes that must be rounded."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from random import Random
from uuid import UUID

from riskcore.domain.copying.follow import Copy, copies_of
from riskcore.domain.copying.links import CopyLink
from riskcore.domain.copying.members import CopyMember, Limit
from riskcore.domain.copytrade import CopyMode, Rounding

GROUP = UUID(int=900)
LEADER = UUID(int=0)


def limit(buffer: int, *, touches: bool = False, rule: str = "max_loss") -> Limit:
    """A limit that leaves `buffer` cents."""
    return Limit(rule=rule, left=buffer - touches, buffer=buffer / 100)


def member(number: int, buffer: int | None = None, **said: object) -> CopyMember:
    """An account with this number and this buffer in cents, of 1,000 to begin with."""
    values: dict[str, object] = {
        "name": f"A{number}",
        "currency": "USD",
        "hard": None if buffer is None else limit(buffer),
        "balance": 100_000,
        "equity": 100_000,
    }
    return CopyMember(account_id=UUID(int=number), **values | said)


def link(number: int, ratio: float = 1.0, **said: object) -> CopyLink:
    """The account with this number copies the leader at `ratio`."""
    values: dict[str, object] = {"leader_id": LEADER, "follower_id": UUID(int=number)}
    return CopyLink(id=UUID(int=1_000 + number), group_id=GROUP, ratio=ratio, **values | said)


@dataclass(frozen=True)
class MadeGroup:
    """A leader and its followers, and what a trade is to be: contracts, stop and tick in cents."""

    members: Mapping[UUID, CopyMember]
    links: tuple[CopyLink, ...]
    contracts: int
    stop: int
    tick: int

    @property
    def copies(self) -> list[Copy]:
        """The copy set, its stop known."""
        return copies_of(LEADER, self.links, self.members, Fraction(self.stop))


def made_group(random: Random) -> MadeGroup:
    """A leader and up to five followers."""
    count = random.randint(0, 5)
    members = {UUID(int=n): made_member(random, n) for n in range(count + 1)}
    return MadeGroup(
        members=members,
        links=tuple(made_link(random, n, members[UUID(int=n)]) for n in range(1, count + 1)),
        contracts=random.randint(1, 5),
        stop=random.choice([1, 2, 5, 7, 10, 25]),
        tick=random.choice([1, 2, 3, 5]),
    )


def made_member(random: Random, number: int) -> CopyMember:
    """An account that can lose up to 1.20, or is broken, or of which nothing is known."""
    known = random.choice([True, True, True, True, False])
    return member(
        number,
        currency=random.choice(["USD", "USD", "USD", "EUR"]) if number else "USD",
        hard=made_limit(random, -2) if known else None,
        pause=made_limit(random, 0) if random.choice([True, False]) else None,
        cap=made_limit(random, 0, "profit_cap") if random.choice([True, False]) else None,
        is_unknown=not known and random.choice([True, False]),
        is_upper_bound=random.choice([True, False, False, False]),
        balance=random.choice([50_000, 70_000, 100_000, 150_000, None]),
        equity=random.choice([50_000, 99_999, 100_001, 0, None]),
        contracts=random.choice([None, None, Fraction(random.randint(0, 12), 2)]),
    )


def made_limit(random: Random, lowest: int, rule: str = "max_loss") -> Limit:
    """A limit of up to 120 cents, broken at or below its floor."""
    return limit(random.randint(lowest, 120), touches=random.choice([True, False]), rule=rule)


def made_link(random: Random, number: int, follower: CopyMember) -> CopyLink:
    """A link of any mode, rounding and step."""
    mode = random.choice(list(CopyMode))
    scaled = mode in (CopyMode.MULTIPLIER, CopyMode.BALANCE, CopyMode.EQUITY)
    step = random.choice([1.0, 1.0, 0.5, 0.25, 0.1])
    least = random.choice([None, 1.0, 2.0])
    most = random.choice([None, None, 2.0, 3.5])
    return link(
        number,
        random.choice([0.1, 0.25, 0.33, 0.5, 0.75, 1, 1.5, 2, 3, 3.3333]) if scaled else 1.0,
        mode=mode,
        fixed_contracts=random.choice([0.4, 1.0, 2.0]) if mode is CopyMode.FIXED else None,
        risk_percent=random.choice([0.01, 0.05]) if mode is CopyMode.RISK else None,
        contract_multiplier=random.choice([1.0, 1.0, 0.1, 10.0]),
        rounding=random.choice(list(Rounding)),
        step_contracts=step,
        least_contracts=least,
        most_contracts=most if most is None or most >= (least or step) else None,
        rate=None if follower.currency == "USD" else random.choice([None, 0.9, 0.925]),
    )
