"""Money: exact to the cent where it is compared."""

from __future__ import annotations

from fractions import Fraction
from math import floor, isnan, nan

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from riskcore.domain.money import (
    money_text,
    percent_beside,
    percent_of,
    percent_text,
    to_cent,
    whole_of,
)


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


CENTS = st.integers(0, 100_000_000_000)
STEPS = st.integers(1, 1_000_000)


def is_within(part: int, whole: int, steps: int, is_strict: bool) -> bool:
    """Whether `part` is at most (less than) so many ten-thousandths of a percent of `whole`."""
    left, right = part * 1_000_000, whole * steps
    return left < right if is_strict else left <= right


@given(cents=CENTS, steps=STEPS)
@example(cents=10_000, steps=500_000)
@example(cents=0, steps=1)
def test_less_than_a_percentage_is_the_largest_amount_that_is_less(cents, steps):
    share = round(float(percent_of(cents / 100, steps / 10_000, is_strict=True)) * 100)
    assert is_within(share, cents, steps, is_strict=True)
    assert not is_within(share + 1, cents, steps, is_strict=True)


@pytest.mark.parametrize("is_strict", [False, True])
@given(part=CENTS, steps=st.integers(10_000, 1_000_000))
@example(part=150_000, steps=400_000)
@example(part=100_000_000_000, steps=333_333)
def test_a_whole_is_the_smallest_amount_that_the_part_is_within(part, steps, is_strict):
    whole = round(float(whole_of(part / 100, steps / 10_000, is_strict)) * 100)
    assert is_within(part, whole, steps, is_strict)
    assert not is_within(part, whole - 1, steps, is_strict)


@pytest.mark.parametrize("is_strict", [False, True])
@given(others=CENTS, steps=st.integers(1, 990_000))
@example(others=150_000, steps=400_000)
@example(others=100_000, steps=999_999)
def test_a_part_beside_others_is_the_largest_that_is_within_their_sum(others, steps, is_strict):
    part = round(float(percent_beside(others / 100, steps / 10_000, is_strict)) * 100)
    assert is_within(part, others + part, steps, is_strict)
    assert not is_within(part + 1, others + part + 1, steps, is_strict)


def test_of_all_of_a_whole_there_is_no_largest_part():
    assert isnan(percent_beside(50_000, 100, False))


def test_what_is_worked_out_of_the_unknown_is_unknown():
    for found in (whole_of, percent_beside):
        assert isnan(found(nan, 5, False))
        assert isnan(found(50_000, nan, True))


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
