"""Files that are something else, whatever their name says."""

from __future__ import annotations

from enum import Enum

from riskcore.ingest.refusals import UnreadableFile


class Kind(Enum):
    """What holds the rows of a file."""

    TEXT = "text"
    WEB_PAGE = "web page"
    WORKBOOK = "workbook"


ZIP = b"PK\x03\x04"
SIGNATURES = (
    (b"PK\x05\x06", "is an empty zip archive: export it again"),
    (b"\xd0\xcf\x11\xe0", "is an old Excel workbook: save the sheet as XLSX or CSV"),
    (b"\x1f\x8b", "is compressed (gzip): unpack it first"),
    (b"%PDF", "is a PDF: export it as CSV"),
    (b"PAR1", "is a Parquet file: export it as CSV"),
    (b"MZ", "is a program: export the rows as CSV"),
    (b"{", "is JSON: export it as CSV"),
    (b"[", "is JSON: export it as CSV"),
)
WEB_PAGES = (b"<!doctype", b"<html", b"<head", b"<body", b"<table", b"<title", b"<meta", b"<!--")
XML = b"<?xml"
MARKS = b"\xef\xbb\xbf\xff\xfe"
FAILED_EXPORTS = (b"undefined", b"null")


def kind_of(data: bytes) -> Kind:
    """What holds the rows of `data`; raises UnreadableFile where nothing does that is read."""
    if data.startswith(ZIP):
        return Kind.WORKBOOK
    for signature, what in SIGNATURES:
        if data.startswith(signature):
            raise UnreadableFile(f"the file {what}")
    start = data[:1024].lstrip(MARKS).replace(b"\0", b"").strip().lower()
    if start.startswith(WEB_PAGES) or (start.startswith(XML) and b"<html" in start):
        return Kind.WEB_PAGE
    if start.startswith(XML):
        raise UnreadableFile("the file is XML: export it as CSV")
    if start in FAILED_EXPORTS and len(data) < 32:
        raise UnreadableFile("the file holds one word, so its export failed: export it again")
    return Kind.TEXT


def refuse_other_kinds(data: bytes) -> None:
    """Raise UnreadableFile when `data` is no text of rows."""
    kind = kind_of(data)
    if kind is Kind.WORKBOOK:
        raise UnreadableFile(
            "the file is an Excel workbook or a zip archive: save the sheet as CSV"
        )
    if kind is Kind.WEB_PAGE:
        raise UnreadableFile("the file is a web page (HTML or XML): export it as CSV")
