"""One process: how it starts, refuses to start twice, and ends."""

from __future__ import annotations

from pathlib import Path
from typing import NoReturn

import httpx2
import pytest
from playwright.sync_api import expect
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from tests.browser.conftest import OpenPage
from tests.browser.looking import see_page
from tests.browser.running_desk import (
    RunningDesk,
    end,
    free_port,
    running_desk,
    start,
    streamlit_run,
    uvicorn_serve,
)

STOPPING = (1001, 1012)
BANNER = ("You can now view", "URL:", "Local URL:", "Network URL:")


def test_it_ends_within_five_seconds_with_sockets_open(
    desk: RunningDesk, open_page: OpenPage
) -> None:
    """A program that follows the desk and never reads, and a browser with a page open."""
    see_page(open_page(), "Board")
    with connect(f"{desk.socket_url}/api/v1/ws", proxy=None) as follower:
        assert desk.stop() < 5
        with pytest.raises(ConnectionClosed) as closed:
            drain(follower)
    assert closed.value.rcvd is not None, "the socket was cut, not closed"
    assert closed.value.rcvd.code in STOPPING


def drain(follower: ClientConnection) -> NoReturn:
    """Read until the socket is closed."""
    while True:
        follower.recv()


def test_what_was_acknowledged_is_there_after_the_end(tmp_path: Path) -> None:
    with running_desk(tmp_path) as first:
        account = first.post("/accounts", {"number": "7741", "starting_balance": 50_000})
        first.stop()
    with running_desk(tmp_path) as second:
        assert second.get("/accounts")["items"] == [account]


def test_a_second_desk_on_the_same_database_says_so_in_one_sentence(
    desk: RunningDesk, tmp_path: Path
) -> None:
    log = tmp_path / "second.log"
    second = start(streamlit_run(free_port()), tmp_path / "desk.duckdb", log)
    try:
        assert second.wait(30) == 2
    finally:
        end(second)
    said = [line.strip() for line in log.read_text("utf-8").splitlines() if line.strip()]
    said = [line for line in said if not line.startswith(BANNER)]
    assert len(said) == 1, said
    assert str(tmp_path / "desk.duckdb") in said[0]
    assert desk.get("/health")["status"] == "ok"


def test_uvicorn_serves_pages_and_rest_too(tmp_path: Path) -> None:
    with running_desk(tmp_path, uvicorn_serve) as desk:
        page = httpx2.get(f"{desk.url}/group", trust_env=False)
        assert "text/html" in page.headers["content-type"]
        assert desk.get("/groups")["items"] == []
        with connect(f"{desk.socket_url}/api/v1/ws", proxy=None) as follower:
            assert '"type":"state"' in str(follower.recv(timeout=5))
        assert desk.stop() < 5


def test_documentation_of_the_api_needs_nobody_else(desk: RunningDesk, open_page: OpenPage) -> None:
    """`open_page` fails on a call to anybody but the desk."""
    page = open_page("/api")
    expect(page.get_by_text("Weakest Link").first).to_be_visible()
    expect(page.locator("#operations-groups-evaluate_group, .opblock").first).to_be_visible()
