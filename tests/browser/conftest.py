"""A desk of its own and a Chromium for each browser test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeAlias
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.browser.chromium import chromium_path
from tests.browser.running_desk import RunningDesk, running_desk

# No sandbox: CI is root in a container. No background networking: only the desk is called.
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PATIENCE_MS = 20_000
LOOKS: dict[str, dict[str, Any]] = {
    "light": {"color_scheme": "light", "viewport": {"width": 1280, "height": 900}},
    "dark": {"color_scheme": "dark", "viewport": {"width": 1280, "height": 900}},
    "phone": {
        "color_scheme": "light",
        "viewport": {"width": 390, "height": 844},
        "has_touch": True,
    },
}
MONITOR: dict[str, dict[str, Any]] = {
    f"monitor-{color}": {"color_scheme": color, "viewport": {"width": 1920, "height": 1080}}
    for color in ("light", "dark")
}

OpenPage: TypeAlias = Callable[..., Page]
Prepare: TypeAlias = Callable[[Page], None]


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One Chromium for all tests of this process; none on the machine is an error."""
    expect.set_options(timeout=PATIENCE_MS)
    path = chromium_path()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[RunningDesk]:
    """A fresh desk: nobody has opened a page of it yet, and its database is empty."""
    with running_desk(tmp_path) as running:
        yield running


@pytest.fixture
def open_page(chromium: Browser, desk: RunningDesk) -> Iterator[OpenPage]:
    """Open a path of the desk in a browser window of its own: light, dark, phone or monitor.

    `prepare` is given the page before it goes anywhere. A page that fails in the browser, or
    calls anybody but the desk, fails the test.
    """
    contexts: list[BrowserContext] = []
    failures: list[str] = []

    def open_it(path: str = "/", look: str = "light", prepare: Prepare = nothing) -> Page:
        context = chromium.new_context(base_url=desk.url, **(LOOKS | MONITOR)[look])
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(PATIENCE_MS)
        page.on("pageerror", lambda error: failures.append(str(error)))
        page.on("request", lambda request: failures.extend(strange(request.url, desk)))
        prepare(page)
        page.goto(path)
        return page

    yield open_it
    for context in contexts:
        context.close()
    assert failures == []


def nothing(page: Page) -> None:
    """What is done with most pages before they go somewhere."""


def strange(url: str, desk: RunningDesk) -> list[str]:
    """The address, when it is not the desk's."""
    parts = urlsplit(url)
    return [] if parts.scheme in {"data", "blob"} or url.startswith(desk.url) else [url]
