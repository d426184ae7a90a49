"""Hub: hands changed answers to whoever listens, the newest in place of the older."""

from __future__ import annotations

import asyncio
import threading
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from riskcore.live.answers import Answer


@dataclass(frozen=True, slots=True)
class Message:
    """What a subscriber is told: answers of changed groups, and groups that are `gone`."""

    answers: tuple[Answer, ...]
    gone: tuple[UUID, ...] = ()


class HubClosed(Exception):
    """The desk is shutting down; nothing more will come."""


class Subscription:
    """One listener on one event loop: holds at most one answer for each group."""

    def __init__(self, hub: Hub, user_id: str, group_id: UUID | None) -> None:
        self.user_id = user_id
        self.group_id = group_id
        self.is_over = False  # once it is told that its one group is gone
        self._hub = hub
        self._loop = asyncio.get_running_loop()
        self._lock = threading.Lock()
        self._told: dict[UUID, int] = {}
        self._changed: dict[UUID, Answer] = {}
        self._gone: set[UUID] = set()
        self._wakes = asyncio.Event()
        self._is_closed = False

    def offer(self, answer: Answer) -> None:
        """Put `answer` in place of an older one of its group; from any thread.

        One that says what was told already is dropped.
        """
        group_id = answer.evaluation.group_id
        with self._lock:
            if answer.version <= self._told.get(group_id, 0):
                return
            self._told[group_id] = answer.version
            self._changed[group_id] = answer
        self._wake()

    def told(self, answers: Iterable[Answer]) -> None:
        """The listener knows `answers`; only later ones are a change."""
        with self._lock:
            for answer in answers:
                group_id = answer.evaluation.group_id
                if answer.version >= self._told.get(group_id, 0):
                    self._told[group_id] = answer.version
                    self._changed.pop(group_id, None)

    def offer_gone(self, group_id: UUID) -> None:
        """Say that a group is no more; from any thread."""
        with self._lock:
            self._changed.pop(group_id, None)
            self._gone.add(group_id)
        self._wake()

    async def next(self) -> Message:
        """The next message, as soon as there is one; raises HubClosed at the end."""
        while True:
            await self._wakes.wait()
            self._wakes.clear()
            if self._is_closed:
                raise HubClosed
            with self._lock:
                changed, self._changed = self._changed, {}
                gone, self._gone = self._gone, set()
            self.is_over = self.group_id in gone
            if changed or gone:
                return Message(tuple(changed.values()), tuple(gone))

    def close(self) -> None:
        """Hear no more; a waiting `next` raises HubClosed."""
        self._hub.forget(self)
        self._is_closed = True
        self._wake()

    def _wake(self) -> None:
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._wakes.set)


class Hub:
    """Everybody who listens: to one group, or to all of an owner."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._of_group: defaultdict[tuple[str, UUID | None], set[Subscription]]
        self._of_group = defaultdict(set)
        self._is_closed = False

    def subscribe(self, user_id: str, group_id: UUID | None = None) -> Subscription:
        """Listen to one group, or to all of the owner; call it on the event loop.

        Read the full state next and say it with `Subscription.told`: then nothing is missed
        and nothing comes twice.
        """
        subscription = Subscription(self, user_id, group_id)
        with self._lock:
            if self._is_closed:
                raise HubClosed
            self._of_group[user_id, group_id].add(subscription)
        return subscription

    def forget(self, subscription: Subscription) -> None:
        """Stop telling `subscription`."""
        key = (subscription.user_id, subscription.group_id)
        with self._lock:
            self._of_group[key].discard(subscription)
            if not self._of_group[key]:
                del self._of_group[key]

    def is_wanted(self, user_id: str, group_id: UUID) -> bool:
        """Whether anybody listens to that owner's group."""
        return (user_id, group_id) in self._of_group or (user_id, None) in self._of_group

    def publish(self, user_id: str, answer: Answer) -> None:
        """Tell everybody who wants that owner's group."""
        for subscription in self._wanting(user_id, answer.evaluation.group_id):
            subscription.offer(answer)

    def publish_gone(self, user_id: str, group_id: UUID) -> None:
        """Tell everybody who wanted that owner's group that it is no more."""
        for subscription in self._wanting(user_id, group_id):
            subscription.offer_gone(group_id)

    def listeners(self) -> tuple[Subscription, ...]:
        """Everybody who listens now."""
        with self._lock:
            return tuple(one for several in self._of_group.values() for one in several)

    def _wanting(self, user_id: str, group_id: UUID) -> list[Subscription]:
        with self._lock:
            return [
                subscription
                for key in ((user_id, group_id), (user_id, None))
                for subscription in self._of_group.get(key, ())
            ]

    def close(self) -> None:
        """End every subscription."""
        with self._lock:
            self._is_closed = True
        for subscription in self.listeners():
            subscription.close()
