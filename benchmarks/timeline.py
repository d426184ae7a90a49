"""How long the timeline with six rules takes, beside pandas' own cummax, polars and DuckDB.

    python -m benchmarks.timeline [--accounts N] [--repeat N]

All in one process over the same snapshots, the best of several rounds in which they take
turns. Before anything is timed the buffers of all three must agree to the cent.
"""

from __future__ import annotations

import os
import platform
from argparse import ArgumentParser
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from time import perf_counter

import duckdb
import numpy as np
import pandas as pd
import polars as pl

from benchmarks.desk import PER_ACCOUNT, BenchmarkDesk, benchmark_desk
from benchmarks.peers import accounts_table, duckdb_buffers, duckdb_connection, polars_buffers
from riskcore.domain.rulebook import RuleBook
from riskcore.domain.states import RuleTable, rule_table
from riskcore.domain.timeline import timeline


class Unequal(Exception):
    """Two ways give different buffers, so that their times cannot be compared."""


@dataclass(frozen=True, slots=True)
class Contest:
    """The same desk as each contestant wants it."""

    desk: BenchmarkDesk
    snapshots: pl.DataFrame
    accounts: pl.DataFrame
    database: duckdb.DuckDBPyConnection

    @classmethod
    def of(cls, accounts: int) -> Contest:
        """The contest over `accounts` accounts."""
        desk = benchmark_desk(accounts)
        tables = pl.from_pandas(desk.snapshots), accounts_table(desk)
        return cls(desk, *tables, duckdb_connection(*tables))

    def ours(self, book: RuleBook) -> RuleTable:
        """Timeline and rule states of every snapshot."""
        rows = timeline(self.desk.snapshots, self.desk.frame, needs=book.needs)
        return rule_table(rows, book)

    def cummax(self) -> pd.Series:
        """The yardstick: one running maximum per account."""
        return self.desk.snapshots.groupby("account")["equity"].cummax()

    def polars(self) -> pl.DataFrame:
        """The two main rules in polars."""
        return polars_buffers(self.snapshots, self.accounts)

    def duckdb(self) -> pl.DataFrame:
        """The two main rules in SQL."""
        return duckdb_buffers(self.database)

    def check(self) -> None:
        """Raise unless polars and DuckDB find our floors and buffers for every snapshot."""
        ours = self.ours(self.desk.main)
        theirs = {"polars": self.polars(), "DuckDB": self.duckdb().sort("account", "taken_at")}
        for peer, table in theirs.items():
            for column in ("floor", "buffer"):
                for rule in ("daily", "max"):
                    own = getattr(ours, column)[f"{rule}_loss"].to_numpy()
                    check_equal(own, table[f"{rule}_{column}"].to_numpy(), f"{peer}: {rule} loss")


def check_equal(own: np.ndarray, other: np.ndarray, what: str) -> None:
    """Raise unless both are the same to the cent."""
    differ = np.flatnonzero(np.rint(own * 100) != np.rint(other * 100))
    if len(differ):
        row = differ[0]
        raise Unequal(
            f"{what} differs in {len(differ)} rows; in row {row}: {own[row]}, {other[row]}"
        )


def best_ms(ways: Mapping[str, Callable[[], object]], repeat: int) -> dict[str, float]:
    """The shortest time of each way in `repeat` rounds, after one that does not count."""
    best = dict.fromkeys(ways, np.inf)
    for number in range(repeat + 1):
        for name, way in ways.items():
            started = perf_counter()
            way()
            if number:
                best[name] = min(best[name], (perf_counter() - started) * 1_000)
    return best


def report(accounts: int, repeat: int) -> str:
    """The times as a Markdown table, under a line on the machine; raises Unequal."""
    contest = Contest.of(accounts)
    contest.check()
    ways = {
        "pandas: one `groupby(account)` `cummax`": contest.cummax,
        "**timeline with six rules**": lambda: contest.ours(contest.desk.six),
        "**timeline with the two main rules**": lambda: contest.ours(contest.desk.main),
        "polars: the two main rules": contest.polars,
        "DuckDB: the two main rules": contest.duckdb,
    }
    best = best_ms(ways, repeat)
    yardstick = next(iter(best.values()))
    rows = accounts * PER_ACCOUNT
    lines = [
        f"{rows:,} snapshots of {accounts:,} accounts, best of {repeat}; {_machine(contest)}",
        "",
        "| what | ms | × cummax | million rows/s |",
        "|---|---:|---:|---:|",
    ]
    for name, taken in best.items():
        lines.append(
            f"| {name} | {taken:.0f} | {taken / yardstick:.1f} | {rows / taken / 1e3:.1f} |"
        )
    return "\n".join(lines)


def _machine(contest: Contest) -> str:
    threads = contest.database.sql("SELECT current_setting('threads')").fetchall()[0][0]
    return (
        f"{os.cpu_count()} cores, Python {platform.python_version()}, numpy {np.__version__},"
        f" pandas {pd.__version__} (one thread),"
        f" polars {pl.__version__} ({pl.thread_pool_size()} threads),"
        f" DuckDB {duckdb.__version__} ({threads} threads)"
    )


def main() -> None:
    """Print the report."""
    parser = ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--accounts", type=int, default=10_000, help="with 100 snapshots each")
    parser.add_argument("--repeat", type=int, default=7, help="rounds; the best counts")
    chosen = parser.parse_args()
    print(report(chosen.accounts, chosen.repeat))


if __name__ == "__main__":
    main()
