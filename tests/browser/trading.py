"""Groups whose accounts trade while somebody watches, and what the watcher's page does."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from playwright.sync_api import Page, WebSocket, expect

from tests.browser.looking import at_rest, see_page
from tests.browser.running_desk import RunningDesk

RULES = [{"kind": "max_loss", "limit_amount": 2_000}]


def trading_groups(desk: RunningDesk, count: int) -> list[str]:
    """So many groups of one account each, called Group 0, Group 1 …; the last is the weakest."""
    return [a_group(desk, place) for place in range(count)]


def a_group(desk: RunningDesk, place: int) -> str:
    """Group `place` of account `place`, which has lost 100 times that; its id."""
    account = desk.post(
        "/accounts", {"number": str(place), "starting_balance": 50_000, "rules": RULES}
    )
    trade(desk, place, 50_000 - 100 * place)
    group: str = desk.post("/groups", {"name": f"Group {place}", "account_ids": [account["id"]]})[
        "id"
    ]
    return group


def trade(desk: RunningDesk, place: int, equity: float, *, ago: timedelta = timedelta()) -> None:
    """What a program of the trader's posts of account `place`."""
    taken_at = (datetime.now(UTC) - ago).isoformat()
    said = {"taken_at": taken_at, "balance": 50_000, "equity": equity}
    desk.post("/snapshots", {"account_number": str(place), **said})


def see_live_board(page: Page, cards: int) -> None:
    """Wait until the board has so many cards and listens to the desk."""
    see_page(page, "Board")
    expect(page.locator("[class*=st-key-card-]")).to_have_count(cards)
    expect(page.locator("html[data-desk=heard]")).to_have_count(1)
    expect(page.locator(".wl-facts")).to_have_count(1)
    at_rest(page)
    page.wait_for_timeout(700)  # the socket's first frame has been looked at


def names_in_order(page: Page) -> list[str]:
    """The cards' titles as the eye reads them: from the top left."""
    titles: list[str] = page.evaluate(
        """() => [...document.querySelectorAll(".stGridCell")]
            .map(cell => [cell.getBoundingClientRect(), cell.querySelector("h4").innerText])
            .sort(([a], [b]) => a.top - b.top || a.left - b.left)
            .map(([, title]) => title)"""
    )
    return titles


# How often a gauge came or went, and the lowest opacity that any had in any frame.
WATCH_GAUGES = """() => {
    const isGauge = node => node.nodeType === 1 &&
        (node.matches(".stEChartsChart, canvas") || node.querySelector(".stEChartsChart, canvas"));
    const seen = window.seenGauges = { made: 0, opacity: 1, frames: 0 };
    new MutationObserver(records => {
        for (const record of records)
            seen.made += [...record.addedNodes, ...record.removedNodes].filter(isGauge).length;
    }).observe(document.body, { childList: true, subtree: true });
    const look = () => {
        seen.frames += 1;
        for (const gauge of document.querySelectorAll(".stEChartsChart")) {
            let opacity = 1;
            for (let part = gauge; part; part = part.parentElement)
                opacity *= Number(getComputedStyle(part).opacity);
            seen.opacity = Math.min(seen.opacity, opacity);
        }
        requestAnimationFrame(look);
    };
    look();
}"""


def watch_gauges(page: Page) -> None:
    """Begin to watch whether gauges stay."""
    page.evaluate(WATCH_GAUGES)


def seen_gauges(page: Page) -> dict[str, float]:
    """`made`: gauges that came or went; `opacity`: the lowest in any of the `frames`."""
    seen: dict[str, float] = page.evaluate("window.seenGauges")
    return seen


@dataclass
class Asking:
    """What a page wants of the desk: what it asked for to be drawn, and its sockets of ours."""

    asked: list[str] = field(default_factory=list)
    listening: list[WebSocket] = field(default_factory=list)

    def listen(self, page: Page) -> None:
        """Count from now on; before the page goes anywhere."""
        page.on("websocket", self._listen_to)

    def _listen_to(self, socket: WebSocket) -> None:
        if "/_stcore/" in socket.url:
            socket.on("framesent", lambda frame: self.asked.append(_text(frame)))
        else:
            self.listening.append(socket)
            socket.on("close", lambda closed: self.listening.remove(closed))


def _text(frame: Any) -> str:
    return frame if isinstance(frame, str) else bytes(frame).decode("utf-8", "replace")


# From before a POST until the frame in which the gauge says something else, in milliseconds.
POST_UNTIL_SHOWN = """async ({ number, equity, title }) => {
    const gauge = [...document.querySelectorAll(".stEChartsChart")]
        .find(chart => chart.ariaLabel.startsWith(`Group ${title}:`));
    const shown = new Promise(resolve => new MutationObserver((records, observer) => {
        observer.disconnect();
        requestAnimationFrame(() => resolve(performance.now()));
    }).observe(gauge, { attributeFilter: ["aria-label"] }));
    const started = performance.now();
    await fetch("api/v1/snapshots", {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify({
            account_number: number,
            taken_at: new Date().toISOString(),
            balance: 50000,
            equity,
        }),
    });
    return await shown - started;
}"""


def until_shown(page: Page, *, groups: int, times: int) -> list[float]:
    """How long each of so many posted snapshots took to be on its gauge, in milliseconds.

    One after the other, with half a second in between.
    """
    luck = random.Random(7)
    taken = []
    for _ in range(times):
        place = luck.randrange(groups)
        post = {"number": str(place), "title": f"Group {place}"}
        equity = round(48_100 + 1_800 * luck.random(), 2)
        taken.append(page.evaluate(POST_UNTIL_SHOWN, {**post, "equity": equity}))
        page.wait_for_timeout(luck.randrange(300, 700))
    return taken
