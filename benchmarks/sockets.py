"""Sockets: how soon a posted snapshot reaches those who follow its group, and who holds others up.

    python -m benchmarks.sockets [--quick]

A desk of 100 groups with ten accounts each. Single snapshots are posted evenly over kept
connections; a socket on each group takes every frame. The latency of a snapshot runs from just
before its POST is written until the first frame in which its account is at that instant or a
later one. Runs take turns: one subscriber, all, and all beside one that has stopped reading.

At the end every socket's last state must be what REST answers, and what a board made anew from
the database answers.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median, quantiles
from tempfile import TemporaryDirectory
from time import perf_counter, process_time

import uvloop

from benchmarks.calling import Connection, connections
from benchmarks.figures import AT_MOST, Figure, run
from benchmarks.running import RunningDesk, Spent, running_desk
from benchmarks.stalled import Stalled
from benchmarks.stored import store
from benchmarks.watching import Watcher, all_seen, check_answers, check_stored, watching
from benchmarks.writing import Feed, post, watched_desk
from riskcore.domain.model import AccountGroup

GROUPS = 100
RATE = 500
CONNECTIONS = 32
"""Fewer for a slow rate: the desk hangs up on a connection that says nothing for 5 s."""
P99_MS, CLOSED_SECONDS = 50, 10


@dataclass(frozen=True, slots=True)
class Run:
    """What one run found, in ms, snapshots a second and shares of a core.

    `latencies` until a socket has it, `answers` until the POST is answered.
    """

    latencies: list[float]
    answers: list[float]
    rate: float
    frames: int
    bytes_each: float
    desk_share: float
    own_share: float

    @property
    def cuts(self) -> tuple[float, float, float, float]:
        """p50, p95, p99 and the largest."""
        return cuts(self.latencies)

    def __str__(self) -> str:
        p50, p95, p99, largest = self.cuts
        answer50, _, answer99, _ = cuts(self.answers)
        return (
            f"p50 {p50:.1f}, p95 {p95:.1f}, p99 {p99:.1f}, max {largest:.1f} ms"
            f" (answers p50 {answer50:.1f}, p99 {answer99:.1f});"
            f" {self.rate:.0f} snapshots/s, {self.frames} frames of {self.bytes_each:,.0f} bytes;"
            f" desk {self.desk_share:.0%}, client {self.own_share:.0%} of a core"
        )


def cuts(latencies: Sequence[float]) -> tuple[float, float, float, float]:
    """p50, p95, p99 and the largest."""
    hundredths = quantiles(latencies, n=100)
    return hundredths[49], hundredths[94], hundredths[98], max(latencies)


class Poster:
    """Posts single snapshots evenly, and tells the watcher of the account's group before."""

    def __init__(self, url: str, groups: Sequence[AccountGroup], watchers: Sequence[Watcher]):
        self._url = url
        self._watcher = {
            account_id: watcher
            for group, watcher in zip(groups, watchers, strict=True)
            for account_id in group.account_ids
        }
        in_turns = zip(*(group.account_ids for group in groups), strict=True)
        self._feed = Feed([account_id for turn in in_turns for account_id in turn])
        self.answers: list[float] = []

    async def post(self, rate: float, seconds: float) -> float:
        """Post at `rate` for `seconds`; how many a second were answered."""
        free: asyncio.Queue[Connection] = asyncio.Queue()
        opened = await connections(self._url, min(CONNECTIONS, max(1, round(rate / 10))))
        for connection in opened:
            free.put_nowait(connection)
        began = perf_counter()
        async with asyncio.TaskGroup() as tasks:
            for number in range(round(rate * seconds)):
                await asyncio.sleep(max(0, began + number / rate - perf_counter()))
                tasks.create_task(self._one(await free.get(), free))
        answered = round(rate * seconds) / (perf_counter() - began)
        for connection in opened:
            connection.close()
        return answered

    async def _one(self, connection: Connection, free: asyncio.Queue[Connection]) -> None:
        account_id, taken_at, _, body = self._feed.next()
        self._watcher[account_id].posting(str(account_id), taken_at)
        began = perf_counter()
        await post(connection, body)
        self.answers.append((perf_counter() - began) * 1_000)
        free.put_nowait(connection)


async def one_run(
    desk: RunningDesk, groups: Sequence[AccountGroup], rate: float, seconds: float
) -> Run:
    """A socket on each of `groups`, and `rate` snapshots a second; the answers are checked."""
    async with watching(desk.socket_url, [str(group.id) for group in groups]) as watchers:
        poster = Poster(desk.url, groups, watchers)
        frames, size = (sum(getattr(w, n) for w in watchers) for n in ("frames", "bytes"))
        own = process_time()
        with Spent(desk.process.pid) as spent:
            answered = await poster.post(rate, seconds)
            await all_seen(watchers)
        own_share = (process_time() - own) / spent.seconds
        (connection,) = await connections(desk.url, 1)
        await check_answers(watchers, connection)
        connection.close()
        frames = sum(watcher.frames for watcher in watchers) - frames
        size = sum(watcher.bytes for watcher in watchers) - size
    latencies = [latency for watcher in watchers for latency in watcher.latencies]
    return Run(
        latencies, poster.answers, answered, frames, size / max(1, frames), spent.share, own_share
    )


async def stalled_run(
    desk: RunningDesk, groups: Sequence[AccountGroup], seconds: float
) -> tuple[Run, float]:
    """`one_run` beside a subscriber that does not read, and after how long that was let go."""
    stalled = Stalled(desk.url)
    try:
        until = asyncio.create_task(stalled.seconds_until_closed())
        found = await one_run(desk, groups, RATE, seconds)
        return found, await until
    finally:
        stalled.close()


@dataclass(frozen=True, slots=True)
class Rounds:
    """The runs of each kind, and after how many seconds the stalled were let go."""

    alone: list[Run]
    many: list[Run]
    beside: list[Run]
    closed: list[float]


async def rounds(
    desk: RunningDesk, groups: Sequence[AccountGroup], many: int, seconds: float
) -> Rounds:
    """So many rounds, in which the kinds of run take turns; a first run is left out."""
    found = Rounds([], [], [], [])
    await one_run(desk, groups, RATE, seconds / 4)
    for _ in range(many):
        found.alone.append(await one_run(desk, groups[:1], 10, seconds))
        found.many.append(await one_run(desk, groups, RATE, seconds))
        run_beside, closed = await stalled_run(desk, groups, seconds)
        found.beside.append(run_beside)
        found.closed.append(closed)
        for kind in ("alone", "many", "beside"):
            print(f"{kind}: {getattr(found, kind)[-1]}", flush=True)
    return found


async def answers(desk: RunningDesk, groups: Sequence[AccountGroup]) -> list[dict[str, object]]:
    """What REST says of every group."""
    (connection,) = await connections(desk.url, 1)
    found = [await connection.tell("GET", f"/groups/{group.id}/risk") for group in groups]
    connection.close()
    return found


def measure(quick: bool) -> Sequence[Figure]:
    """Latencies with one subscriber, with all, and beside one that does not read."""
    accounts, groups = watched_desk(10 if quick else GROUPS)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "desk.duckdb"
        store(path, accounts, groups)
        with running_desk(path.parent) as desk:
            found = uvloop.run(rounds(desk, groups, *((1, 1.0) if quick else (3, 12.0))))
            last = uvloop.run(answers(desk, groups))
            desk.stop()
        check_stored(path, last)
    return figures(found, len(groups))


def figures(found: Rounds, subscribers: int) -> list[Figure]:
    """The rounds in the table's lines; latencies are medians over the rounds."""

    def middle(runs: Sequence[Run], cut: int) -> float:
        return median(one.cuts[cut] for one in runs)

    what = f"POST to socket, {subscribers} subscribers, {RATE} snapshots/s"
    return [
        Figure(f"{what}: p99", middle(found.many, 2), "ms", AT_MOST, P99_MS),
        Figure(f"{what}: p50", middle(found.many, 0), "ms"),
        Figure(f"{what}: the desk's core", 100 * median(r.desk_share for r in found.many), "%"),
        Figure("POST to socket, 1 subscriber, 10 snapshots/s: p99", middle(found.alone, 2), "ms"),
        Figure(
            f"{what}: p99 beside one that does not read",
            middle(found.beside, 2),
            "ms",
            "without it",
            middle(found.many, 2),
        ),
        Figure("that one is let go after", max(found.closed), "s", AT_MOST, CLOSED_SECONDS),
    ]


if __name__ == "__main__":
    run(measure, __doc__)
