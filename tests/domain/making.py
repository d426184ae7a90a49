"""Accounts made up: rules of every kind, events and snapshots, by whatever picks for them.

Amounts are near each other, so that floors are met exactly; times are about half hours, so
that resets are.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any, Protocol, TypeVar
from uuid import UUID

from riskcore.domain.events import AccountEvent, EventKind
from riskcore.domain.model import Account, Basis
from riskcore.domain.rules import KINDS
from riskcore.domain.rules.base import Action, Breach, Measure, Rule, Since
from riskcore.domain.rules.consistency import Comparison, Consistency, ConsistencyMode
from riskcore.domain.rules.daily_loss import DailyBase, DailyLoss, DayReference
from riskcore.domain.rules.floating_loss import FloatingBase, FloatingLoss
from riskcore.domain.rules.inactivity import DayCount, Inactivity
from riskcore.domain.rules.max_loss import MaxBase, MaxLoss, PayoutEffect, Trail
from riskcore.domain.rules.min_trading_days import CountsBy, MinTradingDays
from riskcore.domain.rules.position_limit import PositionLimit, TierBasis
from riskcore.domain.rules.profit_cap import CapScope, ProfitCap
from riskcore.domain.rules.profit_target import ProfitTarget
from riskcore.domain.rules.weekly_loss import WeekBase, WeeklyLoss, WeekReference
from tests.domain.rulebook import Seen, account

SATURDAY = datetime(2026, 3, 7, tzinfo=UTC)
"""The night the clocks go forward in America follows, and then a new trading week."""

STEP = timedelta(minutes=30)
INSTANT = timedelta(microseconds=1)
STEPS = 4 * 48
CLOCKS = [
    ("UTC", time(0)),
    ("UTC", time(0, 30)),
    ("America/New_York", time(17)),
    ("America/New_York", time(2, 30)),
    ("Europe/Prague", time(0)),
]
LOW, HIGH = 88_000, 115_000
"""Balances, in cents; accounts start at about 1,000."""

PERCENTS = [1, 2.5, 5, 10, 20, 25, 40, 50, 100]
"""Of tens they are whole cents, and so is what they are of."""

T = TypeVar("T")


class Picks(Protocol):
    """Who picks: a seeded `random.Random`, or hypothesis."""

    def choice(self, options: Sequence[T], /) -> T:
        """One of `options`."""

    def randint(self, low: int, high: int, /) -> int:
        """A whole number from `low` to `high`."""


@dataclass(frozen=True)
class Choice:
    """What may be made: amounts so many cents apart and larger by `scale`, what is measured,
    and whether limits grow with profit and a percentage may have to be stayed under."""

    cents_apart: int = 1
    scale: int = 1
    measures: tuple[Measure, ...] = tuple(Measure)
    grows: bool = True
    is_strict: bool = True
    kinds: Collection[str] = tuple(KINDS)
    event_kinds: Collection[EventKind] = tuple(EventKind)
    may_be_unset: bool = True

    def money(self, picks: Picks, low: int, high: int) -> float:
        """An amount of `low` to `high` cents, times the scale."""
        apart = self.cents_apart
        return picks.randint(low * self.scale // apart, high * self.scale // apart) * apart / 100

    def level(self, picks: Picks, *levels: float) -> float:
        """One of `levels`, times the scale."""
        return picks.choice(levels) * self.scale


def made_account(picks: Picks, number: int, choice: Choice) -> Account:
    """An account with up to four rules and three events."""
    since = picks.choice(list(Since))
    kinds = sorted({picks.choice(sorted(choice.kinds)) for _ in range(picks.randint(0, 4))})
    zone, reset = picks.choice(CLOCKS)
    return account(
        *(made_rule(picks, kind, choice, since) for kind in kinds),
        number=number,
        starting_balance=made_start(picks, choice),
        currency=picks.choice(["USD", "USD", "EUR"]),
        time_zone=zone,
        reset_time=reset,
        events=tuple(made_event(picks, number, choice) for _ in range(_event_count(picks, choice))),
    )


def made_start(picks: Picks, choice: Choice) -> float | None:
    """A starting balance; None where nobody has said it."""
    is_unset = choice.may_be_unset and picks.choice([False, False, True])
    return None if is_unset else choice.level(picks, 1_000.0, 1_050.0)


def _event_count(picks: Picks, choice: Choice) -> int:
    return picks.choice([0, 1, 2, 3]) if choice.event_kinds else 0


def made_event(picks: Picks, number: int, choice: Choice) -> AccountEvent:
    """Something that happened to the account with this number."""
    kind = picks.choice(sorted(choice.event_kinds))
    if kind in (EventKind.DEPOSIT, EventKind.WITHDRAWAL, EventKind.PAYOUT):
        amount = choice.money(picks, 1_000, 10_000)
    else:
        amount = choice.money(picks, LOW, HIGH)
    if kind is EventKind.RESET and picks.choice([True, False]):
        amount = None
    return AccountEvent(
        id=UUID(int=picks.randint(0, 2**62)),
        account_id=UUID(int=number),
        kind=kind,
        happened_at=_instant(picks, picks.randint(0, STEPS)),
        amount=amount,
    )


def _instant(picks: Picks, place: int) -> datetime:
    """A half hour, now and then a microsecond before or after it."""
    return SATURDAY + place * STEP + picks.choice([0, 0, 0, 0, -1, 1]) * INSTANT


def made_history(picks: Picks, choice: Choice, most: int = 12) -> list[Seen]:
    """Up to `most` snapshots over four days, half of them with nothing open."""
    places = sorted({picks.randint(0, STEPS) for _ in range(picks.randint(0, most))})
    return [made_snapshot(picks, choice, _instant(picks, place)) for place in places]


def made_snapshot(picks: Picks, choice: Choice, at: datetime) -> Seen:
    """What was seen of an account at an instant."""
    balance = choice.money(picks, LOW, HIGH)
    equity = picks.choice([balance, choice.money(picks, LOW, HIGH)])
    contracts = picks.choice([float("nan"), float("nan"), 0.0, 1.0, 2.0, 2.5, 3.0])
    return at, balance, equity, contracts, picks.choice([Basis.EQUITY, Basis.CLOSED_BALANCE])


# --- rules


def made_rule(picks: Picks, kind: str, choice: Choice, since: Since = Since.CYCLE) -> Rule:
    """A rule of `kind` of any parameters; one about goals counts since `since`."""
    return MADE[kind](picks, choice, since)


def _one_of(picks: Picks, choice: Choice, amount: str, percent: str) -> dict[str, float]:
    """An amount or a percentage, never both."""
    if picks.choice([True, False]):
        return {percent: picks.choice(PERCENTS[:4])}
    return {amount: choice.money(picks, 1_000, 12_000)}


def _at_most_one_of(picks: Picks, choice: Choice, amount: str, percent: str) -> dict[str, float]:
    return _one_of(picks, choice, amount, percent) if picks.choice([True, False]) else {}


def _steps(picks: Picks, choice: Choice, value: Callable[[], float]) -> Any:
    """A table by profit of up to three lines."""
    profits = {choice.money(picks, 1_000, 9_000) for _ in range(picks.randint(0, 3))}
    values = sorted(value() for _ in profits)
    return tuple(zip(sorted(profits), values, strict=True)) if choice.grows else ()


def _loss(picks: Picks, choice: Choice, *actions: Action) -> dict[str, Any]:
    return {
        **_one_of(picks, choice, "limit_amount", "limit_percent"),
        "measure": picks.choice(choice.measures),
        "breach": picks.choice(list(Breach)),
        "action": picks.choice(actions or (Action.HARD, Action.PAUSE)),
    }


def _daily_loss(picks: Picks, choice: Choice, since: Since) -> Rule:
    grown: dict[str, Any] = {}
    if choice.grows and picks.choice([True, False]):
        grown = {
            "limit_share_percent": picks.choice(PERCENTS),
            "share_from_profit": choice.money(picks, 1_000, 9_000),
        }
    else:
        steps = _steps(picks, choice, lambda: choice.money(picks, 1_000, 12_000))
        grown = {"limit_steps": steps}
    return DailyLoss(
        **_loss(picks, choice),
        **grown,
        reference=picks.choice(list(DayReference)),
        amount_base=picks.choice(list(DailyBase)),
        intraday_trail=picks.choice([False, False, True]),
    )


def _max_loss(picks: Picks, choice: Choice, since: Since) -> Rule:
    loss = _loss(picks, choice, Action.HARD)
    trail = picks.choice(list(Trail))
    if trail is Trail.STATIC:
        return MaxLoss(**loss)
    locks = {
        "locks_at": choice.level(picks, 900.0, 1_000.0, 1_010.0),
        "locks_at_profit": choice.level(picks, -10.0, 0.0, 10.0),
        "milestone_profit": choice.money(picks, 1_000, 6_000),
        "none": None,
    }
    lock = picks.choice(list(locks))
    return MaxLoss(
        **loss,
        **({} if lock == "none" else {lock: locks[lock]}),
        trail=trail,
        amount_base=picks.choice(list(MaxBase)),
        payout_effect=picks.choice(list(PayoutEffect)),
    )


def _weekly_loss(picks: Picks, choice: Choice, since: Since) -> Rule:
    return WeeklyLoss(
        **_loss(picks, choice),
        reference=picks.choice(list(WeekReference)),
        amount_base=picks.choice(list(WeekBase)),
    )


def _floating_loss(picks: Picks, choice: Choice, since: Since) -> Rule:
    loss = _loss(picks, choice) | {"measure": Measure.EQUITY}
    return FloatingLoss(**loss, amount_base=picks.choice(list(FloatingBase)))


def _position_limit(picks: Picks, choice: Choice, since: Since) -> Rule:
    contracts = [0.5, 1.0, 2.0, 2.5, 3.0]
    return PositionLimit(
        most_contracts=picks.choice(contracts),
        tiers=_steps(picks, choice, lambda: picks.choice(contracts)),
        tier_basis=picks.choice(list(TierBasis)),
        action=picks.choice([Action.HARD, Action.PAUSE]),
    )


def _inactivity(picks: Picks, choice: Choice, since: Since) -> Rule:
    return Inactivity(
        days=picks.randint(1, 3),
        counted=picks.choice(list(DayCount)),
        open_position_counts=picks.choice([True, False]),
    )


def _profit_target(picks: Picks, choice: Choice, since: Since) -> Rule:
    return ProfitTarget(
        **_one_of(picks, choice, "target_amount", "target_percent"),
        measure=picks.choice(choice.measures),
        since=since,
    )


def _consistency(picks: Picks, choice: Choice, since: Since) -> Rule:
    return Consistency(
        **_at_most_one_of(picks, choice, "target_amount", "target_percent"),
        max_percent=picks.choice([*PERCENTS, 33.3333] if choice.is_strict else PERCENTS),
        mode=picks.choice(list(ConsistencyMode)),
        op=picks.choice(list(Comparison) if choice.is_strict else [Comparison.LE]),
        since=since,
    )


def _min_trading_days(picks: Picks, choice: Choice, since: Since) -> Rule:
    return MinTradingDays(
        **_at_most_one_of(picks, choice, "min_profit_amount", "min_profit_percent"),
        days=picks.randint(1, 4),
        counts_by=picks.choice(list(CountsBy)),
        since=since,
    )


def _profit_cap(picks: Picks, choice: Choice, since: Since) -> Rule:
    return ProfitCap(
        **_one_of(picks, choice, "limit_amount", "limit_percent"),
        scope=picks.choice(list(CapScope)),
        measure=picks.choice(choice.measures),
        action=picks.choice(list(Action)),
    )


MADE: dict[str, Callable[[Picks, Choice, Since], Rule]] = {
    "daily_loss": _daily_loss,
    "max_loss": _max_loss,
    "weekly_loss": _weekly_loss,
    "floating_loss": _floating_loss,
    "position_limit": _position_limit,
    "inactivity": _inactivity,
    "profit_target": _profit_target,
    "consistency": _consistency,
    "min_trading_days": _min_trading_days,
    "profit_cap": _profit_cap,
}
assert MADE.keys() == KINDS.keys(), "every kind has a way to be made"
