"""Writing: busy programs that post one snapshot after the other, and remember what was taken."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from uuid import UUID

from benchmarks.calling import Connection, connections
from benchmarks.desk import MADE
from benchmarks.figures import Wrong
from benchmarks.stored import grouped
from riskcore.domain.model import STALE_AFTER_API, Account, AccountGroup
from riskcore.domain.rules.daily_loss import DailyLoss
from riskcore.domain.rules.max_loss import MaxLoss, Trail

START = 50_000
GROUP_SIZE = 10
RULES = (DailyLoss(limit_amount=1_000), MaxLoss(limit_amount=2_000, trail=Trail.EOD_BALANCE))


def watched_desk(groups: int) -> tuple[list[Account], list[AccountGroup]]:
    """Accounts with two rules, fed by a program, in groups of ten."""
    accounts = [
        Account(
            id=UUID(int=number),
            user_id="local",
            number=str(number),
            name=f"PA-{number:04d}",
            starting_balance=START,
            time_zone="America/New_York",
            stale_after=STALE_AFTER_API,
            rules=RULES,
            created_at=MADE,
            updated_at=MADE,
        )
        for number in range(groups * GROUP_SIZE)
    ]
    return accounts, grouped(accounts, GROUP_SIZE)


class Feed:
    """Snapshots of some accounts, in turns, each taken now; the equity moves within the rules."""

    def __init__(self, account_ids: Sequence[UUID]) -> None:
        self._account_ids = account_ids
        self._random = random.Random(1)
        self._next = 0

    def next(self) -> tuple[UUID, datetime, float, bytes]:
        """The next snapshot: account, instant, equity, and the body that posts it."""
        account_id = self._account_ids[self._next % len(self._account_ids)]
        self._next += 1
        taken_at, equity = datetime.now(UTC), START - self._random.randrange(90_000) / 100
        body = (
            f'{{"account_id":"{account_id}","taken_at":"{taken_at.isoformat()}",'
            f'"balance":{START},"equity":{equity}}}'
        )
        return account_id, taken_at, equity, body.encode()


async def post(connection: Connection, body: bytes) -> None:
    """Post one snapshot; raises Wrong unless it is taken as new."""
    status, answer = await connection.ask("POST", "/api/v1/snapshots", body)
    if status != 201:
        raise Wrong(f"a snapshot was answered {status}: {answer[:300].decode()}")


class Acknowledged:
    """The equity of every snapshot that the desk has acknowledged, by account and instant."""

    def __init__(self) -> None:
        self.equity: dict[tuple[UUID, datetime], float] = {}

    async def write(self, connection: Connection, feed: Feed) -> None:
        """Post one snapshot after the other until the desk hangs up."""
        try:
            while True:
                account_id, taken_at, equity, body = feed.next()
                await post(connection, body)
                self.equity[account_id, taken_at] = equity
        except ConnectionError:
            return


@asynccontextmanager
async def busy_writers(
    url: str, account_ids: Sequence[UUID], count: int
) -> AsyncIterator[Acknowledged]:
    """So many programs post while it lasts, each accounts of its own."""
    taken = Acknowledged()
    opened = await connections(url, count)
    tasks = [
        asyncio.create_task(taken.write(connection, Feed(account_ids[place::count])))
        for place, connection in enumerate(opened)
    ]
    try:
        yield taken
    finally:
        for connection in opened:
            connection.close()
        await asyncio.gather(*tasks)
