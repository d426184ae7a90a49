"""Timeline: snapshots of many accounts with the context every rule needs.

The whole history at once and one snapshot at a time go through the same function: what an
account carries from its last row opens the next batch. Events (payouts, resets, …) act
between the snapshots, on what is carried.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from riskcore.domain.context import ALL_NEEDS, ALWAYS, CARRIED, Context, opening, with_sources
from riskcore.domain.events import apply_events, events_until
from riskcore.domain.frames import SNAPSHOTS, frame_of


def carry(timeline: pd.DataFrame, carried: pd.DataFrame) -> pd.DataFrame:
    """What each account carries after `timeline`: its last row, or what it carried before."""
    account = timeline["account"].to_numpy()
    last = np.flatnonzero(np.r_[account[1:] != account[:-1], True]) if len(account) else account
    result = {name: carried[name].to_numpy() for name in carried.columns}
    for name in set(CARRIED).intersection(timeline.columns):
        result[name] = result[name].copy()
        result[name][account[last]] = timeline[name].to_numpy()[last]
    return frame_of(result)


def timeline(
    snapshots: pd.DataFrame,
    accounts: pd.DataFrame,
    carried: pd.DataFrame | None = None,
    *,
    events: pd.DataFrame | None = None,
    needs: frozenset[str] = ALL_NEEDS,
) -> pd.DataFrame:
    """`snapshots` (SNAPSHOTS) with their context (TIMELINE).

    `carried` has one row per row of `accounts`, as `carry` gives it; None is the
    beginning. `events` (EVENTS) act before the snapshots of their instant or later. A
    snapshot exactly at a reset is what the day starts with; without one, the last before
    it is. The close of a day is the start of the next. Of the columns that rules may need
    only those in `needs` are made.
    """
    SNAPSHOTS.check(snapshots)
    carried = opening(accounts) if carried is None else carried
    if events is None or events.empty:
        return _with_context(snapshots, accounts, carried, needs)
    done = events_until(events, snapshots, carried)
    parts = []
    for count in np.unique(done):
        rows = np.flatnonzero(done == count)
        some = snapshots.take(rows)
        until = carried["events_done"].to_numpy(copy=True)
        until[some["account"].to_numpy()] = count
        carried = apply_events(carried, accounts, events, until)
        part = _with_context(some, accounts, carried, needs)
        carried = carry(part, carried)
        parts.append(part.set_index(rows))
    if not parts:
        return _with_context(snapshots, accounts, carried, needs)
    return pd.concat(parts).sort_index()


def _with_context(
    snapshots: pd.DataFrame,
    accounts: pd.DataFrame,
    carried: pd.DataFrame,
    needs: frozenset[str],
) -> pd.DataFrame:
    context = Context(snapshots, accounts, carried)
    names = [name for name in (*ALWAYS, *sorted(with_sources(needs))) if name != "taken_at"]
    columns = {name: context.column(name) for name in names}
    columns["taken_at"] = snapshots["taken_at"].array
    return frame_of(columns)
