"""Desks made up by hypothesis: accounts, their rules, and what was seen of them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from uuid import UUID

from hypothesis import strategies as st

from riskcore.domain.model import Account
from riskcore.domain.rules.base import Action, Breach, Measure, Rule
from riskcore.domain.rules.daily_loss import DailyBase, DailyLoss, DayReference
from riskcore.domain.rules.max_loss import MaxLoss, Trail
from tests.domain.rulebook import Seen, account

SATURDAY = datetime(2026, 3, 7, tzinfo=UTC)
"""The night the clocks go forward in America follows."""

STEP = timedelta(minutes=30)
CLOCKS = [
    ("UTC", time(0)),
    ("UTC", time(0, 30)),
    ("America/New_York", time(17)),
    ("America/New_York", time(2, 30)),
    ("Europe/Prague", time(0)),
]


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
            one: [(at, b + balance, e + equity) for at, b, e in rows]
            for one, rows in self.seen.items()
        }
        return replace(self, seen=moved)


@st.composite
def desks(
    draw: st.DrawFn,
    *,
    cents_apart: int = 1,
    measures: tuple[Measure, ...] = tuple(Measure),
    most: int = 3,
    may_be_unset: bool = True,
) -> Desk:
    """Up to `most` accounts of about 1,000 with up to 12 snapshots each over four days.

    Amounts are multiples of `cents_apart` and near each other, so that floors are met
    exactly; times are half hours, so that resets are.
    """
    accounts = tuple(
        _account(draw, number, cents_apart, measures, may_be_unset)
        for number in range(1, draw(st.integers(1, most)) + 1)
    )
    return Desk(accounts, {one.id: draw(_histories(cents_apart)) for one in accounts})


def _account(
    draw: st.DrawFn,
    number: int,
    cents_apart: int,
    measures: tuple[Measure, ...],
    may_be_unset: bool,
) -> Account:
    start = draw(st.sampled_from([1_000.0, 1_050.0, None] if may_be_unset else [1_000.0, 1_050.0]))
    rules = draw(st.tuples(daily_losses(cents_apart, measures), max_losses(cents_apart, measures)))
    zone, reset = draw(st.sampled_from(CLOCKS))
    return account(
        *(rule for rule in rules if rule is not None),
        number=number,
        starting_balance=start,
        currency=draw(st.sampled_from(["USD", "USD", "EUR"])),
        time_zone=zone,
        reset_time=reset,
    )


def _amounts(cents_apart: int) -> st.SearchStrategy[dict[str, float]]:
    money = st.integers(1_000 // cents_apart, 12_000 // cents_apart)
    return st.one_of(
        money.map(lambda steps: {"limit_amount": steps * cents_apart / 100}),
        st.sampled_from([1, 3, 5, 10]).map(lambda share: {"limit_percent": share}),
    )


def daily_losses(cents_apart: int, measures: tuple[Measure, ...]) -> st.SearchStrategy[Rule | None]:
    """A daily loss of any parameters, or none."""
    made = st.builds(
        lambda amount, **chosen: DailyLoss(**amount, **chosen),
        _amounts(cents_apart),
        reference=st.sampled_from(DayReference),
        amount_base=st.sampled_from(DailyBase),
        measure=st.sampled_from(measures),
        breach=st.sampled_from(Breach),
        action=st.sampled_from(Action),
    )
    return st.one_of(made, st.none())


def max_losses(cents_apart: int, measures: tuple[Measure, ...]) -> st.SearchStrategy[Rule | None]:
    """A maximum loss of any parameters, or none."""
    made = st.builds(
        lambda amount, trail, lock, **chosen: MaxLoss(
            **amount, **chosen, trail=trail, locks_at=None if trail is Trail.STATIC else lock
        ),
        _amounts(cents_apart),
        st.sampled_from(Trail),
        st.sampled_from([None, 900.0, 1_000.0, 1_010.0]),
        measure=st.sampled_from(measures),
        breach=st.sampled_from(Breach),
    )
    return st.one_of(made, st.none())


def _histories(cents_apart: int) -> st.SearchStrategy[list[Seen]]:
    money = st.integers(88_000 // cents_apart, 115_000 // cents_apart).map(
        lambda steps: steps * cents_apart / 100
    )
    row = st.tuples(st.integers(0, 4 * 48), money, st.one_of(st.none(), money))
    return st.lists(row, max_size=12, unique_by=lambda one: one[0]).map(
        lambda rows: [
            (SATURDAY + place * STEP, balance, balance if equity is None else equity)
            for place, balance, equity in sorted(rows, key=lambda one: one[0])
        ]
    )
