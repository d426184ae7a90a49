"""Peers: the daily and the maximum loss as a user of polars and of DuckDB would write them.

Each starts from its own kind of table and gives `daily_floor`, `daily_buffer`, `max_floor`
and `max_buffer` for every snapshot. Of several forms the fastest was kept.
"""

from __future__ import annotations

from typing import cast

import duckdb
import polars as pl

from benchmarks.desk import CLOCKS, BenchmarkDesk
from riskcore.domain.model import Account
from riskcore.domain.rules.daily_loss import DailyLoss
from riskcore.domain.rules.max_loss import MaxLoss


def accounts_table(desk: BenchmarkDesk) -> pl.DataFrame:
    """One row per account, in the order of their positions: its clock and its two rules."""
    named = dict.fromkeys(("time_zone", "reference", "measure", "trail"), pl.Categorical)
    rows = [_account_row(position, account) for position, account in enumerate(desk.accounts)]
    return pl.DataFrame(rows, schema_overrides=named, infer_schema_length=None)


def _account_row(position: int, account: Account) -> dict[str, object]:
    daily, largest = cast("tuple[DailyLoss, MaxLoss]", account.rules[:2])
    return {
        "account": position,
        "start": account.starting_balance,
        "time_zone": account.time_zone,
        "reset_hour": account.reset_time.hour,
        "reference": daily.reference.value,
        "measure": daily.measure.value,
        "daily_amount": daily.limit_amount,
        "daily_percent": daily.limit_percent,
        "trail": largest.trail.value,
        "max_amount": largest.limit_amount,
        "max_percent": largest.limit_percent,
        "lock_profit": largest.locks_at_profit,
    }


# --- polars
#
# Tried and slower: a join instead of taking the accounts' rows by position, `over` the
# account and the day instead of filling forward, the streaming engine, `join_asof` with a
# table of resets.


def polars_buffers(snapshots: pl.DataFrame, accounts: pl.DataFrame) -> pl.DataFrame:
    """The two rules in polars; `snapshots` by account and time."""
    own = accounts.select(
        "start",
        "time_zone",
        "reference",
        "measure",
        "trail",
        daily_limit=_limit("daily"),
        max_limit=_limit("max"),
        lock=(pl.col("start") + pl.col("lock_profit")).fill_null(float("inf")),
    )
    rows = snapshots.hstack(own[snapshots["account"]]).lazy()
    return _floors(_starts(_days(rows))).collect()


def _limit(rule: str) -> pl.Expr:
    cents = (pl.col("start") * 100).round()
    share = cents * (pl.col(f"{rule}_percent") * 10_000).round() / 1_000_000
    return pl.coalesce(f"{rule}_amount", share.floor() / 100)


def _days(rows: pl.LazyFrame) -> pl.LazyFrame:
    """`wall`: the clock of the account, set so that its day turns at midnight."""
    wall = pl.coalesce(
        pl.when(pl.col("time_zone") == zone).then(
            pl.col("taken_at").dt.convert_time_zone(zone).dt.replace_time_zone(None)
            + pl.duration(hours=24 - reset.hour if reset.hour >= 12 else -reset.hour)
        )
        for zone, reset in CLOCKS
    )
    is_first = pl.col("account").ne_missing(pl.col("account").shift())
    return (
        rows.with_columns(wall=wall, is_first=is_first)
        .with_columns(day=pl.col("wall").dt.date())
        .with_columns(
            day_before=pl.when(~pl.col("is_first")).then(pl.col("day").shift()),
            at_reset=pl.col("wall") == pl.col("day").cast(pl.Datetime("us")),
        )
        .with_columns(opens=pl.col("day").ne_missing(pl.col("day_before")))
    )


def _starts(rows: pl.LazyFrame) -> pl.LazyFrame:
    """What each day started from, and the best value that each account's floor trails."""

    def before(name: str) -> pl.Expr:
        return pl.when("is_first").then("start").otherwise(pl.col(name).shift())

    def start(name: str) -> pl.Expr:
        noted = pl.when("at_reset").then(name).otherwise(before(name))
        return pl.when("opens").then(noted).forward_fill()

    since = pl.col("day_before").fill_null(pl.date(1970, 1, 1))
    after_gap = pl.col("at_reset") & (since < pl.col("day") - pl.duration(days=1))
    close = pl.when(after_gap).then(pl.max_horizontal("balance", before("balance")))
    followed = (
        pl.when(trail="intraday_equity")
        .then("equity")
        .when(pl.col("trail").eq("eod_balance") & pl.col("opens"))
        .then(close.otherwise("day_balance"))
        .otherwise("start")
    )
    return rows.with_columns(day_balance=start("balance"), day_equity=start("equity")).with_columns(
        peak=pl.max_horizontal("start", followed.cum_max().over("account"))
    )


def _floors(rows: pl.LazyFrame) -> pl.LazyFrame:
    reference = (
        pl.when(reference="balance")
        .then("day_balance")
        .when(reference="equity")
        .then("day_equity")
        .otherwise(pl.max_horizontal("day_balance", "day_equity"))
    )
    measured = (
        pl.when(measure="equity").then("equity").otherwise(pl.min_horizontal("equity", "balance"))
    )
    began = pl.col("start") - pl.col("max_limit")
    risen = pl.min_horizontal(pl.col("peak") - pl.col("max_limit"), "lock")
    return rows.select(
        "equity",
        measured=measured,
        daily_floor=(reference - pl.col("daily_limit")).round(2),
        max_floor=pl.max_horizontal(began, risen).round(2),
    ).select(
        "daily_floor",
        "max_floor",
        daily_buffer=(pl.col("measured") - pl.col("daily_floor")).round(2),
        max_buffer=(pl.col("equity") - pl.col("max_floor")).round(2),
    )


# --- DuckDB

# Tried and slower: windows over all snapshots instead of over days, an ASOF join with a
# table of resets, names as enums; reading the Arrow tables directly is as fast.
DUCKDB_BUFFERS = """
WITH own AS (
    SELECT account, start, time_zone, reference, measure, trail,
        CASE WHEN reset_hour >= 12 THEN 24 - reset_hour ELSE -reset_hour END AS shift_hours,
        coalesce(daily_amount,
            floor(round(start * 100) * round(daily_percent * 10000) / 1000000) / 100
        ) AS daily_limit,
        coalesce(max_amount,
            floor(round(start * 100) * round(max_percent * 10000) / 1000000) / 100
        ) AS max_limit,
        coalesce(start + lock_profit, 'inf'::DOUBLE) AS lock_level
    FROM accounts
),
dated AS (
    SELECT account, taken_at, balance, equity,
        timezone(time_zone, taken_at) + to_hours(shift_hours) AS wall,
        wall::DATE AS day
    FROM snapshots JOIN own USING (account)
),
days AS (
    SELECT account, day,
        arg_min(balance, taken_at) AS first_balance, arg_max(balance, taken_at) AS last_balance,
        arg_min(equity, taken_at) AS first_equity, arg_max(equity, taken_at) AS last_equity,
        min(wall) = day AS at_reset
    FROM dated GROUP BY account, day
),
stepped AS (
    SELECT days.*, start,
        lag(last_balance, 1, start) OVER by_day AS balance_before,
        lag(last_equity, 1, start) OVER by_day AS equity_before,
        at_reset AND lag(day, 1, DATE '1970-01-01') OVER by_day < day - 1 AS after_gap
    FROM days JOIN own USING (account)
    WINDOW by_day AS (PARTITION BY account ORDER BY day)
),
started AS (
    SELECT account, day, start,
        CASE WHEN at_reset THEN first_balance ELSE balance_before END AS day_balance,
        CASE WHEN at_reset THEN first_equity ELSE equity_before END AS day_equity,
        CASE WHEN after_gap THEN greatest(day_balance, balance_before) ELSE day_balance END
            AS closed
    FROM stepped
),
closes AS (
    SELECT account, day, day_balance, day_equity,
        greatest(start, max(closed) OVER (PARTITION BY account ORDER BY day)) AS peak_close
    FROM started
),
risen AS (
    SELECT account, taken_at,
        greatest(start, max(equity) OVER (PARTITION BY account ORDER BY taken_at)) AS peak_equity
    FROM snapshots JOIN own USING (account) WHERE trail = 'intraday_equity'
),
floors AS (
    SELECT account, taken_at, equity,
        CASE measure WHEN 'equity' THEN equity ELSE least(equity, balance) END AS measured,
        CASE reference WHEN 'balance' THEN day_balance WHEN 'equity' THEN day_equity
            ELSE greatest(day_balance, day_equity) END AS level,
        CASE trail WHEN 'eod_balance' THEN peak_close WHEN 'intraday_equity' THEN peak_equity
            ELSE start END AS peak,
        round(level - daily_limit, 2) AS daily_floor,
        round(greatest(start - max_limit, least(peak - max_limit, lock_level)), 2) AS max_floor
    FROM dated JOIN own USING (account) JOIN closes USING (account, day)
        LEFT JOIN risen USING (account, taken_at)
)
SELECT account, taken_at, daily_floor, max_floor,
    round(measured - daily_floor, 2) AS daily_buffer,
    round(equity - max_floor, 2) AS max_buffer
FROM floors
"""


def duckdb_buffers(connection: duckdb.DuckDBPyConnection) -> pl.DataFrame:
    """The two rules in SQL, over the tables `snapshots` and `accounts`; in no order."""
    return pl.from_arrow(connection.sql(DUCKDB_BUFFERS).to_arrow_table())


def duckdb_connection(snapshots: pl.DataFrame, accounts: pl.DataFrame) -> duckdb.DuckDBPyConnection:
    """A database in memory with the two tables."""
    connection = duckdb.connect()
    plain = accounts.with_columns(pl.col(pl.Categorical).cast(pl.String))
    for name, table in {"snapshots": snapshots, "accounts": plain}.items():
        connection.register("given", table.to_arrow())
        connection.execute(f"CREATE TABLE {name} AS FROM given")
        connection.unregister("given")
    return connection
