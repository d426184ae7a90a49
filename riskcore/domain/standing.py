"""Standing: where every account stands after its last snapshot, and what it carries on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

import numpy as np
import pandas as pd

from riskcore.domain.context import opening
from riskcore.domain.days import (
    NO_DAY,
    IntArray,
    clocks_of,
    instants_column,
    microsecond,
    microseconds,
    next_resets,
    week_of,
)
from riskcore.domain.events import apply_events, done_by, events_frame
from riskcore.domain.flows import FLOW_NEEDS, implied_flows, no_flows
from riskcore.domain.frames import ACCOUNTS, ASKS, frame_of, rows_of
from riskcore.domain.model import Account
from riskcore.domain.rulebook import NONE, RuleBook
from riskcore.domain.runs import BoolArray
from riskcore.domain.states import RuleTable, first_breaks, rule_table
from riskcore.domain.timeline import carry, timeline

VIOLATION = ("account", "rule", "taken_at_us", "cycle", "lasts", "period", "floor", "measured")


@dataclass(frozen=True, slots=True)
class Standing:
    """What is carried from the last snapshot of each account.

    `accounts` rising by id, with `frame` (ACCOUNTS), `events` (EVENTS) and their rules
    (`book`) beside them; `carried` as `timeline.carry` gives it; `taken_at_us` of the last
    snapshot, NO_DAY without one; `violations` one row per broken (account, rule) that still
    counts, `period` being the cycle, trading day or week in which it does; `flows` the
    implied cash flows (FLOW) of each account's cycle.
    """

    accounts: tuple[Account, ...]
    frame: pd.DataFrame
    events: pd.DataFrame
    book: RuleBook
    carried: pd.DataFrame
    taken_at_us: IntArray
    violations: pd.DataFrame
    flows: pd.DataFrame

    @property
    def has_snapshot(self) -> BoolArray:
        """Which accounts have been observed at all."""
        seen: BoolArray = self.taken_at_us != NO_DAY
        return seen


def accounts_frame(accounts: Sequence[Account]) -> pd.DataFrame:
    """`accounts` as ACCOUNTS; they must rise by id."""
    asked = {name: np.full(len(accounts), value) for name, value in ASKS.items()}
    for position, account in enumerate(accounts):
        for rule in account.rules:
            for name, value in rule.asks().items():
                asked[name][position] = value
    frame = frame_of(
        {
            "account_id": pd.Series([str(a.id) for a in accounts], dtype=object),
            "starting_balance": np.array(
                [np.nan if a.starting_balance is None else a.starting_balance for a in accounts],
                dtype=np.float64,
            ),
            "time_zone": pd.Series([a.time_zone for a in accounts], dtype=object),
            "reset_time": pd.Series([a.reset_time for a in accounts], dtype=object),
            **asked,
        }
    )
    return ACCOUNTS.check(frame)


def unobserved(accounts: Sequence[Account]) -> Standing:
    """The standing of accounts before their first snapshot."""
    ordered = tuple(sorted(accounts, key=lambda account: str(account.id)))
    frame = accounts_frame(ordered)
    place = {account.id: position for position, account in enumerate(ordered)}
    return Standing(
        accounts=ordered,
        frame=frame,
        events=events_frame([event for account in ordered for event in account.events], place),
        book=RuleBook.of([account.rules for account in ordered]),
        carried=opening(frame),
        taken_at_us=np.full(len(ordered), NO_DAY, dtype=np.int64),
        violations=_no_violations(),
        flows=no_flows(),
    )


def timeline_of(
    standing: Standing, snapshots: pd.DataFrame, also: frozenset[str] = frozenset()
) -> pd.DataFrame:
    """`snapshots` (SNAPSHOTS), later than those seen, with the context its rules need.

    `also` names columns that are wanted besides.
    """
    return timeline(
        snapshots,
        standing.frame,
        standing.carried,
        events=standing.events,
        needs=standing.book.needs | also,
    )


def advance(standing: Standing, snapshots: pd.DataFrame) -> Standing:
    """The standing after `snapshots` (SNAPSHOTS), all later than those it has seen."""
    if snapshots.empty:
        return standing
    rows = timeline_of(standing, snapshots, FLOW_NEEDS)
    table = rule_table(rows, standing.book)
    account = rows["account"].to_numpy()
    last = np.flatnonzero(np.r_[account[1:] != account[:-1], True])
    taken_at_us = standing.taken_at_us.copy()
    taken_at_us[account[last]] = microseconds(rows["taken_at"])[last]
    carried = carry(rows, standing.carried)
    found = [standing.violations, *_violations(rows, table, last)]
    return replace(
        standing,
        carried=carried,
        taken_at_us=taken_at_us,
        violations=_still_counting([frame for frame in found if len(frame)], carried),
        flows=_of_this_cycle(_together(standing.flows, implied_flows(rows, table)), carried),
    )


def _of_this_cycle(flows: pd.DataFrame, carried: pd.DataFrame) -> pd.DataFrame:
    if flows.empty:
        return flows
    cycle = carried["cycle"].to_numpy()[flows["account"].to_numpy()]
    kept: pd.DataFrame = flows[flows["cycle"].to_numpy() == cycle]
    return kept.reset_index(drop=True)


def _violations(rows: pd.DataFrame, table: RuleTable, last: IntArray) -> list[pd.DataFrame]:
    """The breaks of `rows` that count at each account's last row, rule by rule."""
    found = []
    broken_by = table.is_broken.to_numpy()
    for place in np.flatnonzero(broken_by.any(axis=0)):
        rule = table.rules[place]
        lasts = table.lasts[rule].to_numpy()
        breaks = first_breaks(rows, broken_by[:, place], lasts)[last]
        breaks = breaks[breaks != NONE]
        broken = rows.iloc[breaks]
        cycle = broken["cycle"].to_numpy()
        found.append(
            frame_of(
                {
                    "account": broken["account"].to_numpy(),
                    "rule": rule,
                    "taken_at_us": microseconds(broken["taken_at"]),
                    "cycle": cycle,
                    "lasts": lasts[breaks].astype(np.int64),
                    "period": period(lasts[breaks], cycle, broken["trading_day"].to_numpy()),
                    "floor": table.floor[rule].to_numpy()[breaks],
                    "measured": table.measured[rule].to_numpy()[breaks],
                }
            )
        )
    return found


def period(lasts: IntArray, cycle: IntArray, trading_day: IntArray) -> IntArray:
    """The cycle, trading day or week within which a break counts, as `lasts` says."""
    return np.choose(lasts, [cycle, trading_day, week_of(trading_day)])


def still_counts(violations: pd.DataFrame, cycle: IntArray, trading_day: IntArray) -> BoolArray:
    """Which of `violations` still count when their accounts are in this cycle and day."""
    account = violations["account"].to_numpy()
    lasts = violations["lasts"].to_numpy()
    now = period(lasts, cycle[account], trading_day[account])
    same_cycle = violations["cycle"].to_numpy() == cycle[account]
    counts: BoolArray = same_cycle & (violations["period"].to_numpy() == now)
    return counts


def _still_counting(found: Sequence[pd.DataFrame], carried: pd.DataFrame) -> pd.DataFrame:
    """The earliest break of each (account, rule) in `found` that still counts."""
    if not found:
        return _no_violations()
    violations = pd.concat(found, ignore_index=True)
    counts = still_counts(
        violations, carried["cycle"].to_numpy(), carried["trading_day"].to_numpy()
    )
    first: pd.DataFrame = violations[counts].drop_duplicates(["account", "rule"], keep="first")
    return first.reset_index(drop=True)


def _no_violations() -> pd.DataFrame:
    types = {"rule": object, "floor": np.float64, "measured": np.float64}
    return frame_of({name: np.empty(0, types.get(name, np.int64)) for name in VIOLATION})


def places(standing: Standing) -> dict[UUID, int]:
    """The position of each account."""
    return {account.id: position for position, account in enumerate(standing.accounts)}


def part(standing: Standing, accounts: Sequence[Account]) -> Standing:
    """The standing of `accounts` alone; each must be in `standing`."""
    place = places(standing)
    return taken(
        standing, np.array(sorted(place[account.id] for account in accounts), dtype=np.int64)
    )


def taken(standing: Standing, positions: IntArray) -> Standing:
    """The standing of the accounts at `positions` (rising) alone."""
    new_place = np.full(len(standing.accounts), NONE, dtype=np.int64)
    new_place[positions] = np.arange(len(positions))
    return Standing(
        accounts=tuple(standing.accounts[position] for position in positions),
        frame=rows_of(standing.frame, positions),
        events=_moved(standing.events, new_place),
        book=standing.book.take(positions),
        carried=rows_of(standing.carried, positions),
        taken_at_us=standing.taken_at_us[positions],
        violations=_moved(standing.violations, new_place),
        flows=_moved(standing.flows, new_place),
    )


def restated(standing: Standing, positions: IntArray, derived: Standing) -> Standing:
    """`standing` with what `derived`, of the accounts at `positions`, says of them instead."""
    carried = {
        str(name): standing.carried[name].to_numpy(copy=True) for name in standing.carried.columns
    }
    for name, values in carried.items():
        values[positions] = derived.carried[name].to_numpy()
    taken_at_us = standing.taken_at_us.copy()
    taken_at_us[positions] = derived.taken_at_us
    others = np.arange(len(standing.accounts))
    others[positions] = NONE
    return replace(
        standing,
        carried=frame_of(carried),
        taken_at_us=taken_at_us,
        violations=_together(
            _moved(standing.violations, others), _moved(derived.violations, positions)
        ),
        flows=_together(_moved(standing.flows, others), _moved(derived.flows, positions)),
    )


def _moved(frame: pd.DataFrame, new_place: IntArray) -> pd.DataFrame:
    """`frame` with its accounts where `new_place` puts them; without those it puts nowhere."""
    if frame.empty:
        return frame
    moved = new_place[frame["account"].to_numpy()]
    kept: pd.DataFrame = frame.assign(account=moved)[moved != NONE]
    return kept.reset_index(drop=True)


def joined(first: Standing, second: Standing) -> Standing:
    """Two standings of different accounts as one."""
    accounts = first.accounts + second.accounts
    order = sorted(range(len(accounts)), key=lambda position: str(accounts[position].id))
    place = np.empty(len(order), dtype=np.int64)
    place[order] = np.arange(len(order))
    of_second = place[len(first.accounts) :]
    return Standing(
        accounts=tuple(accounts[position] for position in order),
        frame=pd.concat([first.frame, second.frame]).iloc[order].reset_index(drop=True),
        events=_together(_moved(first.events, place), _moved(second.events, of_second)),
        book=first.book.joined(second.book).take(np.array(order, dtype=np.int64)),
        carried=pd.concat([first.carried, second.carried]).iloc[order].reset_index(drop=True),
        taken_at_us=np.r_[first.taken_at_us, second.taken_at_us][order],
        violations=_together(_moved(first.violations, place), _moved(second.violations, of_second)),
        flows=_together(_moved(first.flows, place), _moved(second.flows, of_second)),
    )


def _together(first: pd.DataFrame, second: pd.DataFrame) -> pd.DataFrame:
    both = [frame for frame in (first, second) if len(frame)]
    if not both:
        return first
    return pd.concat(both).sort_values("account", kind="stable", ignore_index=True)


@dataclass(frozen=True, slots=True)
class Held:
    """Every observed account as it is held at an instant, and over its next reset.

    `rows` (TIMELINE) has two rows an account: at the instant, and at the next reset if
    nothing is traded until then. `next_reset_us` by account position, NO_DAY if unobserved.
    """

    rows: pd.DataFrame
    next_reset_us: IntArray


def held(standing: Standing, as_of: datetime) -> Held:
    """Every observed account's last balance and equity as if seen at `as_of`.

    What an open position is worth after a reset that nobody has reported on: the day's
    start and its floors are those of `as_of`. Never before the last snapshot. Events up to
    `as_of` have acted, later ones have not.
    """
    observed = np.flatnonzero(standing.has_snapshot)
    as_of_us = microsecond(as_of)
    at_us = np.maximum(standing.taken_at_us[observed], as_of_us)
    events = standing.events[standing.events["happened_at_us"].to_numpy() <= as_of_us]
    carried = standing.carried
    if len(events):
        carried = apply_events(carried, standing.frame, events, done_by(events, carried))
    next_us = np.full(len(standing.accounts), NO_DAY, dtype=np.int64)
    next_us[observed] = next_resets(at_us, *clocks_of(standing.frame, observed))
    snapshots = frame_of(
        {
            "account": np.repeat(observed, 2),
            "taken_at": instants_column(np.c_[at_us, next_us[observed]].ravel()),
            **{
                name: np.repeat(carried[name].to_numpy()[observed], 2)
                for name in ("balance", "equity", "open_contracts", "basis")
            },
        }
    )
    rows = timeline(snapshots, standing.frame, carried, needs=standing.book.needs)
    return Held(rows=rows, next_reset_us=next_us)
