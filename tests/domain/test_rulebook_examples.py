"""The worked examples of docs/rules.md: the tables people check by hand, replayed."""

from __future__ import annotations

import re
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import pytest

from riskcore.domain.rules import KINDS
from riskcore.domain.rules.base import Action
from riskcore.domain.rules.consistency import Consistency
from riskcore.domain.rules.daily_loss import DailyLoss
from riskcore.domain.rules.floating_loss import FloatingLoss
from riskcore.domain.rules.inactivity import Inactivity
from riskcore.domain.rules.max_loss import MaxLoss, Trail
from riskcore.domain.rules.min_trading_days import MinTradingDays
from riskcore.domain.rules.position_limit import PositionLimit
from riskcore.domain.rules.profit_cap import ProfitCap
from riskcore.domain.rules.profit_target import ProfitTarget
from riskcore.domain.rules.weekly_loss import WeeklyLoss
from tests.domain.rulebook import buffers, floors

RULES = (Path(__file__).parents[2] / "docs" / "rules.md").read_text(encoding="utf-8")
SUNDAY = datetime(2026, 3, 1, tzinfo=UTC)
WEEKDAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]

EXAMPLES = [
    (DailyLoss(limit_percent=5), 200_000.0),
    (MaxLoss(limit_amount=2_000, trail=Trail.EOD_BALANCE, locks_at_profit=0), 50_000.0),
    (WeeklyLoss(limit_amount=1_500, action=Action.PAUSE), 50_000.0),
    (FloatingLoss(limit_percent=1), 50_000.0),
    (PositionLimit(most_contracts=2, tiers=((1_500, 3), (2_000, 5))), 50_000.0),
    (Inactivity(days=7), 50_000.0),
    (ProfitTarget(target_amount=3_000), 50_000.0),
    (Consistency(max_percent=40, target_amount=3_000), 50_000.0),
    (MinTradingDays(days=3, min_profit_percent=0.5), 50_000.0),
    (ProfitCap(limit_amount=1_000), 50_000.0),
]


def example(title: str) -> list[list[str]]:
    """The cells of the table under **Example** in the section with this title."""
    section = re.search(rf"^## {title}\n.*?^\*\*Example\*\*.*?\n\n(.*?)\n\n", RULES, re.M | re.S)
    assert section, f"docs/rules.md#{title} has no example"
    _, _, *lines = section[1].splitlines()
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def number(cell: str) -> float:
    """What a cell comes to: the first number, after `=` where it is arithmetic."""
    found = re.search(r"[−-]?\d[\d,]*(\.\d+)?", cell.rpartition("=")[2])
    assert found, cell
    return float(found[0].replace(",", "").replace("−", "-"))


def instants(cells: list[str]) -> list[datetime]:
    """`Mon 10:00` as instants, each in the first week that puts it after the one before."""
    at, found = SUNDAY, []
    for cell in cells:
        day, clock = cell.split()
        ahead = (WEEKDAYS.index(day) - at.weekday()) % 7
        then = datetime.combine(at.date() + timedelta(days=ahead), time.fromisoformat(clock), UTC)
        at = then if then > at else then + timedelta(days=7)
        found.append(at)
    return found


@pytest.mark.parametrize(("rule", "start"), EXAMPLES)
def test_the_worked_example_of_a_kind_comes_out_as_written(rule, start):
    rows = example(rule.title)
    seen = [
        (at, *map(number, row[1:-2]))
        for at, row in zip(instants([row[0] for row in rows]), rows, strict=True)
    ]
    account = {"starting_balance": start}
    assert floors(seen, rule, **account) == [number(row[-2]) for row in rows]
    assert buffers(seen, rule, **account) == [number(row[-1]) for row in rows]


def test_every_kind_has_a_worked_example():
    assert [rule.kind for rule, _ in EXAMPLES] == list(KINDS)
