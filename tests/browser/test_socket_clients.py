"""docs/live.md, held to its word: its two clients follow a desk, and find it again."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.running_desk import (
    ROOT,
    RunningDesk,
    end,
    start,
    streamlit_run,
    wait_until_healthy,
)

DOCS = (ROOT / "docs" / "live.md").read_text(encoding="utf-8")
RULES = [{"kind": "max_loss", "limit_amount": 2_000}]


def example(language: str) -> str:
    """The one example in `language`."""
    (found,) = re.findall(rf"^```{language}\n(.*?)^```$", DOCS, re.MULTILINE | re.DOTALL)
    return str(found)


def account(desk: RunningDesk) -> str:
    """An account of 50,000 that may lose 2,000, alone in a group."""
    made = {
        "number": "7741",
        "starting_balance": 50_000,
        "stale_after_seconds": 86_400,
        "rules": RULES,
    }
    account_id = str(desk.post("/accounts", made)["id"])
    desk.post("/groups", {"name": "One", "account_ids": [account_id]})
    return account_id


def post(desk: RunningDesk, account_id: str, equity: float) -> None:
    """What the account has now."""
    now = datetime.now(UTC).isoformat()
    snapshot = {"account_id": account_id, "taken_at": now, "balance": equity, "equity": equity}
    desk.post("/snapshots", snapshot)


@contextmanager
def python_client(desk: RunningDesk, folder: Path) -> Iterator[Iterator[str]]:
    """What the Python example prints, line by line."""
    (folder / "follow.py").write_text(example("python"), encoding="utf-8")
    command = [sys.executable, "follow.py", f"{desk.socket_url}/api/v1/ws"]
    with subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield iter(process.stdout)
        finally:
            process.kill()


def next_starting(lines: Iterator[str], words: str) -> str:
    """The next line that starts with `words`."""
    return next(line for line in lines if line.startswith(words))


def test_the_python_client_tells_the_state_each_change_and_finds_a_desk_again(
    desk: RunningDesk, tmp_path: Path
) -> None:
    """2,000 left, then 300; the desk stops and starts: the state is told once more; then 100."""
    account_id = account(desk)
    post(desk, account_id, 50_000)
    with python_client(desk, tmp_path) as lines:
        assert next(lines).startswith("safe 2000.0 ")
        post(desk, account_id, 48_300)
        next_starting(lines, "critical 300.0 ")
        with started_again(desk, tmp_path):
            next_starting(lines, "critical 300.0 ")
            post(desk, account_id, 48_100)
            next_starting(lines, "critical 100.0 ")


@contextmanager
def started_again(desk: RunningDesk, folder: Path) -> Iterator[None]:
    """The same desk, stopped and started on the same port over the same database."""
    desk.stop()
    port = int(desk.url.rpartition(":")[2])
    process = start(streamlit_run(port), folder / "desk.duckdb", folder / "again.log")
    try:
        wait_until_healthy(RunningDesk(desk.url, process, folder / "again.log", desk.client))
        yield
    finally:
        end(process)


def test_the_web_page_client_shows_the_state_each_change_and_finds_a_desk_again(
    desk: RunningDesk, open_page: OpenPage, tmp_path: Path
) -> None:
    account_id = account(desk)
    post(desk, account_id, 50_000)
    page: Page = open_page("/api/docs")
    page.add_script_tag(content=example("js"))
    expect(page).to_have_title("safe 2000")
    post(desk, account_id, 48_300)
    expect(page).to_have_title("critical 300")
    with started_again(desk, tmp_path):
        post(desk, account_id, 48_100)
        expect(page).to_have_title("critical 100")
