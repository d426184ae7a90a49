"""Reading: what one file says."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

import pandas as pd

from riskcore.ingest.answers import Question
from riskcore.ingest.columns import ColumnMap
from riskcore.ingest.format import Format
from riskcore.ingest.reckoning import Flow
from riskcore.ingest.refusals import Refusal
from riskcore.ingest.sheets import Row


def no_rows() -> Iterator[Row]:
    """The rows of nothing."""
    return iter(())


@dataclass(frozen=True, slots=True)
class Reading:
    """What one file says.

    `rows`, in file order: `line` (int64), `account` (text as written, trimmed), `taken_at`
    (datetime64[us, UTC]), `balance` and `equity` (float64, to the cent, never NaN),
    `open_contracts` (float64, NaN: not said) and `basis` (int8, a code of Basis); each
    account and instant once. `refusals` rise by line. Nothing is lost: `rows_read` is the
    rows, plus the distinct lines of `refusals`, plus `duplicates`.

    `format` None: snapshots by column. `questions` are what rows were refused for want of;
    `openings` the balance before each account's first row; `left_out` counts the lines
    that are no rows; `currency` as stated; `again` gives every row of the file as cells.
    `trades_from`: the time of the first trade of each account whose balances follow from
    results.
    """

    rows: pd.DataFrame
    refusals: tuple[Refusal, ...]
    duplicates: int
    rows_read: int
    columns: ColumnMap
    format: Format | None = None
    questions: frozenset[Question] = frozenset()
    flows: tuple[Flow, ...] = ()
    openings: Mapping[str, float] = field(default_factory=dict)
    left_out: Mapping[str, int] = field(default_factory=dict)
    currency: str | None = None
    header: tuple[str, ...] = ()
    again: Callable[[], Iterator[Row]] = no_rows
    trades_from: Mapping[str, datetime] = field(default_factory=dict)

    @property
    def refused(self) -> int:
        """How many rows were refused."""
        return len({refusal.line for refusal in self.refusals})
