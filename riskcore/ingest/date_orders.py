"""Date orders: dates that can be read as more than one day are never guessed."""

from __future__ import annotations

import re
from datetime import date

YEAR_LAST = re.compile(r"([0-9]{1,2})([-./ ])([0-9]{1,2})\2([0-9]{4}|[0-9]{2})(?![0-9])")


def date_order_problem(text: str) -> str | None:
    """Why `text`, which begins with a date that ends in its year, is not read.

    None when it does not begin with such a date.
    """
    match = YEAR_LAST.match(text)
    if match is None:
        return None
    first, _, second, year = match.groups()
    if len(year) == 2:
        return "may be several dates: write the year first, with four digits"
    days = possible_days(int(first), int(second), int(year))
    if not days:
        return "is not a date that exists"
    if len(days) == 1:
        return f"has its year last: write it as {days[0]}"
    return f"may be {days[0]} or {days[1]}: write the year first"


def possible_days(first: int, second: int, year: int) -> list[date]:
    """The dates that two numbers can mean, day first or month first, in rising order."""
    orders = {(second, first), (first, second)}
    return sorted(day for month, number in orders if (day := _date(year, month, number)))


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
