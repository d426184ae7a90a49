"""Money cells: an amount to the cent, or the reason why it cannot be known."""

from __future__ import annotations

import re

from riskcore.ingest.refusals import BadCell

PLAIN = re.compile(r"([+-]?[0-9]{1,13})(?:\.([0-9]{1,2}))?")
GROUPED = re.compile(r"[+-]?[1-9][0-9]{0,2}(?:(?:,[0-9]{3})+\.[0-9]{1,2}|(?:,[0-9]{3}){2,})")
"""Thousands commas that can mean nothing else: two of them, or one with a point behind."""

PROBLEMS = (
    (re.compile(r""), "is blank: an unknown amount is never read as 0"),
    (
        re.compile(r"[+-]?[1-9][0-9]{0,2}[.,][0-9]{3}"),
        "may be thousands or a fraction: write it without a thousands mark, with two decimals",
    ),
    (
        re.compile(r"[+-]?(?:[0-9],?){14,}(?:\.[0-9]*)?"),
        "has more than 13 digits before its point",
    ),
    (re.compile(r"[+-]?[0-9,]+\.[0-9]{3,}"), "has more than two decimals"),
    (re.compile(r"[+-]?[0-9.' ]+,[0-9]+"), "has a decimal comma: write it with a point"),
)


def cents(text: str) -> int:
    """The amount in cents, exact; raises BadCell.

    Read are digits with at most two decimals behind a point, and thousands commas where
    they can mean nothing else (`1,234.50`, `1,234,567`).
    """
    match = PLAIN.fullmatch(text) or PLAIN.fullmatch(_plain(text.strip()))
    if match is None:
        raise BadCell(amount_problem(text.strip()))
    whole, fraction = match.groups("00")
    return int(whole + fraction.ljust(2, "0"))


def amount_problem(amount: str) -> str:
    """Why `amount`, trimmed, is not read as money."""
    for shape, reason in PROBLEMS:
        if shape.fullmatch(amount):
            return reason
    return "is not an amount such as -1234.50"


def _plain(amount: str) -> str:
    return amount.replace(",", "") if GROUPED.fullmatch(amount) else amount
