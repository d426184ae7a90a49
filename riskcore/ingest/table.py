"""The table in a file: its header, and the rows below it as text."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

from riskcore.ingest.decoding import checked_lines, encoding_of, lines_of
from riskcore.ingest.refusals import UnreadableFile, shown

MAX_COLUMNS = 64
MAX_ROWS = 2_000_000
MAX_CELL_LENGTH = 4096
DELIMITERS = (",", ";", "\t")
DELIMITER_LINE = re.compile(r'"?sep=([,;\t])"?', re.IGNORECASE)
BROKEN_HEADER = "the header has a quote that is not closed, or is followed by text"

Row: TypeAlias = tuple[int, int, list[str]]
"""The file's lines on which a row begins and ends (counted from 1), and its cells."""


@dataclass(frozen=True, slots=True)
class PlainText:
    """The text below a header: `start` in `data` in UTF-8, after `line` lines."""

    data: bytes
    start: int
    line: int
    delimiter: str

    def rows(self, piece: bytes, line: int) -> Iterator[Row]:
        """The rows of a piece of the text, which begins after `line` lines of it."""
        return _rows(checked_lines(piece, "utf-8", line), self.delimiter, line)


@dataclass(frozen=True, slots=True)
class Table:
    """Header names, trimmed (an unnamed column is ""), and the rows, once, in file order.

    Rows in which every cell is blank are left out. Taking rows may raise UnreadableFile.
    `may_compute`: cells may be formulas. `plain`: the same rows as text, where they are text
    of which pieces can be read by themselves.
    """

    header: tuple[str, ...]
    rows: Iterator[Row]
    may_compute: bool = False
    plain: PlainText | None = None


def open_table(data: bytes) -> Table:
    """The table in `data`; raises UnreadableFile.

    The first line that is not blank is the header, but for a `sep=;` line before it, and
    the header alone tells the delimiter: data never does.
    """
    lines = lines_of(data)
    number, line = _next_line(lines, 0)
    declared = DELIMITER_LINE.fullmatch(line.strip("\r\n "))
    if declared:
        number, line = _next_line(lines, number)
    delimiter = declared[1] if declared else delimiter_of(line)
    header = _cells_of(line, delimiter)
    if header is None:
        raise UnreadableFile(BROKEN_HEADER)
    names = tuple(name.strip() for name in header)
    check_names(names)
    plain = _plain_text(data, number, delimiter)
    return Table(names, _rows(lines, delimiter, number), plain=plain)


def _plain_text(data: bytes, header_line: int, delimiter: str) -> PlainText | None:
    """The text below a header in UTF-8 whose lines end in LF or CR LF; else None."""
    if encoding_of(data) != "utf-8-sig":
        return None
    start = 0
    for _ in range(header_line):
        start = data.find(b"\n", start) + 1
        if not start:
            return None
    above = data[:start]
    if above.count(b"\r") != above.count(b"\r\n"):
        return None
    return PlainText(data, start, header_line, delimiter)


def delimiter_of(header_line: str) -> str:
    """The one of comma, semicolon and tab that splits the header into the most cells."""
    cells = {mark: _cells_of(header_line, mark) for mark in DELIMITERS}
    counts = {mark: len(found or ()) for mark, found in cells.items()}
    most = max(counts.values())
    if most <= 1 and None in cells.values():
        raise UnreadableFile(BROKEN_HEADER)
    best = [mark for mark, count in counts.items() if count == most]
    if len(best) > 1:
        raise UnreadableFile(
            "the header does not tell whether comma, semicolon or tab separates its columns: "
            f"found {shown(header_line.strip())}"
        )
    return best[0]


def _next_line(lines: Iterator[str], number: int) -> tuple[int, str]:
    for line in lines:
        number += 1
        if line.strip():
            return number, line
    raise UnreadableFile("the file has no header: it is blank")


def _cells_of(line: str, delimiter: str) -> list[str] | None:
    """The cells of one line; None when its quotes do not match up with `delimiter`."""
    try:
        return next(csv.reader([line], delimiter=delimiter, skipinitialspace=True, strict=True))
    except csv.Error:
        return None


def check_names(names: tuple[str, ...]) -> None:
    if len(names) > MAX_COLUMNS:
        raise UnreadableFile(
            f"the header has {len(names):,} columns, at most {MAX_COLUMNS} are read"
        )
    for name in names:
        if len(name) > MAX_CELL_LENGTH:
            raise UnreadableFile(_long_cell("the header", len(name)))


def _rows(lines: Iterator[str], delimiter: str, header_line: int) -> Iterator[Row]:
    reader = csv.reader(lines, delimiter=delimiter, skipinitialspace=True, strict=True)
    before, rows_read = header_line, 0
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise UnreadableFile(_quote_problem(before + 1)) from error
        first, before = before + 1, header_line + reader.line_num
        text = "".join(cells)
        if not text.strip():
            continue
        rows_read += 1
        _check_row(first, cells, len(text), rows_read)
        yield first, before, cells


def _check_row(line: int, cells: list[str], length: int, rows_read: int) -> None:
    if rows_read > MAX_ROWS:
        raise UnreadableFile(f"the file has more than {MAX_ROWS:,} rows: split it")
    if length > MAX_CELL_LENGTH and (longest := max(map(len, cells))) > MAX_CELL_LENGTH:
        raise UnreadableFile(_long_cell(f"line {line} of the file", longest))


def _long_cell(where: str, length: int) -> str:
    return f"{where} has a cell of {length:,} characters, at most {MAX_CELL_LENGTH:,} are read"


def _quote_problem(line: int) -> str:
    return (
        f"the row that begins on line {line} of the file "
        "has a quote that is not closed, or is followed by text"
    )
