"""Writer: the one thread that writes, several waiting pieces of work to a commit."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import Any, TypeAlias, TypeVar

import duckdb

from riskcore.domain.errors import StoreUnavailable

T = TypeVar("T")
Work: TypeAlias = Callable[[duckdb.DuckDBPyConnection], Any]
Job: TypeAlias = tuple[Work, "Future[Any]"]

MOST_JOBS = 64
"""How many pieces of work may share a commit."""

MOST_WAITING = 10_000


class Writer:
    """Runs work in its own thread; an answer goes out after the commit that holds it."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection
        self._jobs: queue.Queue[Job | None] = queue.Queue(MOST_WAITING)
        self._is_closed = threading.Event()
        self._thread = threading.Thread(target=self._run, name="writer", daemon=True)
        self._thread.start()

    def write(self, work: Callable[[duckdb.DuckDBPyConnection], T]) -> T:
        """The result of `work`, once it is committed; what it raises, once it is undone.

        `work` touches nothing but the database: it may run a second time.
        """
        if self._is_closed.is_set():
            raise StoreUnavailable("the desk is shutting down: nothing was written")
        future: Future[T] = Future()
        try:
            self._jobs.put_nowait((work, future))
        except queue.Full as error:
            raise StoreUnavailable("too much is waiting to be written: try again") from error
        return future.result()

    def close(self) -> None:
        """Finish what is waiting, then end."""
        if not self._is_closed.is_set():
            self._is_closed.set()
            self._jobs.put(None)
            self._thread.join()

    def _run(self) -> None:
        while (job := self._jobs.get()) is not None:
            jobs, is_last = self._with_waiting(job)
            self._commit(jobs)
            if is_last:
                break
        self._refuse_rest()

    def _with_waiting(self, job: Job) -> tuple[list[Job], bool]:
        jobs = [job]
        while len(jobs) < MOST_JOBS:
            try:
                waiting = self._jobs.get_nowait()
            except queue.Empty:
                break
            if waiting is None:
                return jobs, True
            jobs.append(waiting)
        return jobs, False

    def _commit(self, jobs: Sequence[Job]) -> None:
        """All of `jobs` in one transaction; when one fails, each in its own."""
        try:
            results = self._in_transaction([work for work, _ in jobs])
        except Exception as error:  # the door of this thread: the error goes to its caller
            if len(jobs) == 1:
                jobs[0][1].set_exception(error)
                return
            for job in jobs:
                self._commit([job])
            return
        for (_, future), result in zip(jobs, results, strict=True):
            future.set_result(result)

    def _in_transaction(self, works: Sequence[Work]) -> list[Any]:
        self._connection.begin()
        try:
            results = [work(self._connection) for work in works]
            self._connection.commit()
        except BaseException:
            self._rollback()
            raise
        return results

    def _rollback(self) -> None:
        try:
            self._connection.rollback()
        except duckdb.Error:  # the failed statement has already ended the transaction
            return

    def _refuse_rest(self) -> None:
        while not self._jobs.empty():
            job = self._jobs.get_nowait()
            if job is not None:
                job[1].set_exception(StoreUnavailable("the desk is shutting down"))
