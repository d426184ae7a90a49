"""Exports: a recognised file of a platform becomes a reading."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, timedelta

import numpy as np
import pandas as pd

from riskcore.domain.model import Basis
from riskcore.ingest.account_cells import account_number
from riskcore.ingest.amounts import NANOS_PER_CENT
from riskcore.ingest.answers import Answers, Question
from riskcore.ingest.columns import ColumnMap
from riskcore.ingest.export_cells import CellReader, ExportRow, Gap, cell_reader
from riskcore.ingest.file_names import account_in_name
from riskcore.ingest.finding import Export, Table, table_of
from riskcore.ingest.format import Follows
from riskcore.ingest.reading_result import Reading
from riskcore.ingest.reckoning import (
    Reckoned,
    add_up,
    amount_refusals,
    apart,
    by_account,
    cents_of,
    flows_of,
    in_order,
    known_part,
    opening_of,
    without_repeats,
)
from riskcore.ingest.refusals import BadCell, UnreadableFile, shown
from riskcore.ingest.repeats import settle_repeats
from riskcore.ingest.rows import EPOCH, MAX_AHEAD

MICROSECOND = timedelta(microseconds=1)
CODES = {basis: code for code, basis in enumerate(Basis)}


def read_export(export: Export, answers: Answers, file_name: str, now: datetime) -> Reading:
    """The snapshots of a recognised export; raises UnreadableFile when it has no rows.

    What the file leaves open is in the reading's `questions`; rows that need the answer are
    refused until it is stated.
    """
    table = table_of(export)
    latest_us = (now + MAX_AHEAD - EPOCH) // MICROSECOND
    reader = cell_reader(export, table, answers, _account(export, answers, file_name), latest_us)
    reader.refusals += table.refusals
    reader.gaps += [Gap(refusal.line, None, None) for refusal in table.refusals]
    read = [reader.row(row, place) for place, row in enumerate(table.rows)]
    rows = [row for row in read if row is not None]
    _set_time(reader, rows, answers)
    closing = _closing_row(reader, table, rows)
    told = _reckoned(reader, table, rows, closing, answers)
    rows_read = len(table.rows) + len(table.refusals) + (closing is not None)
    if not rows_read:
        raise UnreadableFile(f"the file is an export of {export.format.title}, and has no rows")
    return _reading(reader, table, told, rows_read)


def _account(export: Export, answers: Answers, file_name: str) -> str | None:
    """The account of a file without a column of it: as stated, else as file or name say."""
    stated = answers.account
    above = _above(export, export.format.account_in)
    found = stated or above or account_in_name(file_name)
    try:
        return None if not found else account_number(found)
    except BadCell as error:
        raise UnreadableFile(f"the account {shown(found or '')!r} {error}") from error


def _above(export: Export, pattern: re.Pattern[str] | None) -> str | None:
    """What the lines above the header say."""
    if pattern is None:
        return None
    found = (pattern.search(line) for line in export.above)
    return next((match[1] for match in found if match), None)


def _set_time(reader: CellReader, rows: list[ExportRow], answers: Answers) -> None:
    """Rows of a file without times are of the stated instant; else they are refused."""
    if reader.export.place_of(reader.export.format.time) is not None:
        return
    as_of = answers.as_of
    for row in rows:
        if as_of is not None:
            row.instant_us = (as_of - EPOCH) // MICROSECOND
        if as_of is None:
            reader.refuse(
                row.line, "", "", "the file does not say when it was exported", Question.AS_OF
            )
        elif row.instant_us > reader.latest_us:
            reader.refuse(
                row.line, "", "", "the stated time is more than 5 minutes in the future", None
            )
        else:
            continue
        row.line = 0
    rows[:] = [row for row in rows if row.line]


def _closing_row(reader: CellReader, table: Table, rows: Sequence[ExportRow]) -> ExportRow | None:
    """The balance and the equity at the end of a statement, as of its date; None without them."""
    export, labels = reader.export, reader.export.format.closing
    as_of = _above(export, export.format.as_of_in)
    found = {name: _labelled(table, label) for name, label in labels.items()}
    if not labels or as_of is None or reader.account is None or not all(found.values()):
        return None
    told = {name: one for name, one in found.items() if one is not None}
    try:
        amounts = {name: reader.amount(text) for name, (_, text) in told.items()}
        instant = reader.instant_us(as_of)
    except (BadCell, KeyError):
        return None
    last = max((row.instant_us for row in rows), default=0)
    return ExportRow(
        line=told["balance"][0],
        ordinal=len(table.rows),
        account=reader.account,
        instant_us=max(instant, last + 1),
        balance=amounts["balance"],
        equity=amounts["equity"],
        net=None,
        key="",
        is_flow=False,
        words="",
        basis=Basis.EQUITY,
    )


def _labelled(table: Table, label: str) -> tuple[int, str] | None:
    """The line of `label` below the table, and the cell behind it."""
    for line, _, cells in table.after:
        lowered = [cell.casefold() for cell in cells]
        if label in lowered:
            behind = [cell for cell in cells[lowered.index(label) + 1 :] if cell]
            return (line, behind[0]) if behind else None
    return None


def _reckoned(
    reader: CellReader,
    table: Table,
    rows: list[ExportRow],
    closing: ExportRow | None,
    answers: Answers,
) -> Reckoned:
    """The rows with their balances, whatever they follow from."""
    form = reader.export.format
    cells = {line: cells for line, _, cells in table.rows}
    if form.follows is Follows.LEDGER and not form.key:
        for row in rows:
            row.key = "\x1f".join(cells[row.line])
    told = without_repeats(in_order(rows), cells)
    if form.follows is Follows.TRADES:
        _from_results(reader, told, closing, answers)
    column = "" if form.follows is Follows.TRADES else reader.export.called(form.balance)
    bad = list(amount_refusals(told.rows, column))
    refused = {refusal.line for refusal in bad}
    told.refusals += bad
    told.rows = [row for row in told.rows if row.line not in refused]
    if form.follows in (Follows.LEDGER, Follows.TRADES):
        apart(told.rows)
    if form.follows is not Follows.SNAPSHOT:
        for account, own in by_account(told.rows).items():
            told.openings[account] = opening_of(own[0])
            told.flows += flows_of(own)
    if closing is not None:
        last = max((row.instant_us for row in told.rows), default=-1)
        closing.instant_us = max(closing.instant_us, last + 1)
        told.rows.append(closing)
    return told


def _from_results(
    reader: CellReader, told: Reckoned, closing: ExportRow | None, answers: Answers
) -> None:
    """Balances of closed trades: from the balance before the first, or back from the last."""
    gaps = [*reader.gaps, *told.gaps]
    kept: list[ExportRow] = []
    for account, rows in by_account(told.rows).items():
        told.trades_from[account] = EPOCH + rows[0].instant_us * MICROSECOND
        known = known_part(rows, gaps, is_from_end=closing is not None)
        opening = _opening(known, account, closing, answers)
        if opening is None:
            known = []
        else:
            add_up(known, opening)
        kept += known
        _refuse_unknown(reader, rows, {row.line for row in known}, opening, gaps)
    told.rows = kept


def _opening(
    known: Sequence[ExportRow], account: str, closing: ExportRow | None, answers: Answers
) -> int | None:
    """The balance before the first of the known rows, in billionths; None: nobody has said."""
    if closing is not None and closing.balance is not None:
        return closing.balance - sum(row.net or 0 for row in known)
    stated = answers.starting_balance(account)
    return None if stated is None else round(stated * 100) * NANOS_PER_CENT


def _refuse_unknown(
    reader: CellReader,
    rows: Sequence[ExportRow],
    known: set[int],
    opening: int | None,
    gaps: Sequence[Gap],
) -> None:
    question = None
    if opening is None:
        reason = "the balance before the first trade is not known: state it"
        question = Question.STARTING_BALANCE
    else:
        line = min((gap.line for gap in gaps), default=0)
        reason = f"its balance is not known, since the result of line {line} is not"
    for row in rows:
        if row.line not in known:
            reader.refuse(row.line, "", row.account, reason, question)


def _reading(reader: CellReader, table: Table, told: Reckoned, rows_read: int) -> Reading:
    export = reader.export
    form = export.format
    columns = ColumnMap(
        account=export.called(form.account),
        taken_at=export.called(form.time),
        balance=export.called(form.balance),
        equity=export.called(form.equity) or export.called(form.balance),
    )
    settled = settle_repeats(_frame(told.rows), columns)
    refusals = [*reader.refusals, *told.refusals, *settled.refusals]
    return Reading(
        rows=settled.rows,
        refusals=tuple(sorted(refusals, key=lambda refusal: refusal.line)),
        duplicates=told.duplicates + settled.duplicates,
        rows_read=rows_read,
        columns=columns,
        format=form,
        questions=frozenset(reader.questions),
        flows=tuple(told.flows),
        openings=told.openings,
        left_out=dict(table.left_out),
        currency=_currency(export),
        header=export.header,
        again=export.sheet.rows,
        trades_from=told.trades_from,
    )


def _currency(export: Export) -> str | None:
    """The currency that a statement or the name of its balance column states."""
    stated = _above(export, export.format.currency_in)
    if stated is None and export.format.balance[:1] == ("balance *",):
        stated = export.called(export.format.balance)[8:].strip()
    signs = {"€": "EUR", "$": "USD", "£": "GBP"}
    code = signs.get(stated or "", (stated or "").upper())
    return code if len(code) == 3 and code.isascii() and code.isalpha() else None


def _frame(rows: Sequence[ExportRow]) -> pd.DataFrame:
    """Rows as in `Reading`, by line."""
    rows = sorted(rows, key=lambda row: row.line)
    balance = [cents_of(row.balance or 0) for row in rows]
    equity = [cents_of((row.balance if row.equity is None else row.equity) or 0) for row in rows]
    codes = [CODES[row.basis] for row in rows]
    instants = np.array([row.instant_us for row in rows], dtype="int64").view("datetime64[us]")
    return pd.DataFrame(
        {
            "line": np.array([row.line for row in rows], dtype="int64"),
            "account": pd.Series([row.account for row in rows], dtype="str"),
            "taken_at": pd.DatetimeIndex(instants).tz_localize("UTC"),
            "balance": np.array(balance, dtype="int64") / 100,
            "equity": np.array(equity, dtype="int64") / 100,
            "open_contracts": np.full(len(rows), np.nan),
            "basis": np.array(codes, dtype="int8"),
        }
    )
