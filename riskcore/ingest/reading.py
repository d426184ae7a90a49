"""Reading a CSV of snapshots: the rows taken, and each row refused with its reason."""

from __future__ import annotations

from array import array
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from math import nan
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from riskcore.domain.zones import check_zone
from riskcore.ingest.basis_cells import UNSAID
from riskcore.ingest.columns import ColumnMap, choose_columns, propose_columns
from riskcore.ingest.refusals import BadCell, Refusal, UnreadableFile
from riskcore.ingest.repeats import settle_repeats
from riskcore.ingest.rows import More, RowReader, Values, row_reader
from riskcore.ingest.table import Table, open_table

__all__ = [
    "ColumnMap",
    "Reading",
    "Refusal",
    "UnreadableFile",
    "header_of",
    "propose_columns",
    "read_csv",
]

REFUSALS_IN_FULL = 10_000
"""Beyond these, a row tells its first bad cell only, so that a hostile file stays small."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What one file says.

    `rows`, in file order: `line` (int64), `account` (text as written, trimmed), `taken_at`
    (datetime64[us, UTC]), `balance` and `equity` (float64, to the cent, never NaN),
    `open_contracts` (float64, NaN: not said) and `basis` (int8, a code of Basis); each
    account and instant once. `refusals` rise by line. Nothing is lost: `rows_read` is the
    rows, plus the distinct lines of `refusals`, plus `duplicates`.
    """

    rows: pd.DataFrame
    refusals: tuple[Refusal, ...]
    duplicates: int
    rows_read: int
    columns: ColumnMap


def header_of(data: bytes) -> list[str]:
    """The header names of a file, trimmed ("" for an unnamed column); raises UnreadableFile."""
    return list(open_table(data).header)


def read_csv(
    data: bytes,
    *,
    columns: ColumnMap | None = None,
    time_zone: str | None = None,
    now: datetime,
) -> Reading:
    """The snapshots in `data`; raises UnreadableFile when nothing can be taken.

    Without `columns` they are recognised by name. A time without an offset is local to
    `time_zone`, and refused without one. `now` (aware): later times are refused, beyond
    five minutes.
    """
    if time_zone is not None:
        check_zone(time_zone)
    table = open_table(data)
    chosen = choose_columns(table.header, columns)
    zone = None if time_zone is None else ZoneInfo(time_zone)
    taken = _take(table, row_reader(table.header, chosen, zone, now))
    if not taken.rows_read:
        raise UnreadableFile("the file has a header and no rows")
    settled = settle_repeats(taken.frame(), chosen)
    refusals = sorted([*taken.refusals, *settled.refusals], key=lambda refusal: refusal.line)
    return Reading(settled.rows, tuple(refusals), settled.duplicates, taken.rows_read, chosen)


@dataclass(slots=True)
class _Taken:
    """Columns that grow by a row at a time: whole numbers, so that a cent stays a cent."""

    lines: array[int] = field(default_factory=lambda: array("q"))
    accounts: list[str] = field(default_factory=list)
    instants_us: array[int] = field(default_factory=lambda: array("q"))
    balance_cents: array[int] = field(default_factory=lambda: array("q"))
    equity_cents: array[int] = field(default_factory=lambda: array("q"))
    contracts: array[float] = field(default_factory=lambda: array("d"))
    basis: array[int] = field(default_factory=lambda: array("b"))
    refusals: list[Refusal] = field(default_factory=list)
    rows_read: int = 0

    def append(self, line: int, values: Values, more: More | None) -> None:
        """Take one row more; `more` for each row or for none."""
        account, instant_us, balance_cents, equity_cents = values
        self.lines.append(line)
        self.accounts.append(account)
        self.instants_us.append(instant_us)
        self.balance_cents.append(balance_cents)
        self.equity_cents.append(equity_cents)
        if more is not None:
            self.contracts.append(more[0])
            self.basis.append(more[1])

    def frame(self) -> pd.DataFrame:
        """The rows as in `Reading`; an amount is the float nearest to its cents."""
        instants = np.array(self.instants_us, dtype="int64").view("datetime64[us]")
        rows = len(self.lines)
        return pd.DataFrame(
            {
                "line": np.array(self.lines, dtype="int64"),
                "account": pd.Series(self.accounts, dtype="str"),
                "taken_at": pd.DatetimeIndex(instants).tz_localize("UTC"),
                "balance": np.array(self.balance_cents, dtype="int64") / 100,
                "equity": np.array(self.equity_cents, dtype="int64") / 100,
                "open_contracts": np.array(self.contracts or [nan] * rows, dtype="float64"),
                "basis": np.array(self.basis or [UNSAID] * rows, dtype="int8"),
            }
        )


def _take(table: Table, reader: RowReader) -> _Taken:
    taken = _Taken()
    says_more = reader.says_more
    for row in table.rows:
        taken.rows_read += 1
        misshapen = reader.shape_refusal(row)
        if misshapen is not None:
            taken.refusals.append(misshapen)
            continue
        try:
            values = reader.values(row[2])
            taken.append(row[0], values, reader.more(row[2]) if says_more else None)
        except BadCell:
            told = 1 if len(taken.refusals) >= REFUSALS_IN_FULL else None
            taken.refusals.extend(islice(reader.cell_refusals(row), told))
    return taken
