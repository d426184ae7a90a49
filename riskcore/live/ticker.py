"""Ticker: evaluates the groups somebody listens to, at most once per tick."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from datetime import datetime

from riskcore.live.board import Board
from riskcore.live.hub import Hub

TICK_SECONDS = 0.05
AGE_SECONDS = 1.0

log = logging.getLogger(__name__)


class Ticker:
    """A thread that publishes answers: soon after a change, and as data grows old."""

    def __init__(self, board: Board, hub: Hub, clock: Callable[[], datetime]) -> None:
        self._board, self._hub, self._clock = board, hub, clock
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
        while not self._stopping.is_set():
            self._changed.wait(AGE_SECONDS)
            self._changed.clear()
            try:
                self.tick()
            except Exception:  # the door of this thread: the next tick may do better
                log.exception("evaluating the groups failed")
            self._stopping.wait(TICK_SECONDS)

    def tick(self) -> None:
        """Evaluate every group that somebody listens to, and offer the answers."""
        listeners = self._hub.listeners()
        for group in self._board.groups() if listeners else ():
            if any(listener.wants(group.user_id, group.id) for listener in listeners):
                self._hub.publish(group.user_id, self._board.evaluate(group, now=self._clock()))
