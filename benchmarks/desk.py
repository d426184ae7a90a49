"""A made-up desk for the benchmarks: the same accounts, rules and snapshots for every run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from uuid import UUID

import numpy as np
import pandas as pd

from riskcore.domain.model import Account
from riskcore.domain.rulebook import RuleBook
from riskcore.domain.rules.base import Action, Measure, Rule
from riskcore.domain.rules.consistency import Consistency, ConsistencyMode
from riskcore.domain.rules.daily_loss import DailyLoss, DayReference
from riskcore.domain.rules.floating_loss import FloatingBase, FloatingLoss
from riskcore.domain.rules.max_loss import MaxLoss, Trail
from riskcore.domain.rules.profit_target import ProfitTarget
from riskcore.domain.rules.weekly_loss import WeeklyLoss, WeekReference
from riskcore.domain.standing import accounts_frame

SEED = 20_260_302
MADE = datetime(2026, 3, 1, tzinfo=UTC)
FIRST_DAY = date(2026, 3, 2)
"""A Monday; the night the clocks go forward in America is within the four weeks."""

DAYS, A_DAY = 20, 5
QUARTERS = 96
"""Snapshots fall on quarters of an hour, so that one in twenty days opens on its reset."""

CLOCKS = (
    ("America/New_York", time(17)),
    ("America/Chicago", time(17)),
    ("Europe/Prague", time(0)),
    ("UTC", time(0)),
)
SIZES = (25_000.0, 50_000.0, 100_000.0, 150_000.0, 200_000.0)

DAILY = (
    DailyLoss(limit_percent=5),
    DailyLoss(limit_percent=4, reference=DayReference.HIGHER, measure=Measure.LOWER),
    DailyLoss(limit_amount=1_000, reference=DayReference.EQUITY, action=Action.PAUSE),
)
MAX = (
    MaxLoss(limit_percent=10),
    MaxLoss(limit_amount=2_000, trail=Trail.EOD_BALANCE, locks_at_profit=0),
    MaxLoss(limit_percent=6, trail=Trail.EOD_BALANCE),
    MaxLoss(limit_amount=2_500, trail=Trail.INTRADAY_EQUITY, locks_at_profit=100),
)
OTHERS: tuple[tuple[Rule, ...], ...] = (
    (WeeklyLoss(limit_percent=7), WeeklyLoss(limit_amount=2_500, reference=WeekReference.EQUITY)),
    (
        FloatingLoss(limit_percent=1),
        FloatingLoss(limit_percent=2, amount_base=FloatingBase.BALANCE),
    ),
    (ProfitTarget(target_percent=8), ProfitTarget(target_amount=3_000)),
    (
        Consistency(max_percent=50, target_amount=3_000),
        Consistency(max_percent=30, mode=ConsistencyMode.DAY_OF_POSITIVE),
    ),
)


@dataclass(frozen=True, slots=True)
class BenchmarkDesk:
    """Accounts rising by id, what a timeline needs of them, and what was seen of them.

    `main` holds the daily and the maximum loss alone, `six` all six rules; `snapshots` as
    SNAPSHOTS, as many of each account on each of DAYS trading days.
    """

    accounts: tuple[Account, ...]
    frame: pd.DataFrame
    main: RuleBook
    six: RuleBook
    snapshots: pd.DataFrame


def benchmark_desk(count: int, a_day: int = A_DAY) -> BenchmarkDesk:
    """The desk of `count` accounts, with so many snapshots a day.

    Clocks, sizes and parameters vary from one account to the next.
    """
    random = np.random.default_rng(SEED)
    accounts = tuple(_account(number, random) for number in range(count))
    return BenchmarkDesk(
        accounts=accounts,
        frame=accounts_frame(accounts),
        main=RuleBook.of([account.rules[:2] for account in accounts]),
        six=RuleBook.of([account.rules for account in accounts]),
        snapshots=_snapshots(accounts, a_day, random),
    )


def _account(number: int, random: np.random.Generator) -> Account:
    zone, reset = CLOCKS[random.integers(len(CLOCKS))]
    return Account(
        id=UUID(int=number),
        user_id="local",
        number=str(number),
        name=str(number),
        starting_balance=SIZES[random.integers(len(SIZES))],
        time_zone=zone,
        reset_time=reset,
        rules=tuple(_one_of(rules, random) for rules in (DAILY, MAX, *OTHERS)),
        created_at=MADE,
        updated_at=MADE,
    )


def _one_of(rules: Sequence[Rule], random: np.random.Generator) -> Rule:
    return rules[random.integers(len(rules))]


def _snapshots(
    accounts: Sequence[Account], a_day: int, random: np.random.Generator
) -> pd.DataFrame:
    """Balances walk in whole cents from the starting balance, equity around them."""
    shape = (len(accounts), DAYS * a_day)
    start = np.array([account.starting_balance for account in accounts])
    steps = start[:, None] * 0.002 * random.standard_normal(shape)
    closes = random.random(shape) < 0.6
    balance = np.round(start[:, None] + np.cumsum(steps * closes, axis=1), 2)
    floating = start[:, None] * 0.004 * random.standard_normal(shape)
    is_open = random.random(shape) < 0.7
    return pd.DataFrame(
        {
            "account": np.repeat(np.arange(shape[0]), shape[1]),
            "taken_at": pd.DatetimeIndex(_instants(shape[0], a_day, random).ravel(), tz="UTC"),
            "balance": balance.ravel(),
            "equity": np.round(balance + floating * is_open, 2).ravel(),
        }
    )


def _instants(count: int, a_day: int, random: np.random.Generator) -> np.ndarray:
    """Account × snapshot: `a_day` different quarters of an hour on each weekday, rising."""
    drawn = random.integers(0, QUARTERS - a_day + 1, (count, DAYS, a_day))
    quarter = np.sort(drawn, axis=2) + np.arange(a_day)
    day = np.busday_offset(FIRST_DAY, np.arange(DAYS)).astype("M8[us]")
    return (day[:, None] + quarter * np.timedelta64(15 * 60 * 1_000_000, "us")).reshape(count, -1)
