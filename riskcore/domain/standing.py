"""Standing: where every account stands after its last snapshot, and what it carries on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np
import pandas as pd

from riskcore.domain.days import NO_DAY, IntArray, microseconds
from riskcore.domain.frames import ACCOUNTS
from riskcore.domain.model import Account
from riskcore.domain.rules.base import Rule
from riskcore.domain.states import NONE, BoolArray, RuleTable, first_breaks, rule_table
from riskcore.domain.timeline import carry, opening, timeline

VIOLATION = ("account", "rule", "taken_at_us", "trading_day", "pauses", "floor", "measured")


@dataclass(frozen=True, slots=True)
class Standing:
    """What is carried from the last snapshot of each account.

    `accounts` rising by id, with `frame` (ACCOUNTS) beside them; `carried` as
    `timeline.carry` gives it; `taken_at_us` of the last snapshot, NO_DAY without one;
    `violations` one row per broken (account, rule) that still counts.
    """

    accounts: tuple[Account, ...]
    frame: pd.DataFrame
    carried: pd.DataFrame
    taken_at_us: IntArray
    violations: pd.DataFrame

    @property
    def rules(self) -> list[tuple[Rule, ...]]:
        """Each account's rules, by position."""
        return [account.rules for account in self.accounts]

    @property
    def has_snapshot(self) -> BoolArray:
        """Which accounts have been observed at all."""
        seen: BoolArray = self.taken_at_us != NO_DAY
        return seen


def accounts_frame(accounts: Sequence[Account]) -> pd.DataFrame:
    """`accounts` as ACCOUNTS; they must rise by id."""
    frame = pd.DataFrame(
        {
            "account_id": pd.Series([str(a.id) for a in accounts], dtype=object),
            "starting_balance": np.array(
                [np.nan if a.starting_balance is None else a.starting_balance for a in accounts],
                dtype=np.float64,
            ),
            "time_zone": pd.Series([a.time_zone for a in accounts], dtype=object),
            "reset_time": pd.Series([a.reset_time for a in accounts], dtype=object),
        }
    )
    return ACCOUNTS.check(frame)


def unobserved(accounts: Sequence[Account]) -> Standing:
    """The standing of accounts before their first snapshot."""
    ordered = tuple(sorted(accounts, key=lambda account: str(account.id)))
    frame = accounts_frame(ordered)
    return Standing(
        accounts=ordered,
        frame=frame,
        carried=opening(frame),
        taken_at_us=np.full(len(ordered), NO_DAY, dtype=np.int64),
        violations=_no_violations(),
    )


def advance(standing: Standing, snapshots: pd.DataFrame) -> Standing:
    """The standing after `snapshots` (SNAPSHOTS), all later than those it has seen."""
    if snapshots.empty:
        return standing
    rows = timeline(snapshots, standing.frame, standing.carried)
    table = rule_table(rows, standing.rules)
    account = rows["account"].to_numpy()
    last = np.flatnonzero(np.r_[account[1:] != account[:-1], True])
    taken_at_us = standing.taken_at_us.copy()
    taken_at_us[account[last]] = microseconds(rows["taken_at"])[last]
    carried = carry(rows, standing.carried)
    found = pd.concat([standing.violations, _violations(rows, table, last)], ignore_index=True)
    return replace(
        standing,
        carried=carried,
        taken_at_us=taken_at_us,
        violations=_still_counting(found, carried["trading_day"].to_numpy()),
    )


def _violations(rows: pd.DataFrame, table: RuleTable, last: IntArray) -> pd.DataFrame:
    """The breaks of `rows` that count at each account's last row."""
    found = [_no_violations()]
    taken_at_us = microseconds(rows["taken_at"])
    for rule in table.rules:
        pauses = table.pauses[rule].to_numpy()
        breaks = first_breaks(rows, table.is_broken[rule].to_numpy(), pauses)[last]
        breaks = breaks[breaks != NONE]
        found.append(
            pd.DataFrame(
                {
                    "account": rows["account"].to_numpy()[breaks],
                    "rule": rule,
                    "taken_at_us": taken_at_us[breaks],
                    "trading_day": rows["trading_day"].to_numpy()[breaks],
                    "pauses": pauses[breaks],
                    "floor": table.floor[rule].to_numpy()[breaks],
                    "measured": table.measured[rule].to_numpy()[breaks],
                }
            )
        )
    return pd.concat([frame for frame in found if len(frame)] or found, ignore_index=True)


def _still_counting(violations: pd.DataFrame, trading_day: IntArray) -> pd.DataFrame:
    """The earliest break of each (account, rule), without pauses of an earlier day."""
    today = violations["trading_day"].to_numpy() == trading_day[violations["account"]]
    kept = violations[~violations["pauses"].to_numpy(dtype=bool) | today]
    first: pd.DataFrame = kept.drop_duplicates(["account", "rule"], keep="first")
    return first.reset_index(drop=True)


def _no_violations() -> pd.DataFrame:
    types = {"rule": object, "pauses": bool, "floor": np.float64, "measured": np.float64}
    return pd.DataFrame({name: pd.Series(dtype=types.get(name, np.int64)) for name in VIOLATION})


def part(standing: Standing, accounts: Sequence[Account]) -> Standing:
    """The standing of `accounts` alone; each must be in `standing`."""
    place = {account.id: position for position, account in enumerate(standing.accounts)}
    wanted = np.array(sorted(place[account.id] for account in accounts), dtype=np.int64)
    new_place = np.full(len(standing.accounts), NONE, dtype=np.int64)
    new_place[wanted] = np.arange(len(wanted))
    violations = standing.violations
    moved = new_place[violations["account"].to_numpy()]
    return Standing(
        accounts=tuple(standing.accounts[position] for position in wanted),
        frame=standing.frame.take(wanted).reset_index(drop=True),
        carried=standing.carried.take(wanted).reset_index(drop=True),
        taken_at_us=standing.taken_at_us[wanted],
        violations=violations.assign(account=moved)[moved != NONE].reset_index(drop=True),
    )


def joined(first: Standing, second: Standing) -> Standing:
    """Two standings of different accounts as one."""
    accounts = first.accounts + second.accounts
    order = sorted(range(len(accounts)), key=lambda position: str(accounts[position].id))
    place = np.empty(len(order), dtype=np.int64)
    place[order] = np.arange(len(order))
    both = pd.concat(
        [
            first.violations,
            second.violations.assign(account=second.violations["account"] + len(first.accounts)),
        ],
        ignore_index=True,
    )
    return Standing(
        accounts=tuple(accounts[position] for position in order),
        frame=pd.concat([first.frame, second.frame]).iloc[order].reset_index(drop=True),
        carried=pd.concat([first.carried, second.carried]).iloc[order].reset_index(drop=True),
        taken_at_us=np.r_[first.taken_at_us, second.taken_at_us][order],
        violations=both.assign(account=place[both["account"].to_numpy()]),
    )


def held_rows(standing: Standing, as_of: datetime) -> pd.DataFrame:
    """Every observed account's last balance and equity as if seen at `as_of` (TIMELINE).

    What an open position is worth after a reset that nobody has reported on: the day's
    start and its floors are those of `as_of`. Never before the last snapshot.
    """
    observed = np.flatnonzero(standing.has_snapshot)
    as_of_us = int(microseconds(pd.DatetimeIndex([as_of]))[0])
    instants = np.maximum(standing.taken_at_us[observed], as_of_us)
    snapshots = pd.DataFrame(
        {
            "account": observed,
            "taken_at": pd.DatetimeIndex(instants.view("M8[us]"), tz="UTC"),
            "balance": standing.carried["balance"].to_numpy()[observed],
            "equity": standing.carried["equity"].to_numpy()[observed],
        }
    )
    return timeline(snapshots, standing.frame, standing.carried)
