"""All groups at once: the minimum of each rule and its account, beside numpy, DuckDB, polars.

    python -m benchmarks.groups [--quick]

1,000,000 memberships of 200,000 accounts in 10,000 groups, six rules. The yardstick is a bare
numpy `take` of the same rows. All in one process, in rounds in which they take turns; before
anything is timed, all must find the same minima and the same accounts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

import duckdb
import numpy as np
import polars as pl

from benchmarks.figures import Figure, Wrong, run
from benchmarks.turns import in_turns
from riskcore.domain.days import IntArray
from riskcore.domain.evaluate import group_minima
from riskcore.domain.money import FloatArray
from riskcore.domain.rulebook import NONE

SEED = 20_260_302
RULES = tuple(f"rule_{number}" for number in range(6))
UNKNOWN_FRACTIONS = (0.02, 0.05, 0.1, 0.2, 0.4, 0.6)
"""Of the accounts of each rule: not known, or they do not have it."""

TIMES_TAKE = 2.5


@dataclass(frozen=True, slots=True)
class Memberships:
    """Who is in which group, and what is left of each account's rules.

    As `group_minima` wants it: `values` account × rule with NaN where unknown, in hundreds,
    so that equal ones are common; `member` and `group` by group, then account.
    """

    values: FloatArray
    member: IntArray
    group: IntArray


def memberships(groups: int) -> Memberships:
    """So many groups with 100 members on average, 1 to 1,000, of twenty times as many accounts."""
    random = np.random.default_rng(SEED)
    accounts, several = 20 * groups, 99 * groups
    shares = random.exponential(size=groups)
    sizes = 1 + random.multinomial(several, shares / shares.sum())
    values = np.round(random.normal(2_000, 900, (accounts, len(RULES))), -2)
    values[random.random(values.shape) < UNKNOWN_FRACTIONS] = np.nan
    members = [np.sort(random.choice(accounts, size, replace=False)) for size in sizes]
    return Memberships(values, np.concatenate(members), np.repeat(np.arange(groups), sizes))


Minima = tuple[FloatArray, IntArray]
"""Group × rule: the smallest value (NaN: none known), and the account that holds it (NONE)."""


class Contest:
    """The same memberships as each contestant wants them; several forms tried, the fastest kept."""

    def __init__(self, given: Memberships) -> None:
        self.given = given
        values = dict(zip(RULES, given.values.T, strict=True))
        self.accounts = pl.DataFrame(values).with_columns(pl.all().fill_nan(None))
        self.members = pl.DataFrame({"group": given.group, "account": given.member}).with_columns(
            pl.col("group").set_sorted()
        )
        self.database = duckdb.connect()
        for name, table in {
            "accounts": self.accounts.with_row_index("account"),
            "members": self.members,
        }.items():
            self.database.register("given", table.to_arrow())
            self.database.execute(f"CREATE TABLE {name} AS FROM given")
            self.database.unregister("given")

    def take(self) -> FloatArray:
        """The yardstick: every membership's row, and nothing done with it."""
        return self.given.values.take(self.given.member, axis=0)

    def ours(self) -> Minima:
        """The desk's own."""
        return group_minima(self.given.values, self.given.member, self.given.group)

    # Tried and slower: a join by account, `min_by`, the streaming engine, groups not said to be
    # sorted.
    def polars(self) -> pl.DataFrame:
        """Minimum and first account of each group and rule; the members are in order already."""
        rows = self.members.hstack(self.accounts[self.members["account"]])
        holders = [
            pl.col("account").get(pl.col(rule).arg_min()).alias(f"{rule}_account") for rule in RULES
        ]
        return (
            rows.lazy().group_by("group", maintain_order=True).agg(pl.col(*RULES).min(), *holders)
        ).collect()

    # Tried and slower: `min` of a struct of value and account. Quicker and not the same:
    # `arg_min`, which names any of the accounts that share the minimum.
    def duckdb(self) -> pl.DataFrame:
        """The minima first, then the lowest account that has each; groups in no order."""
        minima = ", ".join(f"min({rule}) AS {rule}" for rule in RULES)
        holders = ", ".join(
            f"l.{rule}, min(account) FILTER (j.{rule} = l.{rule}) AS {rule}_account"
            for rule in RULES
        )
        statement = f"""
        WITH joined AS (FROM members JOIN accounts USING (account)),
        lowest AS (SELECT "group", {minima} FROM joined GROUP BY "group")
        SELECT "group", {holders}
        FROM joined AS j JOIN lowest AS l USING ("group") GROUP BY ALL
        """
        return pl.from_arrow(self.database.sql(statement).to_arrow_table())

    def check(self) -> None:
        """Raise Wrong unless polars and DuckDB find what we find."""
        ours = self.ours()
        for peer, found in {"polars": self.polars(), "DuckDB": self.duckdb()}.items():
            for what, own, other in zip(
                ("minimum", "account"), ours, of_table(found.sort("group")), strict=True
            ):
                if not np.array_equal(own, other, equal_nan=True):
                    raise Wrong(f"{peer} finds another {what} in {differing(own, other)} cells")


def of_table(found: pl.DataFrame) -> Minima:
    """A peer's answer, by group, as ours."""
    accounts = [pl.col(f"{rule}_account").fill_null(NONE).cast(pl.Int64) for rule in RULES]
    return (
        found.select(pl.col(*RULES).fill_null(np.nan)).to_numpy(),
        found.select(accounts).to_numpy(),
    )


def differing(own: np.ndarray, other: np.ndarray) -> int:
    """How many cells are not the same; two that are unknown are."""
    return int((~((own == other) | ((own != own) & (other != other)))).sum())


def measure(quick: bool) -> Sequence[Figure]:
    """The medians: ours beside a take and the peers."""
    contest = Contest(memberships(200 if quick else 10_000))
    contest.check()
    ways = {
        "take": contest.take,
        "ours": contest.ours,
        "DuckDB": contest.duckdb,
        "polars": contest.polars,
    }
    taken = in_turns(ways, 3 if quick else 25)
    middle = {name: median(several) for name, several in taken.items()}
    print("best:", {name: round(min(several), 1) for name, several in taken.items()})
    what = f"minima of {len(contest.given.member):,} memberships, six rules"
    return [
        Figure(what, middle["ours"], "ms", f"{TIMES_TAKE} takes", TIMES_TAKE * middle["take"]),
        Figure(what, middle["ours"], "ms", "DuckDB", middle["DuckDB"]),
        Figure(what, middle["ours"], "ms", "polars", middle["polars"]),
    ]


if __name__ == "__main__":
    run(measure, __doc__)
