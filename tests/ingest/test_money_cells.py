"""Money cells: an amount is exact to the cent, or refused with its reason."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskcore.ingest.money_cells import cents
from riskcore.ingest.refusals import BadCell

NOT_AMOUNTS = (
    "nan",
    "NaN",
    "inf",
    "-Infinity",
    "1e3",
    "1_000",
    "0x10",
    "12-",
    "--",
    ".",
    "-",
    "+",
    ".50",
    "5.",
    "1.2.3",
    "1,2,3",
    "1,234,5678",
    "1,234.",
    "0,123.45",
    ",123.45",
    "1,23.45",
    "12,34,567",
    "$5.00",
    "5USD",
    "(5.00)",
    "−5",
    "١٢",
    "1/2",
    "n/a",
    "NULL",
    "TRUE",
    "=1+1",
)


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("50000", 50_000_00),
        ("50000.5", 50_000_50),
        ("50000.05", 50_000_05),
        ("-200.83", -200_83),
        ("-0.05", -5),
        ("-0", 0),
        ("+12.30", 12_30),
        ("0050.00", 50_00),
        (" 12.30\u00a0", 12_30),
        ("1,234.50", 1_234_50),
        ("1,234.5", 1_234_50),
        ("-1,234.50", -1_234_50),
        ("1,234,567", 1_234_567_00),
        ("9999999999999.99", 9_999_999_999_999_99),
        ("9,999,999,999,999.99", 9_999_999_999_999_99),
    ],
)
def test_an_amount_is_read_to_the_cent(text, amount):
    assert cents(text) == amount


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "is blank"),
        ("  ", "is blank"),
        ("1,234", "may be thousands or a fraction"),
        ("1.234", "may be thousands or a fraction"),
        ("-12,345", "may be thousands or a fraction"),
        ("123.456", "may be thousands or a fraction"),
        ("0.125", "more than two decimals"),
        ("1234.567", "more than two decimals"),
        ("50000.000", "more than two decimals"),
        ("1,234.567", "more than two decimals"),
        ("10000000000000", "more than 13 digits"),
        ("10000000000000.00", "more than 13 digits"),
        ("10,000,000,000,000.00", "more than 13 digits"),
        ("1234,50", "decimal comma"),
        ("1.234,50", "decimal comma"),
        ("1 234,50", "decimal comma"),
        ("0,125", "decimal comma"),
        *((text, "is not an amount") for text in NOT_AMOUNTS),
        ("- 5", "is not an amount"),
        ("1 234.50", "is not an amount"),
        ("1\n2", "is not an amount"),
    ],
)
def test_an_amount_that_is_not_certain_is_refused(text, reason):
    with pytest.raises(BadCell, match=reason):
        cents(text)


@given(st.integers(-(10**15) + 1, 10**15 - 1), st.booleans())
def test_any_amount_of_13_digits_comes_back_exact_however_grouped(amount, grouped):
    whole, fraction = divmod(abs(amount), 100)
    sign = "-" if amount < 0 else ""
    written = f"{sign}{whole:,}.{fraction:02d}" if grouped else f"{sign}{whole}.{fraction:02d}"
    assert cents(written) == amount
    assert cents(written) / 100 == float(Decimal(written.replace(",", "")))


@given(st.text(alphabet="0123456789+-.,' eEnaif_$()\u00a0−", max_size=20))
def test_whatever_is_read_is_what_an_exact_decimal_says(text):
    try:
        amount = cents(text)
    except BadCell:
        return
    assert Decimal(amount) == Decimal(text.strip().replace(",", "")) * 100
