"""History: a group's minimum through time, bucket by bucket, and each day's low.

In a bucket the lowest value reached in it counts, the one carried into it included. The
minimum over time of the minimum over members is the minimum over members of theirs, so
members may report at different moments.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from riskcore.domain.days import IntArray, microseconds
from riskcore.domain.money import FloatArray
from riskcore.domain.states import RuleTable, percent

BUCKETS = 480
STEPS_SECONDS = (60, 300, 900, 1800, 3600, 4 * 3600, 86_400)

MINIMA_COLUMNS = ["time", "rule", "buffer", "account", "buffer_percent"]
LOWS_COLUMNS = ["trading_day", "rule", "buffer", "buffer_percent", "account", "taken_at"]


def bucket_seconds(span_seconds: float) -> int:
    """The width that gives a chart of `span_seconds` at most 480 points, a day at the most."""
    fitting = (step for step in STEPS_SECONDS if span_seconds / step <= BUCKETS)
    return next(fitting, STEPS_SECONDS[-1])


def bucket_minima(
    rows: pd.DataFrame, table: RuleTable, *, accounts: int, start_us: int, end_us: int, step_us: int
) -> pd.DataFrame:
    """The group's smallest buffer in each bucket from `start_us` to `end_us`, and who held it.

    `rows` (TIMELINE) of the group's members, with their `table`; instants in microseconds
    since 1970 UTC. Columns: `time` (the bucket's start, aware UTC), `rule`, `buffer`
    (account money), `account` (position; the lowest among equals), `buffer_percent` (of
    that account). Buckets before anything is known are left out.
    """
    count = max(1, -(-(end_us - start_us) // step_us))
    taken_at = microseconds(rows["taken_at"])
    bucket = np.minimum((taken_at - start_us) // step_us, count)
    wanted = taken_at <= end_us
    place = _Places(rows["account"].to_numpy()[wanted], bucket[wanted], accounts, count)
    parts = [_minimum_of(table, rule, wanted, place) for rule in table.rules]
    if not parts:
        return pd.DataFrame(columns=MINIMA_COLUMNS)
    minima = pd.concat(parts, ignore_index=True)
    times = start_us + minima["bucket"].to_numpy(np.int64) * step_us
    minima["time"] = pd.DatetimeIndex(times.view("M8[us]"), tz="UTC")
    return minima[MINIMA_COLUMNS]


class _Places:
    """Where sorted rows fall in a dense account × bucket matrix; column 0 is what was before."""

    def __init__(self, account: IntArray, bucket: IntArray, accounts: int, count: int) -> None:
        self.shape = (accounts, count + 1)
        self.key = account * (count + 1) + np.clip(bucket + 1, 0, count)
        self.starts = np.flatnonzero(np.r_[True, self.key[1:] != self.key[:-1]][: len(self.key)])
        self.ends = np.r_[self.starts[1:], len(self.key)] - 1 if len(self.starts) else self.starts

    def last(self, values: FloatArray) -> FloatArray:
        """The last value up to each bucket, carried forward; NaN before the first."""
        held = np.full(self.shape, -1, dtype=np.int64)
        held.flat[self.key[self.ends]] = self.ends
        held = np.maximum.accumulate(held, axis=1)
        return np.where(held < 0, np.nan, values[held] if len(values) else np.nan)

    def lowest(self, values: FloatArray) -> FloatArray:
        """The lowest value in each bucket, the one carried in included; column 0 left out."""
        low = np.full(self.shape, np.nan)
        if len(values):
            low.flat[self.key[self.starts]] = np.fmin.reduceat(values, self.starts)
        lowest: FloatArray = np.fmin(low[:, 1:], self.last(values)[:, :-1])
        return lowest


def _minimum_of(table: RuleTable, rule: str, wanted: np.ndarray, place: _Places) -> pd.DataFrame:
    low = place.lowest(table.buffer[rule].to_numpy()[wanted])
    limit = place.last(table.limit_amount[rule].to_numpy()[wanted])[:, 1:]
    wide = pd.DataFrame(low)
    minimum = wide.min()
    known = minimum.notna().to_numpy()
    holder = np.where(np.isnan(low), np.inf, low).argmin(axis=0)[known] if len(low) else []
    buckets = np.flatnonzero(known)
    return pd.DataFrame(
        {
            "bucket": buckets,
            "rule": rule,
            "buffer": minimum.to_numpy()[known],
            "account": holder,
            "buffer_percent": percent(minimum.to_numpy()[known], limit[holder, buckets]),
        }
    )


def day_lows(rows: pd.DataFrame, table: RuleTable) -> pd.DataFrame:
    """The lowest buffer of each trading day and rule over all accounts, newest day first.

    Columns: `trading_day` (days since 1970-01-01), `rule`, `buffer`, `buffer_percent`,
    `account` (position; the lowest among equals), `taken_at` (the first snapshot that low).
    """
    parts = [pd.DataFrame(columns=LOWS_COLUMNS)]
    for rule in table.rules:
        known = table.buffer[rule].notna().to_numpy()
        frame = rows.loc[known, ["trading_day", "account", "taken_at"]].assign(
            rule=rule,
            buffer=table.buffer[rule][known],
            buffer_percent=percent(
                table.buffer[rule][known].to_numpy(), table.limit_amount[rule][known].to_numpy()
            ),
        )
        lowest = frame.groupby("trading_day")["buffer"].idxmin()
        parts.append(frame.loc[lowest, LOWS_COLUMNS])
    filled = [part for part in parts if len(part)] or parts[:1]
    lows = pd.concat(filled, ignore_index=True)
    return lows.sort_values(["trading_day", "rule"], ascending=[False, True], ignore_index=True)
