"""Exports: what is taken away says what the desk says, runs nowhere, and can come back."""

from __future__ import annotations

import io

import openpyxl
import pandas as pd
import pytest

from riskcore.domain.errors import InvalidValue
from riskcore.ingest.escapes import escaped, unescaped
from riskcore.services.table_files import FileKind, table_file

EXPORTS = "/api/v1/exports"
UPLOADS = "/api/v1/uploads"
RUNNING = ["=1+1", "+1", "-1", "@SUM", "'=1", "'x", "plain", "0042"]
ROWS = (
    "account,time,balance,equity,open_contracts,basis\n"
    "0042,2026-03-02T14:30:00.000001Z,50000.00,49812.55,2,equity\n"
    "'=1+1,2026-03-02T14:30:00Z,-0.10,-12.00,,closed_balance\n"
    "'-7,2026-03-02T14:30:00Z,1234567.89,0.00,,end_of_day\n"
)


def send(client, data, name):
    return client.post(UPLOADS, files={"file": (name, data, "text/csv")}).json()


def numbers(client):
    return sorted(account["number"] for account in client.get("/api/v1/accounts").json()["items"])


def clear(client):
    for account in client.get("/api/v1/accounts").json()["items"]:
        client.delete(f"/api/v1/accounts/{account['id']}")


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_snapshots_that_are_taken_away_come_back_the_same(client, kind):
    send(client, ROWS.encode(), "a.csv")
    before = client.get(f"{EXPORTS}/snapshots?format=parquet").content
    away = client.get(f"{EXPORTS}/snapshots?format={kind}").content
    clear(client)
    back = send(client, away, f"back.{kind}")
    assert (back["taken"], back["refused"]) == (3, 0)
    assert numbers(client) == ["-7", "0042", "=1+1"]
    after = client.get(f"{EXPORTS}/snapshots?format=parquet").content
    by = ["account", "time"]
    old, new = (pd.read_parquet(io.BytesIO(one)).sort_values(by) for one in (before, after))
    pd.testing.assert_frame_equal(old.reset_index(drop=True), new.reset_index(drop=True))


def test_no_cell_of_text_runs_in_a_spreadsheet(client):
    send(client, ROWS.encode(), "a.csv")
    text = client.get(f"{EXPORTS}/snapshots").content.decode("utf-8-sig")
    assert "\r\n'=1+1," in text
    assert "\r\n'-7," in text
    book = openpyxl.load_workbook(
        io.BytesIO(client.get(f"{EXPORTS}/snapshots?format=xlsx").content)
    )
    cells = [cell for row in book.active.iter_rows() for cell in row]
    assert [cell.coordinate for cell in cells if cell.data_type == "f"] == []
    assert {"'=1+1", "0042"} <= {cell.value for cell in cells}


@pytest.mark.parametrize("text", RUNNING)
def test_what_is_escaped_comes_back(text):
    assert unescaped(escaped(text)) == text
    assert not escaped(text).startswith(("=", "+", "-", "@", "\t", "\r"))


def test_groups_evaluations_and_history_are_tables(client, account, group):
    member = account("=7741", rules=[{"kind": "max_loss", "limit_amount": 2_000}])
    group("=Funded", member)
    client.post(
        "/api/v1/snapshots",
        json={
            "account_id": member,
            "taken_at": "2026-03-02T14:59:00Z",
            "balance": 50_000,
            "equity": 49_500,
        },
    )
    tables = {
        name: pd.read_csv(io.BytesIO(client.get(f"{EXPORTS}/{name}").content), dtype=str)
        for name in ("groups", "evaluations", "history")
    }
    assert tables["groups"].loc[0, ["group", "account"]].tolist() == ["'=Funded", "'=7741"]
    assert tables["evaluations"].loc[0, ["rule", "buffer"]].tolist() == ["max_loss", "1500.0"]
    assert tables["history"].loc[0, ["rule", "buffer"]].tolist() == ["max_loss", "1500.0"]


def test_an_empty_desk_has_tables_without_rows(client):
    for name in ("groups", "evaluations", "history", "snapshots"):
        for kind in ("csv", "parquet", "xlsx"):
            assert client.get(f"{EXPORTS}/{name}?format={kind}").status_code == 200


def test_what_is_no_table_or_no_kind_is_refused(client):
    assert client.get(f"{EXPORTS}/secrets").status_code == 422
    assert client.get(f"{EXPORTS}/groups?format=exe").status_code == 422


def test_too_many_rows_for_a_workbook_are_refused():
    with pytest.raises(InvalidValue, match="must be csv or parquet above 200,000 rows"):
        table_file(pd.DataFrame({"a": range(200_001)}), FileKind.XLSX)
