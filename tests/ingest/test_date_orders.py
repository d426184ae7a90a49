"""Date orders: a date that can be two days is never guessed."""

from __future__ import annotations

from datetime import date

import pytest

from riskcore.ingest.date_orders import possible_days
from riskcore.ingest.refusals import AmbiguousCell, BadCell
from riskcore.ingest.stamps import DateOrder, day_of, order_of, stamp_of

DAY, MONTH = DateOrder.DAY_FIRST, DateOrder.MONTH_FIRST


@pytest.mark.parametrize("mark", "/.-")
def test_day_and_month_up_to_12_can_be_two_dates(mark):
    stamp = stamp_of(f"04{mark}03{mark}2026 09:45")
    with pytest.raises(AmbiguousCell, match="may be 2026-03-04 or 2026-04-03"):
        day_of(stamp, None)
    assert day_of(stamp, DAY) == date(2026, 3, 4)
    assert day_of(stamp, MONTH) == date(2026, 4, 3)


def test_a_number_above_12_is_the_day():
    assert stamp_of("3/12/2026").order is None
    assert stamp_of("3/13/2026").order is MONTH
    assert stamp_of("13/3/2026").order is DAY
    assert day_of(stamp_of("13/3/2026"), None) == date(2026, 3, 13)


def test_a_date_against_the_order_of_its_file_is_refused():
    with pytest.raises(BadCell, match="can only be 2026-03-13, but the dates"):
        day_of(stamp_of("13/3/2026"), MONTH)


def test_the_same_number_twice_is_one_date():
    assert day_of(stamp_of("04/04/2026"), None) == date(2026, 4, 4)


def test_a_leap_day_exists_in_leap_years_only():
    assert possible_days(29, 2, 2028) == [date(2028, 2, 29)]
    assert possible_days(29, 2, 2026) == []


@pytest.mark.parametrize("text", ["13/13/2026", "31/04/2026", "00/01/2026", "1/1/0000"])
def test_a_date_in_no_order_does_not_exist(text):
    with pytest.raises(BadCell, match="is not a date that exists"):
        stamp_of(text)


def test_one_date_decides_and_two_that_disagree_do_not():
    assert order_of(["04/03/2026", "x", "13/3/2026"]) is DAY
    assert order_of(["04/03/2026", "05/03/2026"]) is None
    assert order_of(["13/3/2026", "3/13/2026"]) is None
