"""The sample desk on every page: light, dark and as wide as a phone."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import LOOKS, OpenPage
from tests.browser.looking import says, see_page, sticks_out, take_picture
from tests.browser.running_desk import RunningDesk

PAGES = ("Board", "Group", "Accounts", "Rules", "Groups", "Upload", "History")


@pytest.mark.parametrize("look", LOOKS)
def test_every_page_fits_the_window(open_page: OpenPage, look: str) -> None:
    page = open_page("/", look)
    see_page(page, "Board")
    page.get_by_role("button", name="Load the sample desk").click()
    expect(page.locator("[class*=st-key-card-]")).to_have_count(2)
    for name in PAGES:
        page.goto("/" if name == "Board" else f"/{name.lower()}")
        see_page(page, name)
        take_picture(page, f"sample-{name.lower()}-{look}")
        assert sticks_out(page) == [], name


def test_the_board_has_the_worst_group_first_and_says_which_account(
    desk: RunningDesk, open_page: OpenPage
) -> None:
    """One account of the sample has broken its daily loss; another group's is close to a floor."""
    page = open_page()
    see_page(page, "Board")
    page.get_by_role("button", name="Load the sample desk").click()
    cards = page.locator("[class*=st-key-card-]")
    expect(cards).to_have_count(2)
    expect(says(cards.first, "VIOLATED")).to_be_visible()
    expect(cards.first.get_by_text("Weakest account: Tidewright 100K")).to_be_visible()
    assert {group["name"] for group in desk.get("/groups")["items"]} == {
        "Evaluations",
        "Futures copy desk",
    }
