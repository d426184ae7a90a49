"""Desks made up by hypothesis: accounts, their rules and events, and what was seen of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from hypothesis import strategies as st

from riskcore.domain.events import EventKind
from riskcore.domain.model import Account
from tests.domain.making import SATURDAY, Choice, made_account, made_history
from tests.domain.rulebook import Seen

LOSSES = ("daily_loss", "max_loss", "weekly_loss", "floating_loss")
NO_RESET = tuple(kind for kind in EventKind if kind is not EventKind.RESET)

T = TypeVar("T")


@dataclass(frozen=True)
class Desk:
    """Accounts and everything that was seen of them."""

    accounts: tuple[Account, ...]
    seen: dict[UUID, list[Seen]]

    @property
    def last(self) -> datetime:
        """The instant of the last snapshot."""
        return max((row[0] for rows in self.seen.values() for row in rows), default=SATURDAY)

    def shifted(self, balance: float, equity: float) -> Desk:
        """The same desk with every balance and equity that much higher."""
        moved = {
            one: [(at, b + balance, e + equity, *more) for at, b, e, *more in rows]
            for one, rows in self.seen.items()
        }
        return replace(self, seen=moved)


class Drawing:
    """Picks what hypothesis draws."""

    def __init__(self, draw: st.DrawFn) -> None:
        self.draw = draw

    def choice(self, options: Sequence[T], /) -> T:
        return self.draw(st.sampled_from(options))

    def randint(self, low: int, high: int, /) -> int:
        return self.draw(st.integers(low, high))


@st.composite
def desks(draw: st.DrawFn, *, most: int = 3, **chosen: Any) -> Desk:
    """Up to `most` accounts of about 1,000 with up to 12 snapshots each over four days.

    `chosen` as the fields of Choice. Amounts are cents, or tens, so that levels are often
    met exactly.
    """
    picks = Drawing(draw)
    choice = Choice(**{"cents_apart": picks.choice([1, 1_000])} | chosen)
    count = picks.randint(1, most)
    accounts = tuple(made_account(picks, number, choice) for number in range(1, count + 1))
    return Desk(accounts, {one.id: made_history(picks, choice) for one in accounts})
