"""Money: float64 amounts that are exact to the cent where they are compared."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
import numpy.typing as npt

FloatArray: TypeAlias = npt.NDArray[np.float64]

PERCENT_STEPS = 10_000  # a percentage has up to four decimals


def to_cent(amount: npt.ArrayLike) -> FloatArray:
    """`amount` rounded to the nearest cent; NaN stays NaN."""
    rounded: FloatArray = np.asarray(amount, dtype=np.float64).round(2)
    return rounded


def percent_of(base: npt.ArrayLike, percent: npt.ArrayLike) -> FloatArray:
    """`percent` % of `base`, rounded down to the cent.

    Down, so that an allowed loss is never shown larger than it is. Both are taken as
    whole numbers first (cents; ten-thousandths of a percent), so the result is exact
    for a `base` up to a billion. NaN in either gives NaN.
    """
    cents = np.rint(np.asarray(base, dtype=np.float64) * 100)
    steps = np.rint(np.asarray(percent, dtype=np.float64) * PERCENT_STEPS)
    # In two parts: the product of a billion's cents and steps has more digits than a float.
    whole = np.floor(cents / (100 * PERCENT_STEPS))
    rest = cents - whole * (100 * PERCENT_STEPS)
    down: FloatArray = (whole * steps + np.floor(rest * steps / (100 * PERCENT_STEPS))) / 100
    return down


def money_text(amount: float | None, currency: str = "") -> str:
    """An amount for people: `-1,234.50 USD`; an unknown amount is `unknown`."""
    if amount is None or np.isnan(amount):
        return "unknown"
    return f"{amount:,.2f} {currency}".rstrip()


def percent_text(percent: float | None) -> str:
    """A percentage for people: `6.2 %`; an unknown one is `unknown`."""
    if percent is None or np.isnan(percent):
        return "unknown"
    return f"{percent:,.1f} %"
