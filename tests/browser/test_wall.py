"""The wall: read from across a room, with nothing to click."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import MONITOR, OpenPage
from tests.browser.looking import SCREENSHOTS, at_rest, see_page, sticks_out
from tests.browser.running_desk import RunningDesk
from tests.browser.trading import trade, trading_groups

READ_FROM_AFAR_PX = 24
MARKUP = "<b>Mine</b> :green-badge[SAFE]"


def see_wall(page: Page, rows: int) -> None:
    """Wait until the wall has so many rows and its clock runs."""
    expect(page.locator(".wl-row")).to_have_count(rows)
    expect(page.locator(".wl-clock")).to_contain_text("UTC")
    expect(page.locator("html[data-desk=heard]")).to_have_count(1)
    at_rest(page)


def take_view(page: Page, name: str) -> None:
    """A picture of what the window shows."""
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SCREENSHOTS / f"{name}.png")


@pytest.mark.parametrize("look", MONITOR)
def test_eight_groups_fit_a_monitor_in_letters_that_can_be_read_from_afar(
    desk: RunningDesk, open_page: OpenPage, look: str
) -> None:
    trading_groups(desk, 7)
    desk.post("/groups", {"name": MARKUP})
    for place, equity in ((6, 47_900), (5, 48_300), (4, 48_900)):
        trade(desk, place, equity)
    page = open_page("/?view=wall", look)
    see_wall(page, 8)
    take_view(page, f"wall-{look}")
    assert sticks_out(page) == []
    heights: list[int] = page.evaluate(
        "[document.querySelector('[data-testid=stMain]').scrollHeight, innerHeight]"
    )
    assert heights[0] <= heights[1], "it scrolls"
    rows = page.locator(".wl-row")
    assert [row.split("\n")[0].split()[-1] for row in rows.all_inner_texts()] == [
        "VIOLATED",
        "CRITICAL",
        "CAUTION",
        "UNKNOWN",
        *["SAFE"] * 4,
    ]
    expect(rows.filter(has_text=MARKUP)).to_have_count(1)
    assert smallest_letters(page) >= READ_FROM_AFAR_PX
    assert edges_of(page, ".wl-row >> nth=-1")[1] <= heights[1]
    assert edges_of(page, ".wl-clock")[0] <= 1_920


def smallest_letters(page: Page) -> float:
    """The smallest letters in any row, in pixels."""
    smallest: float = page.evaluate(
        """() => Math.min(...[...document.querySelectorAll(".wl-row *")]
            .filter(part => [...part.childNodes].some(node => node.nodeType === 3))
            .map(part => parseFloat(getComputedStyle(part).fontSize)))"""
    )
    return smallest


def edges_of(page: Page, selector: str) -> tuple[float, float]:
    """Where something ends: from the left and from the top of the window."""
    box = page.locator(selector).bounding_box()
    assert box is not None
    return box["x"] + box["width"], box["y"] + box["height"]


def test_there_is_nothing_to_click(desk: RunningDesk, open_page: OpenPage) -> None:
    trading_groups(desk, 2)
    page = open_page("/?view=wall", "monitor-light")
    see_wall(page, 2)
    clicked: list[str] = page.evaluate(
        """() => [...document.querySelectorAll("a, button, input, select, [role=button]")]
            .filter(part => part.checkVisibility()).map(part => part.outerHTML.slice(0, 80))"""
    )
    assert clicked == []


def test_the_board_leads_to_the_wall(desk: RunningDesk, open_page: OpenPage) -> None:
    trading_groups(desk, 1)
    page = open_page()
    see_page(page, "Board")
    with page.context.expect_page() as opened:
        page.get_by_role("link", name="Wall view").click()
    see_wall(opened.value, 1)
    assert opened.value.url == f"{desk.url}/?view=wall"


def test_the_wall_follows_the_desk_and_has_the_worst_first(
    desk: RunningDesk, open_page: OpenPage
) -> None:
    trading_groups(desk, 3)
    page = open_page("/?view=wall", "monitor-dark")
    see_wall(page, 3)
    expect(page.locator(".wl-row").first).to_contain_text("Group 2")
    trade(desk, 0, 48_300)
    first = page.locator(".wl-row").first
    expect(first).to_contain_text("Group 0")
    for said in ("CRITICAL", "0 on Max loss", "300.00 USD", "15.0 %", "s ago"):
        expect(first).to_contain_text(said)


def test_a_wall_without_its_desk_says_so(desk: RunningDesk, open_page: OpenPage) -> None:
    trading_groups(desk, 3)
    page = open_page("/?view=wall", "monitor-dark")
    see_wall(page, 3)
    desk.stop()
    expect(page.locator(".wl-feed")).to_contain_text("numbers below are old", timeout=10_000)
    page.wait_for_timeout(4_000)
    take_view(page, "wall-disconnected")
    expect(page.locator("[data-testid=stDialog]:visible")).to_have_count(0)


def test_in_a_hand_the_wall_is_a_list(desk: RunningDesk, open_page: OpenPage) -> None:
    trading_groups(desk, 3)
    page = open_page("/?view=wall", "phone")
    see_wall(page, 3)
    take_view(page, "wall-phone")
    assert sticks_out(page) == []
