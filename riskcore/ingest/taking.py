"""Taking: the rows of a table, many at once where they are plain, one by one where not."""

from __future__ import annotations

import csv
from array import array
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from math import nan

import numpy as np
import pandas as pd
import pyarrow as pa

from riskcore.ingest import amounts
from riskcore.ingest.account_cells import account_number
from riskcore.ingest.basis_cells import UNSAID
from riskcore.ingest.bulk import PlainRows, columns_of, pieces, plain_rows
from riskcore.ingest.decoding import MAX_LINES
from riskcore.ingest.refusals import BadCell, Refusal
from riskcore.ingest.rows import More, RowReader, Values
from riskcore.ingest.table import MAX_ROWS, PlainText, Row, Table

REFUSALS_IN_FULL = 10_000
"""Beyond these, a row tells its first bad cell only, so that a hostile file stays small."""

ROWS_UNWATCHED = 4_096
FEWEST_AT_ONCE = 64 * 1024  # bytes: below, starting costs more than it saves


class Block:
    """Columns of a length known beforehand, filled from their start: nothing is held twice.

    `account` is a place among the names of `Taken`.
    """

    NAMES = ("line", "account", "taken_at", "balance", "equity")

    def __init__(self, capacity: int) -> None:
        self.count = 0
        types = {"account": np.int32, "balance": np.float64, "equity": np.float64}
        self._columns = {n: np.empty(capacity, types.get(n, np.int64)) for n in self.NAMES}

    def extend(self, *columns: np.ndarray) -> None:
        """Put rows behind the others; `columns` in the order of NAMES."""
        until = self.count + len(columns[0])
        for name, values in zip(self.NAMES, columns, strict=True):
            self._columns[name][self.count : until] = values
        self.count = until

    def column(self, name: str) -> np.ndarray:
        """The rows so far."""
        return self._columns[name][: self.count]


@dataclass(slots=True)
class Taken:
    """Columns that grow by a row or by a block: whole numbers, so that a cent stays a cent.

    `accounts` are the different names and their places; `block` are rows taken many at once.
    """

    lines: array[int] = field(default_factory=lambda: array("q"))
    codes: array[int] = field(default_factory=lambda: array("q"))
    instants_us: array[int] = field(default_factory=lambda: array("q"))
    balance_cents: array[int] = field(default_factory=lambda: array("q"))
    equity_cents: array[int] = field(default_factory=lambda: array("q"))
    contracts: array[float] = field(default_factory=lambda: array("d"))
    basis: array[int] = field(default_factory=lambda: array("b"))
    accounts: dict[str, int] = field(default_factory=dict)
    block: Block = field(default_factory=lambda: Block(0))
    refusals: list[Refusal] = field(default_factory=list)
    rows_read: int = 0
    is_ambiguous: bool = False
    repeated_headers: int = 0

    def append(self, line: int, values: Values, more: More | None) -> None:
        """Take one row more; `more` for each row or for none."""
        account, instant_us, balance_cents, equity_cents = values
        self.lines.append(line)
        self.codes.append(self.accounts.setdefault(account, len(self.accounts)))
        self.instants_us.append(instant_us)
        self.balance_cents.append(balance_cents)
        self.equity_cents.append(equity_cents)
        if more is not None:
            self.contracts.append(more[0])
            self.basis.append(more[1])

    def extend(self, first_line: int, rows: PlainRows) -> None:
        """Take many rows more."""
        names = [self.accounts.setdefault(name, len(self.accounts)) for name in rows.accounts]
        codes = np.array(names, dtype=np.int32)[rows.account]
        line = first_line + rows.place
        self.block.extend(line, codes, rows.instant_us, rows.balance, rows.equity)
        self.rows_read += len(rows.place)

    def frame(self) -> pd.DataFrame:
        """The rows as in `Reading`, by line; an amount is the float nearest to its cents."""
        columns = {
            "line": self._joined("line", np.array(self.lines, dtype="int64")),
            "account": self._joined("account", np.array(self.codes, dtype="int64")),
            "taken_at": self._joined("taken_at", np.array(self.instants_us, dtype="int64")),
            "balance": self._joined("balance", np.array(self.balance_cents, dtype="int64") / 100),
            "equity": self._joined("equity", np.array(self.equity_cents, dtype="int64") / 100),
        }
        count = len(columns["line"])
        columns["open_contracts"] = np.full(count, nan)
        columns["basis"] = np.full(count, UNSAID, dtype="int8")
        if self.contracts:  # then no row was taken many at once
            columns["open_contracts"] = np.array(self.contracts, dtype="float64")
            columns["basis"] = np.array(self.basis, dtype="int8")
        if self.block.count and self.lines:
            order = np.argsort(columns["line"], kind="stable")
            columns = {name: values[order] for name, values in columns.items()}
        names = pd.Series(list(self.accounts), dtype="str")
        account = names.take(columns["account"]).reset_index(drop=True)
        instants = columns["taken_at"].view("datetime64[us]")
        taken_at = pd.DatetimeIndex(instants, copy=False).tz_localize("UTC")
        return pd.DataFrame(columns | {"account": account, "taken_at": taken_at}, copy=False)

    def _joined(self, name: str, alone: np.ndarray) -> np.ndarray:
        """A column: the rows taken many at once, and those taken one by one."""
        together = self.block.column(name)
        return np.concatenate([together, alone]) if len(alone) else together


def take(table: Table, reader: RowReader, at_line: Callable[[int], None]) -> Taken:
    """Every row of `table`, taken or refused; `at_line` is told how far it is."""
    taken = Taken()
    plain = table.plain
    if plain is not None and _may_be_plain(plain, reader):
        _take_pieces(taken, table, plain, reader, at_line)
        return taken
    _take_rows(taken, table, reader, table.rows, at_line)
    return taken


def _take_rows(
    taken: Taken,
    table: Table,
    reader: RowReader,
    rows: Iterator[Row],
    at_line: Callable[[int], None],
) -> None:
    says_more = reader.says_more
    for row in rows:
        taken.rows_read += 1
        if not taken.rows_read % ROWS_UNWATCHED:
            at_line(row[0])
        misshapen = reader.shape_refusal(row)
        if misshapen is not None:
            taken.refusals.append(misshapen)
            continue
        try:
            if table.may_compute:
                reader.refuse_formulas(row[2])
            values = reader.values(row[2])
            taken.append(row[0], values, reader.more(row[2]) if says_more else None)
        except BadCell:
            _refuse(taken, table, reader, row)


def _refuse(taken: Taken, table: Table, reader: RowReader, row: Row) -> None:
    if [cell.strip() for cell in row[2]] == list(table.header):
        taken.rows_read -= 1
        taken.repeated_headers += 1
        return
    taken.is_ambiguous = taken.is_ambiguous or reader.is_ambiguous(row)
    told = 1 if len(taken.refusals) >= REFUSALS_IN_FULL else None
    taken.refusals.extend(islice(reader.cell_refusals(row), told))


def _may_be_plain(plain: PlainText, reader: RowReader) -> bool:
    """Whether a file is worth a try: large, without quotes, and with the usual columns."""
    marks = {reader.style.balance_mark, reader.style.equity_mark}
    lines = plain.data.count(b"\n")
    return (
        len(plain.data) >= FEWEST_AT_ONCE
        and lines < min(MAX_ROWS, MAX_LINES)
        and marks <= {None, amounts.POINT}
        and not reader.says_more
        and None not in (reader.account, reader.taken_at)
        and b'"' not in plain.data
    )


def _take_pieces(
    taken: Taken,
    table: Table,
    plain: PlainText,
    reader: RowReader,
    at_line: Callable[[int], None],
) -> None:
    wanted = [reader.account, reader.taken_at, reader.balance, reader.equity]
    places = [place for place in wanted if place is not None]
    line = plain.line
    taken.block = Block(plain.data.count(b"\n", plain.start) + 1)
    for piece in pieces(plain.data, plain.start):
        at_line(line)
        columns = columns_of(piece, len(table.header), plain.delimiter, places)
        if columns is None:
            rows = plain.rows(piece, line)
            _take_rows(taken, table, reader, rows, at_line)
        else:
            found = plain_rows(columns, account_number, reader.instant)
            taken.extend(line + 1, found)
            rows = _other_rows(piece, line + 1, plain.delimiter, found.place, len(columns[0]))
            _take_rows(taken, table, reader, rows, at_line)
        line += piece.count(b"\n") + piece.count(b"\r") - piece.count(b"\r\n")
    pa.default_memory_pool().release_unused()


def _other_rows(
    piece: bytes, first_line: int, delimiter: str, taken: np.ndarray, count: int
) -> Iterator[Row]:
    """The rows of a plain piece that were not taken at once; blank ones are none."""
    if len(taken) == count:
        return
    is_left = np.ones(count, dtype=bool)
    is_left[taken] = False
    lines = piece.split(b"\n")
    for place in np.flatnonzero(is_left).tolist():
        text = lines[place].decode("ascii").rstrip("\r")
        cells = next(csv.reader([text], delimiter=delimiter, skipinitialspace=True), [])
        if any(cell.strip() for cell in cells):
            yield first_line + place, first_line + place, cells
