"""Amounts at the border of the store: what a column of money or contracts can hold."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from riskcore.domain.errors import InvalidValue
from riskcore.domain.money import FloatArray, to_cent

MAX_MONEY = 1e13  # float64 is exact to the cent below it
MAX_CONTRACTS = 1e11  # and to four decimals below this


def checked_amounts(field: str, amounts: npt.ArrayLike) -> FloatArray:
    """`amounts` to the cent; raises InvalidValue when one is NaN, infinite or too large."""
    values = np.asarray(amounts, dtype=np.float64)
    bad = ~(np.abs(values) < MAX_MONEY)
    if bad.any():
        raise InvalidValue(field, "must be an amount below 10,000,000,000,000", values[bad][0])
    return to_cent(values)


def checked_contracts(field: str, contracts: npt.ArrayLike) -> FloatArray:
    """`contracts` to four decimals, NaN where not said.

    Raises InvalidValue when one is negative, infinite or too large.
    """
    values = np.asarray(contracts, dtype=np.float64)
    bad = ~((values >= 0) & (values < MAX_CONTRACTS) | np.isnan(values))
    if bad.any():
        raise InvalidValue(field, "must be 0 or more, below 100,000,000,000", values[bad][0])
    rounded: FloatArray = values.round(4)
    return rounded
