"""Accounts: list, make, change, delete; rules from forms drawn from their fields."""

from __future__ import annotations

from dataclasses import fields
from datetime import time

import pytest

from riskcore.domain.rules import KINDS, rule_from
from riskcore.services.accounts import find_account, list_accounts
from riskcore.services.desk import LOCAL_USER, Desk
from riskcore.ui.rule_forms import Answers, rules_said
from tests.ui.conftest import Visit, a_group, an_account, click, words

SAVE = "Save this account"


def test_an_account_is_made_with_its_rules(desk: Desk, visit: Visit) -> None:
    page = visit("accounts")
    page.text_input(key="account-new-number").set_value("7741")
    page.number_input(key="account-new-starting").set_value(50_000.0)
    page.selectbox(key="account-new-zone").set_value("America/Chicago")
    page.time_input(key="account-new-reset").set_value(time(17, 0))
    page.number_input(key="account-new-daily_loss-limit_amount").set_value(1_000.0)
    page.selectbox(key="account-new-daily_loss-action").set_value("pause")
    click(page, SAVE)
    [account] = list_accounts(desk, LOCAL_USER)
    assert (account.number, account.name) == ("7741", "7741")
    assert (account.time_zone, account.reset_time) == ("America/Chicago", time(17, 0))
    assert account.rules == (rule_from("daily_loss", {"limit_amount": 1_000.0, "action": "pause"}),)
    assert page.query_params["account"] == str(account.id)
    assert [toast.value for toast in page.toast] == ["The account is saved"]


def test_a_form_is_filled_in_with_what_is_known_and_saving_changes_nothing(
    sample_desk: Desk, visit: Visit
) -> None:
    for before in list_accounts(sample_desk, LOCAL_USER):
        click(visit("accounts", account=str(before.id)), SAVE)
        after = find_account(sample_desk, LOCAL_USER, before.id)
        assert after.rules == before.rules
        assert (after.name, after.number, after.firm) == (before.name, before.number, before.firm)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_rule_is_drawn_from_its_fields(kind: str, visit: Visit) -> None:
    page = visit("accounts")
    asked = {str(widget.key) for widget in (*page.number_input, *page.selectbox)}
    missing = [f.name for f in fields(KINDS[kind]) if f"account-new-{kind}-{f.name}" not in asked]
    assert missing == (["action"] if kind == "max_loss" else [])


def test_a_rule_without_a_limit_is_no_rule() -> None:
    said: Answers = {"max_loss": {"measure": "equity"}, "daily_loss": {"limit_percent": 4.0}}
    assert rules_said(said) == (rule_from("daily_loss", {"limit_percent": 4.0}),)


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


def test_a_limit_that_came_as_a_whole_number_fills_the_form(desk: Desk, visit: Visit) -> None:
    account = an_account(desk, "7741", rules=(rule_from("max_loss", {"limit_amount": 2_000}),))
    click(visit("accounts", account=str(account.id)), SAVE)
    assert find_account(desk, LOCAL_USER, account.id).rules == account.rules


def test_both_limits_of_a_rule_are_refused(desk: Desk, visit: Visit) -> None:
    page = visit("accounts")
    page.text_input(key="account-new-number").set_value("7741")
    page.number_input(key="account-new-max_loss-limit_amount").set_value(2_000.0)
    page.number_input(key="account-new-max_loss-limit_percent").set_value(4.0)
    click(page, SAVE)
    assert "must be one of limit_amount and limit_percent, was both" in words(page)
    assert list_accounts(desk, LOCAL_USER) == []


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
