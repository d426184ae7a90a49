"""Decoding: text in UTF-8 or UTF-16; everything else says what it is."""

from __future__ import annotations

import gzip
import io
import zipfile

import pytest

from riskcore.ingest import decoding
from riskcore.ingest.decoding import encoding_of, lines_of
from riskcore.ingest.refusals import UnreadableFile

TEXT = "account,time\nä1,2\n"


def problem(data: bytes) -> str:
    with pytest.raises(UnreadableFile) as caught:
        list(lines_of(data))
    return str(caught.value)


@pytest.mark.parametrize(
    "data",
    [
        TEXT.encode(),
        TEXT.encode("utf-8-sig"),
        TEXT.encode("utf-16"),
        TEXT.encode("utf-16-le"),
        TEXT.encode("utf-16-be"),
        b"\xfe\xff" + TEXT.encode("utf-16-be"),
    ],
)
def test_a_file_is_the_same_text_in_utf_8_and_utf_16(data):
    assert list(lines_of(data)) == ["account,time\n", "ä1,2\n"]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_a_line_ends_with_lf_cr_lf_or_cr(end):
    assert list(lines_of(f"a{end}b\u2028\x0b{end}c".encode())) == [
        f"a{end}",
        f"b\u2028\x0b{end}",
        "c",
    ]


def test_one_to_three_bytes_are_utf_8():
    assert encoding_of(b"a") == encoding_of(b"a\0") == encoding_of(b"a\0b") == "utf-8-sig"


def test_an_empty_file_is_refused():
    assert problem(b"") == "the file is empty"


def test_latin_1_is_refused_with_its_line():
    assert problem(b"a,b\r1,2\rM\xfcller,3\r") == (
        "line 3 of the file is not UTF-8 text: save it as CSV in UTF-8"
    )


def test_utf_16_cut_within_a_letter_is_refused():
    assert "is not UTF-16 text" in problem("a,b\n1,2".encode("utf-16")[:-1])


def test_a_zero_byte_is_refused_with_its_line():
    assert "line 2 of the file has a zero byte" in problem(b"account,time\nA\0,1\n")


def test_a_file_of_100_mb_is_read_and_a_byte_more_is_not():
    line = b"a" * (decoding.MAX_LINE_LENGTH - 1) + b"\n"
    data = line * (decoding.MAX_BYTES // len(line))
    assert len(data) == decoding.MAX_BYTES
    assert sum(map(len, lines_of(data))) == decoding.MAX_BYTES
    assert "at most 100 MB are read" in problem(data + b"a")


def test_a_line_of_64_kb_is_read_and_a_character_more_is_not():
    line = "a" * decoding.MAX_LINE_LENGTH
    assert list(lines_of(line.encode())) == [line]
    assert "has 65,537 characters, at most 65,536 are read" in problem(line.encode() + b"a")


def test_lines_are_counted_and_one_too_many_is_not_read():
    assert sum(1 for _ in lines_of(b"\n" * decoding.MAX_LINES)) == decoding.MAX_LINES
    assert "more than 2,500,000 lines" in problem(b"\n" * (decoding.MAX_LINES + 1))


def zipped() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("a.csv", TEXT)
    return packed.getvalue()


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (zipped(), "Excel workbook or a zip"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old Excel workbook"),
        (gzip.compress(TEXT.encode(), mtime=0), "compressed"),
        (b"%PDF-1.7", "PDF"),
        (b'{"a": 1}', "JSON"),
        (b'[{"a": 1}]', "JSON"),
        (b"<!DOCTYPE html><html>", "web page"),
        (b"\xef\xbb\xbf\r\n <HTML>", "web page"),
        ("<html>".encode("utf-16"), "web page"),
        ("\ufeff<html>".encode("utf-16-be"), "web page"),
        (b"<?xml version='1.0'?>", "is XML"),
        (b"undefined", "export failed"),
        (b"null\n", "export failed"),
    ],
)
def test_a_file_that_is_something_else_says_what(data, what):
    assert what in problem(data)


def test_a_header_in_angle_brackets_is_text():
    assert list(lines_of(b"<DATE>\t<BALANCE>\n")) == ["<DATE>\t<BALANCE>\n"]
