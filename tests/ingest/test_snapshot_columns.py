"""Columns: which names are recognised, and what is said when they are not."""

from __future__ import annotations

import pytest

from riskcore.ingest.columns import NAMES, NEEDED, ColumnMap, choose_columns, propose_columns
from riskcore.ingest.refusals import UnreadableFile


@pytest.mark.parametrize(
    "header",
    [
        ("account", "time", "balance", "equity"),
        ("Account ID", "Timestamp", "Cash Balance", "Net Liquidation"),
        ("account_number", "taken_at", "BALANCE", "Equity (USD)"),
        ("<LOGIN>", "<DATE>", "<BALANCE>", "<EQUITY>"),
        ("Account.Name", "Date/Time", "Closed-Balance", "Net  Liq."),
        ("Login", "Time (UTC)", "Cash value", "account equity"),
    ],
)
def test_usual_names_are_recognised(header):
    assert propose_columns(header) == dict(zip(NEEDED, header, strict=True))


@pytest.mark.parametrize(
    ("contracts", "basis"),
    [("open_contracts", "basis"), ("Contracts", "Basis"), ("Position Size (lots)", "BASIS")],
)
def test_columns_that_not_all_files_have_are_recognised_too(contracts, basis):
    header = ("account", "time", "balance", "equity", contracts, basis)
    assert propose_columns(header) == dict(zip(NAMES, header, strict=True))
    chosen = choose_columns(header, None)
    assert (chosen.open_contracts, chosen.basis) == (contracts, basis)


def test_a_file_without_them_is_whole():
    chosen = choose_columns(("account", "time", "balance", "equity"), None)
    assert (chosen.open_contracts, chosen.basis) == (None, None)


def test_a_column_that_was_not_chosen_is_left_alone():
    header = ("account", "time", "balance", "equity", "contracts")
    chosen = choose_columns(header, ColumnMap(*header[:4]))
    assert chosen.open_contracts is None


@pytest.mark.parametrize("field", NAMES)
def test_every_known_name_is_recognised_as_its_field_and_no_other(field):
    for name in NAMES[field]:
        assert propose_columns([name]) == {field: name}


def test_the_surest_name_wins_whatever_the_order():
    assert propose_columns(["Account Name", "Account"])["account"] == "Account"
    assert propose_columns(["Account Balance", "Cash On Hand"])["balance"] == "Cash On Hand"


def test_two_columns_of_one_meaning_are_left_to_the_person():
    assert "taken_at" not in propose_columns(["Time (UTC)", "Time (local)", "Date"])


def test_other_names_are_not_guessed():
    assert propose_columns(["Symbol", "Free equity", "", "Balance before", "P&L"]) == {}


def test_a_missing_column_is_named_with_what_was_found():
    with pytest.raises(UnreadableFile) as caught:
        choose_columns(("Account", "Date", "Total Amount", ""), None)
    assert str(caught.value) == (
        "no column of the file is recognised as balance and equity: "
        "found Account, Date, Total Amount, (unnamed); "
        "needed are account, time, balance and equity"
    )


def test_chosen_columns_are_spelled_as_in_the_file():
    header = ("Nr", "When", "Cash", "Total")
    chosen = choose_columns(header, ColumnMap("nr", " When ", "CASH", "Total"))
    assert chosen == ColumnMap("Nr", "When", "Cash", "Total")


@pytest.mark.parametrize("name", ["Worth", "", " "])
def test_a_chosen_column_that_is_not_there_is_named(name):
    with pytest.raises(UnreadableFile, match="the file has no column"):
        choose_columns(("Nr", "When", "Cash", ""), ColumnMap("Nr", "When", "Cash", name))


def test_a_long_header_is_cut_in_the_sentence():
    with pytest.raises(UnreadableFile) as caught:
        choose_columns([f"column {n} " + "x" * 500 for n in range(64)], None)
    assert "and 52 more" in str(caught.value)
    assert len(str(caught.value)) < 1300
