"""Workbooks: the rows of XLSX sheets; whatever could run or swell is turned away first."""

from __future__ import annotations

import io
import warnings
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time
from typing import Any

from openpyxl import load_workbook

from riskcore.ingest.refusals import UnreadableFile

MAX_UNPACKED = 100 * 1024 * 1024
MAX_RATIO = 200
FREE = 4 * 1024 * 1024
"""Below it the ratio does not matter: small sheets of zeros pack well."""

MAX_PARTS = 2_000
MAX_CELLS = 4_000_000
MAX_COLUMNS = 256
SHEETS_READ = 20


class Formula(str):
    """A cell that is computed when the workbook is opened: what it holds is not known."""

    __slots__ = ()


Rows = list[tuple[int, int, list[str]]]


def workbook_sheets(data: bytes) -> list[Rows]:
    """The rows of each sheet that has some, cells as text; raises UnreadableFile.

    Numbers are written as they are stored, times as ISO 8601. A line is a row of the sheet.
    """
    _check_parts(data)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of styles and extensions that are not read
            book = load_workbook(io.BytesIO(data), read_only=True, keep_links=False)
            found = [list(_rows(sheet)) for sheet in book.worksheets[:SHEETS_READ]]
            book.close()
    except UnreadableFile:
        raise
    except Exception as error:  # openpyxl lets through whatever its parts raise
        raise UnreadableFile(
            "the file is an Excel workbook that cannot be read: it is damaged"
        ) from error
    sheets = [rows for rows in found if rows]
    if not sheets:
        raise UnreadableFile("the workbook has no rows")
    return sheets


def _check_parts(data: bytes) -> None:
    """Raise UnreadableFile unless the parts are those of a sheet and unpack to a sane size."""
    try:
        parts = zipfile.ZipFile(io.BytesIO(data)).infolist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
        raise UnreadableFile(
            "the file is a zip archive that cannot be read: it is damaged"
        ) from error
    names = {part.filename.lower() for part in parts}
    if "xl/workbook.xml" not in names:
        raise UnreadableFile(
            "the file is a zip archive and no Excel workbook (XLSX): unpack it first"
        )
    if any(
        name.endswith(("vbaproject.bin", ".exe", ".dll")) or "/macrosheets/" in name
        for name in names
    ):
        raise UnreadableFile("the workbook has macros: save it as XLSX without them, or as CSV")
    unpacked = sum(part.file_size for part in parts)
    if (
        len(parts) > MAX_PARTS
        or unpacked > MAX_UNPACKED
        or (unpacked > FREE and unpacked > MAX_RATIO * len(data))
    ):
        raise UnreadableFile(
            f"the workbook unpacks to {unpacked / 1024**2:,.0f} MB in {len(parts):,} parts: "
            f"at most {MAX_UNPACKED // 1024**2} MB and {MAX_RATIO} times its size are read"
        )


def _rows(sheet: Any) -> Iterator[tuple[int, int, list[str]]]:
    sheet.reset_dimensions()  # what the file says of its own size is not to be trusted
    count = 0
    for number, row in enumerate(sheet.iter_rows(max_col=MAX_COLUMNS), 1):
        cells = [_text(cell) for cell in row]
        while cells and not cells[-1]:
            cells.pop()
        count += len(row) + 1
        if count > MAX_CELLS:
            raise UnreadableFile(f"the workbook has more than {MAX_CELLS:,} cells: split it")
        if cells:
            yield number, number, cells


def _text(cell: Any) -> str:
    value = cell.value
    if value is None:
        return ""
    if cell.data_type == "f":
        return Formula(value if isinstance(value, str) else "=…")
    if isinstance(value, (datetime, date, time)):
        return value.isoformat(sep=" ") if isinstance(value, datetime) else value.isoformat()
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    return str(value).strip()
