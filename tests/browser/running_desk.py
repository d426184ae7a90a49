"""A desk as its own process, as a person starts it, over a database of its own."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 60
STOP_SECONDS = 10
FAILED = ("Traceback", "a page failed", "ERROR")


@dataclass(frozen=True, slots=True)
class RunningDesk:
    """Where a desk listens, its process and what it has said so far."""

    url: str
    process: subprocess.Popen[bytes]
    log: Path
    client: httpx2.Client

    @property
    def socket_url(self) -> str:
        """Where its sockets are."""
        return self.url.replace("http://", "ws://")

    def said(self) -> str:
        """Everything it printed."""
        return self.log.read_text(encoding="utf-8")

    def get(self, path: str) -> Any:
        """The JSON at `path` under /api/v1."""
        return self._answer(self.client.get(path))

    def post(self, path: str, body: object) -> Any:
        """The JSON answer to `body` at `path` under /api/v1."""
        return self._answer(self.client.post(path, json=body))

    def _answer(self, response: httpx2.Response) -> Any:
        assert response.is_success, response.text
        return response.json()

    def stop(self, name: signal.Signals = signal.SIGTERM) -> float:
        """How many seconds it took to end after the signal."""
        started = time.monotonic()
        self.process.send_signal(name)
        self.process.wait(STOP_SECONDS)
        return time.monotonic() - started


def streamlit_run(port: int) -> list[str]:
    """The README's command, on `port`."""
    return [sys.executable, "-m", "streamlit", "run", "app.py", f"--server.port={port}"]


def uvicorn_serve(port: int) -> list[str]:
    """The other way to serve the same application."""
    return [sys.executable, "-m", "uvicorn", "app:app", "--host=127.0.0.1", f"--port={port}"]


def free_port() -> int:
    """A loopback port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def start(command: Sequence[str], database: Path, log: Path) -> subprocess.Popen[bytes]:
    """The process of `command` over `database`, its output in `log`."""
    environment = os.environ | {"WEAKEST_LINK_DATABASE": str(database)}
    with log.open("wb") as output:
        return subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=output, stderr=subprocess.STDOUT
        )


@contextmanager
def running_desk(folder: Path, command: Any = streamlit_run) -> Iterator[RunningDesk]:
    """A healthy desk over `folder`/desk.duckdb; whatever failed in it fails the test."""
    port, log = free_port(), folder / "desk.log"
    process = start(command(port), folder / "desk.duckdb", log)
    url = f"http://127.0.0.1:{port}"
    try:
        with httpx2.Client(base_url=f"{url}/api/v1", timeout=30, trust_env=False) as client:
            desk = RunningDesk(url, process, log, client)
            wait_until_healthy(desk)
            yield desk
    finally:
        end(process)
    failures = [line for line in desk.said().splitlines() if line.startswith(FAILED)]
    assert failures == [], desk.said()


def wait_until_healthy(desk: RunningDesk) -> None:
    """Return once it answers; fails with what it said when it does not get there."""
    latest = time.monotonic() + START_SECONDS
    while time.monotonic() < latest:
        assert desk.process.poll() is None, f"the desk ended: {desk.said()}"
        try:
            if desk.client.get("/health").is_success:
                return
        except httpx2.TransportError:
            time.sleep(0.05)
    raise AssertionError(f"the desk did not answer in {START_SECONDS} s: {desk.said()}")


def end(process: subprocess.Popen[bytes]) -> None:
    """End a process that this test started, whatever it takes."""
    process.terminate()
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
