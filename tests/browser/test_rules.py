"""Rules as a trader sets them: a firm's preset, one limit changed, and the rulebook."""

from __future__ import annotations

import re
from typing import Any

from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.looking import at_rest, see_page, sticks_out, take_picture
from tests.browser.running_desk import RunningDesk

PRESET = "preset=tradeify-growth-funded&size=50K"


def test_a_preset_is_applied_and_one_limit_changed(desk: RunningDesk, open_page: OpenPage) -> None:
    account = desk.post("/accounts", {"number": "7741", "starting_balance": 50_000})
    page = open_page(f"/rules?account={account['id']}&{PRESET}")
    see_page(page, "Rules")
    page.get_by_role("button", name="Apply to this account").click()
    expect(page.get_by_text("Its starting balance stays 50,000.00 USD.")).to_be_visible()
    page.get_by_role("button", name="Yes, apply").click()
    expect(page.get_by_text("The preset is applied")).to_be_visible()
    expect(page.get_by_role("button", name="Yes, apply")).to_have_count(0)
    page.get_by_role("tab", name="This account").click()
    expect(page.get_by_text("Nothing is changed here.")).to_be_visible()
    form = opened(page, "max_loss", "Change Max loss")
    limit = form.get_by_role("spinbutton", name="Limit, as an amount")
    limit.fill("1900")
    limit.press("Tab")
    form.get_by_role("button", name="Save Max loss").click()
    expect(page.get_by_text("1 change here.")).to_be_visible()
    take_picture(page, "rules-override")
    assert rule_of(desk, account, "max_loss")["limit_amount"] == 1_900


def test_the_address_of_a_kind_opens_its_page_of_the_rulebook(open_page: OpenPage) -> None:
    page = open_page("/rules?kind=max_loss", "phone")
    see_page(page, "Rules")
    expect(page.get_by_role("tab", name="Rulebook", selected=True)).to_be_visible()
    expect(page.get_by_text(re.compile("The account must stay above"))).to_be_visible()
    assert sticks_out(page) == []


def opened(page: Page, kind: str, label: str) -> Locator:
    """A rule's box, its form unfolded."""
    box = page.locator(f".st-key-rule-{kind}")
    box.get_by_text(label).click()
    expect(box.get_by_role("button", name=re.compile("^Save"))).to_be_visible()
    at_rest(page)
    return box


def rule_of(desk: RunningDesk, account: dict[str, Any], kind: str) -> dict[str, Any]:
    """The account's rule of a kind, as it is stored."""
    rules = desk.get(f"/accounts/{account['id']}")["rules"]
    return next(rule for rule in rules if rule["kind"] == kind)
