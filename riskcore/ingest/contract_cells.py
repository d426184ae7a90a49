"""Contract cells: how many contracts or lots are open, or the reason why it cannot be known."""

from __future__ import annotations

import re
from functools import lru_cache
from math import nan

from riskcore.ingest.refusals import BadCell

PLAIN = re.compile(r"\+?([0-9]{1,11})(?:\.([0-9]{1,4}))?")
EITHER = re.compile(r"\+?[1-9][0-9]{0,2}[.,][0-9]{3}")

PROBLEMS = (
    (EITHER, "may be thousands or a fraction: write it with four decimals, or without a mark"),
    (re.compile(r"-[0-9.,]+"), "is negative: write how many are open, long or short"),
    (re.compile(r"\+?[0-9]{12,}(?:\.[0-9]*)?"), "has more than 11 digits before its point"),
    (re.compile(r"\+?[0-9]+\.[0-9]{5,}"), "has more than four decimals"),
    (re.compile(r"\+?[0-9.' ]+,[0-9]+"), "has a comma: write it with a point"),
)


@lru_cache(maxsize=4096)
def contracts(text: str) -> float:
    """The open contracts, at most four decimals; NaN where the cell is blank: not said.

    Raises BadCell.
    """
    amount = text.strip()
    if not amount:
        return nan
    match = PLAIN.fullmatch(amount)
    if match is None or EITHER.fullmatch(amount):
        raise BadCell(contracts_problem(amount))
    whole, fraction = match.groups("0")
    return int(whole + fraction.ljust(4, "0")) / 10_000


def contracts_problem(amount: str) -> str:
    """Why `amount`, trimmed, is not read as contracts."""
    for shape, reason in PROBLEMS:
        if shape.fullmatch(amount):
            return reason
    return "is not a number of contracts such as 3 or 0.25"
