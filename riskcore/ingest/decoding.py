"""Decoding: the lines of a file of text, in UTF-8 or UTF-16."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator

from riskcore.ingest.refusals import UnreadableFile
from riskcore.ingest.signatures import refuse_other_kinds

MAX_BYTES = 100 * 1024 * 1024
MAX_LINES = 2_500_000
MAX_LINE_LENGTH = 64 * 1024
MOSTLY = 0.7
"""The share of letters in UTF-16 that are Latin, and so half zero, in every header met."""

UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")


def lines_of(data: bytes) -> Iterator[str]:
    """The lines of `data`, each with its line end (LF, CR LF or CR, also mixed).

    Raises UnreadableFile, at the latest on reaching the line that cannot be read.
    """
    check_size(data)
    refuse_other_kinds(data)
    _check_line_ends(data)
    return checked_lines(data, encoding_of(data))


def checked_lines(data: bytes, encoding: str, before: int = 0) -> Iterator[str]:
    """The lines of a text, or of a piece of it that begins after `before` lines."""
    lines = io.TextIOWrapper(io.BytesIO(data), encoding=encoding, newline="")
    try:
        for number, line in enumerate(lines, before + 1):
            if "\0" in line or len(line) > MAX_LINE_LENGTH or number > MAX_LINES:
                raise UnreadableFile(_line_problem(number, line))
            yield line
    except UnicodeDecodeError as error:
        raise UnreadableFile(_decoding_problem(data, encoding, before)) from error


def encoding_of(data: bytes) -> str:
    """UTF-16 when a mark or the zero bytes of its Latin letters say so, else UTF-8."""
    if data.startswith(UTF16_MARKS):
        return "utf-16"
    start = data[:256]
    zeros_behind, zeros_before = start[1::2].count(0), start[0::2].count(0)
    if len(start) >= 4 and max(zeros_behind, zeros_before) >= MOSTLY * (len(start) // 2):
        return "utf-16-le" if zeros_behind > zeros_before else "utf-16-be"
    return "utf-8-sig"


def _check_line_ends(data: bytes) -> None:
    """Raise UnreadableFile when a line is far too long, before it is held as text."""
    start, span = 0, 4 * MAX_LINE_LENGTH
    while len(data) - start > span:
        end = max(data.rfind(mark, start, start + span) for mark in (b"\n", b"\r"))
        if end < 0:
            line = data.count(b"\n", 0, start) + 1
            raise UnreadableFile(
                f"line {line} of the file has more than {MAX_LINE_LENGTH:,} characters, "
                f"at most {MAX_LINE_LENGTH:,} are read"
            )
        start = end + 1


def check_size(data: bytes) -> None:
    """Raise UnreadableFile for an empty file and one past the limit."""
    if not data:
        raise UnreadableFile("the file is empty")
    if len(data) > MAX_BYTES:
        size, allowed = len(data) / 1024**2, MAX_BYTES // 1024**2
        raise UnreadableFile(
            f"the file has {size:,.1f} MB, at most {allowed} MB are read: split it"
        )


def _line_problem(number: int, line: str) -> str:
    if number > MAX_LINES:
        return f"the file has more than {MAX_LINES:,} lines: split it"
    if "\0" in line:
        return f"line {number} of the file has a zero byte: it is damaged or is not text"
    return (
        f"line {number} of the file has {len(line):,} characters, "
        f"at most {MAX_LINE_LENGTH:,} are read"
    )


def _decoding_problem(data: bytes, encoding: str, lines_before: int) -> str:
    name = "UTF-8" if encoding.startswith("utf-8") else "UTF-16"
    try:
        data.decode(encoding)
    except UnicodeDecodeError as error:
        before = error.object[: error.start].decode(encoding)
        line = lines_before + len(re.split(r"\r\n|\r|\n", before))
        return f"line {line} of the file is not {name} text: save it as CSV in UTF-8"
    return f"the file is not {name} text: save it as CSV in UTF-8"
