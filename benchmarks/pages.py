"""Pages: how soon a posted snapshot is on a gauge, and what many open boards cost.

    python -m benchmarks.pages [--quick]

First one board in Chromium: from before a POST until the frame in which the gauge says
something else. Then the same board beside visitors without a browser (benchmarks/visitors.py),
with one change a second: the desk's share of a core, whether a gauge was made anew or faded,
and how long a look takes. At the end every board must say what REST answers.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import quantiles
from tempfile import TemporaryDirectory
from time import perf_counter, sleep

from playwright.sync_api import Page, sync_playwright

from benchmarks.figures import AT_LEAST, AT_MOST, Figure, Wrong, run
from benchmarks.running import RunningDesk, Spent, running_desk
from benchmarks.visitors import Visitor, visitors
from tests.browser.chromium import chromium_path
from tests.browser.conftest import FLAGS
from tests.browser.trading import (
    see_live_board,
    seen_gauges,
    trade,
    trading_groups,
    until_shown,
    watch_gauges,
)

GROUPS, BOARDS = 8, 20
SECONDS, TIMES = 60, 60
P50_MS, P95_MS = 60, 150
SHARE_PERCENT, OPACITY = 25, 0.95


def measure(quick: bool) -> Sequence[Figure]:
    """The figures of one desk; `quick`: few boards for a few seconds."""
    with TemporaryDirectory() as folder, running_desk(Path(folder)) as desk:
        groups = trading_groups(desk, GROUPS)
        with board(desk) as page:
            taken = until_shown(page, groups=GROUPS, times=10 if quick else TIMES)
            watch_gauges(page)
            with open_boards(desk, 3 if quick else BOARDS - 1) as others:
                spent = trading(desk, 5 if quick else SECONDS)
                check(desk, groups, [said(page), *(other.gauges for other in others)])
            seen = seen_gauges(page)
    return figures(taken, spent, seen, others)


@contextmanager
def board(desk: RunningDesk) -> Iterator[Page]:
    """The desk's board in a Chromium of its own."""
    path = chromium_path()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        page = browser.new_page(base_url=desk.url)
        page.goto("/")
        see_live_board(page, GROUPS)
        yield page
        browser.close()


@contextmanager
def open_boards(desk: RunningDesk, count: int) -> Iterator[list[Visitor]]:
    """So many boards without a browser, followed on a thread beside this one."""
    opened: list[Visitor] = []
    are_open, may_close = threading.Event(), threading.Event()

    async def follow() -> None:
        async with visitors(desk.url, count) as found:
            opened.extend(found)
            are_open.set()
            await asyncio.to_thread(may_close.wait)

    thread = threading.Thread(target=lambda: asyncio.run(follow()))
    thread.start()
    try:
        while not are_open.wait(0.1):
            if not thread.is_alive():
                raise Wrong("the boards could not be opened")
        yield opened
    finally:
        may_close.set()
        thread.join()


def trading(desk: RunningDesk, seconds: int) -> Spent:
    """What the desk spends while one account after the other trades, one each second."""
    sleep(2)
    with Spent(desk.process.pid) as spent:
        began = perf_counter()
        for second in range(seconds):
            trade(desk, second % GROUPS, 49_800 - 7.01 * second)
            sleep(max(0.0, began + second + 1 - perf_counter()))
    sleep(2)
    return spent


def said(page: Page) -> dict[str, str]:
    """What each gauge of a page says to those who cannot see it."""
    labels: list[str] = page.evaluate(
        "[...document.querySelectorAll('.stEChartsChart')].map(chart => chart.ariaLabel)"
    )
    return dict(label.split(": ", 1) for label in labels)


def check(desk: RunningDesk, groups: Sequence[str], boards: Sequence[Mapping[str, str]]) -> None:
    """Raise Wrong unless every board says what REST answers."""
    answers = {}
    for place, group in enumerate(groups):
        risk = desk.get(f"/groups/{group}/risk")
        share = f"{risk['buffer_percent']:.1f} % of the limit left"
        answers[f"Group Group {place}"] = f"{share}, {risk['overall_status']}"
    for shown in boards:
        if shown != answers:
            raise Wrong(f"a board says {shown}, REST {answers}")


def figures(
    taken: Sequence[float],
    spent: Spent,
    seen: Mapping[str, float],
    others: Sequence[Visitor],
) -> list[Figure]:
    """The lines of the table."""
    shown = quantiles(taken, n=100)
    waited = quantiles([wait for other in others for wait in other.waited], n=100)
    boards = f"{len(others) + 1} open boards, one change a second"
    return [
        Figure("POST to gauge shown in Chromium, p50", shown[49], "ms", AT_MOST, P50_MS),
        Figure("POST to gauge shown in Chromium, p95", shown[94], "ms", AT_MOST, P95_MS),
        Figure(f"{boards}: share of a core", 100 * spent.share, "%", AT_MOST, SHARE_PERCENT),
        Figure(f"{boards}: gauges made anew in {spent.seconds:.0f} s, to be 0", seen["made"], ""),
        Figure("lowest opacity of a gauge meanwhile", seen["opacity"], "", AT_LEAST, OPACITY),
        Figure(f"{boards}: a look is answered, p95", waited[94], "ms"),
    ]


if __name__ == "__main__":
    run(measure, __doc__)
