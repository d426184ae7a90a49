"""How long the timeline with six rules takes, beside pandas' own cummax, polars and DuckDB.

    python -m benchmarks.timeline [--quick]

All in one process over the same snapshots, the best of several rounds in which they take
turns. Before anything is timed the buffers of all three must agree to the cent.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import duckdb
import numpy as np
import pandas as pd
import polars as pl

from benchmarks.desk import BenchmarkDesk, benchmark_desk
from benchmarks.figures import Figure, Wrong, run
from benchmarks.peers import accounts_table, duckdb_buffers, duckdb_connection, polars_buffers
from benchmarks.turns import in_turns
from riskcore.domain.rulebook import RuleBook
from riskcore.domain.states import RuleTable, rule_table
from riskcore.domain.timeline import timeline

ACCOUNTS, QUICK_ACCOUNTS = 10_000, 200
"""With 100 snapshots each."""


class Unequal(Wrong):
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


def measure(quick: bool) -> Sequence[Figure]:
    """The best of several rounds; raises Unequal."""
    contest = Contest.of(QUICK_ACCOUNTS if quick else ACCOUNTS)
    contest.check()
    ways = {
        "six": lambda: contest.ours(contest.desk.six),
        "main": lambda: contest.ours(contest.desk.main),
        "pandas' cummax": contest.cummax,
        "polars": contest.polars,
        "DuckDB": contest.duckdb,
    }
    taken = in_turns(ways, 1 if quick else 7)
    best = {name: min(several) for name, several in taken.items()}
    rows = f"{len(contest.desk.snapshots):,} snapshots of {len(contest.desk.accounts):,} accounts"
    main = f"timeline and the two main rules, {rows}"
    return [
        Figure(main, best["main"], "ms", "polars", best["polars"]),
        Figure(main, best["main"], "ms", "DuckDB", best["DuckDB"]),
        Figure(
            "the same with six rules", best["six"], "ms", "pandas' cummax", best["pandas' cummax"]
        ),
    ]


if __name__ == "__main__":
    run(measure, __doc__)
