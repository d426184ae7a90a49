"""Jobs: long work in the background, with how far it is, its result by id, and a way to stop it."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Generic, TypeVar
from uuid import UUID, uuid4
from weakref import WeakSet

from riskcore.domain.errors import Missing, RiskError
from riskcore.ingest.watching import Cancelled, Watch

T = TypeVar("T")

MOST_KEPT = 200
"""Finished jobs that can still be asked for; the oldest go first."""

BROKEN = "the work failed, and nothing was changed by it: the log of the desk says why"

log = logging.getLogger(__name__)


class JobState(StrEnum):
    """Where a job stands."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    REFUSED = "refused"
    CANCELLED = "cancelled"


@dataclass(kw_only=True, eq=False)
class Job(Generic[T]):
    """One piece of work of one owner.

    `fraction` is the share done, 0 to 1. `result` once it is done; `refusal` once it is
    refused or cancelled.
    """

    user_id: str
    name: str
    id: UUID = field(default_factory=uuid4)
    state: JobState = JobState.WAITING
    fraction: float = 0.0
    result: T | None = None
    refusal: RiskError | None = None
    is_called_off: bool = False
    over: threading.Event = field(default_factory=threading.Event)

    @property
    def is_over(self) -> bool:
        """Whether nothing more will happen."""
        return self.over.is_set()

    def wait(self) -> None:
        """Return once it is over."""
        self.over.wait()

    def cancel(self) -> None:
        """Ask for an end; work that is past the point of return goes on."""
        self.is_called_off = True

    def watch(self, fraction: float) -> None:
        """Note how far the work is; raises Cancelled when it was called off."""
        if self.is_called_off:
            raise Cancelled
        self.fraction = max(self.fraction, min(fraction, 1.0))


_workers = ThreadPoolExecutor(max_workers=2, thread_name_prefix="job")
_lock = threading.Lock()
_listed: dict[UUID, Job[object]] = {}
_alive: WeakSet[Job[object]] = WeakSet()


def start_job(user_id: str, name: str, work: Callable[[Watch], T]) -> Job[T]:
    """Begin `work`, which is given a watch to tell how far it is.

    Whoever has the job has its result: it is kept no longer than by them.
    """
    job: Job[T] = Job(user_id=user_id, name=name)
    with _lock:
        _alive.add(job)  # type: ignore[arg-type]
    _workers.submit(_run, job, work)
    return job


def list_job(job: Job[T]) -> None:
    """Let `job` be found by its id, until 200 others are over."""
    with _lock:
        _listed[job.id] = job  # type: ignore[assignment]
        over = [kept for kept in _listed.values() if kept.is_over]
        for old in over[: max(0, len(over) - MOST_KEPT)]:
            del _listed[old.id]


def call_off_all() -> None:
    """Ask every job for an end, since the desk stops."""
    with _lock:
        for job in _alive:
            job.cancel()


def _run(job: Job[T], work: Callable[[Watch], T]) -> None:
    job.state = JobState.RUNNING
    try:
        job.watch(0.0)
        job.result = work(job.watch)
    except Cancelled as error:
        job.refusal, job.state = error, JobState.CANCELLED
    except RiskError as error:
        job.refusal, job.state = error, JobState.REFUSED
    except BaseException:  # the door of this thread: whoever asks is told, the log says why
        log.exception("a job failed")
        job.refusal, job.state = RiskError(BROKEN), JobState.REFUSED
    else:
        job.fraction, job.state = 1.0, JobState.DONE
    finally:
        job.over.set()


def find_job(user_id: str, job_id: UUID) -> Job[object]:
    """The owner's job; raises Missing, also once it is long over."""
    with _lock:
        job = _listed.get(job_id)
    if job is None or job.user_id != user_id:
        raise Missing("upload job", job_id)
    return job
