"""Ticker: evaluates the groups somebody listens to, those that are due, together."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from datetime import datetime
from uuid import UUID

from riskcore.domain.days import EPOCH, NEVER, microsecond
from riskcore.domain.model import AccountGroup
from riskcore.live.board import Board
from riskcore.live.hub import Hub

TICK_SECONDS = 0.02
"""Between two evaluations: what comes meanwhile shares the next."""

AT_ONCE = 50
"""Groups evaluated in one go; at a reset all are due, and readers must not wait for all."""

IDLE_SECONDS = 1.0
"""The longest sleep: the clock of the machine may be set."""

log = logging.getLogger(__name__)


class Ticker:
    """A thread that publishes answers: soon after a change, and as data grows old."""

    def __init__(self, board: Board, hub: Hub, clock: Callable[[], datetime]) -> None:
        self._board, self._hub, self._clock = board, hub, clock
        self._published: dict[UUID, int] = {}
        self._last_version = 0
        self._kept_up_at = EPOCH
        self._changed = threading.Event()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="ticker", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def notice(self) -> None:
        """Something changed: evaluate at the next tick."""
        self._changed.set()

    def stop(self) -> None:
        """End, and wait for it."""
        self._stopping.set()
        self._changed.set()
        if self._thread.is_alive():
            self._thread.join()

    def _run(self) -> None:
        wait_seconds = IDLE_SECONDS
        while not self._stopping.is_set():
            self._changed.wait(wait_seconds)
            self._changed.clear()
            wait_seconds = self._tick_safely()
            self._stopping.wait(TICK_SECONDS)

    def _tick_safely(self) -> float:
        try:
            return self.tick()
        except Exception:  # the door of this thread: the next tick may do better
            log.exception("evaluating the groups failed")
            return IDLE_SECONDS

    def tick(self) -> float:
        """Publish the new answers of every group that somebody listens to.

        Returns after how many seconds time alone may change one, at most IDLE_SECONDS.
        """
        watched = self._watched()
        if not watched:
            return self._keep_up()
        due = self._board.due(watched, self._clock())
        for begin in range(0, len(due), AT_ONCE):
            self._publish(due[begin : begin + AT_ONCE])
        if due and self._board.last_version == self._last_version:
            return 0.0  # nobody else has asked; how long to sleep is found out once it is quiet
        over_us = self._publish(watched)
        left = (over_us - microsecond(self._clock())) / 1e6
        return min(IDLE_SECONDS, max(0.0, left))

    def _keep_up(self) -> float:
        """Nobody listens: what was recorded is taken in now and then, so that little waits."""
        now = self._clock()
        if abs((now - self._kept_up_at).total_seconds()) >= IDLE_SECONDS:
            self._kept_up_at = now
            self._board.due([], now)
        return IDLE_SECONDS

    def _publish(self, groups: Sequence[AccountGroup]) -> int:
        """When the first of the groups' answers is over (microseconds, UTC)."""
        answers = self._board.answers(groups, self._clock(), in_words=False)
        for group, answer in zip(groups, answers, strict=True):
            if self._published.get(group.id) != answer.version:
                self._published[group.id] = answer.version
                self._last_version = max(self._last_version, answer.version)
                self._hub.publish(group.user_id, answer)
        return min((answer.until_us for answer in answers), default=NEVER)

    def _watched(self) -> list[AccountGroup]:
        return [
            group for group in self._board.groups() if self._hub.is_wanted(group.user_id, group.id)
        ]
