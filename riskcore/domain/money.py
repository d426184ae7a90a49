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


def percent_of(
    base: npt.ArrayLike, percent: npt.ArrayLike, is_strict: npt.ArrayLike = False
) -> FloatArray:
    """`percent` % of `base`, rounded down to the cent; where `is_strict`, less than that.

    Down, so that an allowed loss is never shown larger than it is. Both are taken as
    whole numbers first (cents; ten-thousandths of a percent), so the result is exact
    for a `base` up to a billion. NaN in either gives NaN.
    """
    cents = np.rint(np.asarray(base, dtype=np.float64) * 100)
    steps = np.rint(np.asarray(percent, dtype=np.float64) * PERCENT_STEPS)
    # In two parts: the product of a billion's cents and steps has more digits than a float.
    whole = np.floor(cents / (100 * PERCENT_STEPS))
    rest = cents - whole * (100 * PERCENT_STEPS)
    part = rest * steps / (100 * PERCENT_STEPS)
    down: FloatArray = (whole * steps + _down(part, is_strict)) / 100
    return down


def percent_beside(
    others: npt.ArrayLike, percent: npt.ArrayLike, is_strict: npt.ArrayLike
) -> FloatArray:
    """The largest amount, to the cent, that is at most `percent` % of itself and `others`.

    Where `is_strict`, less than `percent` %. Exact as `whole_of` is; NaN gives NaN, and so
    does 100 %, of which there is no largest.
    """
    cents = np.rint(np.asarray(others, dtype=np.float64) * 100)
    steps = np.rint(np.asarray(percent, dtype=np.float64) * PERCENT_STEPS)
    left = np.where(steps < 100 * PERCENT_STEPS, 100 * PERCENT_STEPS - steps, np.nan)
    whole = np.floor(cents / left)
    part = (cents - whole * left) * steps / left
    amount: FloatArray = (whole * steps + _down(part, is_strict)) / 100
    return amount


def whole_of(part: npt.ArrayLike, percent: npt.ArrayLike, is_strict: npt.ArrayLike) -> FloatArray:
    """The smallest amount, to the cent, of which `part` is at most `percent` %.

    Where `is_strict`, less than `percent` %. Exact as `percent_of` is, for a result up to
    a hundred billion; NaN gives NaN.
    """
    cents = np.rint(np.asarray(part, dtype=np.float64) * 100)
    steps = np.rint(np.asarray(percent, dtype=np.float64) * PERCENT_STEPS)
    hundred = 100 * PERCENT_STEPS
    whole = np.floor(cents / steps)
    rest = (cents - whole * steps) * hundred / steps
    up = np.where(is_strict, np.floor(rest) + 1, np.ceil(rest))
    amount: FloatArray = (whole * hundred + up) / 100
    return amount


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


def _down(cents: FloatArray, is_strict: npt.ArrayLike) -> FloatArray:
    """Whole cents at most `cents`; where `is_strict`, fewer."""
    if not np.any(is_strict):
        return np.floor(cents)
    return np.where(is_strict, np.ceil(cents) - 1, np.floor(cents))
