"""Contract cells: what is read as open contracts, and what is refused and why."""

from __future__ import annotations

import re
from math import isnan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskcore.ingest.contract_cells import contracts
from riskcore.ingest.refusals import BadCell


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("0", 0.0),
        ("3", 3.0),
        ("+3", 3.0),
        (" 2.5 ", 2.5),
        ("0.01", 0.01),
        ("0.125", 0.125),
        ("1.2345", 1.2345),
        ("1234", 1_234.0),
        ("99999999999.9999", 99_999_999_999.9999),
    ],
)
def test_digits_with_at_most_four_decimals_are_read(text, count):
    assert contracts(text) == count


@pytest.mark.parametrize("text", ["", " ", "\t"])
def test_a_blank_cell_does_not_say_and_is_never_zero(text):
    assert isnan(contracts(text))


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("1,234", "may be thousands or a fraction"),
        ("1.234", "may be thousands or a fraction"),
        ("-2", "is negative: write how many are open, long or short"),
        ("0.00001", "has more than four decimals"),
        ("100000000000", "has more than 11 digits before its point"),
        ("0,25", "has a comma: write it with a point"),
        ("3 lots", "is not a number of contracts such as 3 or 0.25"),
        ("NaN", "is not a number of contracts such as 3 or 0.25"),
        ("inf", "is not a number of contracts such as 3 or 0.25"),
        ("1e3", "is not a number of contracts such as 3 or 0.25"),
        ("٣", "is not a number of contracts such as 3 or 0.25"),
    ],
)
def test_what_could_mean_two_things_or_none_is_refused(text, reason):
    with pytest.raises(BadCell, match="^" + re.escape(reason)):
        contracts(text)


@given(st.integers(0, 10**15 - 1))
def test_every_count_of_four_decimals_comes_back(ten_thousandths):
    whole, rest = divmod(ten_thousandths, 10_000)
    assert round(contracts(f"{whole}.{rest:04d}") * 10_000) == ten_thousandths
