"""Upload: a CSV of snapshots read, checked, stored and on the board, against the bare minimum.

The minimum is polars `read_csv` and one DuckDB insert of the same file in the same run, which
checks nothing, keeps no index of accounts and derives nothing.

    python -m benchmarks.upload [--quick]
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median

import duckdb
import numpy as np
import polars

from benchmarks.figures import AT_MOST, Figure, Wrong, run
from benchmarks.running import MEBIBYTE
from riskcore.domain.rules.max_loss import MaxLoss
from riskcore.services.accounts import AccountDraft, list_accounts
from riskcore.services.desk import LOCAL_USER, open_desk
from riskcore.services.groups import GroupDraft, make_group
from riskcore.services.risk import evaluate_group
from riskcore.services.uploads import import_file, preview_file

ACCOUNTS = 200
START = datetime(2026, 1, 5, tzinfo=UTC)
SEED = 20_260_105
AIM, MEMORY_AIM = 6, 10


def write_file(path: Path, rows: int) -> None:
    """A CSV of `rows` snapshots of 200 accounts, a minute apart, in whole cents."""
    random = np.random.default_rng(SEED)
    minutes = (rows + ACCOUNTS - 1) // ACCOUNTS
    times = [(START + timedelta(minutes=m)).strftime("%Y-%m-%dT%H:%M:%SZ") for m in range(minutes)]
    balance = 5_000_000 + random.integers(-900, 900, (minutes, ACCOUNTS)).cumsum(axis=0)
    equity = balance + random.integers(-20_000, 20_000, balance.shape)
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.write("account,time,balance,equity\n")
        for minute, taken_at in enumerate(times):
            cells = zip(balance[minute].tolist(), equity[minute].tolist(), strict=True)
            file.writelines(
                f"AC-{account:05d},{taken_at},{b / 100:.2f},{e / 100:.2f}\n"
                for account, (b, e) in enumerate(cells)
            )


def peers(path: Path, folder: Path) -> float:
    """Seconds for polars to read the file and DuckDB to store it."""
    database = folder / f"peers-{time.monotonic_ns()}.duckdb"
    with duckdb.connect(str(database)) as connection:
        connection.execute(
            "CREATE TABLE t (account VARCHAR, time TIMESTAMP, balance DOUBLE, equity DOUBLE)"
        )
        started = time.perf_counter()
        frame = polars.read_csv(path, try_parse_dates=True)
        connection.register("f", frame.to_arrow())
        connection.execute("INSERT INTO t SELECT * FROM f")
        return time.perf_counter() - started


def ours(path: Path, folder: Path) -> dict[str, float]:
    """Seconds for each step on a desk of its own, and in all."""
    with closing(open_desk(folder / f"desk-{time.monotonic_ns()}.duckdb")) as desk:
        started = time.perf_counter()
        preview = preview_file(desk, LOCAL_USER, path.name, path.read_bytes())
        read = time.perf_counter()
        rule = MaxLoss(limit_amount=2_000)
        drafts = [
            AccountDraft(number=number, starting_balance=50_000, rules=(rule,))
            for number in preview.new_accounts
        ]
        upload = import_file(desk, LOCAL_USER, preview, drafts)
        stored = time.perf_counter()
        members = list_accounts(desk, LOCAL_USER)[:4]
        group = GroupDraft(name="All", account_ids=tuple(account.id for account in members))
        answer = evaluate_group(desk, LOCAL_USER, make_group(desk, LOCAL_USER, group).id)
        done = time.perf_counter()
        if not answer.members or upload.rows_read != upload.taken:
            raise Wrong(f"not every row was taken: {upload}")
    return {
        "read and checked": read - started,
        "stored, timeline, board": stored - read,
        "a group's answer": done - stored,
        "in all": done - started,
    }


def peak_of(path: Path, folder: Path) -> tuple[int, int]:
    """Bytes of memory a process of its own takes at most, before and with the upload."""
    script = (
        "import re, sys; from pathlib import Path; from benchmarks import upload;"
        "said = lambda: Path('/proc/self/status').read_text();"
        "peak = lambda: int(re.search(r'VmHWM:\\s+(\\d+)', said())[1]) * 1024;"
        "before = peak(); upload.ours(Path(sys.argv[1]), Path(sys.argv[2])); print(before, peak())"
    )
    command = [sys.executable, "-c", script, str(path), str(folder)]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    before, peak = map(int, told.split())
    return before, peak


def measure(quick: bool) -> Sequence[Figure]:
    """The multiple of the peers' time, and of the file's size in memory."""
    rows = 10_000 if quick else 1_000_000
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        path = folder / "rows.csv"
        write_file(path, rows)
        theirs, mine = [], []
        for _ in range(1 if quick else 3):
            theirs.append(peers(path, folder))
            mine.append(ours(path, folder))
        before, peak = peak_of(path, folder)
        mebibytes = path.stat().st_size / MEBIBYTE
    print("seconds:", {step: round(median(one[step] for one in mine), 2) for step in mine[0]})
    return [
        Figure(
            f"upload of {rows:,} rows ({mebibytes:.0f} MiB), read to a group's answer",
            median(one["in all"] for one in mine),
            "s",
            f"{AIM} × polars and DuckDB",
            AIM * median(theirs),
        ),
        Figure(
            "upload: peak memory over the file's size",
            (peak - before) / MEBIBYTE / mebibytes,
            "×",
            AT_MOST,
            MEMORY_AIM,
        ),
    ]


if __name__ == "__main__":
    run(measure, __doc__)
