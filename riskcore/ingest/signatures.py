"""Files that are something else, whatever their name says."""

from __future__ import annotations

from riskcore.ingest.refusals import UnreadableFile

SIGNATURES = (
    (b"PK\x03\x04", "is an Excel workbook or a zip archive: save the sheet as CSV"),
    (b"PK\x05\x06", "is an empty zip archive: save the sheet as CSV"),
    (b"\xd0\xcf\x11\xe0", "is an old Excel workbook: save the sheet as CSV"),
    (b"\x1f\x8b", "is compressed (gzip): unpack it first"),
    (b"%PDF", "is a PDF: export it as CSV"),
    (b"PAR1", "is a Parquet file: export it as CSV"),
    (b"{", "is JSON: export it as CSV"),
    (b"[", "is JSON: export it as CSV"),
)
WEB_PAGES = (b"<!doctype", b"<html", b"<head", b"<body", b"<table", b"<?xml")
MARKS = b"\xef\xbb\xbf\xff\xfe"
FAILED_EXPORTS = (b"undefined", b"null")


def refuse_other_kinds(data: bytes) -> None:
    """Raise UnreadableFile when `data` is recognised as something other than CSV."""
    for signature, what in SIGNATURES:
        if data.startswith(signature):
            raise UnreadableFile(f"the file {what}")
    start = data[:1024].lstrip(MARKS).replace(b"\0", b"").strip().lower()
    if start.startswith(WEB_PAGES):
        raise UnreadableFile("the file is a web page (HTML or XML): export it as CSV")
    if start in FAILED_EXPORTS and len(data) < 32:
        raise UnreadableFile("the file holds one word, so its export failed: export it again")
