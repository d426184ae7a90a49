"""Posts: how many snapshots a second the desk acknowledges, each after the commit that holds it.

    python -m benchmarks.posts [--quick]

Single snapshots over 32 kept connections, and batches of 1,000 over eight; every other account is
named by its number. In the same run, in turns: a route that only parses JSON, served in the same
way, and the same commits without HTTP, each in a process of its own.

In the end every account's REST answer must show its last snapshot. Then the desk is killed, and
its database must hold every acknowledged row, and no other.
"""

from __future__ import annotations

import asyncio
import signal
from asyncio import wrap_future
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from multiprocessing import get_context
from pathlib import Path
from statistics import quantiles
from tempfile import TemporaryDirectory
from time import perf_counter, process_time

import numpy as np
import pandas as pd
import uvloop

from benchmarks.bare import serve_bare
from benchmarks.calling import connections
from benchmarks.desk import benchmark_desk
from benchmarks.figures import AT_LEAST, Figure, Wrong, run
from benchmarks.running import RunningDesk, Spent, running_desk
from benchmarks.stored import grouped, store
from riskcore.domain.model import Account, Snapshot
from riskcore.services.desk import LOCAL_USER
from riskcore.store.database import Database
from riskcore.store.snapshots import select_snapshots, submit_snapshots

ACCOUNTS, GROUP_SIZE = 320, 10
SINGLES, BATCHES = 32, 8
"""Connections."""

BATCH_ROWS = 1_000
POSTS_A_SECOND, ROWS_A_SECOND = 1_500, 50_000
ROUNDS, SECONDS = 3, 4.0
BEGAN = timedelta(days=2)
"""How long ago the first snapshot was taken; they are a millisecond apart."""

PEERS = {"bare": "a route that only parses", "commits": "the commits without HTTP"}

BALANCE = 50_000
HUNDREDTHS = 9_973
"""Equity goes round in so many cents, above the balance."""


@dataclass
class Feed:
    """The snapshots of one account, one after the other; `sent` and `acknowledged` count them."""

    account: Account
    began: datetime
    sent: int = 0
    acknowledged: int = 0

    def body(self, rows: int) -> bytes:
        """The next snapshots as a call has them: one by itself, several as a list."""
        lines = [self._line(self.sent + n) for n in range(rows)]
        self.sent += rows
        return (lines[0] if rows == 1 else f"[{','.join(lines)}]").encode()

    def _line(self, n: int) -> str:
        taken_at = (self.began + timedelta(milliseconds=n)).isoformat()
        is_even = int(self.account.number) % 2 == 0
        name = "account_id" if is_even else "account_number"
        called = self.account.id if is_even else self.account.number
        return (
            f'{{"{name}":"{called}","taken_at":"{taken_at}",'
            f'"balance":{BALANCE},"equity":{equity(n)}}}'
        )

    def snapshots(self, rows: int) -> list[Snapshot]:
        """The next snapshots as the store takes them."""
        numbers = range(self.sent, self.sent + rows)
        self.sent += rows
        return [
            Snapshot(
                account_id=self.account.id,
                taken_at=self.began + timedelta(milliseconds=n),
                balance=BALANCE,
                equity=equity(n),
            )
            for n in numbers
        ]


def equity(n: int) -> float:
    """The equity of snapshot `n`, to the cent."""
    return (100 * BALANCE + n % HUNDREDTHS) / 100


def feeds(accounts: Sequence[Account]) -> list[Feed]:
    """A feed for each account."""
    began = datetime.now(UTC).replace(microsecond=0) - BEGAN
    return [Feed(account, began) for account in accounts]


@dataclass(frozen=True, slots=True)
class Round:
    """One round: rows and calls a second, latencies in ms, shares of a core."""

    rows: float
    calls: float
    latencies: list[float]
    server_share: float = 0.0
    own_share: float = 0.0

    @property
    def p50_p99(self) -> tuple[float, float]:
        """The median call, and the one that only one in a hundred was slower than."""
        hundredths = quantiles(self.latencies, n=100)
        return hundredths[49], hundredths[98]

    def __str__(self) -> str:
        p50, p99 = self.p50_p99
        shares = f"server {self.server_share:.0%}, client {self.own_share:.0%} of a core"
        return (
            f"{self.calls:,.0f} calls/s, {self.rows:,.0f} rows/s,"
            f" p50 {p50:.1f}, p99 {p99:.1f} ms; {shares}"
        )


Post = Callable[[int, Feed], Awaitable[None]]
"""Send the next of a feed, as caller number so-and-so, and wait until it is acknowledged."""


async def crowd(post: Post, callers: int, of: Sequence[Feed], rows: int, seconds: float) -> Round:
    """`callers` at once, each going round its own share of the feeds."""
    latencies: list[float] = []
    end = perf_counter() + seconds

    async def call(number: int) -> None:
        mine = of[number::callers]
        turn = 0
        while (began := perf_counter()) < end:
            await post(number, mine[turn % len(mine)])
            latencies.append(1_000 * (perf_counter() - began))
            turn += 1

    began, cpu = perf_counter(), process_time()
    await asyncio.gather(*(call(number) for number in range(callers)))
    took, cpu = perf_counter() - began, process_time() - cpu
    calls = len(latencies) / took
    return Round(rows * calls, calls, latencies, own_share=cpu / took)


async def _over_http(
    url: str, callers: int, of: Sequence[Feed], rows: int, seconds: float
) -> Round:
    lines = await connections(url, callers)

    async def post(number: int, feed: Feed) -> None:
        status, answer = await lines[number].ask("POST", "/api/v1/snapshots", feed.body(rows))
        if (status, answer) != (201, b'{"taken":%d,"duplicates":0,"corrected":0}' % rows):
            raise Wrong(f"a post of {rows} new rows: {status} {answer[:500].decode()}")
        feed.acknowledged += rows

    try:
        return await crowd(post, callers, of, rows, seconds)
    finally:
        for line in lines:
            line.close()


def over_http(
    server: RunningDesk, callers: int, of: Sequence[Feed], rows: int, seconds: float
) -> Round:
    """One round of posts of so many `rows` each."""
    with Spent(server.process.pid) as spent:
        found = uvloop.run(_over_http(server.url, callers, of, rows, seconds))
    return Round(found.rows, found.calls, found.latencies, spent.share, found.own_share)


async def _without_http(path: Path, callers: int, rows: int, seconds: float) -> Round:
    accounts = benchmark_desk(ACCOUNTS, 1).accounts
    store(path, accounts, [])
    database = Database(path)

    async def post(number: int, feed: Feed) -> None:
        snapshots = feed.snapshots(rows)
        answer = submit_snapshots(database, LOCAL_USER, snapshots, received_at=datetime.now(UTC))
        await wrap_future(answer)

    try:
        return await crowd(post, callers, feeds(accounts), rows, seconds)
    finally:
        database.close()


def without_http(callers: int, rows: int, seconds: float) -> Round:
    """The same commits for as many callers, in a process of its own over an empty database."""
    with (
        TemporaryDirectory() as folder,
        ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool,
    ):
        path = Path(folder) / "desk.duckdb"
        return pool.submit(_run_without_http, path, callers, rows, seconds).result()


def _run_without_http(path: Path, callers: int, rows: int, seconds: float) -> Round:
    return uvloop.run(_without_http(path, callers, rows, seconds))


def check_answers(desk: RunningDesk, of: Sequence[Feed]) -> None:
    """Every account's REST answer shows its last acknowledged snapshot."""
    for feed in of:
        said = desk.get(f"/accounts/{feed.account.id}/risk")
        last = feed.acknowledged - 1
        due = (
            (feed.began + timedelta(milliseconds=last), equity(last)) if last >= 0 else (None, None)
        )
        taken_at = said["taken_at"] and datetime.fromisoformat(said["taken_at"])
        if (taken_at, said["equity"]) != due:
            raise Wrong(
                f"account {feed.account.number} shows {taken_at, said['equity']}, not {due}"
            )


def check_stored(path: Path, of: Sequence[Feed]) -> int:
    """How many rows the database holds: exactly those that were acknowledged."""
    database = Database(path)
    try:
        found = select_snapshots(database, LOCAL_USER, [feed.account.id for feed in of])
    finally:
        database.close()
    rows = dict(list(found.groupby("account_id", observed=True)))
    for feed in of:
        check_feed(feed, rows.get(str(feed.account.id), found[:0]))
    return len(found)


def check_feed(feed: Feed, found: pd.DataFrame) -> None:
    """`found` are the acknowledged rows of `feed`, by time."""
    numbers = range(feed.acknowledged)
    due = pd.DataFrame(
        {
            "taken_at": pd.date_range(feed.began, periods=len(numbers), freq="ms", unit="us"),
            "equity": np.array([equity(n) for n in numbers], dtype=np.float64),
        }
    )
    if not due.equals(found[["taken_at", "equity"]].reset_index(drop=True)):
        raise Wrong(
            f"account {feed.account.number}: {len(due)} rows were acknowledged with the sum"
            f" {due['equity'].sum():.2f}, {len(found)} are stored with {found['equity'].sum():.2f}"
        )


Turns = dict[str, list[Round]]
"""The rounds of each contestant."""


def take_turns(
    desk: RunningDesk, bare: RunningDesk, of: Sequence[Feed], rows: Sequence[int], quick: bool
) -> Turns:
    """All contestants, single snapshots and then batches, round after round."""
    seconds, rounds = (0.5, 1) if quick else (SECONDS, ROUNDS)
    found: Turns = {}

    def note(name: str, one: Round) -> None:
        found.setdefault(name, []).append(one)
        print(f"{name}: {one}", flush=True)

    over_http(desk, SINGLES, of, 1, seconds / 2)  # until everything is loaded
    for _ in range(rounds):
        note("alone", over_http(desk, 1, of, 1, seconds / 2))
        for kind, callers, size in zip(
            ("singles", "batches"), (SINGLES, BATCHES), rows, strict=True
        ):
            note(kind, over_http(desk, callers, of, size, seconds))
            note(
                f"{kind} bare",
                over_http(bare, callers, feeds([f.account for f in of]), size, seconds),
            )
            note(f"{kind} commits", without_http(callers, size, seconds))
    return found


def middle(rounds: Sequence[Round]) -> Round:
    """The round with the median rate."""
    return sorted(rounds, key=lambda one: one.rows)[len(rounds) // 2]


def figures(found: Turns, rows: Sequence[int]) -> list[Figure]:
    """What the median rounds say, beside what is asked for and beside the limits."""
    best = {name: middle(rounds) for name, rounds in found.items()}
    what = {
        "singles": f"posts: single snapshots a second, {SINGLES} connections",
        "batches": f"posts: rows a second in batches of {rows[1]:,}, {BATCHES} connections",
    }
    asked = {"singles": POSTS_A_SECOND, "batches": ROWS_A_SECOND}
    lines: list[Figure] = []
    for kind, name in what.items():
        rate = best[kind].rows
        p50, p99 = best[kind].p50_p99
        lines += [
            Figure(name, rate, "", AT_LEAST, asked[kind]),
            *(
                Figure(name, rate, "", of, best[f"{kind} {peer}"].rows)
                for peer, of in PEERS.items()
            ),
            Figure(f"posts: {kind}, p50", p50, "ms"),
            Figure(f"posts: {kind}, p99", p99, "ms"),
        ]
    return [*lines, Figure("posts: one connection alone, p50", best["alone"].p50_p99[0], "ms")]


def measure(quick: bool) -> Sequence[Figure]:
    """Rates and latencies of the desk and of the limits; raises Wrong when a row is lost."""
    rows = (1, BATCH_ROWS // 10 if quick else BATCH_ROWS)
    accounts = benchmark_desk(SINGLES if quick else ACCOUNTS, 1).accounts
    of = feeds(accounts)
    with TemporaryDirectory() as name:
        folder, beside = Path(name) / "desk", Path(name) / "bare"
        for path in (folder, beside):
            path.mkdir()
        store(folder / "desk.duckdb", accounts, grouped(accounts, GROUP_SIZE))
        with running_desk(folder) as desk, running_desk(beside, serve_bare) as bare:
            found = take_turns(desk, bare, of, rows, quick)
            check_answers(desk, of)
            desk.stop(signal.SIGKILL)
        stored = check_stored(folder / "desk.duckdb", of)
    print(f"killed; all {stored:,} acknowledged rows are stored, and no other")
    return figures(found, rows)


if __name__ == "__main__":
    run(measure, __doc__)
