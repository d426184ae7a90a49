"""Rules: what binds an account and how it stands; forms, presets and the rulebook."""

from __future__ import annotations

import re
from dataclasses import fields, replace
from datetime import date, timedelta

import pytest

from riskcore.domain.model import Account, AppliedPreset
from riskcore.domain.rules import KINDS, rule_from
from riskcore.services.accounts import AccountDraft, find_account, make_account
from riskcore.services.desk import LOCAL_USER, Desk
from riskcore.services.presets import list_presets, with_preset
from riskcore.ui.presets import TRUST
from riskcore.ui.rulebook import sections
from tests.ui.conftest import Visit, an_account, asked, click, observe, words

COMBINE = "topstep-trading-combine"


def now(desk: Desk, account: Account) -> Account:
    """The account as it is stored."""
    return find_account(desk, LOCAL_USER, account.id)


def given(desk: Desk, preset: str, size: str) -> Account:
    """An account with the rules of a preset."""
    return make_account(desk, LOCAL_USER, with_preset(AccountDraft(number="7741"), preset, size))


# --- how an account stands


def test_each_rule_is_said_in_words_with_its_state_and_what_it_costs(
    desk: Desk, visit: Visit
) -> None:
    rules = (
        rule_from("max_loss", {"limit_amount": 2_000.0}),
        rule_from("weekly_loss", {"limit_amount": 1_000.0, "action": "pause"}),
        rule_from("profit_target", {"target_amount": 3_000.0}),
    )
    account = an_account(desk, "7741", rules=rules)
    observe(desk, account.id, 49_600.0)
    said = words(visit("rules", account=str(account.id)))
    assert "At most 2,000.00 USD below the starting balance, fixed." in said
    assert "Left: **1,600.00 USD (80.0 %)** · Floor: **48,000.00 USD**" in said
    assert "If it is broken: the account is lost." in said
    assert "If it is broken: paused until the next week." in said
    assert "Needed: **3,000.00 USD**" in said
    assert "A goal: it stands before a payout only." in said
    assert said.count(":green-badge[:material/check_circle: SAFE]") == 2


def test_without_an_account_the_page_says_what_to_do_and_can_be_read(visit: Visit) -> None:
    page = visit("rules", preset=COMBINE)
    assert "There is no account yet" in words(page)
    assert "**Max loss**" in words(page)
    assert "Apply to this account" not in [button.label for button in page.button]
    assert click(page, "Upload a CSV").title[0].value == "Upload"


def test_an_account_without_rules_leads_to_the_presets(desk: Desk, visit: Visit) -> None:
    account = an_account(desk, "7741", rules=())
    assert "This account has no rules" in words(visit("rules", account=str(account.id)))


# --- forms


@pytest.mark.parametrize("kind", KINDS)
def test_the_form_of_a_kind_is_drawn_from_its_fields(kind: str, desk: Desk, visit: Visit) -> None:
    account = an_account(desk, "7741", rules=())
    page = visit("rules", account=str(account.id))
    page.selectbox(key=f"kind-{account.id}").set_value(kind).run()
    keys = {str(key) for key in page.session_state}
    missing = [
        field.name
        for field in fields(KINDS[kind])
        if not any(re.fullmatch(f"rule-.*-{kind}-.*-{field.name}", key) for key in keys)
    ]
    narrowed = {"max_loss": ["action"], "floating_loss": ["measure"]}
    assert missing == narrowed.get(kind, [])


@pytest.mark.parametrize(
    "preset",
    [
        COMBINE,
        "apex-legacy-performance",
        "e8-signature",
        "fundednext-stellar-instant",
        "tradeify-growth-funded",
    ],
)
def test_saving_a_form_as_it_is_filled_in_changes_nothing(
    preset: str, desk: Desk, visit: Visit
) -> None:
    size = next(one for one in list_presets() if one.name == preset).sizes[0].name
    account = given(desk, preset, size)
    for rule in account.rules:
        click(visit("rules", account=str(account.id)), f"Save {rule.title}")
    assert now(desk, account).rules == account.rules


def test_a_rule_is_added_changed_and_removed(desk: Desk, visit: Visit) -> None:
    account = an_account(desk, "7741", rules=())
    page = visit("rules", account=str(account.id))
    page.selectbox(key=f"kind-{account.id}").set_value("position_limit").run()
    asked(page, "position_limit", "most_contracts").set_value(5.0)
    click(page, "Add this rule")
    assert now(desk, account).rules == (rule_from("position_limit", {"most_contracts": 5.0}),)
    assert [toast.value for toast in page.toast] == ["Position limit is added"]
    asked(page, "position_limit", "action").set_value("pause")
    click(page, "Save Position limit")
    [rule] = now(desk, account).rules
    assert rule == rule_from("position_limit", {"most_contracts": 5.0, "action": "pause"})
    click(page, "Yes, remove")
    assert now(desk, account).rules == ()


def test_whole_days_are_asked_as_whole_numbers(desk: Desk, visit: Visit) -> None:
    account = an_account(desk, "7741", rules=())
    page = visit("rules", account=str(account.id))
    page.selectbox(key=f"kind-{account.id}").set_value("inactivity").run()
    asked(page, "inactivity", "days").set_value(30)
    asked(page, "inactivity", "open_position_counts").set_value(False)
    click(page, "Add this rule")
    assert now(desk, account).rules == (
        rule_from("inactivity", {"days": 30, "open_position_counts": False}),
    )


@pytest.mark.parametrize(
    ("kind", "said", "refusal"),
    [
        ("position_limit", {}, "Position limit: “Contracts at most” must be given, was nothing."),
        ("inactivity", {}, "Inactivity: “Days” must be given, was nothing."),
        (
            "consistency",
            {},
            "Consistency: “The best at most, in percent” must be given, was nothing.",
        ),
        (
            "daily_loss",
            {},
            "Daily loss: limit must be one of “Limit, as an amount” and “Limit, in percent”, was n",
        ),
        (
            "daily_loss",
            {"limit_amount": 2_000.0, "limit_percent": 4.0},
            "must be one of “Limit, as an amount” and “Limit, in percent”, was both.",
        ),
        (
            "max_loss",
            {"limit_amount": 2_000.0, "locks_at": 50_000.0},
            "Max loss: “Floor stops rising at” needs a trail that rises, was static.",
        ),
        ("daily_loss", {"limit_percent": -4.0}, "must be above 0 and at most 100, was -4.0"),
    ],
)
def test_what_is_refused_is_a_sentence_and_changes_nothing(
    kind: str, said: dict[str, float], refusal: str, desk: Desk, visit: Visit
) -> None:
    account = an_account(desk, "7741", rules=())
    page = visit("rules", account=str(account.id))
    page.selectbox(key=f"kind-{account.id}").set_value(kind).run()
    for name, value in said.items():
        asked(page, kind, name).set_value(value)
    click(page, "Add this rule")
    assert refusal in words(page)
    assert now(desk, account).rules == ()


def test_a_table_of_steps_is_saved(desk: Desk, visit: Visit) -> None:
    account = an_account(desk, "7741", rules=(rule_from("daily_loss", {"limit_amount": 1_250.0}),))
    page = visit("rules", account=str(account.id))
    [editor] = [key for key in page.session_state if str(key).endswith("-limit_steps")]
    line = {"From a profit of": 3_000.0, "Limit": 2_000.0}
    page.session_state[editor] = {"edited_rows": {}, "added_rows": [line], "deleted_rows": []}
    click(page, "Save Daily loss")
    [rule] = now(desk, account).rules
    assert rule == rule_from(
        "daily_loss", {"limit_amount": 1_250.0, "limit_steps": [[3_000.0, 2_000.0]]}
    )
    assert "growing with the best end-of-day profit" in words(page)


def test_a_line_of_steps_with_one_number_is_refused(desk: Desk, visit: Visit) -> None:
    account = an_account(desk, "7741", rules=(rule_from("daily_loss", {"limit_amount": 1_250.0}),))
    page = visit("rules", account=str(account.id))
    [editor] = [key for key in page.session_state if str(key).endswith("-limit_steps")]
    line = {"From a profit of": 3_000.0}
    page.session_state[editor] = {"edited_rows": {}, "added_rows": [line], "deleted_rows": []}
    click(page, "Save Daily loss")
    assert "must be pairs of a profit and a value" in words(page)
    assert now(desk, account).rules == account.rules


def test_the_goals_of_an_account_follow_the_one_that_is_changed(desk: Desk, visit: Visit) -> None:
    rules = (
        rule_from("profit_target", {"target_amount": 3_000.0}),
        rule_from("min_trading_days", {"days": 5}),
    )
    account = an_account(desk, "7741", rules=rules)
    page = visit("rules", account=str(account.id))
    asked(page, "min_trading_days", "since").set_value("payout")
    click(page, "Save Min trading days")
    assert now(desk, account).rules == (
        rule_from("profit_target", {"target_amount": 3_000.0, "since": "payout"}),
        rule_from("min_trading_days", {"days": 5, "since": "payout"}),
    )


# --- presets


def test_a_preset_is_chosen_by_firm_programme_and_size_and_kept_in_the_address(
    desk: Desk, visit: Visit
) -> None:
    an_account(desk, "7741")
    page = visit("rules")
    page.selectbox(key="firm-box").set_value("Topstep").run()
    page.selectbox(key="programme-box").set_value(COMBINE).run()
    page.selectbox(key="size-box").set_value("100K").run()
    assert (page.query_params["preset"], page.query_params["size"]) == (COMBINE, "100K")
    assert "#### Topstep: Trading Combine, 100K" in words(page)
    assert "**Position limit**: At most 10 contracts at once." in words(page)


def test_a_preset_says_its_source_its_age_and_what_it_leaves_out(visit: Visit) -> None:
    [preset] = [one for one in list_presets() if one.name == COMBINE]
    said = words(visit("rules", preset=COMBINE, size="50K"))
    assert f"Checked on {preset.checked_on}, " in said
    assert TRUST[preset.trust] in said
    for line in (*preset.source, *preset.doubts, *preset.not_modelled):
        assert f"- {line}" in said


def test_a_preset_or_size_that_is_not_there_is_said_in_a_sentence(visit: Visit) -> None:
    assert "No preset nonsense." in words(visit("rules", preset="nonsense"))
    page = visit("rules", preset=COMBINE, size="7K")
    assert "No size of Topstep: Trading Combine 7K." in words(page)
    assert page.selectbox(key="size-box").value is None


def test_applying_a_preset_and_changing_one_parameter_shows_what_was_changed(
    desk: Desk, visit: Visit
) -> None:
    account = an_account(desk, "7741", currency="EUR")
    page = visit("rules", account=str(account.id), preset=COMBINE, size="100K")
    consequence = words(page)
    assert "they replace the ones it has (Max loss)" in consequence
    assert "Its day turns at 17:00 America/Chicago; now it turns at 00:00 UTC." in consequence
    assert "Its starting balance stays 50,000.00 USD." in consequence
    assert "The rules are those of an account that starts with 100,000.00 USD." in consequence
    assert "Its currency becomes USD; now it is EUR." in consequence
    click(page, "Yes, apply")
    after = now(desk, account)
    [preset] = [one for one in list_presets() if one.name == COMBINE]
    assert after.rules == preset.size("100K").rules
    assert (after.time_zone, after.starting_balance) == ("America/Chicago", 50_000.0)
    assert "Preset **Topstep: Trading Combine, 100K**." in words(page)
    assert "Nothing is changed here." in words(page)
    asked(page, "max_loss", "limit_amount").set_value(2_500.0)
    click(page, "Save Max loss")
    assert "1 change here." in words(page)
    [row] = page.dataframe[0].value.to_dict("records")
    assert row == {
        "Rule": "Max loss",
        "Parameter": "Limit, as an amount",
        "Preset": "3,000.00 USD",
        "This account": "2,500.00 USD",
    }


def test_a_rule_that_only_one_of_both_has_is_shown_whole(desk: Desk, visit: Visit) -> None:
    account = given(desk, COMBINE, "50K")
    page = visit("rules", account=str(account.id))
    page.selectbox(key=f"kind-{account.id}").set_value("inactivity").run()
    asked(page, "inactivity", "days").set_value(30)
    click(page, "Add this rule")
    [row] = page.dataframe[0].value.to_dict("records")
    assert (row["Parameter"], row["Preset"]) == ("the whole rule", "no such rule")
    assert row["This account"].startswith("At most 30 days without a trade")


def test_another_reset_than_the_presets_is_a_change_too(desk: Desk, visit: Visit) -> None:
    draft = with_preset(AccountDraft(number="7741"), COMBINE, "50K")
    account = make_account(desk, LOCAL_USER, replace(draft, time_zone="America/New_York"))
    page = visit("rules", account=str(account.id))
    assert "1 change here." in words(page)
    [row] = page.dataframe[0].value.to_dict("records")
    assert (row["Rule"], row["Preset"]) == ("The trading day", "17:00 America/Chicago")
    assert row["This account"] == "17:00 America/New_York"


def test_a_check_more_than_180_days_old_is_said_plainly(desk: Desk, visit: Visit) -> None:
    today = desk.clock().date()
    for days, is_old in ((180, False), (181, True)):
        checked_on = today - timedelta(days=days)
        draft = with_preset(AccountDraft(number=str(days)), COMBINE, "50K")
        assert draft.preset is not None
        old = replace(draft, preset=replace(draft.preset, checked_on=checked_on))
        account = make_account(desk, LOCAL_USER, old)
        said = words(visit("rules", account=str(account.id)))
        assert f"Checked on {checked_on}, {days} days ago." in said
        assert ("more than 180 days" in said) == is_old


def test_a_preset_that_was_checked_again_or_is_gone_is_said(desk: Desk, visit: Visit) -> None:
    long_ago = AppliedPreset(name=COMBINE, size="50K", checked_on=date(2026, 1, 1))
    gone = AppliedPreset(name="nobody-nothing", size="50K", checked_on=date(2026, 1, 1))
    older = an_account(desk, "1", preset=long_ago)
    stray = an_account(desk, "2", preset=gone)
    assert "has been checked again since" in words(visit("rules", account=str(older.id)))
    assert "not among the presets any more" in words(visit("rules", account=str(stray.id)))


# --- the rulebook


def test_the_rulebook_shows_every_kind_as_the_docs_say_it(visit: Visit) -> None:
    page = visit("rules")
    shown = {expander.label: expander for expander in page.expander}
    for title, text in sections().items():
        said = "\n".join(part.value for part in shown[title].markdown)
        lines = text.splitlines()
        assert [line for line in lines if not line.startswith("|") and line not in said] == []
        assert len(shown[title].table) == sum(line.startswith("|--") for line in lines)
    assert {rule.title for rule in KINDS.values()} <= sections().keys()


@pytest.mark.parametrize("kind", KINDS)
def test_the_address_opens_a_kind_of_the_rulebook(kind: str, visit: Visit) -> None:
    page = visit("rules", kind=kind)
    opened = [one.label for one in page.expander if one.proto.expanded]
    assert opened == [KINDS[kind].title]


def test_a_table_of_the_rulebook_keeps_its_empty_cells(visit: Visit) -> None:
    page = visit("rules")
    [book] = [one for one in page.expander if one.label == "Max loss"]
    table = book.table[0].value
    assert "parameter" in table
    [row] = [row for row in table.to_dict("records") if "`eod_balance`" in row["values"]]
    assert row["parameter"] == ""


def test_the_rulebook_has_no_link_that_leads_nowhere() -> None:
    for text in sections().values():
        assert not re.search(r"\]\((?!https?://)", text)
