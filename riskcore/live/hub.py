"""Hub: hands changed evaluations to whoever listens, the newest in place of the older."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from riskcore.domain.model import GroupRiskEvaluation


@dataclass(frozen=True, slots=True)
class Message:
    """What a subscriber is told: evaluations of changed groups, and groups that are `gone`.

    `seq` rises by one.
    """

    seq: int
    evaluations: tuple[GroupRiskEvaluation, ...]
    gone: tuple[UUID, ...] = ()


class HubClosed(Exception):
    """The desk is shutting down; nothing more will come."""


class Subscription:
    """One listener on one event loop: holds at most one evaluation for each group."""

    def __init__(self, hub: Hub, user_id: str, group_ids: frozenset[UUID] | None) -> None:
        self.user_id = user_id
        self.group_ids = group_ids
        self._hub = hub
        self._loop = asyncio.get_running_loop()
        self._lock = threading.Lock()
        self._told: dict[UUID, GroupRiskEvaluation] = {}
        self._changed: dict[UUID, GroupRiskEvaluation] = {}
        self._gone: set[UUID] = set()
        self._wakes = asyncio.Event()
        self._seq = 0
        self._is_closed = False

    def wants(self, user_id: str, group_id: UUID) -> bool:
        """Whether this listener is to hear of that owner's group."""
        return self.user_id == user_id and (self.group_ids is None or group_id in self.group_ids)

    def offer(self, evaluation: GroupRiskEvaluation) -> None:
        """Put `evaluation` in place of an older one of its group; from any thread.

        One that says what was told already is dropped.
        """
        group_id = evaluation.group_id
        with self._lock:
            if evaluation.same_answer(self._changed.get(group_id) or self._told.get(group_id)):
                return
            self._changed[group_id] = evaluation
        self._wake()

    def told(self, evaluations: Iterable[GroupRiskEvaluation]) -> None:
        """The listener knows `evaluations`; only what differs from them is a change."""
        with self._lock:
            for evaluation in evaluations:
                self._told[evaluation.group_id] = evaluation
                if evaluation.same_answer(self._changed.get(evaluation.group_id)):
                    del self._changed[evaluation.group_id]

    def offer_gone(self, group_id: UUID) -> None:
        """Say that a group is no more; from any thread."""
        with self._lock:
            self._changed.pop(group_id, None)
            self._told.pop(group_id, None)
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
                self._told |= changed
            if changed or gone:
                self._seq += 1
                return Message(self._seq, tuple(changed.values()), tuple(gone))

    def close(self) -> None:
        """Hear no more; a waiting `next` raises HubClosed."""
        self._hub.forget(self)
        self._is_closed = True
        self._wake()

    def _wake(self) -> None:
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._wakes.set)


class Hub:
    """Everybody who listens."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._subscriptions: set[Subscription] = set()
        self._is_closed = False

    def subscribe(self, user_id: str, group_ids: Iterable[UUID] | None = None) -> Subscription:
        """Listen to `group_ids`, or all groups of the owner; call it on the event loop.

        Read the full state next and say it with `Subscription.told`: then nothing is missed
        and nothing comes twice.
        """
        wanted = None if group_ids is None else frozenset(group_ids)
        subscription = Subscription(self, user_id, wanted)
        with self._lock:
            if self._is_closed:
                raise HubClosed
            self._subscriptions.add(subscription)
        return subscription

    def forget(self, subscription: Subscription) -> None:
        """Stop telling `subscription`."""
        with self._lock:
            self._subscriptions.discard(subscription)

    def listeners(self) -> tuple[Subscription, ...]:
        """Everybody who listens now."""
        with self._lock:
            return tuple(self._subscriptions)

    def publish(self, user_id: str, evaluation: GroupRiskEvaluation) -> None:
        """Tell everybody who wants that owner's group."""
        for subscription in self.listeners():
            if subscription.wants(user_id, evaluation.group_id):
                subscription.offer(evaluation)

    def publish_gone(self, user_id: str, group_id: UUID) -> None:
        """Tell everybody who wanted that owner's group that it is no more."""
        for subscription in self.listeners():
            if subscription.wants(user_id, group_id):
                subscription.offer_gone(group_id)

    def close(self) -> None:
        """End every subscription."""
        with self._lock:
            self._is_closed = True
        for subscription in self.listeners():
            subscription.close()
