"""Generic tables: snapshots by column, wherever in a file their header stands."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial

from riskcore.ingest.answers import NOTHING_SAID, Answers
from riskcore.ingest.columns import NEEDED, propose_columns
from riskcore.ingest.refusals import UnreadableFile
from riskcore.ingest.sheets import Row, Sheet, sheets_of
from riskcore.ingest.signatures import Kind, kind_of
from riskcore.ingest.table import Table, check_names, open_table

DEPTH = 64
"""Rows in which the header of a table may stand below a title."""


def is_recognised(data: bytes, answers: Answers) -> bool:
    """Whether the first line of a text names every column of a snapshot."""
    if kind_of(data) is not Kind.TEXT:
        return False
    try:
        return _has_needed(open_table(data).header, answers)
    except UnreadableFile:
        return False


def header_of(data: bytes) -> list[str]:
    """The header names of a file, trimmed ("" for an unnamed column); raises UnreadableFile."""
    return list(tables_of(data, NOTHING_SAID)().header)


def tables_of(data: bytes, answers: Answers) -> Callable[[], Table]:
    """The table of a file, opened anew at each call; raises UnreadableFile.

    Its header is the first line that is not blank, or, below a title, the first that names
    every column of a snapshot or those that were chosen.
    """
    is_text = kind_of(data) is Kind.TEXT
    if is_text and is_recognised(data, answers):
        return lambda: open_table(data)
    for sheet in sheets_of(data):
        found = _header_place(sheet, answers)
        if found is not None:
            return partial(_table, sheet, found)
    if is_text and _opens(data):
        return lambda: open_table(data)
    sheet, place = _widest(sheets_of(data))
    return partial(_table, sheet, place)


def _opens(data: bytes) -> bool:
    """Whether the first line of a text has several columns."""
    try:
        return len(open_table(data).header) > 1
    except UnreadableFile:
        return False


def _widest(sheets: Sequence[Sheet]) -> tuple[Sheet, int]:
    """The first of the rows with the most cells near the top, and the sheet it is in."""
    found: list[tuple[int, int, Sheet]] = []
    for sheet in sheets:
        try:
            top = list(zip(range(DEPTH), sheet.rows(), strict=False))
        except UnreadableFile:
            if len(sheets) == 1:
                raise
            continue
        found += [(-sum(map(bool, cells)), place, sheet) for place, (_, _, cells) in top]
    if not found:
        raise UnreadableFile("the file has no header: its rows cannot be told apart")
    _, place, sheet = min(found, key=lambda one: one[:2])
    return sheet, place


def _has_needed(names: Sequence[str], answers: Answers) -> bool:
    if answers.columns is not None:
        columns = answers.columns
        wanted = (columns.account, columns.taken_at, columns.balance, columns.equity)
        header = {name.casefold() for name in names}
        return all(name is None or name.strip().casefold() in header for name in wanted)
    stated = {"account": answers.account, "taken_at": answers.as_of}
    found = propose_columns(names)
    return all(field in found or stated.get(field) is not None for field in NEEDED)


def _header_place(sheet: Sheet, answers: Answers) -> int | None:
    try:
        for place, (_, _, cells) in zip(range(DEPTH), sheet.rows(), strict=False):
            if _has_needed(cells, answers):
                return place
    except UnreadableFile:
        return None
    return None


def _table(sheet: Sheet, header_place: int) -> Table:
    rows = sheet.rows()
    for _ in range(header_place):
        next(rows)
    names = tuple(name.strip() for name in next(rows)[2])
    check_names(names)
    return Table(names, _below(rows, names, sheet.is_ragged), may_compute=sheet.is_ragged)


def _below(rows: Iterator[Row], names: tuple[str, ...], is_ragged: bool) -> Iterator[Row]:
    """The rows below a header; those of a ragged sheet are filled up to its width."""
    for first, last, cells in rows:
        if is_ragged:
            while len(cells) > len(names) and not cells[-1]:
                cells.pop()
            cells += [""] * (len(names) - len(cells))
        yield first, last, cells
