"""REST: how soon a group's risk is answered while boards are open and programs write.

    python -m benchmarks.rest [--quick]

Ten open boards (benchmarks/visitors.py) and four writers, each of which posts its next snapshot
as soon as the last is taken; ten programs ask for GET groups/{id}/risk, each four times a second
where the desk lets it. In turns: nobody else, writers, writers and boards.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from statistics import median, quantiles
from tempfile import TemporaryDirectory
from time import perf_counter, process_time

import uvloop

from benchmarks.calling import Connection, connections
from benchmarks.figures import AT_MOST, Figure, run
from benchmarks.running import RunningDesk, Spent, running_desk
from benchmarks.stored import store
from benchmarks.visitors import visitors
from benchmarks.watching import Said, check_stored
from benchmarks.writing import busy_writers, watched_desk
from riskcore.domain.model import AccountGroup

GROUPS, BOARDS, WRITERS = 8, 10, 4
ASKERS, ASK_SECONDS = 10, 0.25
P99_MS = 250

KINDS = {
    "nobody else": (0, 0),
    "4 writers": (WRITERS, 0),
    "4 writers, 10 boards": (WRITERS, BOARDS),
}
"""How many writers and boards are there, in each kind of round."""


async def asked(
    desk: RunningDesk, groups: Sequence[AccountGroup], writers: int, boards: int, seconds: float
) -> list[float]:
    """How many ms each answer took, beside so many writers and open boards."""
    ids = [account_id for group in groups for account_id in group.account_ids]
    async with AsyncExitStack() as stack:
        opened = await stack.enter_async_context(visitors(desk.url, boards))
        taken = await stack.enter_async_context(busy_writers(desk.url, ids, writers))
        own = process_time()
        with Spent(desk.process.pid) as spent:
            latencies = await ask_evenly(desk.url, groups, seconds)
        own_share = (process_time() - own) / spent.seconds
        cuts = quantiles(latencies, n=100)
        print(
            f"{writers} writers, {boards} boards: p50 {cuts[49]:.1f}, p95 {cuts[94]:.1f},"
            f" p99 {cuts[98]:.1f}, max {max(latencies):.1f} ms;"
            f" {len(taken.equity) / spent.seconds:.0f} posts/s,"
            f" {sum(one.looks for one in opened) / spent.seconds:.0f} looks/s;"
            f" desk {spent.share:.0%}, client {own_share:.0%} of a core",
            flush=True,
        )
    return latencies


async def ask_evenly(url: str, groups: Sequence[AccountGroup], seconds: float) -> list[float]:
    """How many ms each answer took, of ASKERS programs that ask every ASK_SECONDS, if they can."""
    latencies: list[float] = []
    until = perf_counter() + seconds

    async def ask(connection: Connection, number: int) -> None:
        await asyncio.sleep(number / ASKERS * ASK_SECONDS)
        while (began := perf_counter()) < until:
            number += 1
            await connection.tell("GET", f"/groups/{groups[number % len(groups)].id}/risk")
            latencies.append((perf_counter() - began) * 1_000)
            await asyncio.sleep(max(0, began + ASK_SECONDS - perf_counter()))
        connection.close()

    opened = await connections(url, ASKERS)
    await asyncio.gather(*(ask(connection, number) for number, connection in enumerate(opened)))
    return latencies


async def rounds(
    desk: RunningDesk, groups: Sequence[AccountGroup], many: int, seconds: float
) -> tuple[dict[str, list[list[float]]], list[Said]]:
    """The latencies of each round, by its kind, and each group's answer at the end."""
    found: defaultdict[str, list[list[float]]] = defaultdict(list)
    for _ in range(many):
        for kind, (writers, boards) in KINDS.items():
            found[kind].append(await asked(desk, groups, writers, boards, seconds))
    (connection,) = await connections(desk.url, 1)
    answers = [await connection.tell("GET", f"/groups/{group.id}/risk") for group in groups]
    connection.close()
    return found, answers


def measure(quick: bool) -> Sequence[Figure]:
    """The median p99 of each kind of round."""
    accounts, groups = watched_desk(GROUPS)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "desk.duckdb"
        store(path, accounts, groups)
        with running_desk(path.parent) as desk:
            found, answers = uvloop.run(rounds(desk, groups, *((1, 2.0) if quick else (3, 10.0))))
            desk.stop()
        check_stored(path, answers)
    p99 = {
        kind: median(quantiles(latencies, n=100)[98] for latencies in several)
        for kind, several in found.items()
    }
    what = "GET a group's risk"
    *before, last = KINDS
    return [
        Figure(f"{what}, {last}: p99", p99[last], "ms", AT_MOST, P99_MS),
        *(Figure(f"{what}, {kind}: p99", p99[kind], "ms") for kind in before),
    ]


if __name__ == "__main__":
    run(measure, __doc__)
