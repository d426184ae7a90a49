"""Reading a file: the rows taken, and each row refused with its reason."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import islice
from math import nan

import numpy as np
import pandas as pd

from riskcore.domain.model import check_zone
from riskcore.ingest.amounts import mark_of
from riskcore.ingest.answers import NOTHING_SAID, Answers, Question
from riskcore.ingest.basis_cells import UNSAID
from riskcore.ingest.columns import ColumnMap, choose_columns, propose_columns
from riskcore.ingest.decoding import check_size
from riskcore.ingest.exports import read_export
from riskcore.ingest.finding import find_export
from riskcore.ingest.generic import header_of, is_recognised, tables_of
from riskcore.ingest.reading_result import Reading
from riskcore.ingest.refusals import BadCell, Refusal, UnreadableFile
from riskcore.ingest.repeats import settle_repeats
from riskcore.ingest.rows import More, RowReader, Style, Values, row_reader
from riskcore.ingest.stamps import order_of
from riskcore.ingest.table import Table
from riskcore.ingest.watching import Watch, nobody

__all__ = [
    "ColumnMap",
    "Reading",
    "Refusal",
    "UnreadableFile",
    "header_of",
    "is_export",
    "propose_columns",
    "read_csv",
    "read_file",
]

ROWS_UNWATCHED = 4_096

REFUSALS_IN_FULL = 10_000
"""Beyond these, a row tells its first bad cell only, so that a hostile file stays small."""


def read_file(
    data: bytes,
    *,
    now: datetime,
    answers: Answers = NOTHING_SAID,
    file_name: str = "",
    watch: Watch = nobody,
) -> Reading:
    """The snapshots in a file of any known kind; raises UnreadableFile when there are none.

    `now` (aware): later times are refused, beyond five minutes. `watch` is told how far it
    is, and may end it.
    """
    check_size(data)
    if answers.time_zone is not None:
        check_zone(answers.time_zone)
    if answers.columns is None and not is_recognised(data, NOTHING_SAID):
        export = find_export(data)
        if export is not None:
            watch(0.5)
            return read_export(export, answers, file_name, now)
    return _read_by_columns(data, answers, now, watch)


def is_export(data: bytes) -> bool:
    """Whether a file is read as an export of a platform; raises UnreadableFile."""
    check_size(data)
    return not is_recognised(data, NOTHING_SAID) and find_export(data) is not None


def read_csv(
    data: bytes,
    *,
    columns: ColumnMap | None = None,
    time_zone: str | None = None,
    now: datetime,
) -> Reading:
    """`read_file` for snapshots by column."""
    return read_file(data, now=now, answers=Answers(columns=columns, time_zone=time_zone))


def _read_by_columns(data: bytes, answers: Answers, now: datetime, watch: Watch) -> Reading:
    lines = max(data.count(b"\n"), 1)

    def at_line(line: int) -> None:
        watch(min(line / lines, 1.0))

    opened = tables_of(data, answers)
    header = opened().header
    stated = [
        name
        for name, said in (("account", answers.account), ("taken_at", answers.as_of))
        if said is not None
    ]
    chosen = choose_columns(header, answers.columns, stated)
    mark = answers.decimal_mark
    style = Style(balance_mark=mark, equity_mark=mark, date_order=answers.date_order)
    reader = row_reader(header, chosen, answers, style, now)
    taken = _take(opened(), reader, at_line)
    if taken.ambiguous and (decided := _decided(opened, reader)) != style:
        reader = row_reader(header, chosen, answers, decided, now)
        taken = _take(opened(), reader, at_line)
    if not taken.rows_read:
        raise UnreadableFile("the file has a header and no rows")
    settled = settle_repeats(taken.frame(), chosen)
    refusals = sorted([*taken.refusals, *settled.refusals], key=lambda refusal: refusal.line)
    return Reading(
        settled.rows,
        tuple(refusals),
        settled.duplicates,
        taken.rows_read,
        chosen,
        questions=frozenset(_questions(reader, taken)),
        header=header,
        again=lambda: opened().rows,
        left_out={"repeated headers": taken.repeated_headers} if taken.repeated_headers else {},
    )


def is_header(cells: Sequence[str], header: Sequence[str]) -> bool:
    """Whether a row says the header again."""
    return [cell.strip() for cell in cells] == list(header)


def _decided(opened: Callable[[], Table], reader: RowReader) -> Style:
    """What the columns of the whole file say about their marks and the order of their dates."""
    style = reader.style

    def column(place: int) -> list[str]:
        return [cells[place] for _, _, cells in opened().rows if len(cells) > place]

    return replace(
        style,
        balance_mark=style.balance_mark or mark_of(column(reader.balance)),
        equity_mark=style.equity_mark
        or (None if reader.equity is None else mark_of(column(reader.equity))),
        date_order=style.date_order
        or (None if reader.taken_at is None else order_of(column(reader.taken_at))),
    )


def _questions(reader: RowReader, taken: _Taken) -> set[Question]:
    """What the refused rows of a file would need to be said."""
    questions: set[Question] = set()
    for refusal in taken.refusals:
        if refusal.reason.startswith("has no zone"):
            questions.add(Question.TIME_ZONE)
        elif refusal.reason.startswith("may be thousands") and refusal.column in (
            reader.header[reader.balance],
            None if reader.equity is None else reader.header[reader.equity],
        ):
            questions.add(Question.DECIMAL_MARK)
        elif refusal.reason.endswith("state the order of the file's dates"):
            questions.add(Question.DATE_ORDER)
    return questions


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
    ambiguous: bool = False
    repeated_headers: int = 0

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


def _take(table: Table, reader: RowReader, at_line: Callable[[int], None]) -> _Taken:
    taken = _Taken()
    says_more, may_compute = reader.says_more, table.may_compute
    for row in table.rows:
        taken.rows_read += 1
        if not taken.rows_read % ROWS_UNWATCHED:
            at_line(row[0])
        misshapen = reader.shape_refusal(row)
        if misshapen is not None:
            taken.refusals.append(misshapen)
            continue
        try:
            if may_compute:
                reader.refuse_formulas(row[2])
            values = reader.values(row[2])
            taken.append(row[0], values, reader.more(row[2]) if says_more else None)
        except BadCell:
            if is_header(row[2], table.header):
                taken.rows_read -= 1
                taken.repeated_headers += 1
                continue
            taken.ambiguous = taken.ambiguous or reader.is_ambiguous(row)
            told = 1 if len(taken.refusals) >= REFUSALS_IN_FULL else None
            taken.refusals.extend(islice(reader.cell_refusals(row), told))
    return taken
