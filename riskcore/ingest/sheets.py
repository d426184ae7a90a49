"""Sheets: the rows of a file as text, whatever holds them: delimited text, HTML or XLSX."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

from riskcore.ingest.decoding import encoding_of, lines_of
from riskcore.ingest.refusals import UnreadableFile
from riskcore.ingest.signatures import Kind, kind_of
from riskcore.ingest.table import DELIMITER_LINE, MAX_CELL_LENGTH, MAX_ROWS
from riskcore.ingest.webpages import page_rows
from riskcore.ingest.workbooks import workbook_sheets

Row: TypeAlias = tuple[int, int, list[str]]
"""The lines on which a row begins and ends (counted from 1), and its cells, trimmed."""

DELIMITERS = (",", ";", "\t", "|")


@dataclass(frozen=True, slots=True)
class Sheet:
    """Rows, read anew at each call; blank ones are left out. Taking them may raise.

    `is_ragged`: rows end with their last cell that is not blank (XLSX, HTML).
    """

    rows: Callable[[], Iterator[Row]]
    is_ragged: bool


def sheets_of(data: bytes) -> list[Sheet]:
    """Every way to see the rows of `data`: one for each delimiter, or for each sheet."""
    kind = kind_of(data)
    if kind is Kind.WORKBOOK:
        return [Sheet(lambda s=sheet: iter(s), True) for sheet in workbook_sheets(data)]  # type: ignore[misc]
    if kind is Kind.WEB_PAGE:
        rows = page_rows(data, encoding_of(data))
        return [Sheet(lambda: iter(rows), True)]
    declared, used = _delimiters(data)
    marks = (declared,) if declared else used
    return [Sheet(lambda m=mark: text_rows(data, m), False) for mark in marks]  # type: ignore[misc]


def _delimiters(data: bytes) -> tuple[str | None, tuple[str, ...]]:
    """The delimiter that a first line `sep=;` declares, and those found in the first lines."""
    start = "".join(line for _, line in zip(range(200), lines_of(data), strict=False))
    first = start.lstrip("\r\n").splitlines()[:1]
    declared = DELIMITER_LINE.fullmatch(first[0].strip()) if first else None
    if declared:
        return declared[1], ()
    return None, tuple(mark for mark in DELIMITERS if mark in start)


def text_rows(data: bytes, delimiter: str) -> Iterator[Row]:
    """The rows of delimited text; raises UnreadableFile where they cannot be told apart."""
    reader = csv.reader(lines_of(data), delimiter=delimiter, skipinitialspace=True, strict=True)
    before = read = 0
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise UnreadableFile(
                f"the row that begins on line {before + 1} of the file "
                "has a quote that is not closed, or is followed by text"
            ) from error
        first, before = before + 1, reader.line_num
        cells = [cell.strip() for cell in cells]
        if not any(cells):
            continue
        read += 1
        check_row(first, cells, read)
        yield first, before, cells


def check_row(line: int, cells: list[str], rows_read: int) -> None:
    """Raise UnreadableFile for a row too many or a cell too long."""
    if rows_read > MAX_ROWS:
        raise UnreadableFile(f"the file has more than {MAX_ROWS:,} rows: split it")
    longest = max(map(len, cells))
    if longest > MAX_CELL_LENGTH:
        raise UnreadableFile(
            f"line {line} of the file has a cell of {longest:,} characters, "
            f"at most {MAX_CELL_LENGTH:,} are read"
        )
