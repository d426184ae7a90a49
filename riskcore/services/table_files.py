"""Table files: a table as CSV, Parquet or XLSX, in which no cell runs."""

from __future__ import annotations

import io
from collections.abc import Mapping
from enum import StrEnum

import pandas as pd
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell

from riskcore.domain.errors import InvalidValue
from riskcore.ingest.escapes import escaped

MOST_XLSX_ROWS = 200_000


class FileKind(StrEnum):
    """How a table is written."""

    CSV = "csv"
    PARQUET = "parquet"
    XLSX = "xlsx"


MEDIA_TYPES: Mapping[FileKind, str] = {
    FileKind.CSV: "text/csv",
    FileKind.PARQUET: "application/vnd.apache.parquet",
    FileKind.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def table_file(table: pd.DataFrame, kind: FileKind) -> bytes:
    """`table` as a file; a number that is not known is a blank cell.

    In CSV and XLSX, text that a spreadsheet would run gets an apostrophe before it. Raises
    InvalidValue for more rows than are written as XLSX.
    """
    if kind is FileKind.PARQUET:
        out = io.BytesIO()
        table.to_parquet(out, engine="pyarrow", index=False)
        return out.getvalue()
    plain = table.apply(_plain)
    if kind is FileKind.CSV:
        return plain.to_csv(index=False, lineterminator="\r\n").encode("utf-8-sig")
    return _workbook(plain)


def _plain(column: pd.Series) -> pd.Series:
    """A column in which no text runs."""
    if pd.api.types.is_numeric_dtype(column):
        return column
    return column.map(lambda value: escaped(value) if isinstance(value, str) else value)


def _workbook(table: pd.DataFrame) -> bytes:
    if len(table) > MOST_XLSX_ROWS:
        raise InvalidValue(
            "format", f"must be csv or parquet above {MOST_XLSX_ROWS:,} rows", f"{len(table):,}"
        )
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Sheet1")
    sheet.append(list(table.columns))
    known = table.astype(object).where(table.notna(), None)
    for row in known.itertuples(index=False, name=None):
        sheet.append([_cell(sheet, value) for value in row])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _cell(sheet: object, value: object) -> object:
    """Text as text, whatever it looks like; anything else as it is."""
    if not isinstance(value, str):
        return value
    cell = WriteOnlyCell(sheet, value)
    cell.data_type = "s"
    return cell
