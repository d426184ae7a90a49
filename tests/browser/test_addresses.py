"""Addresses of pages: opened first, sent on to a colleague, and names that look like markup."""

from __future__ import annotations

from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.looking import see_page
from tests.browser.running_desk import RunningDesk

BADGE = ":green-badge[SAFE]"
LOSS = {"kind": "max_loss", "limit_amount": 2_000}
PAGES = ("Board", "Group", "Accounts", "Rules", "Groups", "Upload", "History")


def test_a_page_opened_first_on_a_fresh_server_goes_through_the_router(
    open_page: OpenPage,
) -> None:
    """Streamlit would run a file of a folder called `pages` by itself, past the router."""
    page = open_page("/history")
    see_page(page, "History")
    expect(page).to_have_title("Weakest Link")
    for name in PAGES:
        expect(page.get_by_role("link", name=name, exact=True)).to_be_visible()


def test_the_address_of_a_group_leads_to_that_group(desk: RunningDesk, open_page: OpenPage) -> None:
    for name in ("Alpha", "Omega"):
        desk.post("/groups", {"name": name})
    omega = next(group for group in desk.get("/groups")["items"] if group["name"] == "Omega")
    page = open_page(f"/group?group={omega['id']}")
    see_page(page, "Group")
    expect(main(page).get_by_role("heading", name="Omega")).to_be_visible()
    expect(main(page).get_by_role("heading", name="Alpha")).to_have_count(0)


def test_the_address_of_a_group_that_is_gone_says_so(open_page: OpenPage) -> None:
    page = open_page("/group?group=00000000-0000-0000-0000-000000000000")
    see_page(page, "Group")
    expect(main(page).get_by_text("There is no group yet")).to_be_visible()


def test_a_name_that_looks_like_markup_is_shown_as_it_was_typed(
    desk: RunningDesk, open_page: OpenPage
) -> None:
    account = desk.post(
        "/accounts",
        {"number": "1", "name": BADGE, "starting_balance": 50_000, "rules": [LOSS]},
    )
    group = desk.post("/groups", {"name": BADGE, "account_ids": [account["id"]]})
    page = open_page()
    see_page(page, "Board")
    literal(page)
    page.goto(f"/group?group={group['id']}")
    see_page(page, "Group")
    literal(page)
    page.goto("/groups")
    see_page(page, "Groups")
    no_badge(page)
    page.goto("/accounts")
    see_page(page, "Accounts")
    no_badge(page)


def literal(page: Page) -> None:
    """The name is there, character by character, and is no badge."""
    expect(main(page).get_by_text(BADGE).first).to_be_visible()
    no_badge(page)


def no_badge(page: Page) -> None:
    """Nothing says SAFE in a badge: nothing is known of this account."""
    expect(main(page).locator(".stMarkdownBadge", has_text="SAFE")).to_have_count(0)


def main(page: Page) -> Locator:
    """The page without its menu."""
    return page.get_by_role("main")
