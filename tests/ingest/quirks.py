"""Quirks: the ways in which people's files differ from a clean one, as changes to its rows."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

Rows: TypeAlias = list[list[str]]

MONEY = re.compile(r"-?[0-9,]*[0-9]\.[0-9]{1,2}")
CODECS = ("utf-8", "utf-16")


@dataclass(frozen=True, slots=True)
class Plain:
    """A sample as rows: those above its header, the header, and those below."""

    above: Rows
    header: list[str]
    below: Rows
    mark: str


def plain(data: bytes, is_header: Callable[[list[str]], bool]) -> Plain:
    """A delimited sample, taken apart."""
    text = data.decode("utf-16" if data[:2] == b"\xff\xfe" else "utf-8-sig")
    mark = max(",;\t", key=text.splitlines()[-1].count)
    rows = list(csv.reader(io.StringIO(text), delimiter=mark))
    place = next(place for place, row in enumerate(rows) if is_header([c.strip() for c in row]))
    return Plain(rows[:place], rows[place], rows[place + 1 :], mark)


def written(
    rows: Rows, mark: str = ",", end: str = "\r\n", quoting: int = csv.QUOTE_MINIMAL
) -> str:
    """Rows as delimited text."""
    out = io.StringIO()
    csv.writer(out, delimiter=mark, lineterminator=end, quoting=quoting).writerows(rows)
    return out.getvalue()


def whole(sample: Plain) -> Rows:
    """Every row of a sample."""
    return [*sample.above, sample.header, *sample.below]


def with_money(sample: Plain, change: Callable[[str], str]) -> bytes:
    """The sample with each amount of two decimals written in another way."""

    def changed(cell: str) -> str:
        return change(cell.replace(",", "")) if MONEY.fullmatch(cell) else cell

    below = [[changed(cell) for cell in row] for row in sample.below]
    return written([*sample.above, sample.header, *below], sample.mark).encode()


def grouped(amount: str, mark: str) -> str:
    """An amount with thousands marks."""
    return f"{float(amount):,.2f}".replace(",", mark)


def in_brackets(amount: str) -> str:
    """`$(41.25)` for a negative one, `$41.25` for another."""
    return f"$({amount[1:]})" if amount.startswith("-") else f"${amount}"


def with_space(amount: str) -> str:
    """`- 123.83` and ` 3.36`."""
    return f"- {amount[1:]}" if amount.startswith("-") else f" {amount}"


def in_the_middle(sample: Plain, row: list[str]) -> bytes:
    """The sample with a row more among its first ones."""
    below = [*sample.below[:1], row, *sample.below[1:]]
    return written([*sample.above, sample.header, *below], sample.mark).encode()


def totals(sample: Plain) -> bytes:
    """The sample with a row of totals at its end, its first cells blank."""
    row = ["" if place < len(sample.header) - 1 else "12.50" for place in range(len(sample.header))]
    return written([*whole(sample), row], sample.mark).encode()


def _text(change: Callable[[Plain], str], codec: str = "utf-8") -> Callable[[Plain], bytes]:
    return lambda sample: change(sample).encode(codec)


def _same(sample: Plain) -> str:
    return written(whole(sample), sample.mark)


KEEPS: Mapping[str, Callable[[Plain], bytes]] = {
    "BOM": _text(_same, "utf-8-sig"),
    "UTF-16 with its mark": _text(_same, "utf-16"),
    "UTF-16 little-endian without a mark": _text(_same, "utf-16-le"),
    "UTF-16 big-endian without a mark": _text(_same, "utf-16-be"),
    "semicolon": _text(lambda sample: written(whole(sample), ";")),
    "tab": _text(lambda sample: written(whole(sample), "\t")),
    "a line sep=;": _text(lambda sample: "sep=;\r\n" + written(whole(sample), ";")),
    "a line sep=,": _text(lambda sample: "sep=,\r\n" + written(whole(sample), ",")),
    "LF": _text(lambda sample: written(whole(sample), sample.mark, "\n")),
    "CR": _text(lambda sample: written(whole(sample), sample.mark, "\r")),
    "no end of line at the end": _text(lambda sample: _same(sample).rstrip("\r\n")),
    "every cell quoted": _text(
        lambda sample: written(whole(sample), sample.mark, quoting=csv.QUOTE_ALL)
    ),
    "a preamble": _text(lambda sample: "My export\r\n\r\nMade by me\r\n" + _same(sample)),
    "the header again": lambda sample: in_the_middle(sample, sample.header),
    "blank rows": lambda sample: in_the_middle(sample, [""] * len(sample.header)),
    "a column more": _text(
        lambda sample: written([[*row, "x"] if row else row for row in whole(sample)], sample.mark)
    ),
    "two columns more of one name": _text(
        lambda sample: written(
            [
                *sample.above,
                [*sample.header, "note", "note"],
                *([*row, "1", "2"] for row in sample.below if len(row) == len(sample.header)),
                *(row for row in sample.below if len(row) != len(sample.header)),
            ],
            sample.mark,
        )
    ),
    "capitals in the header": _text(
        lambda sample: written(
            [*sample.above, [name.upper() for name in sample.header], *sample.below], sample.mark
        )
    ),
    "spaces around names and cells": _text(
        lambda sample: written(
            [[f" {cell}\xa0" if cell else cell for cell in row] for row in whole(sample)],
            sample.mark,
        )
    ),
    "thousands commas": lambda sample: with_money(sample, lambda text: grouped(text, ",")),
    "thousands spaces": lambda sample: with_money(sample, lambda text: grouped(text, " ")),
    "thousands no-break spaces": lambda s: with_money(s, lambda text: grouped(text, "\xa0")),
    "dollars in brackets": lambda sample: with_money(sample, in_brackets),
    "a space behind the minus": lambda sample: with_money(sample, with_space),
    "a Unicode minus": lambda sample: with_money(sample, lambda text: text.replace("-", "−")),
}
"""Changes that must not change what comes out."""
