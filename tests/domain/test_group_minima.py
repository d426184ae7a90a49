"""Group minima: of many groups at once the smallest value of each rule, and who holds it."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from riskcore.domain.evaluate import group_minima
from riskcore.domain.rulebook import NONE

WIDE = st.lists(
    st.tuples(
        st.integers(0, 3),
        st.sampled_from([-10.0, 0.0, 5.0, 5.0, 70.0, np.nan]),
        st.sampled_from([1.0, 2.0, np.nan]),
    ),
    min_size=1,
    max_size=20,
)


@given(rows=WIDE)
def test_many_groups_at_once_have_the_minima_each_would_have_alone(rows):
    ordered = sorted(rows, key=lambda row: row[0])
    number = np.unique([row[0] for row in ordered], return_inverse=True)[1]
    values = np.array([row[1:] for row in ordered])
    lowest, holder = group_minima(values, np.arange(len(rows)), number)
    for group, column in np.ndindex(lowest.shape):
        places = np.flatnonzero(number == group)
        known = [p for p in places if not np.isnan(values[p, column])]
        if known:
            first = min(known, key=lambda p: (values[p, column], p))
            assert lowest[group, column] == values[first, column]
            assert holder[group, column] == first
        else:
            assert np.isnan(lowest[group, column])
            assert holder[group, column] == NONE


def test_an_account_in_two_groups_counts_in_both():
    """Account 0 has 5 left and is in both groups; account 1 has 3 and is in the second."""
    lowest, holder = group_minima(
        np.array([[5.0], [3.0]]), np.array([0, 0, 1]), np.array([0, 1, 1])
    )
    assert lowest.tolist() == [[5.0], [3.0]]
    assert holder.tolist() == [[0], [1]]


def test_what_is_left_out_takes_no_part_in_a_minimum():
    """3 is in a strange currency, so 5 is the least that can be compared."""
    lowest, holder = group_minima(
        np.array([[5.0], [3.0]]),
        np.array([0, 1]),
        np.array([0, 0]),
        left_out=np.array([[False], [True]]),
    )
    assert (lowest.tolist(), holder.tolist()) == ([[5.0]], [[0]])
