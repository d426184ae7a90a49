"""What each kind of rule measures and compares it with, in plain Python."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from math import ceil, floor

from riskcore.domain.rules.base import Measure, Rule
from riskcore.domain.rules.consistency import Comparison, Consistency, ConsistencyMode
from riskcore.domain.rules.daily_loss import DailyBase, DailyLoss, DayReference
from riskcore.domain.rules.floating_loss import FloatingBase, FloatingLoss
from riskcore.domain.rules.inactivity import DayCount, Inactivity
from riskcore.domain.rules.max_loss import MaxBase, MaxLoss, PayoutEffect, Trail
from riskcore.domain.rules.min_trading_days import MinTradingDays
from riskcore.domain.rules.parameters import Steps
from riskcore.domain.rules.position_limit import PositionLimit, TierBasis
from riskcore.domain.rules.profit_cap import CapScope, ProfitCap
from riskcore.domain.rules.profit_target import ProfitTarget
from riskcore.domain.rules.weekly_loss import WeekBase, WeeklyLoss, WeekReference
from tests.domain.plain.clock import ONE_DAY
from tests.domain.plain.walk import Walk
from tests.domain.plain.whole import Cents, amount_or_part, cents, higher, less, lower, part, share


@dataclass
class Level:
    """What is measured, what it is compared with, the nominal limit, and what else is said."""

    measured: Cents
    level: Cents
    limit: Cents
    details: dict[str, Cents] = field(default_factory=dict)


def level(rule: Rule, walk: Walk) -> Level:
    """Where `rule` stands."""
    return LEVELS[type(rule)](rule, walk)


def measured(measure: Measure, walk: Walk) -> Cents:
    return {
        Measure.EQUITY: walk.equity,
        Measure.BALANCE: walk.balance,
        Measure.LOWER: lower(walk.balance, walk.equity),
    }[measure]


def daily_loss(rule: DailyLoss, walk: Walk) -> Level:
    reference = {
        DayReference.BALANCE: walk.day.balance,
        DayReference.EQUITY: walk.day.equity,
        DayReference.HIGHER: higher(walk.day.balance, walk.day.equity),
        DayReference.INITIAL: walk.start,
    }[rule.reference]
    if rule.intraday_trail:
        reference = higher(reference, walk.day.peak)
    base = {
        DailyBase.INITIAL: walk.start,
        DailyBase.REFERENCE: reference,
        DailyBase.HIGH_WATER: walk.best_balance,
        DailyBase.PEAK: walk.day.peak,
    }[rule.amount_base]
    limit = amount_or_part(rule.limit_amount, rule.limit_percent, base)
    best = less(walk.best_close, walk.start)
    limit = _step(rule.limit_steps, best, limit)
    if rule.limit_share_percent is not None:
        if best is None:
            limit = None
        elif best >= cents(rule.share_from_profit):
            limit = part(best, rule.limit_share_percent)
    return Level(measured(rule.measure, walk), less(reference, limit), limit)


def _step(steps: Steps, profit: Cents, before: Cents) -> Cents:
    """The value of the last line of the table that the profit has reached."""
    if not steps:
        return before
    if profit is None:
        return None
    reached = [value for needed, value in steps if profit >= cents(needed)]
    return cents(reached[-1]) if reached else before


def max_loss(rule: MaxLoss, walk: Walk) -> Level:
    best = walk.start if rule.trail is Trail.STATIC else walk.trail
    base = best if rule.amount_base is MaxBase.HIGH_WATER else walk.start
    limit = amount_or_part(rule.limit_amount, rule.limit_percent, base)
    found = measured(rule.measure, walk)
    began = less(walk.start, limit)
    if walk.stated is not None:
        is_at_zero = walk.is_locked and rule.payout_effect is PayoutEffect.LOCK_AT_ZERO
        began = max(began, walk.stated) if is_at_zero and began is not None else walk.stated
    return Level(
        found, began if rule.trail is Trail.STATIC else _risen(rule, walk, began, limit), limit
    )


def _risen(rule: MaxLoss, walk: Walk, began: Cents, limit: Cents) -> Cents:
    """The floor under the best value, at most at its lock; it never falls from where it began."""
    if walk.trail is None:
        return None
    hangs = less(walk.trail, limit)
    if began is not None and hangs is not None and hangs <= began:
        return began
    if walk.start is None and (rule.locks_at_profit, rule.milestone_profit) != (None, None):
        return None
    if hangs is None:  # a floor stated by hand needs no limit
        return began
    lock = _lock(rule, walk)
    risen = hangs if lock is None else min(hangs, lock)
    return risen if began is None else max(began, risen)


def _lock(rule: MaxLoss, walk: Walk) -> Cents:
    """Where the floor stops rising; None: nowhere."""
    if rule.locks_at is not None:
        return cents(rule.locks_at)
    return None if rule.locks_at_profit is None else walk.start + cents(rule.locks_at_profit)


def weekly_loss(rule: WeeklyLoss, walk: Walk) -> Level:
    balance, equity = walk.week
    reference = {
        WeekReference.BALANCE: balance,
        WeekReference.EQUITY: equity,
        WeekReference.HIGHER: higher(balance, equity),
    }[rule.reference]
    base = walk.start if rule.amount_base is WeekBase.INITIAL else reference
    limit = amount_or_part(rule.limit_amount, rule.limit_percent, base)
    return Level(measured(rule.measure, walk), less(reference, limit), limit)


def floating_loss(rule: FloatingLoss, walk: Walk) -> Level:
    base = walk.start if rule.amount_base is FloatingBase.INITIAL else walk.balance
    limit = amount_or_part(rule.limit_amount, rule.limit_percent, base)
    return Level(walk.equity, less(walk.balance, limit), limit)


def position_limit(rule: PositionLimit, walk: Walk) -> Level:
    basis = {
        TierBasis.DAY_START: walk.day.balance,
        TierBasis.BALANCE: walk.balance,
        TierBasis.EQUITY: walk.equity,
        TierBasis.BEST_CLOSE: walk.best_close,
        TierBasis.BEST_EQUITY: walk.best_equity,
    }[rule.tier_basis]
    most = _step(rule.tiers, less(basis, walk.start), cents(rule.most_contracts))
    return Level(walk.contracts, most, most)


def inactivity(rule: Inactivity, walk: Walk) -> Level:
    at, named = walk.active
    if rule.counted is DayCount.CALENDAR:
        passed = -(-100 * (walk.at - at) // ONE_DAY)
    else:
        nights = (walk.day.named - named).days
        passed = 100 * sum((named + n * ONE_DAY).weekday() < 5 for n in range(1, nights + 1))
    return Level(passed, cents(rule.days), cents(rule.days))


def profit_target(rule: ProfitTarget, walk: Walk) -> Level:
    target = amount_or_part(rule.target_amount, rule.target_percent, walk.start)
    return Level(less(measured(rule.measure, walk), walk.goal_start), target, target)


def profit_cap(rule: ProfitCap, walk: Walk) -> Level:
    start = walk.day.balance if rule.scope is CapScope.DAY else walk.profit_start
    cap = amount_or_part(rule.limit_amount, rule.limit_percent, walk.start)
    return Level(less(measured(rule.measure, walk), start), cap, cap)


def min_trading_days(rule: MinTradingDays, walk: Walk) -> Level:
    today = walk.day.is_traded and walk.has_won(less(walk.balance, walk.day.goal_start))
    is_unset = rule.min_profit_percent is not None and walk.start is None
    found = None if is_unset else 100 * (walk.counted_days + today)
    return Level(found, cents(rule.days), cents(rule.days))


def consistency(rule: Consistency, walk: Walk) -> Level:
    today = less(walk.balance, walk.day.goal_start)
    total = less(walk.balance, walk.goal_start)
    won = _sum(higher(result, 0) for result in walk.results)
    best_day = _highest(walk.results)
    if rule.mode is ConsistencyMode.DAY_OF_TOTAL:
        best, whole, before, others = higher(best_day, today), total, best_day, less(total, today)
    elif rule.mode is ConsistencyMode.DAY_OF_POSITIVE:
        best, whole = higher(best_day, today), _sum([won, higher(today, 0)])
        before, others = best_day, won
    else:
        best, whole, before, others = walk.best_trade, total, walk.best_trade, total
    best, before = higher(best, 0), higher(before, 0)
    goal = amount_or_part(rule.target_amount, rule.target_percent, walk.start)
    has_goal = rule.target_amount is not None or rule.target_percent is not None
    asked = _whole(rule, best)
    required = asked if not has_goal else goal if asked is None else higher(asked, goal)
    ceiling = _ceiling(rule, before, others, goal, has_goal)
    is_trade = rule.mode is ConsistencyMode.TRADE_OF_TOTAL
    details = {
        "best": best,
        "share_total": asked,
        "allowed_best": _within(rule, whole),
        "ceiling_today": ceiling,
        "left_today": ceiling if is_trade else less(ceiling, today),
    }
    return Level(whole, required, required, details)


def _sum(values: object) -> Cents:
    known = list(values)
    return None if None in known else sum(known)


def _highest(values: list[Cents]) -> Cents:
    return None if None in values else max([0, *values])


def _is_strict(rule: Consistency) -> bool:
    return rule.op is Comparison.LT


def _whole(rule: Consistency, best: Cents) -> Cents:
    """The least total of which `best` is within the percentage."""
    if not best:
        return None
    exact = best / share(rule.max_percent)
    return floor(exact) + 1 if _is_strict(rule) else ceil(exact)


def _within(rule: Consistency, whole: Cents) -> Cents:
    """The most that is within the percentage of `whole`; nothing of a loss."""
    found = part(higher(whole, 0), rule.max_percent, _is_strict(rule))
    return higher(found, 0)


def _ceiling(rule: Consistency, before: Cents, others: Cents, goal: Cents, has_goal: bool) -> Cents:
    """The most that a day or trade may bring without asking for more than is asked already.

    It may equal the best so far, be within the percentage of the target, or of the total
    that it becomes a part of. None at 100 %, where there is no ceiling.
    """
    if share(rule.max_percent) == 1 or before is None or others is None or (has_goal and not goal):
        return None
    beside = share(rule.max_percent) / (1 - share(rule.max_percent))
    exact = max(others, 0) * beside
    joined = ceil(exact) - 1 if _is_strict(rule) else floor(exact)
    return max(before, joined, _within(rule, goal) if has_goal else 0, 0)


LEVELS: dict[type[Rule], Callable[..., Level]] = {
    DailyLoss: daily_loss,
    MaxLoss: max_loss,
    WeeklyLoss: weekly_loss,
    FloatingLoss: floating_loss,
    PositionLimit: position_limit,
    Inactivity: inactivity,
    ProfitTarget: profit_target,
    Consistency: consistency,
    MinTradingDays: min_trading_days,
    ProfitCap: profit_cap,
}
