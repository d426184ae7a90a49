"""Amounts as platforms write them: `$(41.25)`, `- 123.83`, `5 000.00`, `1.234,50 €`."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from riskcore.ingest.refusals import AmbiguousCell, BadCell

NANO = 1_000_000_000
"""Amounts are whole billionths, so that fees of nine decimals add up exactly."""

NANOS_PER_CENT = NANO // 100

POINT, COMMA = ".", ","
MARKS = (POINT, COMMA)

PLAIN_SIGNS = str.maketrans(dict.fromkeys("\xa0\u2007\u2009\u202f", " ") | {"−": "-", "’": "'"})

SHAPE = re.compile(
    r"(?P<before>[-+($€£¥A-Z ]*)(?P<digits>[0-9](?:[0-9.,' ]*[0-9])?)(?P<behind>[-)$€£¥A-Z ]*)"
)
UNITS = re.compile(r"|[$€£¥]|[A-Z]{3}|US[$]")

NUMBERS = {
    POINT: re.compile(
        r"(?:[0-9]+|[1-9][0-9]{0,2}(?P<mark>[,' ])[0-9]{3}(?:(?P=mark)[0-9]{3})*)"
        r"(?:\.(?P<fraction>[0-9]+))?"
    ),
    COMMA: re.compile(
        r"(?:[0-9]+|[1-9][0-9]{0,2}(?P<mark>[.' ])[0-9]{3}(?:(?P=mark)[0-9]{3})*)"
        r"(?:,(?P<fraction>[0-9]+))?"
    ),
}
"""Digits with at most one kind of thousands mark, by the decimal mark."""

MOST_DIGITS, MOST_DECIMALS = 13, 9


@lru_cache(maxsize=8192)
def nanos(text: str, mark: str | None = None) -> int:
    """The amount in billionths, exact; raises BadCell.

    `mark` is the decimal mark of the column; None: not known, and then an amount that
    needs it (`1,234`) is an AmbiguousCell.
    """
    sign, digits = _parted(text)
    found = (_value(digits, one) for one in ((mark,) if mark else MARKS))
    read = {value for value in found if value is not None}
    if len(read) == 2:
        raise AmbiguousCell("may be thousands or a fraction: state the decimal mark of the file")
    if not read:
        raise BadCell(_problem(digits, mark))
    return sign * read.pop()


def cents(text: str, mark: str | None = None) -> int:
    """The amount in cents, exact; raises BadCell also where it has more than two decimals."""
    amount = nanos(text, mark)
    whole, rest = divmod(amount, NANOS_PER_CENT)
    if rest:
        raise BadCell("has more than two decimals")
    return whole


def mark_of(texts: Iterable[str]) -> str | None:
    """The decimal mark that the amounts of a column speak for; None: none, or both."""
    spoken: set[str] = set()
    for text in texts:
        try:
            digits = _parted(text)[1]
        except BadCell:
            continue
        fits = [mark for mark in MARKS if _value(digits, mark) is not None]
        if len(fits) == 1:
            spoken.add(fits[0])
        if len(spoken) == 2:
            return None
    return spoken.pop() if spoken else None


@lru_cache(maxsize=8192)
def _parted(text: str) -> tuple[int, str]:
    """Sign and digits of a cell, its currency left off; raises BadCell."""
    amount = text.translate(PLAIN_SIGNS).strip()
    if not amount:
        raise BadCell("is blank: an unknown amount is never read as 0")
    match = SHAPE.fullmatch(amount)
    if match is None:
        raise BadCell("is not an amount such as -1234.50")
    around = match["before"] + match["behind"]
    unit = re.sub(r"[-+() ]", "", around)
    brackets = ("(" in match["before"], ")" in match["behind"])
    signs = sum(around.count(sign) for sign in "-+(")
    if signs > 1 or brackets[0] is not brackets[1] or not UNITS.fullmatch(unit):
        raise BadCell("is not an amount such as -1234.50")
    return -1 if "-" in around or brackets[0] else 1, match["digits"]


def _value(digits: str, mark: str | None) -> int | None:
    """What `digits` are with this decimal mark, in billionths; None: they are no number."""
    match = NUMBERS[mark or POINT].fullmatch(digits)
    if match is None:
        return None
    fraction = (match["fraction"] or "").rstrip("0")
    whole = re.sub(
        r"[^0-9]", "", digits[: match.start("fraction")] if match["fraction"] else digits
    )
    if len(whole.lstrip("0")) > MOST_DIGITS or len(fraction) > MOST_DECIMALS:
        return None
    return int(whole) * NANO + int(fraction.ljust(MOST_DECIMALS, "0"))


def _problem(digits: str, mark: str | None) -> str:
    if len(re.sub(r"[^0-9]", "", re.split(r"[.,](?=[0-9]*$)", digits)[0])) > MOST_DIGITS:
        return "has more than 13 digits before its point"
    other = COMMA if mark == POINT else POINT
    if mark and _value(digits, other) is not None:
        called = {POINT: "point", COMMA: "comma"}
        return f"has a decimal {called[other]}, the file is read with a decimal {called[mark]}"
    return "is not an amount such as -1234.50"
