"""A page whose connection fails, which nobody looks at, or which is not let through."""

from __future__ import annotations

import signal
from datetime import timedelta
from itertools import count, pairwise
from pathlib import Path

from playwright.sync_api import Browser, Locator, Page, WebSocketRoute, expect

from tests.browser.conftest import OpenPage
from tests.browser.looking import dial, says, see_page, take_picture
from tests.browser.running_desk import RunningDesk, end, running_desk, start, streamlit_run
from tests.browser.trading import Asking, see_live_board, trade, trading_groups

OURS = "**/api/v1/ws*"
LOST = "disconnected since"
WITHIN_MS = 10_000
LOOK_MS = 250


def feed(page: Page) -> Locator:
    """What the head of the page says of the feed."""
    return page.locator(".wl-feed")


def test_a_page_says_that_the_desk_is_gone_and_comes_back_by_itself(
    desk: RunningDesk, open_page: OpenPage, tmp_path: Path
) -> None:
    trading_groups(desk, 2)
    page = open_page()
    see_live_board(page, 2)
    page.evaluate("window.sameSinceTheStart = true")
    desk.stop()
    expect(feed(page)).to_contain_text(LOST, timeout=WITHIN_MS)
    expect(feed(page)).to_contain_text("numbers below are old")
    expect(page.locator("[data-testid=stDialog]:visible")).to_have_count(0)
    assert looks_of(page.locator(".stGridCell > *").first)["gray"]
    expect(page.get_by_role("status").first).to_contain_text(LOST)
    take_picture(page, "board-disconnected")
    port = int(desk.url.rpartition(":")[2])
    again = start(streamlit_run(port), tmp_path / "desk.duckdb", tmp_path / "again.log")
    try:
        expect(feed(page)).not_to_contain_text(LOST)
        trade(desk, 0, 48_300)
        card = page.locator(".stGridCell", has_text="Group 0")
        expect(says(card, "CRITICAL")).to_be_visible()
        expect(feed(page)).to_contain_text("live")
        assert not looks_of(page.locator(".stGridCell > *").first)["gray"]
        assert page.evaluate("window.sameSinceTheStart"), "the page was loaded anew"
    finally:
        end(again)


def looks_of(part: Locator) -> dict[str, bool]:
    """Whether something in `part` is drawn without colour."""
    looks: dict[str, bool] = part.evaluate(
        """part => ({ gray: [...part.querySelectorAll("*")].some(
            element => getComputedStyle(element).filter.includes("grayscale")) })"""
    )
    return looks


def test_a_desk_that_falls_silent_is_noticed_although_no_connection_ends(
    desk: RunningDesk, open_page: OpenPage
) -> None:
    """As when a cable is pulled: nothing arrives, and nothing says so."""
    trading_groups(desk, 2)
    page = open_page()
    see_live_board(page, 2)
    desk.process.send_signal(signal.SIGSTOP)
    try:
        expect(feed(page)).to_contain_text(LOST, timeout=WITHIN_MS)
    finally:
        desk.process.send_signal(signal.SIGCONT)
    expect(feed(page)).not_to_contain_text(LOST)
    trade(desk, 1, 48_300)
    expect(says(page.locator(".stGridCell", has_text="Group 1"), "CRITICAL")).to_be_visible()


def test_a_desk_on_which_nothing_happens_is_not_taken_for_a_lost_one(
    desk: RunningDesk, open_page: OpenPage
) -> None:
    """Between two heartbeats nothing is heard for longer than it takes to be lost."""
    trading_groups(desk, 1)
    page = open_page()
    see_live_board(page, 1)
    page.evaluate(
        """() => new MutationObserver(() => {
            if (document.documentElement.dataset.desk === "lost") window.wasLost = true;
        }).observe(document.documentElement, { attributeFilter: ["data-desk"] })"""
    )
    page.wait_for_timeout(10_500)
    assert not page.evaluate("window.wasLost")


def test_a_hidden_tab_does_no_work_and_catches_up_when_it_is_shown(
    desk: RunningDesk, open_page: OpenPage
) -> None:
    trading_groups(desk, 2)
    asking = Asking()
    page = open_page(prepare=asking.listen)
    see_live_board(page, 2)
    assert len(asking.listening) == 1
    show(page, False)
    before = len(asking.asked)
    for equity in (49_500, 49_000, 48_300):
        trade(desk, 0, equity)
        page.wait_for_timeout(700)
    assert len(asking.asked) == before
    assert asking.listening == [], "nobody is told anything"
    expect(says(page.get_by_role("main"), "CRITICAL")).to_have_count(0)
    show(page, True)
    expect(says(page.locator(".stGridCell", has_text="Group 0"), "CRITICAL")).to_be_visible()
    assert len(asking.asked) - before <= 2, "once, not once for each change"
    trade(desk, 1, 48_200)
    expect(dial(page.get_by_role("main"), "Group Group 1: 10.0 %")).to_be_visible()


def show(page: Page, is_shown: bool) -> None:
    """The tab is shown or hidden; a headless browser shows all of its tabs all the time."""
    page.evaluate(
        """hidden => {
            Object.defineProperty(document, "hidden", { get: () => hidden, configurable: true });
            document.dispatchEvent(new Event("visibilitychange"));
        }""",
        not is_shown,
    )


def test_where_sockets_are_blocked_the_page_asks_every_few_seconds(
    desk: RunningDesk, open_page: OpenPage
) -> None:
    trading_groups(desk, 2)
    page = open_page(prepare=block_socket)
    see_live_board(page, 2)
    trade(desk, 0, 48_300)
    expect(says(page.get_by_role("main"), "CRITICAL")).to_be_visible(timeout=25_000)
    expect(feed(page)).not_to_contain_text(LOST)
    trade(desk, 0, 48_200, ago=timedelta(milliseconds=-1))
    expect(dial(page.get_by_role("main"), "Group Group 0: 10.0 %")).to_be_visible(timeout=25_000)


def block_socket(page: Page) -> None:
    """Somebody between page and desk lets no socket of ours through."""
    page.route_web_socket(OURS, lambda socket: socket.close())


def test_a_frame_that_was_missed_is_noticed_by_the_next(
    desk: RunningDesk, open_page: OpenPage
) -> None:
    """The page shows one group; the frame that follows the lost one is about another."""
    shown, _ = trading_groups(desk, 2)
    page = open_page(f"/group?group={shown}", prepare=lose_second_frame)
    see_page(page, "Group")
    expect(dial(page.locator(".st-key-rule-max_loss"), "100.0 %")).to_be_visible()
    page.wait_for_timeout(700)
    trade(desk, 0, 48_300)
    page.wait_for_timeout(700)
    expect(dial(page.locator(".st-key-rule-max_loss"), "100.0 %")).to_be_visible()
    trade(desk, 1, 49_000)
    expect(dial(page.locator(".st-key-rule-max_loss"), "15.0 %")).to_be_visible()


def lose_second_frame(page: Page) -> None:
    """The first socket of ours never hands on the frame after the state."""
    opened: list[WebSocketRoute] = []

    def pass_on(socket: WebSocketRoute) -> None:
        server = socket.connect_to_server()
        opened.append(socket)
        if len(opened) == 1:
            frames = count(1)
            server.on_message(lambda frame: socket.send(frame) if next(frames) != 2 else None)

    page.route_web_socket(OURS, pass_on)


def test_below_a_path_of_a_shared_server_the_page_finds_its_socket(
    tmp_path: Path, chromium: Browser
) -> None:
    def below_a_path(port: int) -> list[str]:
        return [*streamlit_run(port), "--server.baseUrlPath=desk"]

    with running_desk(tmp_path, below_a_path) as desk:
        trading_groups(desk, 1)
        for path in ("/desk/", "/desk/group", "/desk/?view=wall"):
            page = chromium.new_page()
            with page.expect_websocket(lambda socket: "/api/" in socket.url) as opened:
                page.goto(f"{desk.url}{path}")
            socket = opened.value
            assert socket.url == f"{desk.socket_url}/api/v1/ws?detail=brief"
            expect(page.locator("html[data-desk=heard]")).to_have_count(1)
            page.close()


def test_going_to_other_pages_while_numbers_move_fails_none(
    desk: RunningDesk, open_page: OpenPage
) -> None:
    """A look of the page that was left arrives when another is drawn already."""
    trading_groups(desk, 3)
    page = open_page()
    see_live_board(page, 3)
    menu = page.get_by_role("navigation")
    for step, name in enumerate(["Group", "Board", "Accounts", "Board", "Groups", "Board"] * 2):
        trade(desk, step % 3, 49_000 - 10 * step)
        menu.get_by_role("link", name=name, exact=True).click()
        trade(desk, step % 3, 48_900 - 10 * step)
        see_page(page, name)
        expect(page.get_by_text("This page failed")).to_have_count(0)
    expect(page.locator("[class*=st-key-card-]")).to_have_count(3)


def test_many_changes_in_a_moment_are_few_drawings_and_the_last_one_is_shown(
    desk: RunningDesk, open_page: OpenPage
) -> None:
    trading_groups(desk, 2)
    page = open_page(prepare=note_when_it_asks)
    see_live_board(page, 2)
    for step in range(60):
        trade(desk, 0, 49_900 - 25 * step)
    last = "Group Group 0: 21.2 % of the limit left"
    expect(dial(page.get_by_role("main"), last)).to_be_visible()
    asked: list[float] = page.evaluate("window.askedAt")
    between = [later - earlier for earlier, later in pairwise(asked)]
    assert len(between) > 1
    assert min(between) >= LOOK_MS - 1, "a timer may be a little early"


def note_when_it_asks(page: Page) -> None:
    """The page keeps when it sent something to be drawn, in `askedAt`."""
    page.add_init_script(
        """window.askedAt = [];
        const send = WebSocket.prototype.send;
        WebSocket.prototype.send = function (said) {
            if (this.url.includes("/_stcore/")) window.askedAt.push(performance.now());
            return send.call(this, said);
        };"""
    )
