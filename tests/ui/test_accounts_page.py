"""Accounts: list, make, change, delete; their rules in words, and what happened to them."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from riskcore.domain.events import AccountEvent, EventKind
from riskcore.domain.market_hours import NAMED_HOURS
from riskcore.domain.rules import rule_from
from riskcore.services.accounts import AccountDraft, find_account, list_accounts, make_account
from riskcore.services.desk import LOCAL_USER, Desk
from riskcore.services.events import EventDraft, list_events, record_event
from riskcore.services.presets import list_presets, with_preset
from riskcore.ui.events import EFFECTS
from riskcore.ui.forms import HOURS, OWN
from tests.ui.conftest import Visit, a_group, an_account, click, observe, words

SAVE, RECORD = "Save this account", "Record this event"


def test_an_account_is_made_and_leads_to_its_rules(desk: Desk, visit: Visit) -> None:
    page = visit("accounts")
    page.text_input(key="account-new-number").set_value("7741")
    page.number_input(key="account-new-starting").set_value(50_000.0)
    page.selectbox(key="account-new-zone").set_value("America/Chicago")
    page.time_input(key="account-new-reset").set_value(time(17, 0))
    click(page, SAVE)
    [account] = list_accounts(desk, LOCAL_USER)
    assert (account.number, account.name) == ("7741", "7741")
    assert (account.time_zone, account.reset_time) == ("America/Chicago", time(17, 0))
    assert page.query_params["account"] == str(account.id)
    assert [toast.value for toast in page.toast] == ["The account is saved"]
    [link] = [link for link in page.get("page_link") if link.proto.label == "Give it rules"]
    assert link.proto.query_string == f"account={account.id}"


def test_a_form_is_filled_in_with_what_is_known_and_saving_changes_nothing(
    sample_desk: Desk, visit: Visit
) -> None:
    for before in list_accounts(sample_desk, LOCAL_USER):
        click(visit("accounts", account=str(before.id)), SAVE)
        after = find_account(sample_desk, LOCAL_USER, before.id)
        assert after.rules == before.rules
        assert (after.name, after.number, after.firm) == (before.name, before.number, before.firm)


# --- market hours


def hours(page: AppTest) -> tuple[Any, Any]:
    """The choice of market hours, and the field in which they are written."""
    [chosen] = [one for one in page.selectbox if one.label == "Market hours"]
    [written] = [one for one in page.text_input if one.label == "Market hours as written"]
    return chosen, written


def test_every_well_known_market_is_offered() -> None:
    assert list(HOURS) == list(NAMED_HOURS)


def test_a_new_account_is_fed_around_the_clock_unless_a_market_is_chosen(
    desk: Desk, visit: Visit
) -> None:
    page = visit("accounts")
    assert (hours(page)[0].value, hours(page)[1].value) == ("around_the_clock", "")
    page.text_input(key="account-new-number").set_value("7741")
    hours(page)[0].set_value("cme_futures")
    click(page, SAVE)
    [account] = list_accounts(desk, LOCAL_USER)
    assert account.market_hours == NAMED_HOURS["cme_futures"]
    assert (hours(page)[0].value, hours(page)[1].value) == ("cme_futures", "")


def test_hours_of_ones_own_are_written_and_then_a_market_is_chosen_again(
    desk: Desk, visit: Visit
) -> None:
    account = an_account(desk, "7741")
    page = visit("accounts", account=str(account.id))
    hours(page)[1].set_value("Mon-Tue 09:30-16:00 in Europe/Prague")
    click(page, SAVE)
    own = "Mon 09:30-Mon 16:00, Tue 09:30-Tue 16:00 in Europe/Prague"
    assert str(find_account(desk, LOCAL_USER, account.id).market_hours) == own
    assert (hours(page)[0].value, hours(page)[1].value) == (OWN, own)
    click(page, SAVE)
    assert str(find_account(desk, LOCAL_USER, account.id).market_hours) == own
    hours(page)[0].set_value("forex")
    click(page, SAVE)
    assert find_account(desk, LOCAL_USER, account.id).market_hours == NAMED_HOURS["forex"]
    assert (hours(page)[0].value, hours(page)[1].value) == ("forex", "")


def test_hours_written_anew_count_though_a_market_is_chosen(desk: Desk, visit: Visit) -> None:
    account = an_account(desk, "7741", market_hours="forex")
    page = visit("accounts", account=str(account.id))
    hours(page)[1].set_value("Mon 09:30-16:00")
    click(page, SAVE)
    found = find_account(desk, LOCAL_USER, account.id)
    assert str(found.market_hours) == "Mon 09:30-Mon 16:00"


@pytest.mark.parametrize(
    ("choice", "text", "refusal"),
    [
        ("forex", "Mon 9 to 5", "was 'Mon 9 to 5'."),
        (OWN, "", "Market_hours must be one of around_the_clock, cme_futures, forex, weekdays"),
    ],
)
def test_hours_that_cannot_be_are_refused_and_stay_in_the_form(
    choice: str, text: str, refusal: str, desk: Desk, visit: Visit
) -> None:
    account = an_account(desk, "7741")
    page = visit("accounts", account=str(account.id))
    hours(page)[0].set_value(choice)
    hours(page)[1].set_value(text)
    click(page, SAVE)
    assert refusal in words(page)
    assert (hours(page)[0].value, hours(page)[1].value) == (choice, text)
    assert find_account(desk, LOCAL_USER, account.id) == account


def test_saving_an_account_keeps_its_preset_and_its_events(desk: Desk, visit: Visit) -> None:
    draft = with_preset(AccountDraft(number="7741"), "topstep-trading-combine", "50K")
    account = make_account(desk, LOCAL_USER, draft)
    payout = EventDraft(kind=EventKind.PAYOUT, happened_at=desk.clock(), amount=100.0)
    record_event(desk, LOCAL_USER, account.id, payout)
    click(visit("accounts", account=str(account.id)), SAVE)
    after = find_account(desk, LOCAL_USER, account.id)
    assert (after.preset, len(after.events)) == (account.preset, 1)


@pytest.mark.parametrize(
    ("field", "value", "refusal"),
    [
        ("number", "", "Number must have 1 to 80 characters, was 0."),
        ("currency", "$", "Currency must be a code such as USD, was '$'."),
    ],
)
def test_what_is_refused_is_a_sentence_and_changes_nothing(
    field: str, value: str, refusal: str, desk: Desk, visit: Visit
) -> None:
    page = visit("accounts")
    page.text_input(key="account-new-number").set_value("7741")
    page.text_input(key=f"account-new-{field}").set_value(value)
    click(page, SAVE)
    assert refusal in words(page)
    assert list_accounts(desk, LOCAL_USER) == []
    assert SAVE in [button.label for button in page.button], "the form stays"


def test_an_account_says_its_rules_its_preset_and_what_nobody_watches(
    desk: Desk, visit: Visit
) -> None:
    [preset] = [one for one in list_presets() if one.name == "topstep-trading-combine"]
    draft = with_preset(AccountDraft(number="7741"), preset.name, "50K")
    changed = (rule_from("max_loss", {"limit_amount": 1_500.0}), *draft.rules[1:])
    account = an_account(desk, "7741", preset=draft.preset, rules=changed, currency="USD")
    said = words(visit("accounts", account=str(account.id)))
    assert "- **Max loss**: At most 1,500.00 USD below the starting balance, fixed." in said
    assert "- **Position limit**: At most 5 contracts at once." in said
    assert "Preset **Topstep: Trading Combine, 50K**. Checked on 2026-10-04, " in said
    assert "4 changes here." in said, "the clock, the limit, the trail and the lock"
    assert "Not watched by this desk" in said
    assert f"- {preset.not_modelled[1]}" in said


# --- events


def test_an_event_is_recorded_in_the_accounts_local_time_and_listed(
    desk: Desk, visit: Visit
) -> None:
    """09:30 in Chicago in winter is 15:30 UTC."""
    account = an_account(desk, "7741", time_zone="America/Chicago")
    page = visit("accounts", account=str(account.id))
    [when] = page.datetime_input
    assert when.label == "When, local time in America/Chicago"
    page.selectbox(key=f"event-{account.id}-0").set_value(EventKind.PAYOUT)
    page.number_input(key=f"event-{account.id}-0-amount").set_value(1_500.0)
    page.text_input(key=f"event-{account.id}-0-origin").set_value("firm's mail")
    when.set_value(datetime(2026, 1, 12, 9, 30))
    click(page, RECORD)
    [event] = list_events(desk, LOCAL_USER, account.id)
    assert (event.kind, event.amount, event.origin) == (EventKind.PAYOUT, 1_500.0, "firm's mail")
    assert event.happened_at == datetime(2026, 1, 12, 15, 30, tzinfo=UTC)
    assert page.dataframe[1].value.to_dict("records") == [
        {
            "What": "Payout",
            "When (America/Chicago)": "2026-01-12 09:30",
            "When (UTC)": "2026-01-12 15:30 UTC",
            "Amount": "1,500.00 USD",
            "Origin": "firm's mail",
        }
    ]
    assert page.number_input(key=f"event-{account.id}-1-amount").value is None, "an empty form"


def test_the_time_is_filled_in_with_now_on_the_accounts_clock(desk: Desk, visit: Visit) -> None:
    account = an_account(desk, "7741", time_zone="Asia/Tokyo")
    [when] = visit("accounts", account=str(account.id)).datetime_input
    behind = desk.clock().replace(tzinfo=None) - when.value
    assert -9 * 3600 - 1 <= behind.total_seconds() <= -9 * 3600 + 61


@pytest.mark.parametrize(
    ("kind", "amount", "local", "refusal"),
    [
        (EventKind.PAYOUT, None, datetime(2026, 1, 12, 9, 30), "Payout amount must be given"),
        (EventKind.DEPOSIT, -5.0, datetime(2026, 1, 12, 9, 30), "must be above zero, was -5.0"),
        (EventKind.RESET, None, datetime(2030, 1, 12, 9, 30), "must not be in the future"),
        (EventKind.RESET, None, datetime(2026, 3, 8, 2, 30), "clocks went forward over it"),
    ],
)
def test_an_event_that_is_refused_is_a_sentence(
    kind: EventKind,
    amount: float | None,
    local: datetime,
    refusal: str,
    desk: Desk,
    visit: Visit,
) -> None:
    account = an_account(desk, "7741", time_zone="America/Chicago")
    page = visit("accounts", account=str(account.id))
    page.selectbox(key=f"event-{account.id}-0").set_value(kind)
    page.number_input(key=f"event-{account.id}-0-amount").set_value(amount)
    page.datetime_input[0].set_value(local)
    click(page, RECORD)
    assert refusal in words(page)
    assert list_events(desk, LOCAL_USER, account.id) == []


def test_an_event_is_deleted_when_asked_twice(desk: Desk, visit: Visit) -> None:
    account = an_account(desk, "7741")
    events: list[AccountEvent] = [
        record_event(
            desk,
            LOCAL_USER,
            account.id,
            EventDraft(kind=kind, happened_at=datetime(2026, 1, day, tzinfo=UTC), amount=100.0),
        )
        for day, kind in ((5, EventKind.DEPOSIT), (6, EventKind.PAYOUT))
    ]
    page = visit("accounts", account=str(account.id))
    page.selectbox(key=f"doomed-{account.id}").set_value(events[1].id).run()
    page.button(key="event-2-sure").click().run()
    assert list_events(desk, LOCAL_USER, account.id) == [events[0]]
    assert [toast.value for toast in page.toast] == ["The event is deleted"]


def test_a_jump_of_the_balance_is_shown_and_proposed_as_an_event(desk: Desk, visit: Visit) -> None:
    """
    time      balance  equity   limit
    09:00:00  50,000   50,000   2,000
    09:00:30  45,000   45,000   nothing was open: 5,000 left it
    """
    account = an_account(desk, "7741")
    nine = (desk.clock() - timedelta(hours=1)).replace(second=0, microsecond=0)
    for taken_at, balance in ((nine, 50_000.0), (nine + timedelta(seconds=30), 45_000.0)):
        observe(desk, account.id, balance, balance=balance, taken_at=taken_at)
    page = visit("accounts", account=str(account.id))
    assert "The balance fell by 5,000.00 USD at" in words(page)
    assert "It counts as loss until it is recorded what it was." in words(page)
    click(page, RECORD)
    [event] = list_events(desk, LOCAL_USER, account.id)
    assert (event.kind, event.amount) == (EventKind.PAYOUT, 5_000.0)
    assert event.happened_at == nine + timedelta(seconds=30), "to the second"
    assert "The balance fell by" not in words(page)


def test_what_each_kind_of_event_does_is_said(desk: Desk, visit: Visit) -> None:
    account = an_account(desk, "7741")
    said = words(visit("accounts", account=str(account.id)))
    assert set(EFFECTS) == set(EventKind)
    for kind, effect in EFFECTS.items():
        assert f"- **{kind.capitalize()}**: {effect}." in said


# --- delete


def test_an_account_is_deleted_when_asked_twice(desk: Desk, visit: Visit) -> None:
    account = an_account(desk, "7741")
    page = click(visit("accounts", account=str(account.id)), "Yes, delete")
    assert list_accounts(desk, LOCAL_USER) == []
    assert page.query_params["account"] == "new"


def test_an_account_in_a_group_is_not_deleted_and_the_group_is_named(
    desk: Desk, visit: Visit
) -> None:
    account = an_account(desk, "7741")
    a_group(desk, "Mine", account.id)
    page = click(visit("accounts", account=str(account.id)), "Yes, delete")
    assert "Mine" in page.error[0].value
    assert list_accounts(desk, LOCAL_USER) == [account]
