"""Amounts at the border of the store: what a money column can hold."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from riskcore.domain.errors import InvalidValue
from riskcore.domain.money import FloatArray, to_cent

MAX_MONEY = 1e13  # float64 is exact to the cent below it


def checked_amounts(field: str, amounts: npt.ArrayLike) -> FloatArray:
    """`amounts` to the cent; raises InvalidValue when one is NaN, infinite or too large."""
    values = np.asarray(amounts, dtype=np.float64)
    bad = ~(np.abs(values) < MAX_MONEY)
    if bad.any():
        raise InvalidValue(field, "must be an amount below 10,000,000,000,000", values[bad][0])
    return to_cent(values)
