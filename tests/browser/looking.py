"""What a person sees: pages at rest, pictures of them, and whether anything sticks out."""

from __future__ import annotations

import os
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

SCREENSHOTS = Path(
    os.environ.get("WEAKEST_LINK_SCREENSHOTS") or Path(__file__).resolve().parent / "screenshots"
)
SCROLLED = "[data-testid=stMain]"
TALLEST = 6_000


def see_page(page: Page, title: str) -> None:
    """Wait until the page named `title` is drawn."""
    expect(page.get_by_role("heading", name=title, level=1, exact=True)).to_be_visible()
    at_rest(page)


def at_rest(page: Page) -> None:
    """Wait until nothing is being drawn: no run under way, no skeleton, fonts there."""
    expect(page.locator("[data-testid=stApp][data-test-script-state=running]")).to_have_count(0)
    expect(page.locator("[data-testid=stSkeleton]")).to_have_count(0)
    page.evaluate("document.fonts.ready.then(() => true)")


def says(part: Locator, word: str) -> Locator:
    """The badge in `part` with the status `word`; its icon is text to a browser."""
    return part.locator(".stMarkdownBadge", has_text=word)


def dial(part: Locator, text: str) -> Locator:
    """The gauge in `part` that reads `text` to those who cannot see it."""
    return part.get_by_role("img", name=text)


def take_picture(page: Page, name: str) -> Path:
    """A picture of the whole page, however long, as `name`.png."""
    at_rest(page)
    size = page.viewport_size
    assert size is not None
    tall = page.locator(SCROLLED).evaluate("main => main.scrollHeight")
    page.set_viewport_size(
        {"width": size["width"], "height": min(TALLEST, max(size["height"], tall))}
    )
    at_rest(page)
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    path = SCREENSHOTS / f"{name}.png"
    page.screenshot(path=path, animations="disabled")
    page.set_viewport_size(size)
    return path


def sticks_out(page: Page) -> list[str]:
    """What reaches past the right edge of the window, outside parts that scroll by themselves."""
    found: list[str] = page.evaluate(
        """() => {
            const scrolls = element => {
                for (let up = element.parentElement; up; up = up.parentElement) {
                    const fits = up.getBoundingClientRect().right <= innerWidth + 1;
                    if (fits && getComputedStyle(up).overflowX !== "visible") return true;
                }
                return false;
            };
            return [...document.querySelectorAll("[data-testid=stMain] *")]
                .filter(e => e.getBoundingClientRect().width && e.checkVisibility())
                .filter(e => e.getBoundingClientRect().right > innerWidth + 1 && !scrolls(e))
                .map(e => `${e.tagName} ${(e.textContent || "").slice(0, 60)}`);
        }"""
    )
    return found
