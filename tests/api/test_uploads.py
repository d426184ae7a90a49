"""Uploads over REST."""

from __future__ import annotations

from uuid import uuid4

import pytest

UPLOADS = "/api/v1/uploads"

TWO_ACCOUNTS = """account,time,balance,equity
007741,2026-03-02T14:58:00Z,50000,49800.50
7742,2026-03-02T14:59:00Z,50000,48200
007741,2026-03-02T14:59:00Z,50000,NaN
"""


def upload(client, text, name="day.csv", **form):
    data = text if isinstance(text, bytes) else text.encode()
    return client.post(UPLOADS, files={"file": (name, data, "text/csv")}, data=form)


def test_a_file_says_what_was_taken_and_what_was_refused(client):
    taken = upload(client, TWO_ACCOUNTS)
    assert taken.status_code == 201
    answer = taken.json()
    counts = ("rows_read", "taken", "refused", "duplicates", "corrected")
    assert [answer[name] for name in counts] == [3, 2, 1, 0, 0]
    (refusal,) = answer["refusals"]
    assert (refusal["line"], refusal["column"], refusal["value"]) == (4, "equity", "NaN")
    assert refusal["reason"]
    assert answer["file_name"] == "day.csv"
    assert client.get(taken.headers["location"]).json() == {
        name: value for name, value in answer.items() if name != "new_accounts"
    }


def test_accounts_nobody_knew_are_made_and_told(client, account):
    known = account("7742")
    (made,) = upload(client, TWO_ACCOUNTS).json()["new_accounts"]
    assert made["number"] == "007741"
    assert client.get(f"/api/v1/accounts/{made['id']}").json()["starting_balance"] is None
    assert client.get(f"/api/v1/accounts/{known}/risk").json()["equity"] == 48_200


def test_the_same_file_is_taken_once(client):
    upload(client, TWO_ACCOUNTS)
    again = upload(client, TWO_ACCOUNTS, name="other.csv")
    assert again.status_code == 409
    assert "already imported" in again.json()["detail"]
    assert len(client.get(UPLOADS).json()["items"]) == 1


def test_columns_may_be_chosen(client):
    text = "who,when,cash,net\n7741,2026-03-02T14:59:00Z,50000,49000\n"
    refused = upload(client, text)
    assert refused.status_code == 422
    chosen = upload(client, text, account="who", taken_at="when", balance="cash", equity="net")
    assert chosen.json()["taken"] == 1


def test_a_chosen_column_leaves_the_others_to_their_names(client):
    text = "login,time,balance,net\n7741,2026-03-02T14:59:00Z,50000,49000\n"
    assert upload(client, text, equity="net").json()["taken"] == 1
    nothing = "login,time,cash,net\n7741,2026-03-02T14:59:00Z,50000,48000\n"
    refused = upload(client, nothing, balance="cash")
    assert refused.status_code == 422
    assert "equity" in refused.json()["detail"]


def test_contracts_and_basis_may_be_in_the_file_and_their_columns_chosen(client, account):
    rules = [{"kind": "position_limit", "most_contracts": 5}]
    member = account("7741", rules=rules)
    text = "account,time,balance,equity,{},{}\n7741,2026-03-02T14:5{}:00Z,5,5,{},closed_balance\n"
    assert upload(client, text.format("contracts", "basis", 8, 2.5)).json()["taken"] == 1
    answer = client.get(f"/api/v1/accounts/{member}/risk").json()["rule_states"]["position_limit"]
    assert (answer["measured"], answer["basis"]) == (2.5, "closed_balance")
    chosen = {"open_contracts": "lots", "basis": "rests on"}
    assert upload(client, text.format("lots", "rests on", 9, 4), **chosen).json()["taken"] == 1
    answer = client.get(f"/api/v1/accounts/{member}/risk").json()["rule_states"]["position_limit"]
    assert answer["measured"] == 4


def test_a_time_without_a_zone_needs_one(client):
    text = "account,time,balance,equity\n7741,2026-03-02 09:30:00,50000,49000\n"
    assert upload(client, text).json()["refused"] == 1
    stated = upload(client, text + "\n", time_zone="America/New_York").json()
    assert stated["taken"] == 1
    member = client.get("/api/v1/accounts").json()["items"][0]["id"]
    risk = client.get(f"/api/v1/accounts/{member}/risk").json()
    assert risk["taken_at"] == "2026-03-02T14:30:00Z"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "account,time,balance,equity\n",
        "account,time,balance\n7741,2026-03-02T14:59:00Z,50000\n",
        "account,time,balance,equity,equity\n7741,2026-03-02T14:59:00Z,5,5,5\n",
        "<html><body>sign in</body></html>",
        b"\x00\x01\x02",
        b"\xff\xd8\xff\xe0 not a table",
        'account,time,balance,equity\n7741,2026-03-02T14:59:00Z,"50000,5\n',
    ],
)
def test_a_file_that_is_no_table_is_refused_and_changes_nothing(client, text):
    refused = upload(client, text)
    assert refused.status_code == 422
    assert refused.json()["detail"]
    assert client.get(UPLOADS).json()["items"] == []
    assert client.get("/api/v1/accounts").json()["items"] == []


def test_a_file_must_be_there(client):
    assert client.post(UPLOADS).status_code == 422
    assert client.post(UPLOADS, data={"file": "text"}).status_code == 422
    assert client.post(UPLOADS, json={"file": "text"}).status_code == 422
    two = [("file", ("a.csv", b"a")), ("file", ("b.csv", b"b"))]
    assert client.post(UPLOADS, files=two).status_code == 400


def test_a_zone_or_column_that_is_none_is_refused(client):
    assert upload(client, TWO_ACCOUNTS, time_zone="New York").status_code == 422
    assert upload(client, TWO_ACCOUNTS, equity="profit").status_code == 422
    assert upload(client, TWO_ACCOUNTS, equity="x" * 201).status_code == 422


def test_only_the_first_thousand_refusals_are_told(client):
    rows = "".join(f"7741,2026-03-02T14:59:00Z,50000,bad{n}\n" for n in range(1_001))
    answer = upload(client, "account,time,balance,equity\n" + rows).json()
    assert answer["refused"] == 1_001
    assert len(answer["refusals"]) == 1_000
    assert len(client.get(f"{UPLOADS}/{answer['id']}").json()["refusals"]) == 1_000


def test_uploads_are_listed(client):
    for number in range(3):
        upload(client, TWO_ACCOUNTS + "\n" * number, name=f"{number}.csv")
    first = client.get(UPLOADS, params={"limit": 2}).json()
    rest = client.get(UPLOADS, params={"cursor": first["next_cursor"]}).json()
    names = [item["file_name"] for item in first["items"] + rest["items"]]
    assert sorted(names) == ["0.csv", "1.csv", "2.csv"]


def test_an_unknown_upload_is_missing(client):
    assert client.get(f"{UPLOADS}/{uuid4()}").status_code == 404


@pytest.mark.parametrize("name", ["../../etc/passwd", "C:\\day.csv", "a" * 300 + ".csv"])
def test_a_file_name_is_a_label_and_no_path(client, name):
    assert upload(client, TWO_ACCOUNTS, name=name).json()["file_name"].endswith(name[-7:])


CASH = (
    "Account,Transaction ID,Timestamp,Date,Delta,Amount,Cash Change Type,Currency,Contract\n"
    '7741,1,03/01/2026 10:00:00,2026-03-01,"50,000.00","50,000.00", Fund Transaction,USD,\n'
    '7741,2,03/02/2026 08:00:00,2026-03-02,-200.00,"49,800.00", Trade Paired,USD,MESH6\n'
    '7741,3,03/02/2026 09:00:00,2026-03-02,"-1,000.00","48,800.00", Payout,USD,\n'
)
TRADES = (
    "Id,ContractName,EnteredAt,ExitedAt,EntryPrice,ExitPrice,Fees,PnL,Size,Type,TradeDay\n"
    "1,MNQ,03/02/2026 08:10:00 -05:00,03/02/2026 08:26:00 -05:00,1,2,0.5,34.00,1,Long,03/02/2026\n"
)


def test_an_export_is_recognised_and_its_payout_recorded(client):
    answer = upload(client, CASH, time_zone="America/New_York").json()
    assert (answer["format"], answer["taken"]) == ("tradovate_cash_history", 3)
    events = f"/api/v1/accounts/{answer['new_accounts'][0]['id']}/events"
    (event,) = client.get(events).json()["items"]
    assert (event["kind"], event["amount"]) == ("payout", 1_000)


def test_cash_flows_can_be_left_out(client):
    answer = upload(client, CASH, time_zone="America/New_York", flows="none").json()
    events = f"/api/v1/accounts/{answer['new_accounts'][0]['id']}/events"
    assert client.get(events).json()["items"] == []


def test_an_export_says_what_has_to_be_stated(client):
    refused = upload(client, TRADES)
    assert refused.status_code == 422
    assert "account_number" in refused.json()["detail"]
    refused = upload(client, TRADES, account_number="007")
    assert "starting_balance" in refused.json()["detail"]
    taken = upload(client, TRADES, account_number="007", starting_balance="50,000.00").json()
    assert (taken["taken"], taken["new_accounts"][0]["number"]) == (1, "007")
    assert client.get(UPLOADS).json()["items"][0]["format"] == "topstepx_trades"


def test_a_known_account_goes_on_from_its_last_balance(client):
    upload(client, "account,time,balance,equity\n007,2026-03-01T12:00:00Z,60000,60000\n")
    taken = upload(client, TRADES, account_number="007").json()
    account = client.get("/api/v1/accounts").json()["items"][0]["id"]
    risk = client.get(f"/api/v1/accounts/{account}/risk").json()
    assert (taken["taken"], risk["balance"]) == (1, 60_000 + 34 - 0.5)


def test_a_preview_changes_nothing(client):
    seen = client.post(
        f"{UPLOADS}?preview=true",
        files={"file": ("a.csv", CASH.encode(), "text/csv")},
        data={"time_zone": "UTC"},
    )
    assert seen.status_code == 200
    told = seen.json()
    assert (told["rows_read"], told["taken"], told["refused"]) == (3, 3, 0)
    assert [flow["kind"] for flow in told["flows"]] == ["payout"]
    assert told["new_accounts"][0]["first_balance"] == 50_000
    assert client.get(UPLOADS).json()["items"] == []
    assert client.get("/api/v1/accounts").json()["items"] == []


def test_a_preview_says_what_is_known_what_is_new_and_what_changes(client):
    upload(client, TWO_ACCOUNTS)
    text = (
        "account,time,balance,equity\n007741,2026-03-02T14:58:00Z,50000,49800.50\n"
        "7742,2026-03-02T14:59:00Z,50000,48300\n7742,2026-03-02T14:59:30Z,50000,48300\n"
    )
    files = {"file": ("a.csv", text.encode(), "text/csv")}
    told = client.post(f"{UPLOADS}?preview=true", files=files).json()
    assert (told["taken"], told["duplicates"], told["corrected"]) == (1, 1, 1)


def test_a_file_can_be_read_in_the_background(client):
    files = {"file": ("a.csv", TWO_ACCOUNTS.encode(), "text/csv")}
    started = client.post(f"{UPLOADS}?wait=false", files=files)
    assert started.status_code == 202
    while (job := client.get(started.headers["location"]).json())["state"] in {
        "waiting",
        "running",
    }:
        pass
    assert (job["state"], job["fraction"]) == ("done", 1)
    assert client.get(f"{UPLOADS}/{job['upload_id']}").json()["taken"] == 2
    again = client.post(f"{UPLOADS}?wait=false", files=files).headers["location"]
    while (job := client.get(again).json())["state"] in {"waiting", "running"}:
        pass
    assert job["state"] == "refused"
    assert "already imported" in job["detail"]
    assert client.delete(again).json()["state"] == "refused"
    assert client.get(f"{UPLOADS}/jobs/{uuid4()}").status_code == 404


def test_an_upload_is_taken_back_whole(client, account):
    """What it replaced is there again, and what it made is gone."""
    known = account("7742")
    before = "account,time,balance,equity\n7742,2026-03-02T14:59:00Z,50000,50000\n"
    first = upload(client, before).json()["id"]
    second = upload(client, TWO_ACCOUNTS).json()["id"]
    risk = f"/api/v1/accounts/{known}/risk"
    assert client.get(risk).json()["equity"] == 48_200
    undone = client.delete(f"{UPLOADS}/{second}").json()
    assert undone["undone_at"] is not None
    assert client.get(risk).json()["equity"] == 50_000
    assert [a["number"] for a in client.get("/api/v1/accounts").json()["items"]] == ["7742"]
    assert client.delete(f"{UPLOADS}/{second}").status_code == 409
    assert client.delete(f"{UPLOADS}/{uuid4()}").status_code == 404
    assert upload(client, TWO_ACCOUNTS).json()["corrected"] == 1
    client.delete(f"{UPLOADS}/{first}")
    assert client.get(risk).json()["equity"] == 48_200


def test_the_refused_rows_are_given_back_and_may_be_sent_again(client):
    answer = upload(client, TWO_ACCOUNTS).json()
    refused = client.get(f"{UPLOADS}/{answer['id']}/refused")
    assert refused.headers["content-type"].startswith("text/csv")
    text = refused.content.decode("utf-8-sig")
    assert text.splitlines()[0] == "account,time,balance,equity,why refused"
    assert text.splitlines()[1].startswith("007741,2026-03-02T14:59:00Z,50000,NaN,line 4: equity")
    corrected = upload(client, text.replace("NaN", "49900")).json()
    assert (corrected["taken"], corrected["refused"]) == (1, 0)
    assert client.get(f"{UPLOADS}/{corrected['id']}/refused").status_code == 404
