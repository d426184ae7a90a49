"""Date orders: the days that a date with its year last can mean."""

from __future__ import annotations

from datetime import date


def possible_days(first: int, second: int, year: int) -> list[date]:
    """The dates that two numbers can mean, day first or month first, in rising order."""
    orders = {(second, first), (first, second)}
    return sorted(day for month, number in orders if (day := _date(year, month, number)))


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
