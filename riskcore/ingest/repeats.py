"""Repeats: rows of one file that speak of the same account and instant."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from riskcore.ingest.columns import ColumnMap
from riskcore.ingest.refusals import Refusal

SAME = ["account", "taken_at"]


@dataclass(frozen=True, slots=True)
class Settled:
    """Rows that are each alone for their account and instant, and what became of the rest."""

    rows: pd.DataFrame
    duplicates: int
    refusals: tuple[Refusal, ...]


def settle_repeats(rows: pd.DataFrame, columns: ColumnMap) -> Settled:
    """The first row of each account and instant stays, in file order.

    A later one with the same values is a duplicate; with other values it is refused.
    """
    later = rows.duplicated(SAME)
    if not later.any():
        return Settled(rows, 0, ())
    repeated = rows[rows.duplicated(SAME, keep=False)]
    first = repeated.groupby(SAME, sort=False)[["line", "balance", "equity"]].transform("first")
    both = rows[later].join(first.add_suffix("_first"))
    other = both[(both.balance != both.balance_first) | (both.equity != both.equity_first)]
    kept = rows[~later].reset_index(drop=True)
    return Settled(kept, len(both) - len(other), _contradictions(other, columns))


def _contradictions(rows: pd.DataFrame, columns: ColumnMap) -> tuple[Refusal, ...]:
    """One refusal per row, about the balance if that differs, else about the equity."""
    is_balance = rows.balance != rows.balance_first
    return tuple(
        Refusal(
            line,
            columns.balance if balance_differs else columns.equity,
            f"{found:.2f}",
            f"contradicts line {first_line}, which has {before:.2f} for the same account and time",
        )
        for line, balance_differs, found, first_line, before in zip(
            rows.line,
            is_balance,
            rows.balance.where(is_balance, rows.equity),
            rows.line_first,
            rows.balance_first.where(is_balance, rows.equity_first),
            strict=True,
        )
    )
