"""Runs: consecutive rows that belong together, such as those of one account or of one day."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

from riskcore.domain.days import IntArray
from riskcore.domain.money import FloatArray

BoolArray: TypeAlias = npt.NDArray[np.bool_]
Column: TypeAlias = npt.NDArray[Any]

FEW = 1_000
"""So many runs are gone through one by one sooner than all at once."""


class Runs:
    """Where each run begins, and how many rows it has; `begins` is true on its first row."""

    def __init__(self, begins: BoolArray) -> None:
        self.first: IntArray = np.flatnonzero(begins)
        ends = np.concatenate((self.first[1:], [len(begins)]))
        self.lengths: IntArray = ends[: len(self.first)] - self.first

    def spread(self, values: Column) -> Column:
        """One value per run on each of its rows; to be read only.

        Where all runs have the same it takes no room.
        """
        if agree(values):
            return np.broadcast_to(values[0], self.lengths.sum())
        return np.repeat(values, self.lengths)

    def highest(self, values: Column, start: Column) -> Column:
        """The highest of `values` so far in the run, and of its `start` (one per run).

        From the first unknown (NaN) one on it is unknown.
        """
        values = values.copy()
        values[self.first] = np.maximum(values[self.first], start)
        before, left = self.first, self.lengths - 1
        while len(before := before[left > 0]) > FEW:  # a row further in all runs at once
            left = left[left > 0] - 1
            here = before + 1
            values[here] = np.maximum(values[before], values[here])
            before = here
        for begin, count in zip(before.tolist(), left[left > 0].tolist(), strict=True):
            run = values[begin : begin + count + 1]
            np.maximum.accumulate(run, out=run)
        return values

    def summed(self, values: FloatArray) -> FloatArray:
        """The sum of `values` so far in the run."""
        number = self.spread(np.arange(len(self.first), dtype=np.int32))
        sums = pd.Series(values).groupby(number, sort=False).cumsum()
        summed: FloatArray = np.asarray(sums, dtype=np.float64)
        return summed


def changes(values: Column) -> BoolArray:
    """Where a value is not the one before it; true on the first."""
    changes = np.ones(len(values), dtype=bool)
    np.not_equal(values[1:], values[:-1], out=changes[1:])
    return changes


def agree(values: Column) -> bool:
    """Whether they are all the same."""
    bits = _bits(values)
    return len(values) > 0 and bool((bits == bits[:1]).all())


def is_one(column: Column) -> bool:
    """Whether one value stands for all rows, as `Runs.spread` gives it where they agree."""
    return len(column) > 0 and column.strides[0] == 0


def _bits(values: Column) -> Column:
    """As bits an unknown number (NaN) is like another."""
    return values.view(np.int64) if values.dtype == np.float64 else values


def in_runs(formula: Callable[..., Column], *columns: Column) -> Column:
    """`formula` of the columns, worked out once for consecutive rows that are alike in all."""
    varying = [column for column in columns if not is_one(column)] or columns
    begins = changes(_bits(varying[0]))
    for column in varying[1:]:
        begins |= changes(_bits(column))
    runs = Runs(begins)
    if 2 * len(runs.first) > len(begins):
        return formula(*columns)
    return runs.spread(formula(*(column[runs.first] for column in columns)))
