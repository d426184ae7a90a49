"""The benchmark of posts runs, and it notices a row that is not as it was acknowledged."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pandas as pd
import pytest

from benchmarks.desk import benchmark_desk
from benchmarks.figures import Wrong
from benchmarks.posts import Feed, check_feed, measure

BEGAN = datetime(2026, 3, 2, 12, tzinfo=UTC)


def test_what_is_posted_is_shown_and_stored_and_each_rate_stands_beside_its_limits():
    """A second or two of posts; then the desk is killed and its database is read."""
    with ThreadPoolExecutor(1) as apart:  # the browser of other tests has this thread's loop
        figures = apart.submit(measure, quick=True).result()
    assert all(figure.value > 0 for figure in figures)
    rates = [figure for figure in figures if figure.other is not None]
    assert [figure.beside for figure in rates] == [
        "at least",
        "a route that only parses",
        "the commits without HTTP",
    ] * 2


def found(count: int) -> pd.DataFrame:
    """The first rows of a feed, as the store gives them."""
    return pd.DataFrame(
        {
            "taken_at": pd.date_range(BEGAN, periods=count, freq="ms", unit="us"),
            "equity": [50_000.00, 50_000.01, 50_000.02, 50_000.03][:count],
        }
    )


def test_what_was_acknowledged_is_what_is_stored():
    account = benchmark_desk(1, 1).accounts[0]
    feed = Feed(account, BEGAN, sent=4, acknowledged=3)
    check_feed(feed, found(3))
    a_cent_off = found(3).assign(equity=[50_000.00, 50_000.01, 50_000.03])
    late = found(4)[1:].assign(equity=found(3)["equity"].to_list())
    for wrong in (found(2), found(4), a_cent_off, late):
        with pytest.raises(Wrong, match="3 rows were acknowledged with the sum 150000"):
            check_feed(feed, wrong)
