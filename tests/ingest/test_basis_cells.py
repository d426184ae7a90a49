"""Basis cells: a word of the page, or nothing."""

from __future__ import annotations

import pytest

from riskcore.domain.model import Basis
from riskcore.ingest.basis_cells import basis_code
from riskcore.ingest.refusals import BadCell


@pytest.mark.parametrize("basis", Basis)
def test_each_basis_is_read_by_its_word_in_any_capitals(basis):
    for text in (basis.value, f" {basis.value.upper()} "):
        assert list(Basis)[basis_code(text)] is basis


@pytest.mark.parametrize("text", ["", "  "])
def test_a_blank_cell_says_no_more_than_a_file_without_the_column(text):
    assert list(Basis)[basis_code(text)] is Basis.EQUITY


@pytest.mark.parametrize("text", ["closed balance", "0", "eod", "equity?"])
def test_another_word_is_refused(text):
    with pytest.raises(BadCell, match=r"^is not one of equity, closed_balance, end_of_day$"):
        basis_code(text)
