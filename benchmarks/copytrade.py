"""How long everything on the page Copy trading takes for one leader and 999 followers.

    python -m benchmarks.copytrade [--members N] [--repeat N]

Over a desk of its own in a temporary folder; the median and the best of several rounds of the
service calls that the page makes, and the processor time of the best: of its parts, and of all
together.
"""

from __future__ import annotations

import os
import platform
from argparse import ArgumentParser
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter, process_time
from uuid import UUID

from benchmarks.desk import MADE, benchmark_desk
from riskcore.domain.copying.links import CopyLink
from riskcore.domain.copytrade import CopyMode, Rounding
from riskcore.domain.model import AccountGroup
from riskcore.services.copying import find_instrument
from riskcore.services.desk import LOCAL_USER, Desk, open_desk
from riskcore.services.rooms import Situation, rooms_of, situation
from riskcore.services.tracking import tracking_of
from riskcore.services.what_if import Question, Trade, what_if_of
from riskcore.store.accounts import add_account
from riskcore.store.copying import insert_links
from riskcore.store.database import Database
from riskcore.store.groups import insert_group
from riskcore.store.snapshots import insert_snapshots

GROUP = UUID(int=10**9)
ALLOWED_MS = 300
MINUTE = timedelta(minutes=1)
KINDS: tuple[dict[str, object], ...] = (
    {"ratio": 0.33, "rounding": Rounding.UP},
    {"ratio": 2.0},
    {"mode": CopyMode.BALANCE, "rounding": Rounding.NEAREST, "step_contracts": 0.5},
    {"mode": CopyMode.FIXED, "fixed_contracts": 1.0, "contract_multiplier": 0.1},
    {"mode": CopyMode.EXACT},
    {"mode": CopyMode.EQUITY, "ratio": 0.5, "rounding": Rounding.LIFT},
)


@dataclass(frozen=True, slots=True)
class Page:
    """The desk that is measured, and its first account, which leads."""

    desk: Desk
    leader_id: UUID

    def situation(self) -> Situation:
        """Where all accounts stand, and who copies whom."""
        return situation(self.desk, LOCAL_USER, GROUP)

    def rooms(self, now: Situation) -> object:
        """All that the page says at once."""
        return rooms_of(self.desk, now, instrument=find_instrument("NQ"))

    def what_if(self, now: Situation) -> object:
        """A trade, another ratio, a member less and a profit before it."""
        question = Question(
            leader_id=self.leader_id,
            trade=Trade(instrument=find_instrument("NQ"), contracts=2, stop_points=20),
            settings={UUID(int=2): 0.5},
            removed=(UUID(int=3),),
            gain=500.0,
        )
        return what_if_of(now, question)

    def tracking(self, now: Situation) -> object:
        """Whether they really copy, and which others could be linked."""
        return tracking_of(self.desk, now)

    def everything(self) -> object:
        """All of it."""
        now = self.situation()
        return self.rooms(now), self.what_if(now), self.tracking(now)


def fill(path: Path, members: int) -> datetime:
    """Store accounts, their snapshots, one group and its links; just after the last snapshot."""
    made = benchmark_desk(members)
    group = AccountGroup(
        id=GROUP,
        user_id=LOCAL_USER,
        name="Copies",
        account_ids=tuple(account.id for account in made.accounts),
        created_at=MADE,
        updated_at=MADE,
    )
    ids = [str(account.id) for account in made.accounts]
    positions = made.snapshots["account"].to_numpy()
    rows = made.snapshots.assign(account_id=[ids[position] for position in positions])
    last: datetime = rows["taken_at"].max().to_pydatetime()
    database = Database(path)

    def add(connection: object) -> None:
        for account in made.accounts:
            add_account(connection, replace(account, stale_after=timedelta(days=300)))  # type: ignore[arg-type]

    database.write(add)
    insert_group(database, group)
    insert_links(database, LOCAL_USER, GROUP, links(members))
    insert_snapshots(database, LOCAL_USER, rows.drop(columns="account"), received_at=last)
    database.close()
    return last + MINUTE


def links(members: int) -> list[CopyLink]:
    """All others copy the first, in every way by turns."""
    return [
        CopyLink(
            id=UUID(int=2 * 10**9 + number),
            group_id=GROUP,
            leader_id=UUID(int=0),
            follower_id=UUID(int=number),
            **KINDS[number % len(KINDS)],  # type: ignore[arg-type]
        )
        for number in range(1, members)
    ]


def report(members: int, repeat: int) -> str:
    """The figures as a table."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "desk.duckdb"
        at = fill(path, members)
        desk = open_desk(path, lambda: at)
        try:
            page = Page(desk, UUID(int=0))
            now = page.situation()
            parts: dict[str, Callable[[], object]] = {
                "who stands where, who copies whom": page.situation,
                "room, ladder, advice, contracts, upside, resets, rules, firms": lambda: page.rooms(
                    now
                ),
                "what if": lambda: page.what_if(now),
                "really copying": lambda: page.tracking(now),
                f"**everything** (allowed: {ALLOWED_MS})": page.everything,
            }
            times = {name: timed(part, repeat) for name, part in parts.items()}
        finally:
            desk.close()
    rows = []
    for name, found in times.items():
        wall, processor = zip(*found, strict=True)
        rows.append(f"| {name} | {median(wall):.0f} | {min(wall):.0f} | {min(processor):.0f} |")
    head = f"{members:,} members, {os.cpu_count()} cores, Python {platform.python_version()}"
    return "\n".join(
        [
            head,
            "",
            "| part of the page | median, ms | best, ms | processor, ms |",
            "|---|---|---|---|",
            *rows,
        ]
    )


def timed(part: Callable[[], object], repeat: int) -> list[tuple[float, float]]:
    """Milliseconds of each round and of the processor in it, after one that is not counted."""
    part()
    found = []
    for _ in range(repeat):
        began, used = perf_counter(), process_time()
        part()
        found.append((1_000 * (perf_counter() - began), 1_000 * (process_time() - used)))
    return found


def main() -> None:
    """Print the figures."""
    parser = ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--members", type=int, default=1_000)
    parser.add_argument("--repeat", type=int, default=7)
    asked = parser.parse_args()
    print(report(asked.members, asked.repeat))


if __name__ == "__main__":
    main()
