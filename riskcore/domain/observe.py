"""Observation: what is known of each account of a standing at one instant, as wide arrays."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import numpy as np
import pandas as pd

from riskcore.domain.days import NEVER, IntArray, microsecond
from riskcore.domain.model import Basis
from riskcore.domain.money import FloatArray, to_cent
from riskcore.domain.rulebook import NONE
from riskcore.domain.rules import KINDS
from riskcore.domain.rules.base import Unit
from riskcore.domain.runs import BoolArray
from riskcore.domain.staleness import are_stale
from riskcore.domain.standing import Held, Standing, held, still_counts
from riskcore.domain.states import RuleTable, bound, percent, rule_table
from riskcore.domain.status import Status, Thresholds

NUMBERS = ("floor", "measured", "buffer", "limit_amount")


@dataclass(frozen=True, slots=True)
class Observed:
    """What is known of each account of a standing at one instant.

    Arrays have one row per account and one column per rule (`rules`); `violation` is the
    row in the standing's violations that counts, or NONE. NaN and NONE are unknown.
    `is_gate`: the account's rule stands before a payout only. `after` and
    `percent_after` are the buffers over each account's next reset (`next_reset_us`).
    `is_rolled`: a reset has passed since the last snapshot. `details` by rule and name,
    one value per account. `basis` is a code of Basis, as the last snapshots were.
    `changes_at_us`: when time alone changes the answer of a rule before the next reset.
    """

    standing: Standing
    as_of: datetime
    rules: tuple[str, ...]
    floor: FloatArray
    measured: FloatArray
    buffer: FloatArray
    limit_amount: FloatArray
    percent: FloatArray
    after: FloatArray
    percent_after: FloatArray
    next_reset_us: IntArray
    applies: BoolArray
    is_gate: BoolArray
    is_broken: BoolArray
    violation: IntArray
    is_stale: BoolArray
    is_rolled: BoolArray
    basis: IntArray
    balance: FloatArray
    equity: FloatArray
    details: dict[str, dict[str, FloatArray]]
    changes_at_us: IntArray


def observe(standing: Standing, as_of: datetime) -> Observed:
    """Where every account of `standing` is at `as_of`, its positions held as they were."""
    kept = held(standing, as_of)
    table = rule_table(kept.rows, standing.book)
    wide = _Wide(kept, table, len(standing.accounts))
    now = {name: wide.numbers(name, 0) for name in NUMBERS}
    after, limit_after = wide.numbers("buffer", 1), wide.numbers("limit_amount", 1)
    carried = standing.carried
    day = wide.column("trading_day", carried["trading_day"].to_numpy())
    cycle = wide.column("cycle", carried["cycle"].to_numpy())
    nothing = np.full(len(standing.accounts), np.nan)
    return Observed(
        standing=standing,
        as_of=as_of,
        rules=table.rules,
        percent=_percent(now["buffer"], now["limit_amount"], table.rules),
        after=after,
        percent_after=_percent(after, limit_after, table.rules),
        next_reset_us=kept.next_reset_us,
        applies=np.column_stack([standing.book.has(rule) for rule in table.rules])
        if table.rules
        else np.zeros((len(standing.accounts), 0), dtype=bool),
        is_gate=standing.book.flags("is_gate"),
        is_broken=wide.flags(),
        violation=_violation_rows(standing, table.rules, cycle, day),
        is_stale=_is_stale(standing, as_of),
        is_rolled=day != carried["trading_day"].to_numpy(),
        basis=_basis(carried),
        balance=wide.column("balance", nothing),
        equity=wide.column("equity", nothing),
        details=_details(standing, wide),
        changes_at_us=_changes_at_us(standing, wide),
        **now,
    )


class _Wide:
    """Held rows spread over all accounts; of the two rows of an account one at a time."""

    def __init__(self, kept: Held, table: RuleTable, count: int) -> None:
        self.rows, self.table, self.count = kept.rows, table, count
        self.account = kept.rows["account"].to_numpy()[::2]

    def numbers(self, name: str, which: int) -> FloatArray:
        """Account × rule: the table's numbers now (0) or after the next reset (1)."""
        full = np.full((self.count, len(self.table.rules)), np.nan)
        full[self.account] = getattr(self.table, name).to_numpy(dtype=np.float64)[which::2]
        return full

    def flags(self) -> BoolArray:
        """Account × rule: whether the rule is broken now."""
        full = np.zeros((self.count, len(self.table.rules)), dtype=bool)
        full[self.account] = self.table.is_broken.to_numpy(dtype=bool)[::2]
        return full

    def column(self, name: str, otherwise: np.ndarray) -> np.ndarray:
        """By account a column of the rows as they are now, else `otherwise`."""
        return self.spread(self.rows[name].to_numpy()[::2], otherwise)

    def spread(self, values: np.ndarray, otherwise: np.ndarray) -> np.ndarray:
        """`values` of the observed accounts over all."""
        full = otherwise.copy()
        full[self.account] = values
        return full


def _percent(buffer: FloatArray, limit: FloatArray, rules: tuple[str, ...]) -> FloatArray:
    columns = [
        percent(buffer[:, place], limit[:, place], KINDS[rule].is_goal)
        for place, rule in enumerate(rules)
    ]
    return np.column_stack(columns) if columns else buffer


def _details(standing: Standing, wide: _Wide) -> dict[str, dict[str, FloatArray]]:
    """What else the rules have to say, by rule and name; one value per account."""
    found: dict[str, dict[str, FloatArray]] = {}
    for kind in (kind for kind in wide.table.rules if KINDS[kind].has_details):
        now = wide.rows.iloc[::2].reset_index(drop=True)
        rows, parameters, _ = bound(kind, standing.book, now)
        for name, values in KINDS[kind].details(rows, parameters).items():
            full = np.full(wide.count, np.nan)
            full[rows["account"].to_numpy()] = values
            found.setdefault(kind, {})[name] = full
    return found


def _changes_at_us(standing: Standing, wide: _Wide) -> IntArray:
    """The first instant at which a rule answers otherwise through time alone."""
    first = np.full(wide.count, NEVER, dtype=np.int64)
    for kind in (kind for kind in wide.table.rules if KINDS[kind].counts_time):
        now = wide.rows.iloc[::2].reset_index(drop=True)
        rows, parameters, _ = bound(kind, standing.book, now)
        account = rows["account"].to_numpy()
        first[account] = np.minimum(first[account], KINDS[kind].changes_at_us(rows, parameters))
    return first


def _violation_rows(
    standing: Standing, rules: tuple[str, ...], cycle: IntArray, day: IntArray
) -> IntArray:
    found = np.full((len(standing.accounts), len(rules)), NONE, dtype=np.int64)
    violations = standing.violations
    counts = still_counts(violations, cycle, day).tolist()
    broken = zip(violations["account"].tolist(), violations["rule"].tolist(), counts, strict=True)
    for row, (account, rule, still_counting) in enumerate(broken):
        if still_counting and rule in rules:
            found[account, rules.index(rule)] = row
    return found


def _is_stale(standing: Standing, as_of: datetime) -> BoolArray:
    """Whether the market was open for `stale_after` since the last snapshot, or there is none."""
    return are_stale(standing.accounts, standing.taken_at_us, microsecond(as_of))


def _basis(carried: pd.DataFrame) -> IntArray:
    """What the last snapshots rest on; one reading a day where the day before had but one."""
    said = carried["basis"].to_numpy()
    once = (carried["day_readings"].to_numpy() <= 1) & (carried["earlier_readings"].to_numpy() == 1)
    codes = list(Basis)
    is_equity = said == codes.index(Basis.EQUITY)
    return np.where(is_equity & once, codes.index(Basis.END_OF_DAY), said)


def statuses(observed: Observed, thresholds: Thresholds) -> np.ndarray:
    """Each account's status by rule; SAFE where a rule does not apply. Shape as `buffer`.

    A break that no snapshot has shown, only time since the last one, is critical: the
    next snapshot decides. A gate is at most unknown.
    """
    buffer, limit = observed.buffer, observed.limit_amount
    result = np.full(buffer.shape, Status.SAFE, dtype=np.int8)
    warns = np.array([KINDS[rule].warns for rule in observed.rules], dtype=bool)
    caution = np.where(warns, to_cent(limit * thresholds.caution_fraction), 0.0)
    result[buffer <= caution] = Status.CAUTION
    result[(buffer <= to_cent(limit * thresholds.critical_fraction)) & warns] = Status.CRITICAL
    stale = observed.is_stale[:, None]
    result[observed.is_broken] = Status.CRITICAL
    result[observed.is_gate] = Status.SAFE
    unknown = np.isnan(buffer) | stale
    result[unknown] = np.maximum(result[unknown], Status.UNKNOWN)
    result[observed.violation != NONE] = Status.VIOLATED
    result[~observed.applies] = Status.SAFE
    return result


def account_status(by_rule: np.ndarray, observed: Observed) -> np.ndarray:
    """Each account's worst status; without a limit or a snapshot at least UNKNOWN."""
    limits = observed.applies & ~observed.is_gate
    highest = np.where(limits, by_rule, Status.SAFE).max(axis=1, initial=Status.SAFE)
    unjudged = ~limits.any(axis=1) | observed.is_stale
    status: np.ndarray = np.where(unjudged, np.maximum(highest, Status.UNKNOWN), highest)
    return status


def counts_in_money(rules: tuple[str, ...]) -> BoolArray:
    """Which of `rules` are about money."""
    return np.array([KINDS[rule].unit is Unit.MONEY for rule in rules], dtype=bool)
