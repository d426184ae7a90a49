"""What account events do, in plain Python."""

from __future__ import annotations

from datetime import timedelta

from riskcore.domain.events import AccountEvent, EventKind
from riskcore.domain.rules.base import Since
from riskcore.domain.rules.max_loss import PayoutEffect
from tests.domain.plain.clock import day_of
from tests.domain.plain.walk import Walk
from tests.domain.plain.whole import Cents, cents, higher, less, lower

INSTANT = timedelta(microseconds=1)


def happen(walk: Walk, event: AccountEvent) -> None:
    """Something happens; days that ended before it are over by then.

    At the very instant of a reset it still belongs to the day that this closes.
    """
    if walk.day is not None:
        walk.pass_resets(day_of(event.happened_at - INSTANT, *walk.clock))
    amount = cents(event.amount)
    match event.kind:
        case EventKind.DEPOSIT:
            _flow(walk, amount)
        case EventKind.WITHDRAWAL:
            _flow(walk, -amount)
        case EventKind.PAYOUT:
            _payout(walk, amount)
        case EventKind.RESET:
            walk.cycle += 1
            own = walk.account.starting_balance
            walk.begin_cycle(own if event.amount is None else event.amount)
        case EventKind.REBASE:
            walk.count_from(amount)
        case EventKind.PEAK:
            walk.best_balance = walk.best_equity = walk.best_close = walk.trail = amount
            walk.stated = walk.stated if walk.is_locked else None
        case EventKind.FLOOR:
            walk.stated = walk.trail = amount


def _flow(walk: Walk, amount: int) -> None:
    """Money comes or goes, and every level with it."""
    _move(walk, amount)
    for name in ("start", "best_balance", "best_equity", "best_close", "trail", "stated"):
        setattr(walk, name, _plus(getattr(walk, name), amount))


def _move(walk: Walk, amount: int) -> None:
    """What stands now, and where the day, the week and the profit count from."""
    for name in ("balance", "equity", "profit_start", "goal_start"):
        setattr(walk, name, _plus(getattr(walk, name), amount))
    if walk.day is not None:
        for name in ("balance", "equity", "peak", "goal_start"):
            setattr(walk.day, name, _plus(getattr(walk.day, name), amount))
        walk.week = _plus(walk.week[0], amount), _plus(walk.week[1], amount)


def _plus(level: Cents, amount: int) -> Cents:
    return None if level is None else level + amount


def _payout(walk: Walk, amount: int) -> None:
    """No loss of the day or week; goals may begin anew, and the rule says what the floor does."""
    _move(walk, -amount)
    if any(getattr(rule, "since", None) is Since.PAYOUT for rule in walk.account.rules):
        _begin_goals(walk)
    rule = walk.rules.get("max_loss")
    match rule.payout_effect if rule else PayoutEffect.NONE:
        case PayoutEffect.REDUCE:
            # Down by the amount, to the starting balance at most; and never up.
            least = lower(walk.trail, walk.start)
            walk.trail = higher(less(walk.trail, amount), least)
            walk.stated = less(walk.stated, amount)
        case PayoutEffect.LOCK:
            _lock(walk, walk.start)
        case PayoutEffect.LOCK_AT_ZERO:
            _lock(walk, 0)
        case PayoutEffect.RESET:
            walk.trail, walk.stated = walk.start, None


def _begin_goals(walk: Walk) -> None:
    walk.goal_start, walk.counted_days = walk.balance, 0
    walk.begin_results(walk.balance)
    if walk.day is not None:
        walk.day.goal_start, walk.day.is_traded = walk.balance, False


def _lock(walk: Walk, level: Cents) -> None:
    """The floor is at least `level` from now on, and moves no more."""
    walk.is_locked = True
    if level is None:
        walk.trail = walk.stated = None
    else:
        walk.stated = level if walk.stated is None else max(walk.stated, level)
