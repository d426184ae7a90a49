"""The benchmarks run, and what they compare agrees; how fast it is, `make bench` prints."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.copytrade import report as copytrade_report
from benchmarks.timeline import Contest, Unequal, check_equal, report


def test_every_way_of_the_timeline_finds_the_same_buffers_and_is_reported():
    """20,000 snapshots, once; polars or DuckDB with another number would be an error."""
    lines = report(accounts=200, repeat=1).splitlines()
    assert lines[0].startswith("20,000 snapshots of 200 accounts")
    assert [line.split("|")[1].strip(" *").partition(":")[0] for line in lines[4:]] == [
        "pandas",
        "timeline with six rules",
        "timeline with the two main rules",
        "polars",
        "DuckDB",
    ]


def test_both_rules_are_broken_and_kept_on_the_desk_that_is_measured():
    """Otherwise agreeing would be easy."""
    contest = Contest.of(200)
    broken = contest.ours(contest.desk.main).is_broken.mean()
    assert broken.between(0.001, 0.5).all(), broken


def test_a_peer_with_another_cent_is_an_error():
    with pytest.raises(Unequal, match=r"polars: max loss differs in 1 rows; in row 1: 2\.0, 2\.01"):
        check_equal(np.array([1.0, 2.0]), np.array([1.0, 2.01]), "polars: max loss")


def test_everything_on_the_page_of_copy_trading_is_reported():
    lines = copytrade_report(members=30, repeat=1).splitlines()
    assert lines[0].startswith("30 members")
    assert lines[-1].startswith("| **everything** (allowed: 300)")
