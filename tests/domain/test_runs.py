"""Runs and pieces: what is worked out for many rows at once is what each row by itself gives."""

from __future__ import annotations

from math import isnan, nan

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.desk import benchmark_desk
from riskcore.domain import frames, runs
from riskcore.domain.runs import Runs, agree, in_runs
from riskcore.domain.states import RuleTable, rule_table
from riskcore.domain.timeline import timeline

VALUES = st.sampled_from([nan, -3.0, -0.0, 0.0, 1.0, 2.5])
RUNS = st.lists(st.lists(VALUES, min_size=1, max_size=6), max_size=6)


def laid(several: list[list[float]]) -> tuple[Runs, np.ndarray]:
    """The runs one behind the other, and all their values."""
    begins = [place == 0 for run in several for place in range(len(run))]
    values = [value for run in several for value in run]
    return Runs(np.array(begins, dtype=bool)), np.array(values, dtype=np.float64)


def same(found: np.ndarray, expected: list[float]) -> bool:
    return np.array_equal(found, np.array(expected, dtype=np.float64), equal_nan=True)


def highest_so_far(run: list[float], start: float) -> list[float]:
    found = []
    for value in run:
        start = nan if isnan(start) or isnan(value) else max(start, value)
        found.append(start)
    return found


@pytest.mark.parametrize("few", [0, 1, 2, 1_000])
@given(several=RUNS, start=VALUES)
def test_the_highest_so_far_is_that_of_each_run_alone(few, several, start):
    """However many runs are gone through at once; an unknown value makes the rest unknown."""
    places, values = laid(several)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(runs, "FEW", few)
        found = places.highest(values, np.full(len(several), start))
    assert same(found, [one for run in several for one in highest_so_far(run, start)])


@given(several=RUNS)
def test_the_sum_so_far_is_that_of_each_run_alone(several):
    known = [[0.0 if isnan(value) else value for value in run] for run in several]
    places, values = laid(known)
    sums = [sum(run[: place + 1]) for run in known for place in range(len(run))]
    assert same(places.summed(values), sums)


@given(several=RUNS)
def test_one_value_per_run_is_spread_over_its_rows(several):
    places, _ = laid(several)
    firsts = [run[0] for run in several]
    spread = places.spread(np.array(firsts, dtype=np.float64))
    assert same(spread, [run[0] for run in several for _ in run])


@given(values=st.lists(VALUES, max_size=5))
def test_values_agree_if_there_are_some_and_all_are_the_same(values):
    """Unknown agrees with unknown; two zeros of different sign are kept apart."""
    assert agree(np.array(values, dtype=np.float64)) == (len(set(map(repr, values))) == 1)


@given(rows=st.lists(st.tuples(VALUES, VALUES), max_size=12), together=st.integers(1, 3))
def test_a_formula_in_runs_gives_what_it_gives_row_by_row(rows, together):
    first, second = (
        np.repeat(np.array(column, dtype=np.float64), together)
        for column in (zip(*rows, strict=True) if rows else ([], []))
    )
    expected = (first * 2 - second).tolist()
    assert same(in_runs(lambda a, b: a * 2 - b, first, second), expected)


def test_a_formula_is_worked_out_once_for_rows_that_are_alike():
    seen: list[int] = []
    column = np.array([1.0, 1.0, 1.0, nan, nan, nan])
    one = np.broadcast_to(5.0, 6)
    found = in_runs(lambda a, b: (seen.append(len(a)), a + b)[1], column, one)
    assert same(found, [6, 6, 6, nan, nan, nan])
    assert seen == [2]


def test_a_table_made_in_pieces_is_the_table_made_at_once(monkeypatch):
    """Pieces end within accounts, and the last one is shorter."""
    desk = benchmark_desk(30)
    rows = timeline(desk.snapshots, desk.frame, needs=desk.six.needs)
    at_once = rule_table(rows, desk.six)
    monkeypatch.setattr(frames, "PIECE", 777)
    in_pieces = rule_table(rows, desk.six)
    for name in RuleTable.__dataclass_fields__:
        pd.testing.assert_frame_equal(
            getattr(in_pieces, name), getattr(at_once, name), check_exact=True
        )
