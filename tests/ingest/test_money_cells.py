"""Money cells: an amount is exact to the cent, or refused with its reason."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskcore.ingest.amounts import mark_of
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
    "--",
    "--5",
    "+-5",
    "-5-",
    "-(5.00)",
    "(5.00",
    "5.00)",
    "$5.00$",
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
        ("50000.000", 50_000_00),
        ("1234,50", 1_234_50),
        ("1.234,50", 1_234_50),
        ("1 234,50", 1_234_50),
        ("6\u00a0880.85", 6_880_85),
        ("1\u202f234,5", 1_234_50),
        ("1'234.50", 1_234_50),
        ("- 123.83", -123_83),
        ("−5", -5_00),
        ("12-", -12_00),
        ("(5.00)", -5_00),
        ("$(41.25)", -41_25),
        ("($75.90)", -75_90),
        ("-$5.00", -5_00),
        ("90.00 $", 90_00),
        ("0,62 $", 62),
        ("58,160.00 USD", 58_160_00),
        ("-€2", -2_00),
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
        ("1,234.567", "more than two decimals"),
        ("10000000000000", "more than 13 digits"),
        ("10000000000000.00", "more than 13 digits"),
        ("10,000,000,000,000.00", "more than 13 digits"),
        ("0,125", "more than two decimals"),
        *((text, "is not an amount") for text in NOT_AMOUNTS),
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


@given(
    st.integers(-(10**15) + 1, 10**15 - 1),
    st.sampled_from([",", " ", "\u00a0", "'"]),
    st.sampled_from(["{}", "- {}", "({})", "$({})", "-${}", "{}-", "−{} USD"]),
)
def test_a_loss_comes_back_exact_however_its_sign_and_its_thousands_are_written(
    amount, mark, signed
):
    whole, fraction = divmod(abs(amount), 100)
    written = f"{whole:,}.{fraction:02d}".replace(",", mark)
    assert cents(written) == abs(amount)
    if signed != "{}":
        assert cents(signed.format(written)) == -abs(amount)


@given(st.text(alphabet="0123456789+-.,' eEnaif_$()\u00a0−", max_size=20))
def test_what_is_read_has_the_digits_that_are_written(text):
    try:
        amount = cents(text)
    except BadCell:
        return
    assert "".join(filter(str.isdigit, text)).strip("0") == str(abs(amount)).strip("0")


@pytest.mark.parametrize(
    ("column", "mark"),
    [
        (["1,234", "1,234.50"], "."),
        (["1,234", "1.234,50"], ","),
        (["1,234", "-", "12,5"], ","),
        (["1,234", "5"], None),
        (["1,234.50", "1.234,50"], None),
    ],
)
def test_the_rest_of_a_column_says_what_its_decimal_mark_is(column, mark):
    assert mark_of(column) == mark
    if mark:
        assert cents("1,230", mark) == (1_230_00 if mark == "." else 1_23)


def test_a_mark_that_is_known_holds_for_every_cell():
    with pytest.raises(BadCell, match="has a decimal comma, the file is read with a decimal point"):
        cents("1234,50", ".")
    with pytest.raises(BadCell, match="has a decimal point, the file is read with a decimal comma"):
        cents("1234.50", ",")
