"""The rulebook in plain Python: one account, one snapshot after the other, whole cents.

It shares no arithmetic with riskcore.domain, and tells the trading day by the calendar.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction
from math import floor
from zoneinfo import ZoneInfo

from riskcore.domain.model import Account
from riskcore.domain.rules.base import Action, Breach, Measure, Rule
from riskcore.domain.rules.daily_loss import DailyBase, DailyLoss, DayReference
from riskcore.domain.rules.max_loss import MaxLoss, Trail
from tests.domain.rulebook import Seen

Cents = int | None
MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class Answer:
    """One rule after one snapshot."""

    floor: Cents
    buffer: Cents
    limit: Cents
    violated_at: datetime | None


@dataclass
class Walk:
    """What one walks along an account's history with."""

    balance: Cents
    equity: Cents
    day_balance: Cents
    day_equity: Cents
    best_balance: Cents
    best_equity: Cents
    best_close: Cents
    day: object = None


def cents(amount: float | None) -> Cents:
    return None if amount is None else round(amount * 100)


def both(chosen: Callable[[int, int], int], one: Cents, other: Cents) -> Cents:
    return None if one is None or other is None else chosen(one, other)


def answers(account: Account, history: list[Seen]) -> dict[str, Answer]:
    """Each rule after the last snapshot."""
    start = cents(account.starting_balance)
    walk = Walk(*[start] * 7)
    found: dict[str, Answer] = {}
    broken: dict[str, tuple[datetime, object]] = {}
    for at, balance, equity in history:
        _walk_on(walk, account, at, cents(balance), cents(equity))
        for rule in account.rules:
            level, limit = _floor(rule, walk, start)
            measured = {
                Measure.EQUITY: walk.equity,
                Measure.BALANCE: walk.balance,
                Measure.LOWER: min(walk.balance, walk.equity),
            }[rule.measure]
            buffer = None if level is None else measured - level
            if rule.action is Action.PAUSE and broken.get(rule.kind, (at, walk.day))[1] != walk.day:
                del broken[rule.kind]
            allowed = 1 if rule.breach is Breach.TOUCH else 0
            if buffer is not None and buffer < allowed:
                broken.setdefault(rule.kind, (at, walk.day))
            since = broken.get(rule.kind, (None, None))[0]
            found[rule.kind] = Answer(level, buffer, limit, since)
    return found


def _walk_on(walk: Walk, account: Account, at: datetime, balance: int, equity: int) -> None:
    day = _day(account, at)
    if day != walk.day:
        is_reset = _day(account, at - timedelta(microseconds=1)) != day
        walk.day = day
        walk.day_balance = balance if is_reset else walk.balance
        walk.day_equity = equity if is_reset else walk.equity
        walk.best_close = both(max, walk.best_close, walk.day_balance)
    walk.balance, walk.equity = balance, equity
    walk.best_balance = both(max, walk.best_balance, balance)
    walk.best_equity = both(max, walk.best_equity, equity)


def _day(account: Account, at: datetime) -> object:
    """The local date whose reset was the last to come; minutes are read off the wall clock."""
    zone = ZoneInfo(account.time_zone)
    local = at.astimezone(zone)
    for back in range(2):
        date = local.date() - timedelta(days=back)
        # A reset the clocks jump over is read with the offset of before: an hour later.
        reset = datetime.combine(date, account.reset_time, zone)
        if reset.timestamp() > _gap_end(reset).timestamp():
            reset = _gap_end(reset)
        if reset.timestamp() <= at.timestamp():
            return date
    raise AssertionError("a reset comes every day")


def _gap_end(reset: datetime) -> datetime:
    """`reset` itself, or the first wall-clock minute that exists after it."""
    moved = reset
    while datetime.fromtimestamp(moved.timestamp(), moved.tzinfo).replace(
        tzinfo=None, fold=0
    ) != moved.replace(tzinfo=None, fold=0):
        moved += MINUTE
    return moved


def _floor(rule: Rule, walk: Walk, start: Cents) -> tuple[Cents, Cents]:
    if isinstance(rule, DailyLoss):
        reference = {
            DayReference.BALANCE: walk.day_balance,
            DayReference.EQUITY: walk.day_equity,
            DayReference.HIGHER: both(max, walk.day_balance, walk.day_equity),
        }[rule.reference]
        limit = _limit(rule, start if rule.amount_base is DailyBase.INITIAL else reference)
        return both(lambda one, other: one - other, reference, limit), limit
    assert isinstance(rule, MaxLoss)
    peak = {
        Trail.STATIC: start,
        Trail.EOD_BALANCE: walk.best_close,
        Trail.CLOSED_BALANCE: walk.best_balance,
        Trail.INTRADAY_EQUITY: walk.best_equity,
        Trail.HIGHER: both(max, walk.best_balance, walk.best_equity),
    }[rule.trail]
    limit = _limit(rule, start)
    if peak is None or limit is None or start is None:
        return None, limit
    lock = cents(rule.locks_at)
    risen = peak - limit if lock is None else min(peak - limit, lock)
    return max(start - limit, risen), limit


def _limit(rule: Rule, base: Cents) -> Cents:
    if rule.limit_amount is not None:
        return cents(rule.limit_amount)
    return None if base is None else floor(Fraction(base) * Fraction(str(rule.limit_percent)) / 100)
