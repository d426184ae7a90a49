"""Stop: how soon the desk ends after SIGTERM in the middle of its work, and what it keeps.

    python -m benchmarks.stop [--quick]

100 sockets are open and one more subscriber has stopped reading, programs post, and a large
file is being taken in. After the end every acknowledged snapshot must be in the database, and
of the file all rows or none; all if it was acknowledged.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from subprocess import TimeoutExpired
from tempfile import TemporaryDirectory

import numpy as np
import pandas as pd
import uvloop

from benchmarks.calling import connections
from benchmarks.figures import AT_MOST, Figure, Wrong, run
from benchmarks.running import RunningDesk, running_desk
from benchmarks.stalled import Stalled
from benchmarks.stored import store
from benchmarks.watching import watching
from benchmarks.writing import START, Acknowledged, busy_writers, watched_desk
from riskcore.domain.model import Account, AccountGroup
from riskcore.services.desk import LOCAL_USER
from riskcore.store.database import Database
from riskcore.store.snapshots import select_snapshots

LIMIT_SECONDS = 5
WRITERS = 8
BOUNDARY = "benchmark-boundary"
FIRST_MINUTE = datetime(2026, 3, 2, tzinfo=UTC)
AGES = (0.05, 0.3, 0.8, 1.5)
"""Seconds after which the upload is interrupted, a round each."""


@dataclass(frozen=True, slots=True)
class File:
    """A CSV that is like no other: so many snapshots of each account, a minute apart."""

    accounts: Sequence[Account]
    rows_each: int
    begins: datetime

    @property
    def rows(self) -> int:
        """How many snapshots it has."""
        return len(self.accounts) * self.rows_each

    def body(self) -> bytes:
        """The file as a form sends it."""
        lines = [
            f"{account.number},{self.begins + timedelta(minutes=minute):%Y-%m-%dT%H:%M:%SZ},"
            f"{START},{START - minute % 500}"
            for minute in range(self.rows_each)
            for account in self.accounts
        ]
        content = "\n".join(["account,time,balance,equity", *lines])
        return (
            f"--{BOUNDARY}\r\nContent-Disposition: form-data; name=file; filename=large.csv\r\n"
            f"Content-Type: text/csv\r\n\r\n{content}\r\n--{BOUNDARY}--\r\n"
        ).encode()


@dataclass(frozen=True, slots=True)
class Stopped:
    """What was acknowledged when the desk had ended, and how long that took."""

    seconds: float
    taken: Acknowledged
    upload_status: int | None
    sockets_closed: int


async def interrupted(
    desk: RunningDesk,
    accounts: Sequence[Account],
    groups: Sequence[AccountGroup],
    file: File,
    age: float,
) -> Stopped:
    """Stop the desk `age` seconds after the file was sent."""
    ids = [account.id for account in accounts]
    body = file.body()
    stalled = Stalled(desk.url)
    async with (
        watching(desk.socket_url, [str(group.id) for group in groups]) as watchers,
        busy_writers(desk.url, ids, WRITERS) as taken,
    ):
        (connection,) = await connections(desk.url, 1)
        kind = f"multipart/form-data; boundary={BOUNDARY}"
        upload = connection.ask("POST", "/api/v1/uploads", body, kind)
        await asyncio.sleep(age)
        seconds = await asyncio.to_thread(ended, desk)
        status = None
        with suppress(ConnectionError):
            status, _ = await upload
        await asyncio.sleep(0.1)  # for the frames that close the sockets
        closed = sum(watcher.closed_with is not None for watcher in watchers)
    stalled.close()
    return Stopped(seconds, taken, status, closed)


def ended(desk: RunningDesk) -> float:
    """Seconds until the process is gone; where it had to be killed, all that it was given."""
    try:
        return desk.stop()
    except TimeoutExpired as error:
        desk.process.kill()
        desk.process.wait()
        return error.timeout


def check_kept(path: Path, accounts: Sequence[Account], file: File, stopped: Stopped) -> str:
    """What became of the file, in words; raises Wrong when anything acknowledged is missing."""
    database = Database(path)
    try:
        stored = select_snapshots(database, LOCAL_USER, [account.id for account in accounts])
    finally:
        database.close()
    check_posted(stored, stopped.taken)
    minutes = (file.begins, file.begins + timedelta(minutes=file.rows_each - 1))
    found = int(stored["taken_at"].between(*minutes).sum())
    if found not in (0, file.rows) or (stopped.upload_status == 201 and not found):
        raise Wrong(
            f"of {file.rows} rows of a file answered {stopped.upload_status} {found} are stored"
        )
    return f"{'all' if found else 'nothing'} of the file, answered {stopped.upload_status}"


def check_posted(stored: pd.DataFrame, taken: Acknowledged) -> None:
    """Raise Wrong unless every acknowledged snapshot is stored as it was posted."""
    posted = pd.DataFrame(
        [(str(account), instant, equity) for (account, instant), equity in taken.equity.items()],
        columns=["account_id", "taken_at", "posted"],
    )
    known = stored.assign(account_id=stored["account_id"].astype(object))
    known["taken_at"] = known["taken_at"].astype("datetime64[us, UTC]")
    posted["taken_at"] = posted["taken_at"].astype("datetime64[us, UTC]")
    both = posted.merge(known, on=["account_id", "taken_at"], how="left")
    lost = int((~np.isclose(both["posted"], both["equity"], rtol=0, atol=0.001)).sum())
    if lost or len(both) != len(posted):
        raise Wrong(f"{lost} of {len(posted)} acknowledged snapshots are not in the database")


def measure(quick: bool) -> Sequence[Figure]:
    """The longest of some stops, each at another moment of an upload."""
    accounts, groups = watched_desk(10 if quick else 100)
    seconds = []
    with TemporaryDirectory() as folder:
        path = Path(folder) / "desk.duckdb"
        store(path, accounts, groups)
        for place, age in enumerate((0.1,) if quick else AGES):
            file = File(accounts, 20 if quick else 500, FIRST_MINUTE + timedelta(days=place))
            with running_desk(path.parent) as desk:
                stopped = uvloop.run(interrupted(desk, accounts, groups, file, age))
            seconds.append(stopped.seconds)
            kept = check_kept(path, accounts, file, stopped)
            print(
                f"stopped after {age} s: {stopped.seconds:.2f} s; {len(stopped.taken.equity)}"
                f" posts acknowledged, all kept; {kept}; {stopped.sockets_closed} sockets closed",
                flush=True,
            )
    what = f"SIGTERM with {len(groups)} sockets, one more stalled, and an upload: until the end"
    return [Figure(what, max(seconds), "s", AT_MOST, LIMIT_SECONDS)]


if __name__ == "__main__":
    run(measure, __doc__)
