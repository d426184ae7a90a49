"""Exact at the threshold: at the level, one unit above it and one below, for every kind.

Of each generated account the last snapshots lie at the level of its rule and on both sides
of it; the level is that of the rulebook in plain Python, in whole cents. A unit is a cent, a
hundredth of a contract, a day; of calendar days of silence it is a microsecond.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from functools import cache
from typing import Any, TypeVar
from uuid import UUID

import numpy as np
import pytest

from riskcore.domain.model import Account
from riskcore.domain.rules import KINDS
from riskcore.domain.rules.base import Measure, Rule
from riskcore.domain.rules.consistency import Comparison, Consistency, ConsistencyMode
from riskcore.domain.rules.daily_loss import DailyLoss
from riskcore.domain.rules.inactivity import DayCount
from riskcore.domain.rules.max_loss import MaxLoss, Trail
from riskcore.domain.rules.position_limit import PositionLimit, TierBasis
from riskcore.domain.standing import advance, timeline_of, unobserved
from riskcore.domain.states import rule_table
from tests.domain import plain
from tests.domain.making import (
    CLOCKS,
    HIGH,
    INSTANT,
    LOW,
    SATURDAY,
    Choice,
    made_event,
    made_history,
    made_rule,
)
from tests.domain.rulebook import Seen, account, frame

TIMES = int(os.environ.get("TIMES", "1"))
"""How many times as many cases; `make long` sets it."""

ACCOUNTS = 3_500 * TIMES
"""Of each kind; each is three cases or more."""

SCALES = [Choice(scale=scale, may_be_unset=False) for scale in (1, 97, 9_973, 870_000)]
"""Balances of about a thousand, a hundred thousand, ten million and a billion."""

EPOCH = datetime.fromtimestamp(0, UTC)
DAY, HOUR, SECOND = timedelta(days=1), timedelta(hours=1), timedelta(seconds=1)
MIDNIGHT = time(0)
T = TypeVar("T")

Case = tuple[Account, list[Seen], list[Seen]]
"""An account, what was seen of it before, and the snapshots about the level."""


class Numbers:
    """Picks by a seeded generator."""

    def __init__(self, seed: int) -> None:
        self.random = np.random.default_rng(seed)

    def choice(self, options: Sequence[T], /) -> T:
        return options[int(self.random.integers(len(options)))]

    def randint(self, low: int, high: int, /) -> int:
        return int(self.random.integers(low, high, endpoint=True))


def any_account(
    picks: Numbers, number: int, choice: Choice, *rules: Rule, **fields: Any
) -> Account:
    zone, reset = picks.choice(CLOCKS)
    start = choice.money(picks, LOW, HIGH)
    values = {"time_zone": zone, "reset_time": reset, "starting_balance": start}
    return account(*rules, number=number, **values | fields)


# --- money


def about_money(picks: Numbers, number: int, kind: str) -> Case:
    """Some days and events; then what the rule measures is at its level, and a cent off it."""
    choice = picks.choice(SCALES)
    events = [made_event(picks, number, choice) for _ in range(picks.choice([0, 0, 0, 1, 2]))]
    rule = made_rule(picks, kind, choice)
    one = any_account(picks, number, choice, rule, events=tuple(events))
    before = calm(picks, choice)
    return one, before, measured_about(one, before)


def calm(picks: Numbers, choice: Choice) -> list[Seen]:
    """Some snapshots, and one to stand on after everything that happened."""
    history = made_history(picks, choice, most=4)
    last = history[-1][1:3] if history else [choice.money(picks, LOW, HIGH)] * 2
    return [*history, (SATURDAY + 4 * DAY + 45 * 60 * SECOND, *last, 1.0)]


def measured_about(one: Account, before: list[Seen]) -> list[Seen]:
    """The money that the rule measures is at its level, a cent above and a cent below."""
    rule, walk = one.rules[0], walked(one, before)
    found = plain.level(rule, walk)
    by_equity = getattr(rule, "measure", None) is Measure.EQUITY
    by_balance = getattr(rule, "measure", None) is Measure.BALANCE
    money = walk.equity if by_equity else walk.balance
    if not (by_equity or by_balance):
        money = min(walk.balance, walk.equity)
    from_zero = money - found.measured
    return [
        (
            before[-1][0] + second * SECOND,
            (walk.balance if by_equity else from_zero + cents) / 100,
            (walk.equity if by_balance else from_zero + cents) / 100,
            1.0,
        )
        for second, cents in enumerate(about(found.level), 1)
    ]


def walked(one: Account, before: list[Seen]) -> Any:
    replay = plain.Replay(one)
    for seen in before:
        replay.see(seen)
    return replay.walk


def about(level: int) -> tuple[int, int, int]:
    return level, level + 1, level - 1


# --- contracts


def about_contracts(picks: Numbers, number: int, kind: str) -> Case:
    choice = picks.choice(SCALES)
    one = any_account(picks, number, choice, made_rule(picks, kind, choice))
    before = calm(picks, choice)
    most = plain.level(one.rules[0], walked(one, before)).level
    at, balance, equity, _ = before[-1]
    return (
        one,
        before,
        [
            (at + second * SECOND, balance, equity, hundredths / 100)
            for second, hundredths in enumerate(about(most), 1)
        ],
    )


# --- days


def about_silence(picks: Numbers, number: int, kind: str) -> Case:
    """Nothing open, and nothing traded since the first snapshot."""
    rule = replace(made_rule(picks, kind, SCALES[1]), days=picks.randint(1, 40))
    one = any_account(picks, number, SCALES[1], rule)
    at = SATURDAY + picks.randint(0, 14 * 86_400_000_000 - 1) * INSTANT
    first = (at, 50_000.0, 50_000.0, 0.0)
    return one, [first], [(then, *first[1:]) for then in silence(one, first)]


def silence(one: Account, first: Seen) -> Iterator[Any]:
    rule, walk = one.rules[0], walked(one, [first])
    if rule.counted is DayCount.CALENDAR:
        last = first[0] + rule.days * DAY
        yield from (last - DAY / 100, last - INSTANT, last, last + INSTANT)
        return
    for days in range(int(rule.days) - 1, 2 * int(rule.days) + 6):
        at = first[0] + days * DAY
        walk.see(at, walk.balance, walk.equity, 0)
        if days and abs(plain.level(rule, walk).measured - 100 * rule.days) <= 100:
            yield at


def about_days(picks: Numbers, number: int, kind: str) -> Case:
    """A day short of what is asked; then a cent less than a day must win, just that, a day more."""
    choice = picks.choice(SCALES)
    rule = made_rule(picks, kind, choice)
    one = any_account(picks, number, choice, rule, time_zone="UTC", reset_time=MIDNIGHT)
    start = plain.cents(one.starting_balance)
    least = plain.amount_or_part(rule.min_profit_amount, rule.min_profit_percent, start) or 1
    results = [least + picks.choice([0, 1]) for _ in range(int(rule.days) - 1)]
    before = closed(start, [0, *results])
    at, balance, *_ = before[-1]
    return (
        one,
        before,
        [
            (at + hours * HOUR, *[(round(balance * 100) + won) / 100] * 2, 0.0)
            for hours, won in ((24, least - 1), (25, least), (48, 2 * least))
        ],
    )


def closed(start: int, results: Sequence[int]) -> list[Seen]:
    """One snapshot a day at nine, with the day's closed result in it."""
    balances = start + np.cumsum(results)
    nine = SATURDAY + 9 * HOUR
    return [
        (nine + day * DAY, balance / 100, balance / 100, 0.0)
        for day, balance in enumerate(balances.tolist())
    ]


# --- consistency


def about_consistency(picks: Numbers, number: int, kind: str) -> Case:
    """A best day and others, some cents short of the total of which it is the percentage."""
    choice = picks.choice(SCALES)
    made = made_rule(picks, kind, choice)
    share = picks.randint(400_000, 700_000)  # ten-thousandths of a percent
    best = picks.randint(1_000, 3_000) * choice.scale + picks.randint(0, 99)
    total = best * 1_000_000 // share + 1
    if made.op is Comparison.LE:
        total = -(-best * 1_000_000 // share)
    target = picks.choice([None, picks.randint(1, total + best // 4)])
    rule = Consistency(
        max_percent=share / 10_000,
        mode=made.mode,
        op=made.op,
        target_amount=None if target is None else target / 100,
    )
    one = any_account(picks, number, choice, rule, time_zone="UTC", reset_time=MIDNIGHT)
    before = closed(
        plain.cents(one.starting_balance), _days_short(picks, rule, best, max(total, target or 0))
    )
    return one, before, measured_about(one, before)


def _days_short(picks: Numbers, rule: Consistency, best: int, total: int) -> list[int]:
    """The best day, others, a loss, and a day that is going on; together a little short."""
    lost = picks.randint(0, best // 100)
    regained = 0 if rule.mode is ConsistencyMode.DAY_OF_POSITIVE else lost
    short = picks.randint(2, (total - best) // 2)
    others = total - best - short
    return [best, -lost, others // 2 + regained, others - others // 2, 0]


ABOUT: dict[str, Callable[[Numbers, int, str], Case]] = {
    "position_limit": about_contracts,
    "inactivity": about_silence,
    "min_trading_days": about_days,
    "consistency": about_consistency,
}
"""How each kind is brought to its level; money but for these."""


# --- the judgement


NEAR = {"inactivity": [-100, -1, 0, 1, 100], "min_trading_days": [-100, 0, 100]}
"""Buffers next to the level, in hundredths; else a cent, or a hundredth of a contract."""

NUMBERS = ("floor", "measured", "buffer", "limit_amount", "is_broken")


@dataclass(frozen=True)
class Judged:
    """How many snapshots lay at the level or next to it, on either side, and how many wrong."""

    at: int
    left: int
    over: int
    wrong: int

    @property
    def cases(self) -> int:
        return self.at + self.left + self.over


@cache
def judged(kind: str) -> Judged:
    """The cases of a kind."""
    picks = Numbers(seed=sorted(KINDS).index(kind))
    made = ABOUT.get(kind, about_money)
    return judge([made(picks, number, kind) for number in range(1, ACCOUNTS + 1)])


def judge(cases: Sequence[Case]) -> Judged:
    """Every number of every snapshot, and the break that counts in the end.

    The accounts are evaluated together, in one frame.
    """
    accounts = [one for one, _, _ in cases]
    standing = unobserved(accounts)
    snapshots = frame(accounts, {one.id: before + then for one, before, then in cases})
    table = rule_table(timeline_of(standing, snapshots), standing.book)
    (kind,) = table.rules
    found = np.column_stack([getattr(table, name)[kind].astype(np.float64) for name in NUMBERS])
    expected, is_case, broken = told(cases)
    wrong = ~np.isclose(found, expected / 100, rtol=0, atol=1e-9, equal_nan=True)
    violations = advance(standing, snapshots).violations
    found_broken = dict(zip(violations["account"], violations["taken_at_us"], strict=True))
    buffer = expected[is_case, NUMBERS.index("buffer")]
    near = buffer[np.isin(buffer, NEAR.get(kind, [-1, 0, 1]))]
    return Judged(
        at=int((near == 0).sum()),
        left=int((near > 0).sum()),
        over=int((near < 0).sum()),
        wrong=int(wrong.any(axis=1).sum()) + (found_broken != broken),
    )


def told(cases: Sequence[Case]) -> tuple[np.ndarray, np.ndarray, dict[int, int]]:
    """What the rulebook in plain Python says: NUMBERS in hundredths, row by row.

    With which rows are about the level, and when each account was broken.
    """
    numbers, is_case, broken = [], [], {}
    for place, (one, before, then) in enumerate(cases):
        (rule,) = one.rules
        replay = plain.Replay(one)
        for seen in before + then:
            answer = replay.see(seen)[rule.kind]
            known = (answer.floor, answer.measured, answer.buffer, answer.limit)
            numbers.append((*known, 100 * plain.is_broken(rule, answer.buffer)))
        is_case += [False] * len(before) + [True] * len(then)
        if answer.violated_at is not None:
            broken[place] = (answer.violated_at - EPOCH) // INSTANT
    return np.array(numbers, dtype=np.float64), np.array(is_case), broken


@pytest.mark.parametrize("kind", KINDS)
def test_no_number_about_the_level_is_wrong(kind):
    assert judged(kind).wrong == 0


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_tried_at_its_level_and_on_both_sides_of_it(kind):
    assert min(judged(kind).at, judged(kind).left, judged(kind).over) > ACCOUNTS * 0.9


def test_a_hundred_thousand_cases_are_tried():
    assert sum(judged(kind).cases for kind in KINDS) >= 100_000 * TIMES


# --- the profit from which a limit, a tier or a lock is another


def _daily_steps(picks: Numbers, choice: Choice, profit: float) -> Rule:
    return DailyLoss(limit_amount=0.01, limit_steps=((profit, choice.money(picks, 1_000, 9_000)),))


def _daily_share(picks: Numbers, choice: Choice, profit: float) -> Rule:
    share = picks.choice([25, 60, 100])
    return DailyLoss(limit_amount=0.01, limit_share_percent=share, share_from_profit=profit)


def _tiers(picks: Numbers, choice: Choice, profit: float) -> Rule:
    basis = picks.choice(list(TierBasis))
    return PositionLimit(most_contracts=1, tiers=((profit, 2),), tier_basis=basis)


def _milestone(picks: Numbers, choice: Choice, profit: float) -> Rule:
    trail = picks.choice([trail for trail in Trail if trail is not Trail.STATIC])
    return MaxLoss(limit_amount=0.01, trail=trail, milestone_profit=profit)


@pytest.mark.parametrize("made", [_daily_steps, _daily_share, _tiers, _milestone])
def test_a_profit_is_reached_to_the_cent(made):
    """A cent short of the profit, at it and a cent over it; the day after with more."""
    picks, cases = Numbers(seed=1), []
    for number in range(0, 3 * 700 * TIMES, 3):
        choice = picks.choice(SCALES)
        profit = choice.money(picks, 1_000, 9_000)
        one = any_account(picks, number, choice, made(picks, choice, profit))
        reached = plain.cents(one.starting_balance) + plain.cents(profit)
        for off in (-1, 0, 1):
            money, later = ((reached + more) / 100 for more in (off, 1_000))
            seen = [
                (SATURDAY + 9 * HOUR, money, money, 1.0),
                (SATURDAY + 57 * HOUR, money, money, 1.0),
                (SATURDAY + 58 * HOUR, later, later, 1.0),
                (SATURDAY + 96 * HOUR, later, later, 1.0),
            ]
            cases.append((account_like(one, number + 2 + off), seen, []))
    assert judge(cases).wrong == 0
    levels = told(cases)[0][:, :1].reshape(-1, 3, 4)
    assert (levels[:, 0] != levels[:, 1]).any(axis=1).all()


def account_like(one: Account, number: int) -> Account:
    return replace(one, id=UUID(int=number), number=str(number))
