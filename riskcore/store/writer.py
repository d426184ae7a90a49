"""Writer: the one thread that writes, several waiting pieces of work to a commit."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import groupby
from time import sleep
from typing import Any, Generic, TypeAlias, TypeVar

import duckdb

from riskcore.domain.errors import StoreUnavailable
from riskcore.store.failures import failures_in_words
from riskcore.store.memory import Memory

Request = TypeVar("Request")
T = TypeVar("T")
Together: TypeAlias = Callable[
    [duckdb.DuckDBPyConnection, Memory, Sequence[Request]], Sequence[T | Exception]
]
"""Work on the requests of several callers at once: an answer for each, in their order.

An exception among the answers goes to its caller alone, and nothing of it is written.
"""

MOST_JOBS = 256
"""How many pieces of work may share a commit."""

MOST_WAITING = 10_000

GATHER_SECONDS = 0.002
"""How long a commit waits for more while several callers post: fewer, larger ones cost less."""


def nothing(answer: object) -> None:
    """What most callers want done between the commit and their answer."""


@dataclass(frozen=True, slots=True)
class Job(Generic[Request, T]):
    """One caller waiting for an answer."""

    work: Together[Request, T]
    request: Request
    then: Callable[[T], None] = nothing
    answer: Future[T] = field(default_factory=Future)

    def settle(self, answer: T | Exception) -> None:
        """Do what comes after the commit, and let the answer go out."""
        if isinstance(answer, Exception):
            self.answer.set_exception(answer)
            return
        try:
            self.then(answer)
        except Exception as error:  # the door of the writer's thread: it goes to the caller
            self.answer.set_exception(error)
        else:
            self.answer.set_result(answer)


class Writer:
    """Runs work in its own thread; an answer goes out after the commit that holds it."""

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        check: Callable[[], None] = lambda: None,
        most_waiting: int = MOST_WAITING,
    ) -> None:
        """`check` raises what forbids writing now, before a transaction begins."""
        self._connection = connection
        self._check = check
        self._memory = Memory()
        self._jobs: queue.Queue[Job[Any, Any] | None] = queue.Queue(most_waiting)
        self._is_closed = False
        self._door = threading.Lock()  # so that nothing is put behind the last job
        self._thread = threading.Thread(target=self._run, name="writer", daemon=True)
        self._thread.start()

    def submit(
        self, work: Together[Request, T], request: Request, then: Callable[[T], None] = nothing
    ) -> Future[T]:
        """The answer to `request`, to come once it is committed; what `work` raises, once undone.

        `work` touches nothing but the database: it may run a second time. `then` is called
        with the answer after the commit and before the answer goes out. Raises
        StoreUnavailable when too much is waiting, and after `close`.
        """
        job = Job(work, request, then)
        job.answer.set_running_or_notify_cancel()  # nobody can take back what is in the queue
        with self._door:
            if self._is_closed:
                raise StoreUnavailable("the desk is shutting down: nothing was written")
            try:
                self._jobs.put_nowait(job)
            except queue.Full as error:
                raise StoreUnavailable("too much is waiting to be written: try again") from error
        return job.answer

    def close(self) -> None:
        """Finish what is waiting, then end."""
        with self._door:
            if not self._is_closed:
                self._is_closed = True
                self._jobs.put(None)
        self._thread.join()

    def _run(self) -> None:
        is_busy = False
        while (job := self._jobs.get()) is not None:
            if is_busy:
                sleep(GATHER_SECONDS)
            jobs = [job, *self._waiting()]
            self._commit(jobs)
            is_busy = len(jobs) > 1
        self._connection.close()

    def _waiting(self) -> Iterator[Job[Any, Any]]:
        with suppress(queue.Empty):
            for _ in range(MOST_JOBS - 1):
                job = self._jobs.get_nowait()
                if job is None:
                    self._jobs.put(None)
                    return
                yield job

    def _commit(self, jobs: Sequence[Job[Any, Any]]) -> None:
        """All of `jobs` in one transaction; when one fails, each in its own."""
        try:
            answers = self._in_transaction(jobs)
        except BaseException as error:  # the door of this thread: the error goes to its caller
            if len(jobs) == 1:
                jobs[0].answer.set_exception(error)
                return
            for job in jobs:
                self._commit([job])
            return
        for job, answer in zip(jobs, answers, strict=True):
            job.settle(answer)

    def _in_transaction(self, jobs: Sequence[Job[Any, Any]]) -> list[Any]:
        answers: list[Any] = []
        self._check()
        with failures_in_words():
            self._connection.begin()
            try:
                for work, same in groupby(jobs, key=lambda job: job.work):
                    requests = [job.request for job in same]
                    answers += work(self._connection, self._memory, requests)
                self._connection.commit()
            except BaseException:
                self._memory.forget()  # it may hold what is undone now
                with suppress(duckdb.Error):  # the failed statement may have ended it already
                    self._connection.rollback()
                raise
        return answers
