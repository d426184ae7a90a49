"""Watching: sockets that follow a group each, and how old the news is when it reaches them."""

from __future__ import annotations

import asyncio
import json
from collections import defaultdict, deque
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import datetime
from pathlib import Path
from time import perf_counter
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from benchmarks.calling import Connection
from benchmarks.figures import Wrong
from riskcore.api.risk_bodies import GroupRiskEvaluation
from riskcore.services.desk import open_desk

Said = dict[str, Any]


class Watcher:
    """One socket on one group: its last state, and when each posted snapshot reached it."""

    def __init__(self, group_id: str) -> None:
        self.group_id = group_id
        self.state: Said = {}
        self.frames = self.bytes = 0
        self.closed_with: int | None = None
        self.latencies: list[float] = []
        self._posted: defaultdict[str, deque[tuple[datetime, float]]] = defaultdict(deque)
        self._seq = 0

    def posting(self, account_id: str, taken_at: datetime) -> None:
        """A snapshot is about to be written to the desk."""
        self._posted[account_id].append((taken_at, perf_counter()))

    def waits_for(self) -> int:
        """How many posted snapshots it has not seen yet, neither them nor a later one."""
        return sum(len(posted) for posted in self._posted.values())

    async def listen(self, socket: ClientConnection) -> None:
        """Take in frames until the socket ends."""
        try:
            async for text in socket:
                self._take(str(text), perf_counter())
        except ConnectionClosed:
            pass
        self.closed_with = socket.close_code

    def _take(self, text: str, arrived: float) -> None:
        message = json.loads(text)
        self.frames += 1
        self.bytes += len(text)
        if message["type"] == "heartbeat":
            return
        if message["seq"] != self._seq + 1:
            raise Wrong(f"after seq {self._seq} came {message['seq']}")
        self._seq = message["seq"]
        self.state = message["evaluation"] if self._seq > 1 else message["evaluations"][0]
        for member in self.state["members"]:
            if posted := self._posted[member["account_id"]]:
                self._reached(posted, member["taken_at"], arrived)

    def _reached(
        self, posted: deque[tuple[datetime, float]], taken_at: str | None, arrived: float
    ) -> None:
        """Of an account's `posted` snapshots, those up to `taken_at` have arrived."""
        seen = taken_at and datetime.fromisoformat(taken_at)
        while seen and posted and posted[0][0] <= seen:
            self.latencies.append((arrived - posted.popleft()[1]) * 1_000)


@asynccontextmanager
async def watching(url: str, group_ids: Sequence[str]) -> AsyncIterator[list[Watcher]]:
    """A watcher on each of the groups of the desk at `url`, all of them told the first state."""
    watchers = [Watcher(group_id) for group_id in group_ids]
    async with AsyncExitStack() as stack, asyncio.TaskGroup() as tasks:
        for watcher in watchers:
            address = f"{url}/api/v1/groups/{watcher.group_id}/ws"
            socket = await stack.enter_async_context(
                connect(address, max_size=None, proxy=None, ping_interval=None)
            )
            tasks.create_task(watcher.listen(socket))
        while not all(watcher.state for watcher in watchers):
            await asyncio.sleep(0.01)
        yield watchers
        await stack.aclose()


async def all_seen(watchers: Sequence[Watcher], seconds: float = 10) -> None:
    """Wait until every posted snapshot was seen; raises Wrong when one never is."""
    latest = perf_counter() + seconds
    while missing := sum(watcher.waits_for() for watcher in watchers):
        if perf_counter() > latest:
            raise Wrong(f"{missing} snapshots were acknowledged and reached no socket")
        await asyncio.sleep(0.01)


def same_answer(evaluation: Said) -> Said:
    """What must be the same whenever it was evaluated: all but its times and its words.

    The same as `GroupRiskEvaluation.same_answer` leaves out.
    """
    return without(evaluation, "timestamp", "as_of", "reason", "after_reset") | {
        "after_reset": without(evaluation["after_reset"], "reason"),
        "members": [
            without(member, "reason", "after_reset")
            | {"after_reset": without(member["after_reset"], "reason")}
            for member in evaluation["members"]
        ],
    }


def without(said: Said | None, *names: str) -> Said:
    """`said` but for some of its fields."""
    return {name: value for name, value in (said or {}).items() if name not in names}


def check_same(what: str, one: Said, other: Said) -> None:
    """Raise Wrong, naming the fields, unless both say the same."""
    first, second = same_answer(one), same_answer(other)
    if first != second:
        fields = sorted(name for name in first if first[name] != second.get(name))
        raise Wrong(f"{what} of group {one['group_id']} differ in {', '.join(fields)}")


async def check_answers(watchers: Sequence[Watcher], connection: Connection) -> list[Said]:
    """The REST answers; raises Wrong unless each watcher's last state says the same."""
    answers = []
    for watcher in watchers:
        answer = await connection.tell("GET", f"/groups/{watcher.group_id}/risk")
        check_same("socket and REST", watcher.state, answer)
        answers.append(answer)
    return answers


def check_stored(path: Path, answers: Sequence[Said]) -> None:
    """Raise Wrong unless a board made anew from the database gives `answers`, each at its time."""
    desk = open_desk(path)
    try:
        groups = {str(group.id): group for group in desk.board.groups()}
        for answer in answers:
            now = datetime.fromisoformat(answer["as_of"])
            anew = desk.board.evaluate(groups[answer["group_id"]], now=now)
            body = GroupRiskEvaluation.model_validate(anew).model_dump(mode="json")
            check_same("REST and store", answer, body)
    finally:
        desk.close()
