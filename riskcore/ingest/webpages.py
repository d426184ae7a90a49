"""Web pages: the rows of the tables in an HTML report."""

from __future__ import annotations

from lxml import etree

from riskcore.ingest.refusals import UnreadableFile, shown

MAX_CELLS = 4_000_000
MAX_SPAN = 64
MAX_DEPTH = 16
PIECE = 1 << 16
CELLS = ("td", "th")


class _Rows:
    """Collects table rows as the parser meets them; a nested table's rows come first.

    A cell that spans several columns is followed by as many blank ones; a hidden cell, as
    MetaTrader 5 puts between others, is left out. Lines are counted in rows.
    """

    def __init__(self) -> None:
        self.rows: list[tuple[int, int, list[str]]] = []
        self.title = ""
        self._open: list[list[str]] = []
        self._text: list[str] = []
        self._span = 0
        self._number = self._cells = 0
        self._in_title = False

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "tr":
            self._open.append([])
            if len(self._open) > MAX_DEPTH:
                raise UnreadableFile("the page has tables in tables without end: it is damaged")
        elif tag in CELLS:
            self._text, self._span = [], _span(attributes)
        elif tag == "br":
            self._text.append(" ")
        self._in_title = tag == "title"

    def end(self, tag: str) -> None:
        self._in_title = False
        if tag in CELLS and self._open:
            self._cells += max(self._span, 1)
            if self._cells > MAX_CELLS:
                raise UnreadableFile(f"the page has more than {MAX_CELLS:,} cells: split it")
            if self._span:
                text = " ".join("".join(self._text).split())
                self._open[-1] += [text, *[""] * (self._span - 1)]
            self._text = []
        elif tag == "tr" and self._open:
            self._number += 1
            cells = self._open.pop()
            if any(cells):
                self.rows.append((self._number, self._number, cells))

    def data(self, text: str) -> None:
        if self._in_title:
            self.title += text
        self._text.append(text)

    def close(self) -> _Rows:
        return self


def _span(attributes: dict[str, str]) -> int:
    """How many columns a cell takes; none when it is hidden."""
    if "hidden" in attributes.get("class", "").split():
        return 0
    stated = attributes.get("colspan", "1").strip()
    return min(max(int(stated), 1), MAX_SPAN) if stated.isascii() and stated.isdigit() else 1


def page_rows(data: bytes, encoding: str) -> list[tuple[int, int, list[str]]]:
    """The rows of every table of a page; raises UnreadableFile when there is none."""
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        raise UnreadableFile("the web page is neither UTF-8 nor UTF-16 text") from error
    if "\0" in text:
        raise UnreadableFile("the web page has a zero byte: it is damaged")
    target = _Rows()
    parser = etree.HTMLParser(target=target, huge_tree=False)
    try:
        for start in range(0, len(text), PIECE):
            parser.feed(text[start : start + PIECE])
        parser.close()
    except etree.LxmlError as error:
        raise UnreadableFile("the file is a web page that cannot be read: it is damaged") from error
    if not target.rows:
        called = f" called {shown(target.title.strip())!r}" if target.title.strip() else ""
        raise UnreadableFile(
            f"the file is a web page{called} without a table: its export failed, export it again"
        )
    return target.rows
