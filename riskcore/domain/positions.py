"""Positions: whether one is open, told from a snapshot."""

from __future__ import annotations

import numpy as np

from riskcore.domain.money import FloatArray


def is_open(contracts: FloatArray, equity: FloatArray, balance: FloatArray) -> FloatArray:
    """1.0 where a position is open: by its contracts, where unsaid by a floating result."""
    floating = (equity != balance) & ~np.isnan(equity)
    return np.where(np.isnan(contracts), floating, contracts > 0).astype(np.float64)
