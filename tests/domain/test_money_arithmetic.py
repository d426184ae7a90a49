"""Money: exact to the cent where it is compared."""

from __future__ import annotations

from fractions import Fraction
from math import floor, isnan, nan

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from riskcore.domain.money import money_text, percent_of, percent_text, to_cent


@given(
    cents=st.integers(-100_000_000_000, 100_000_000_000),
    ten_thousandths=st.integers(1, 1_000_000),
)
@example(cents=99_999_000_001, ten_thousandths=999_999)
@example(cents=50_000_000_001, ten_thousandths=199_999)
@example(cents=10_000_000, ten_thousandths=1_234)
def test_a_percentage_is_exact_and_rounded_down_up_to_a_billion(cents, ten_thousandths):
    exact = Fraction(cents) * Fraction(ten_thousandths, 1_000_000)
    assert float(percent_of(cents / 100, ten_thousandths / 10_000)) == floor(exact) / 100


@pytest.mark.parametrize(
    ("base", "share", "limit"),
    [
        (200_000, 5, 10_000),
        (50_000.01, 3, 1_500.00),  # 1,500.0003
        (50_000.33, 3, 1_500.00),  # 1,500.0099
        (50_000.34, 3, 1_500.01),  # 1,500.0102
        (0.07, 100, 0.07),
        (1.15, 100, 1.15),
        (0.99, 1, 0.00),
    ],
)
def test_an_allowed_loss_is_never_rounded_up(base, share, limit):
    assert float(percent_of(base, share)) == limit


def test_a_percentage_of_what_is_unknown_is_unknown():
    assert isnan(percent_of(nan, 5))
    assert isnan(percent_of(50_000, nan))


@given(cents=st.integers(-(10**14), 10**14), noise=st.floats(-0.001, 0.001))
def test_what_is_a_cent_stays_that_cent(cents, noise):
    assert float(to_cent(cents / 100)) == cents / 100
    if abs(cents) < 10**11:
        assert float(to_cent(cents / 100 + noise)) == cents / 100


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        (1234.5, "1,234.50 USD"),
        (-1234.5, "-1,234.50 USD"),
        (0.0, "0.00 USD"),
        (1e9, "1,000,000,000.00 USD"),
        (None, "unknown"),
        (nan, "unknown"),
    ],
)
def test_money_is_written_with_cents_and_its_currency(amount, text):
    assert money_text(amount, "USD") == text


def test_money_without_a_currency_is_the_number_alone():
    assert money_text(12.0) == "12.00"


@pytest.mark.parametrize(
    ("share", "text"), [(6.24, "6.2 %"), (140.0, "140.0 %"), (None, "unknown"), (nan, "unknown")]
)
def test_a_percentage_is_written_with_one_decimal(share, text):
    assert percent_text(share) == text
