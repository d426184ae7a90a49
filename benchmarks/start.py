"""Start: from a database with a million snapshots to a board that answers, and its memory.

    python -m benchmarks.start [--quick]

2,000 accounts with six rules each, 500 snapshots of each, in groups of ten. Every round is a
process of its own, so that nothing is there already.
"""

from __future__ import annotations

import gc
import os
import tracemalloc
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from multiprocessing import get_context
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter, process_time
from typing import TypeVar

from benchmarks.desk import benchmark_desk
from benchmarks.figures import AT_MOST, Figure, Wrong, run
from benchmarks.running import MEBIBYTE, resident_mebibytes
from benchmarks.stored import grouped, store
from riskcore.live.board import Board
from riskcore.services.desk import open_desk
from riskcore.store.accounts import select_all_accounts
from riskcore.store.database import Database
from riskcore.store.groups import select_all_groups
from riskcore.store.snapshots import select_history

T = TypeVar("T")

LIMIT_SECONDS = 5.0
GROUP_SIZE = 10


def in_own_process(work: Callable[[Path], T], path: Path) -> T:
    """What `work` finds at `path` in a fresh interpreter."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(work, path).result()


def opened(path: Path) -> dict[str, float]:
    """Seconds until the desk is open and every group is answered, and the memory it took (MiB)."""
    before, began, cpu = resident_mebibytes(os.getpid()), perf_counter(), process_time()
    desk = open_desk(path)
    is_open = perf_counter()
    answers = desk.board.answers(desk.board.groups(), desk.clock())
    ready, used = perf_counter(), process_time() - cpu
    gc.collect()
    resident = resident_mebibytes(os.getpid()) - before
    unseen = [m for answer in answers for m in answer.evaluation.members if m.taken_at is None]
    desk.close()
    if unseen:
        raise Wrong(f"{len(unseen)} accounts have no snapshot on the board; the first {unseen[0]}")
    return {
        "open": is_open - began,
        "answers": ready - is_open,
        "ready": ready - began,
        "cpu": used,
        "resident": resident,
    }


def step_by_step(path: Path) -> dict[str, float]:
    """Where the seconds go: what `open_desk` does, one after the other."""
    steps = [perf_counter()]
    database = Database(path)
    steps.append(perf_counter())
    accounts, groups = select_all_accounts(database), select_all_groups(database)
    steps.append(perf_counter())
    history = select_history(database, accounts)
    steps.append(perf_counter())
    Board(lambda _: history).start(accounts, groups)
    steps.append(perf_counter())
    database.close()
    names = ("file", "accounts", "history", "timeline")
    return {name: steps[at + 1] - steps[at] for at, name in enumerate(names)}


def traced(path: Path) -> dict[str, float]:
    """What the board keeps (MiB) once the history is gone, and with every group answered."""
    database = Database(path)
    tracemalloc.start()
    board = Board(lambda accounts: select_history(database, accounts))
    board.start(select_all_accounts(database), select_all_groups(database))
    gc.collect()
    started = tracemalloc.get_traced_memory()[0]
    board.answers(board.groups(), datetime.now(UTC))
    gc.collect()
    answered = tracemalloc.get_traced_memory()[0]
    database.close()
    return {"board": started / MEBIBYTE, "answered": answered / MEBIBYTE}


def medians(rounds: Sequence[dict[str, float]]) -> dict[str, float]:
    """The median of each figure."""
    return {name: median(found[name] for found in rounds) for name in rounds[0]}


def measure(quick: bool) -> Sequence[Figure]:
    """Seconds to a ready board, their parts, and memory per 1,000 accounts."""
    accounts, a_day = (50, 2) if quick else (2_000, 25)
    desk = benchmark_desk(accounts, a_day)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "desk.duckdb"
        store(path, desk.accounts, grouped(desk.accounts, GROUP_SIZE), desk.snapshots)
        rounds = [
            (in_own_process(opened, path), in_own_process(step_by_step, path))
            for _ in range(1 if quick else 5)
        ]
        kept = in_own_process(traced, path)
    whole, parts = (medians(several) for several in zip(*rounds, strict=True))
    best = min(found["ready"] for found, _ in rounds)
    thousands = accounts / 1_000
    what = f"start: {len(desk.snapshots):,} snapshots of {accounts:,} accounts"
    print(f"best {best:.2f} s; seconds of one core {whole['cpu']:.2f}; parts:", parts)
    return [
        Figure(f"{what} to every group answered", whole["ready"], "s", AT_MOST, LIMIT_SECONDS),
        Figure("start: reading them", parts["file"] + parts["accounts"] + parts["history"], "s"),
        Figure("start: timeline", parts["timeline"], "s"),
        Figure("start: first answers", whole["answers"], "s"),
        Figure("board: memory per 1,000 accounts", kept["board"] / thousands, "MiB"),
        Figure("board: with every group answered", kept["answered"] / thousands, "MiB"),
        Figure("board: growth of the process", whole["resident"] / thousands, "MiB"),
    ]


if __name__ == "__main__":
    run(measure, __doc__)
