"""Upload: what is in a file, what is refused and why, then import."""

from __future__ import annotations

from streamlit.testing.v1 import AppTest

from riskcore.domain.rules import rule_from
from riskcore.services.accounts import list_accounts
from riskcore.services.desk import LOCAL_USER, Desk
from riskcore.services.presets import find_preset
from riskcore.services.uploads import list_uploads
from riskcore.ui.new_accounts import rules_said
from tests.ui.conftest import Visit, an_account, click, numbers, sound, words

HEADER = "account,time,balance,equity\n"
TWO_ROWS = (
    "7741,2026-01-05T10:00:00Z,50000.00,50000.00\n7741,2026-01-05T11:00:00Z,50100.00,49900.00\n"
)


def choose_file(page: AppTest, text: str, name: str = "snapshots.csv") -> AppTest:
    """Choose a file that holds `text`."""
    page.file_uploader[0].upload(name, text.encode(), "text/csv").run()
    return sound(page)


def test_a_file_is_shown_before_anything_changes(desk: Desk, visit: Visit) -> None:
    page = choose_file(visit("upload"), HEADER + TWO_ROWS + "7741,2026-01-05T12:00:00Z,n/a,1\n")
    assert "3 rows read: 2 can be taken, 1 refused, 0 repeat another" in words(page)
    assert "1 account, 1 of them new" in words(page)
    refused = page.dataframe[0].value.iloc[0]
    assert (refused["Line"], refused["Column"], refused["Found"]) == (4, "balance", "n/a")
    assert refused["Why"]
    assert numbers(desk) == set()


def test_new_accounts_get_the_proposed_balance_and_the_same_rules(desk: Desk, visit: Visit) -> None:
    page = choose_file(visit("upload"), HEADER + TWO_ROWS)
    page.text_input(key="new-currency").set_value("EUR")
    page.number_input(key="new-max_loss-limit_amount").set_value(2_000.0)
    click(page, "Import")
    [account] = list_accounts(desk, LOCAL_USER)
    assert (account.number, account.currency, account.starting_balance) == ("7741", "EUR", 50_000.0)
    assert account.rules == (rule_from("max_loss", {"limit_amount": 2_000.0}),)
    assert "snapshots.csv: 2 rows taken, 0 refused" in words(page)
    [link] = [link for link in page.page_link if "group" in link.label]
    assert str(account.id) in link.proto.query_string


def test_new_accounts_can_get_a_presets_rules_clock_and_size(desk: Desk, visit: Visit) -> None:
    page = choose_file(
        visit("upload"), HEADER + TWO_ROWS.replace("50000.00,50000", "50312.50,50000")
    )
    page.selectbox(key="new-preset").set_value(("topstep-trading-combine", "50K")).run()
    assert "- **Position limit**: At most 5 contracts at once." in words(page)
    assert "new-max_loss-limit_amount" not in page.session_state
    click(page, "Import")
    [account] = list_accounts(desk, LOCAL_USER)
    assert account.preset is not None
    assert (account.preset.name, account.preset.size) == ("topstep-trading-combine", "50K")
    assert account.rules == find_preset("topstep-trading-combine").size("50K").rules
    assert (account.time_zone, account.starting_balance) == ("America/Chicago", 50_000.0)


def test_a_rule_without_a_limit_is_no_rule() -> None:
    said = {"max_loss": {"measure": "equity"}, "daily_loss": {"limit_percent": 4.0}}
    assert rules_said(said) == (rule_from("daily_loss", {"limit_percent": 4.0}),)


def test_the_proposed_balance_can_be_corrected_or_left_open(desk: Desk, visit: Visit) -> None:
    other = TWO_ROWS.replace("7741", "7742")
    page = choose_file(visit("upload"), HEADER + TWO_ROWS + other)
    [editor] = [key for key in page.session_state if str(key).startswith("starting-")]
    column = "Start (proposed)"
    page.session_state[editor] = {
        "edited_rows": {0: {column: 25_000.0}, 1: {column: None}},
        "added_rows": [],
        "deleted_rows": [],
    }
    click(page, "Import")
    said = {a.number: a.starting_balance for a in list_accounts(desk, LOCAL_USER)}
    assert said == {"7741": 25_000.0, "7742": None}


def test_known_accounts_are_not_asked_about(desk: Desk, visit: Visit) -> None:
    account = an_account(desk, "7741")
    page = choose_file(visit("upload"), HEADER + TWO_ROWS)
    assert "1 account, 0 of them new" in words(page)
    click(page, "Import")
    assert list_accounts(desk, LOCAL_USER) == [account]


def test_columns_that_are_not_recognised_are_chosen(desk: Desk, visit: Visit) -> None:
    page = choose_file(visit("upload"), "who,when,balance,equity\n" + TWO_ROWS)
    assert "Choose the column of: Account, Time." in words(page)
    asked = {box.label: box for box in page.selectbox}
    asked["Account"].set_value("who")
    asked["Time"].set_value("when").run()
    assert "2 rows read: 2 can be taken" in words(page)


def test_times_without_a_zone_are_refused_until_the_zone_is_said(desk: Desk, visit: Visit) -> None:
    page = choose_file(visit("upload"), HEADER + TWO_ROWS.replace("Z", ""))
    assert "If its times state no zone, choose theirs above" in words(page)
    page.selectbox(key="file-zone").set_value("America/New_York").run()
    assert "From 2026-01-05 15:00 UTC to 2026-01-05 16:00 UTC" in words(page)


def test_a_file_that_is_none_is_refused_in_a_sentence(desk: Desk, visit: Visit) -> None:
    page = choose_file(visit("upload"), "")
    assert len(page.error) == 1
    page = choose_file(visit("upload"), HEADER)
    assert "the file has a header and no rows" in words(page).lower()


def test_the_same_file_again_is_recognised_and_not_offered(desk: Desk, visit: Visit) -> None:
    click(choose_file(visit("upload"), HEADER + TWO_ROWS), "Import")
    page = choose_file(visit("upload"), HEADER + TWO_ROWS, "other.csv")
    assert "This very file was imported as snapshots.csv at" in words(page)
    assert "Import" not in [button.label for button in page.button]
    assert len(list_uploads(desk, LOCAL_USER)) == 1


CLOSED_TRADES = """\
Id,ContractName,EnteredAt,ExitedAt,EntryPrice,ExitPrice,Fees,PnL,Size,Type,TradeDay
1,MNQH6,01/05/2026 09:10:00 -06:00,01/05/2026 09:26:00 -06:00,1,2,0.74,34.00,1,Long,01/05/2026
2,MNQH6,01/05/2026 10:10:00 -06:00,01/05/2026 10:26:00 -06:00,1,2,0.74,-20.00,1,Long,01/05/2026
"""


def test_an_export_is_recognised_and_asked_for_what_it_does_not_say(
    desk: Desk, visit: Visit
) -> None:
    page = choose_file(visit("upload"), CLOSED_TRADES, "export.csv")
    assert "Recognised as **TopstepX" in words(page)
    assert "Nothing can be taken from this file as it is. Say the account of the file" in words(
        page
    )
    page.text_input(key="file-account").set_value("50KTC-0017").run()
    page.number_input(key="file-start").set_value(50_000.0).run()
    assert "2 rows read: 2 can be taken" in words(page)
    assert "rest on closed balances only" in words(page)
    assert "accounts of Topstep; 2 of its presets fit" in words(page)
    click(page, "Import")
    [account] = list_accounts(desk, LOCAL_USER)
    assert (account.number, account.firm, account.starting_balance) == (
        "50KTC-0017",
        "Topstep",
        50_000.0,
    )


def test_ambiguous_dates_are_asked_for(desk: Desk, visit: Visit) -> None:
    page = choose_file(visit("upload"), HEADER + "7741,03/04/2026 10:00Z,1.00,1.00\n")
    assert "0 can be taken, 1 refused" in words(page)
    page.radio(key="file-order").set_value("month_first").run()
    assert "From 2026-03-04 10:00 UTC" in words(page)


def test_a_mapping_is_remembered_for_the_next_file_with_this_header(
    desk: Desk, visit: Visit
) -> None:
    text = "who,when,balance,equity\n" + TWO_ROWS.replace("Z", "")
    page = choose_file(visit("upload"), text)
    asked = {box.label: box for box in page.selectbox}
    asked["Account"].set_value("who")
    asked["Time"].set_value("when").run()
    page.selectbox(key="file-zone").set_value("America/New_York").run()
    click(page, "Import")
    page = choose_file(visit("upload"), text.replace("2026-01-05", "2026-01-06"), "next.csv")
    assert "2 rows read: 2 can be taken" in words(page)
    assert "From 2026-01-06 15:00 UTC" in words(page)


def test_cash_flows_are_shown_and_recorded(desk: Desk, visit: Visit) -> None:
    text = (
        "Account,Transaction ID,Timestamp,Date,Delta,Amount,Cash Change Type,Currency,Contract\n"
        '7741,1,01/05/2026 10:00:00,2026-01-05,"50,000.00","50,000.00", Fund Transaction,USD,\n'
        '7741,2,01/06/2026 10:00:00,2026-01-06,"-1,000.00","49,000.00", Payout,USD,\n'
    )
    page = choose_file(visit("upload"), text)
    page.selectbox(key="file-zone").set_value("UTC").run()
    assert "Money that came or went" in words(page)
    click(page, "Import")
    [account] = list_accounts(desk, LOCAL_USER)
    assert [(event.kind, event.amount) for event in account.events] == [("payout", 1_000.0)]


def test_an_upload_can_be_taken_back(desk: Desk, visit: Visit) -> None:
    page = click(choose_file(visit("upload"), HEADER + TWO_ROWS), "Import")
    click(page, "Yes, take it back")
    assert list_accounts(desk, LOCAL_USER) == []
    assert list_uploads(desk, LOCAL_USER)[0].undone_at is not None


def test_what_a_file_brought_has_an_address(desk: Desk, visit: Visit) -> None:
    page = click(choose_file(visit("upload"), HEADER + TWO_ROWS), "Import")
    again = visit("upload", upload=page.query_params["upload"])
    assert "snapshots.csv: 2 rows taken" in words(again)
