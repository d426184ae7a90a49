"""Hostile files: refused in a sentence, at once, and without swelling."""

from __future__ import annotations

import io
import time
import tracemalloc
import zipfile
from collections.abc import Callable

import openpyxl
import pytest

from riskcore.ingest import decoding, workbooks
from riskcore.ingest.reading import read_file
from riskcore.ingest.refusals import UnreadableFile
from tests.ingest.samples import NOW

HEADER = b"account,time,balance,equity\n"
ROW = b"A,2026-11-20 10:00Z,1.00,1.00\n"
SECONDS = 2.0
SWELLING = 64 * 1024 * 1024
"""What reading may take beside the file itself."""


def workbook(*parts: tuple[str, bytes]) -> bytes:
    """A small workbook with more parts."""
    packed = io.BytesIO()
    book = openpyxl.Workbook()
    book.active.append(["account", "time", "balance", "equity"])
    book.active.append(["A", "2026-11-20 10:00Z", 1, 1])
    book.save(packed)
    with zipfile.ZipFile(packed, "a", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts:
            archive.writestr(name, content)
    return packed.getvalue()


def with_sheet(sheet: bytes) -> bytes:
    """A workbook with this as the XML of its sheet."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(workbook())) as before,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as after,
    ):
        for part in before.infolist():
            is_sheet = part.filename.endswith("sheet1.xml")
            after.writestr(part.filename, sheet if is_sheet else before.read(part))
    return out.getvalue()


def lying_zip() -> bytes:
    """A bomb whose directory says that it unpacks to next to nothing."""
    sheet = b"<worksheet><sheetData>" + b" " * 50 * 1024 * 1024
    data = bytearray(with_sheet(sheet))
    size = len(sheet).to_bytes(4, "little")
    for place in (data.find(size), data.rfind(size)):
        data[place : place + 4] = (10).to_bytes(4, "little")
    return bytes(data)


def doctype_bomb() -> bytes:
    """A sheet whose entities unfold to a billion letters."""
    entities = b'<!ENTITY a "aaaaaaaaaa">'
    for name in b"bcdefghi":
        entities += b'<!ENTITY %c "%s">' % (name, b"&%c;" % (name - 1) * 10)
    sheet = b'<?xml version="1.0"?><!DOCTYPE w [%s]><worksheet><sheetData><row>' % entities
    sheet += b'<c t="str"><v>&i;</v></c></row></sheetData></worksheet>'
    return with_sheet(sheet)


HOSTILE: dict[str, tuple[Callable[[], bytes], str]] = {
    "an unclosed quote": (lambda: HEADER + b'"A,' + ROW * 500_000, "a quote that is not closed"),
    "a quote that opens late": (
        lambda: HEADER + ROW * 20_000 + b'A,"2026-11-20\n' + ROW * 400_000,
        "a quote that is not closed",
    ),
    "a NUL": (lambda: HEADER + ROW + b"A\0,1,1,1\n", "a zero byte"),
    "a line of 100 MB": (lambda: HEADER + b"A" * (99 * 1024 * 1024), "more than 65,536 characters"),
    "a line of 100 MB in UTF-16": (
        lambda: b"\xff\xfe" + HEADER.decode().encode("utf-16-le") + b"A\0" * (49 * 1024 * 1024),
        "more than 65,536 characters",
    ),
    "a million columns": (lambda: b"a," * 1_000_000 + b"\n" + ROW, "characters"),
    "quotes only": (lambda: b'"' * 10_000_000, "characters"),
    "a zip bomb": (
        lambda: workbook(("xl/media/a.bin", bytes(300 * 1024 * 1024))),
        "the workbook unpacks to",
    ),
    "a zip bomb that lies": (lying_zip, "the workbook|damaged"),
    "a workbook of many parts": (
        lambda: workbook(*((f"xl/p{place}.xml", b"x") for place in range(3_000))),
        "the workbook unpacks to",
    ),
    "a macro file": (lambda: workbook(("xl/vbaProject.bin", b"x")), "the workbook has macros"),
    "entities that unfold": (doctype_bomb, "damaged|no rows|recognised"),
    "a zip of something else": (
        lambda: (lambda out: (zipfile.ZipFile(out, "w").writestr("a.csv", ROW), out.getvalue())[1])(
            io.BytesIO()
        ),
        "no Excel workbook|damaged",
    ),
    "a file past the limit": (
        lambda: HEADER + ROW * (decoding.MAX_BYTES // len(ROW)),
        "at most 100 MB are read",
    ),
    "tables in tables": (
        lambda: b"<html>" + b"<table><tr><td>" * 200_000,
        "tables in tables",
    ),
    "a page without end": (lambda: b"<html>" + b"<!--" * 2_000_000, "web page|without a table"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_refused_at_once_and_does_not_swell(name: str) -> None:
    make, sentence = HOSTILE[name]
    data = make()
    started = time.perf_counter()
    with pytest.raises(UnreadableFile, match=sentence) as caught:
        read_file(data, now=NOW)
    assert time.perf_counter() - started < SECONDS
    assert str(caught.value).isprintable()
    tracemalloc.start()
    with pytest.raises(UnreadableFile):
        read_file(data, now=NOW)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < SWELLING + 2 * len(data)


def test_a_formula_is_refused_with_its_cell_and_the_rest_is_read() -> None:
    book, packed = openpyxl.Workbook(), io.BytesIO()
    book.active.append(["account", "time", "balance", "equity", "note"])
    book.active.append(["A", "2026-11-20 10:00Z", "=1+1", 1, "=A1"])
    book.active.append(["007", "2026-11-20 10:00Z", 1.5, 1, "=A1"])
    book.save(packed)
    reading = read_file(packed.getvalue(), now=NOW)
    assert reading.rows[["account", "balance"]].values.tolist() == [["007", 1.5]]
    (refusal,) = reading.refusals
    assert (refusal.line, refusal.column, refusal.value) == (2, "balance", "=1+1")
    assert "is a formula" in refusal.reason


def test_a_workbook_that_unpacks_past_the_limit_is_refused_whatever_its_ratio(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    data = workbook(("xl/media/a.bin", bytes(range(256)) * 400))
    assert read_file(data, now=NOW).rows_read == 1
    monkeypatch.setattr(workbooks, "MAX_UNPACKED", 100 * 1024)
    with pytest.raises(UnreadableFile, match="the workbook unpacks to"):
        read_file(data, now=NOW)
