"""The demo: a desk of its own, the sample on it, and a feed that trades, so that gauges move.

It talks to the desk over REST alone, as anybody's program would.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import webbrowser
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from http.client import HTTPException
from pathlib import Path
from time import monotonic, sleep
from typing import Any, NoReturn, Protocol, TypeAlias
from urllib.error import HTTPError
from urllib.request import ProxyHandler, Request, build_opener

import numpy as np
import numpy.typing as npt

from riskcore.domain.errors import Conflict, RiskError, StoreUnavailable
from riskcore.domain.money import FloatArray, to_cent
from riskcore.domain.rules import rule_parameters
from riskcore.services.accounts import AccountDraft
from riskcore.services.sample import Sample, read_sample
from riskcore.store.database import Database

ROOT = Path(__file__).resolve().parents[1]
DATABASE = ROOT / "data" / "demo.duckdb"
HOST = "127.0.0.1"

START_SECONDS = 60
STOP_SECONDS = 10
POST_SECONDS = 0.5
BATCH = 1_000

COPIES: Mapping[str, float] = {"QM-4471": 1, "QM-4472": 1, "AL-0913": 2, "TW-2209": 0.5}
"""How many times the leader's profit each fed account makes; the leader first."""

LOWEST, HIGHEST = -100.0, 1_130.0
"""Between these the leader's profit stays: low enough to worry, high enough to break nothing."""

SWING = 6.0
"""How far the leader's profit wanders in one second of trading (standard deviation)."""

TRADE_SECONDS = 15 * 60
SESSION_SECONDS = 8 * 60 * 60
SEED = 4471

Answer: TypeAlias = Mapping[str, Any]


class DeskGone(RiskError):
    """The desk of the demo did not start, or answers no more."""


class Refused(RiskError):
    """The desk refused what the demo sent."""


def run_demo(*, port: int, speed: float, opens_browser: bool) -> int:
    """Run until Ctrl-C and return 0; raises RiskError when it cannot go on."""
    check_free(port)
    clear(DATABASE)
    _end_on_signals()
    try:
        with running_desk(port) as process:
            address = f"http://{HOST}:{port}"
            rest = Rest(f"{address}/api/v1")
            wait_for(rest, process)
            sample = read_sample(datetime.now(UTC))
            ids = load(rest, sample)
            print(
                f"The desk is at {address} (REST: {address}/api/docs). Ctrl-C ends it.", flush=True
            )
            if opens_browser:
                webbrowser.open(address)
            _feed_while_taken(rest, process, sample, ids, speed)
    except KeyboardInterrupt:
        print("The demo has ended.", flush=True)
    return 0


def check_free(port: int) -> None:
    """Raise Conflict when something listens on `port`: it might be somebody's real desk."""
    with socket.socket() as probe:
        probe.settimeout(1)
        if probe.connect_ex((HOST, port)) == 0:
            raise Conflict(f"port {port} is in use: choose another one with --port")


def clear(database: Path) -> None:
    """Remove the last demo's database; raises Conflict while another demo has it open."""
    if database.exists():
        _check_unused(database)
    for path in database.parent.glob(f"{database.name}*"):
        path.unlink()


def _check_unused(database: Path) -> None:
    # The file could be removed under a running demo, whose next write would then hit ours.
    try:
        Database(database).close()
    except StoreUnavailable as error:
        raise Conflict(
            f"{database} cannot be used anew: end the demo that runs, or remove the file"
        ) from error


def _end_on_signals() -> None:
    """Let a closed terminal and a polite kill end the demo as Ctrl-C does, always."""

    def interrupt(_number: int, _frame: object) -> NoReturn:
        raise KeyboardInterrupt

    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), interrupt)


@contextmanager
def running_desk(port: int) -> Iterator[subprocess.Popen[bytes]]:
    """The desk as a process of its own, stopped at the end."""
    options = {
        "server.port": str(port),
        "server.address": HOST,
        "server.headless": "true",
        "browser.gatherUsageStats": "false",
    }
    command = [sys.executable, "-m", "streamlit", "run", "app.py"]
    command += [f"--{name}={value}" for name, value in options.items()]
    environment = os.environ | {"WEAKEST_LINK_DATABASE": str(DATABASE)}
    process = subprocess.Popen(command, cwd=ROOT, env=environment)
    try:
        yield process
    finally:
        _stop(process)


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        with suppress(subprocess.TimeoutExpired):
            process.wait(STOP_SECONDS)
    finally:
        process.kill()
        process.wait()


class Poster(Protocol):
    """What the demo needs of the desk's REST interface."""

    def post(self, path: str, body: object) -> Answer:
        """What the desk answers to `body`; raises Refused or DeskGone."""


@dataclass(frozen=True, slots=True)
class Rest:
    """The desk's REST interface at `url`."""

    url: str

    def get(self, path: str) -> Answer:
        """What is at `path`; raises Refused or DeskGone."""
        return self._answer(Request(self.url + path))

    def post(self, path: str, body: object) -> Answer:
        """What the desk answers to `body`; raises Refused or DeskGone."""
        headers = {"Content-Type": "application/json"}
        return self._answer(Request(self.url + path, json.dumps(body).encode(), headers))

    def _answer(self, request: Request) -> Answer:
        # Straight to this machine, whatever proxy the environment names.
        opener = build_opener(ProxyHandler({}))
        try:
            with opener.open(request, timeout=30) as answer:
                body: Answer = json.load(answer)
                return body
        except HTTPError as error:
            raise Refused(f"the desk refused it: {error.read().decode()}") from error
        except (OSError, HTTPException) as error:
            raise DeskGone(f"the desk does not answer: {error}") from error


def wait_for(rest: Rest, process: subprocess.Popen[bytes]) -> None:
    """Return once the desk is healthy; raises DeskGone when it does not get there."""
    latest = monotonic() + START_SECONDS
    while process.poll() is None and monotonic() < latest:
        with suppress(DeskGone, Refused):
            rest.get("/health")
            return
        sleep(0.2)
    raise DeskGone("the desk did not start: what it said is above")


def load(rest: Poster, sample: Sample) -> dict[str, str]:
    """Post the sample to an empty desk; the id of each account by its number."""
    ids = {
        draft.number: str(rest.post("/accounts", account_body(draft))["id"])
        for draft in sample.accounts
    }
    for group in sample.groups:
        members = [ids[number] for number in group.numbers]
        group_id = rest.post("/groups", {"name": group.name, "account_ids": members})["id"]
        for link in (link for link in sample.links if link.group == group.name):
            who = {"leader_id": ids[link.leader], "follower_id": ids[link.follower]}
            rest.post(f"/groups/{group_id}/copy-links", {**who, **link.said})
    rows = sample.snapshots[["account", "taken_at", "balance", "equity"]]
    bodies = [
        snapshot_body(ids[account], taken_at, balance, equity)
        for account, taken_at, balance, equity in rows.itertuples(index=False)
    ]
    for begin in range(0, len(bodies), BATCH):
        rest.post("/snapshots", {"snapshots": bodies[begin : begin + BATCH]})
    return ids


def account_body(draft: AccountDraft) -> dict[str, object]:
    """`draft` as REST takes it."""
    return {
        "number": draft.number,
        "name": draft.name,
        "firm": draft.firm,
        "platform": draft.platform,
        "currency": draft.currency,
        "starting_balance": draft.starting_balance,
        "time_zone": draft.time_zone,
        "reset_time": draft.reset_time.isoformat(),
        "stale_after_seconds": int(draft.stale_after.total_seconds()),
        "rules": [{"kind": rule.kind, **rule_parameters(rule)} for rule in draft.rules],
    }


def snapshot_body(
    account_id: str, taken_at: datetime, balance: float, equity: float
) -> dict[str, object]:
    """A snapshot as REST takes it."""
    instant = taken_at.astimezone(UTC).isoformat().replace("+00:00", "Z")
    return {"account_id": account_id, "taken_at": instant, "balance": balance, "equity": equity}


def _feed_while_taken(
    rest: Poster,
    process: subprocess.Popen[bytes],
    sample: Sample,
    ids: Mapping[str, str],
    speed: float,
) -> None:
    """Feed the desk; when it refuses (an account was deleted), leave it to its visitor."""
    try:
        feed(rest, opening_balances(sample), ids, speed)
    except Refused as error:
        print(f"The feed has ended ({error}). The desk stays: Ctrl-C ends it.", flush=True)
        process.wait()


def opening_balances(sample: Sample) -> dict[str, float]:
    """What each fed account has at the sample's last snapshot, when all positions are closed."""
    last = sample.snapshots.groupby("account")["balance"].last()
    return {number: float(last[number]) for number in COPIES}


def feed(
    rest: Poster, openings: Mapping[str, float], ids: Mapping[str, str], speed: float
) -> NoReturn:
    """Trade for ever, posting where every fed account is, twice a second."""
    for closed, total in leader_profits(POST_SECONDS * speed, SEED):
        now = datetime.now(UTC)
        rest.post(
            "/snapshots",
            [
                snapshot_body(ids[number], now, *copied(opening, COPIES[number], closed, total))
                for number, opening in openings.items()
            ],
        )
        sleep(POST_SECONDS)
    raise AssertionError("the leader trades for ever")


def copied(opening: float, ratio: float, closed: float, total: float) -> tuple[float, float]:
    """Balance and equity, to the cent, of an account that makes `ratio` times the profit."""
    balance, equity = to_cent([opening + ratio * closed, opening + ratio * total])
    return float(balance), float(equity)


def leader_profits(step_seconds: float, seed: int) -> Iterator[tuple[float, float]]:
    """The leader's closed and total profit after each step, session upon session, for ever."""
    generator = np.random.default_rng(seed)
    steps = max(2, int(SESSION_SECONDS / step_seconds))
    reached = 0.0
    while True:
        closed, total = session(reached, steps, step_seconds, generator)
        yield from zip(closed.tolist(), total.tolist(), strict=True)
        reached = float(total[-1])


def session(
    begin: float, steps: int, step_seconds: float, generator: np.random.Generator
) -> tuple[FloatArray, FloatArray]:
    """A session's closed and total profit, one value per step; signed, to the cent.

    The total walks at random from `begin`, turned back at LOWEST and HIGHEST. Now and then
    the trade is closed and the next one opened: the closed profit is the total of the last
    such step. A session begins and ends without a position.
    """
    walk = begin + np.cumsum(generator.normal(0, SWING * np.sqrt(step_seconds), steps))
    total = to_cent(turned_back(walk, LOWEST, HIGHEST))
    closes = generator.random(steps) < step_seconds / TRADE_SECONDS
    closes[[0, -1]] = True
    return total[_last_true(closes)], total


def turned_back(walk: FloatArray, low: float, high: float) -> FloatArray:
    """`walk` reflected at `low` and `high` as often as it takes; no new jumps."""
    width = high - low
    return low + width - np.abs((walk - low) % (2 * width) - width)


def _last_true(flags: npt.NDArray[np.bool_]) -> npt.NDArray[np.int64]:
    """For each place the last one up to it that is true; the first must be."""
    return np.maximum.accumulate(np.where(flags, np.arange(len(flags)), 0))
