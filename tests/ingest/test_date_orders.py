"""Date orders: a date that can be two days is never guessed."""

from __future__ import annotations

from datetime import date

import pytest

from riskcore.ingest.date_orders import date_order_problem, possible_days


@pytest.mark.parametrize("mark", "/.- ")
def test_day_and_month_up_to_12_can_be_two_dates(mark):
    assert date_order_problem(f"04{mark}03{mark}2026 09:45") == (
        "may be 2026-03-04 or 2026-04-03: write the year first"
    )


def test_a_number_above_12_is_the_day():
    assert (
        date_order_problem("3/12/2026") == "may be 2026-03-12 or 2026-12-03: write the year first"
    )
    assert date_order_problem("3/13/2026") == "has its year last: write it as 2026-03-13"
    assert date_order_problem("13/3/2026") == "has its year last: write it as 2026-03-13"


def test_the_same_number_twice_is_one_date():
    assert date_order_problem("04/04/2026") == "has its year last: write it as 2026-04-04"


def test_a_leap_day_exists_in_leap_years_only():
    assert possible_days(29, 2, 2028) == [date(2028, 2, 29)]
    assert possible_days(29, 2, 2026) == []


@pytest.mark.parametrize("text", ["13/13/2026", "31/04/2026", "00/01/2026", "1/1/0000"])
def test_a_date_in_no_order_does_not_exist(text):
    assert date_order_problem(text) == "is not a date that exists"


def test_a_year_of_two_digits_can_stand_anywhere():
    assert date_order_problem("01/02/03 10:00") == (
        "may be several dates: write the year first, with four digits"
    )


@pytest.mark.parametrize("text", ["2026-03-04", "", "10:00", "1.5", "01/02-2026", "1/2/20266"])
def test_what_does_not_begin_with_such_a_date_is_no_matter_of_order(text):
    assert date_order_problem(text) is None
