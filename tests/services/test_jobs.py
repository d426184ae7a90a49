"""Jobs: long work tells how far it is, can be called off, and is nobody else's."""

from __future__ import annotations

import threading
from uuid import uuid4

import pytest

from riskcore.domain.errors import Conflict, Missing
from riskcore.ingest.watching import Watch
from riskcore.services.jobs import JobState, call_off_all, find_job, list_job, start_job


def done(watch: Watch) -> int:
    watch(0.5)
    return 7


def test_a_job_ends_with_its_result() -> None:
    job = start_job("ann", "file.csv", done)
    job.wait()
    assert (job.state, job.fraction, job.result) == (JobState.DONE, 1.0, 7)


def test_what_is_refused_is_told() -> None:
    def refuse(watch: Watch) -> None:
        raise Conflict("it is there already")

    job = start_job("ann", "file.csv", refuse)
    job.wait()
    assert (job.state, str(job.refusal)) == (JobState.REFUSED, "it is there already")


def test_what_fails_is_told_without_its_insides(caplog: pytest.LogCaptureFixture) -> None:
    job = start_job("ann", "file.csv", lambda watch: 1 / 0)
    job.wait()
    assert job.state is JobState.REFUSED
    assert "division" not in str(job.refusal)
    assert "ZeroDivisionError" in caplog.text


@pytest.mark.parametrize("all_of_them", [False, True])
def test_a_job_that_is_called_off_ends_at_the_next_watch(all_of_them: bool) -> None:
    begun, go_on = threading.Event(), threading.Event()

    def long(watch: Watch) -> None:
        watch(0.25)
        begun.set()
        go_on.wait()
        watch(0.75)

    job = start_job("ann", "file.csv", long)
    begun.wait()
    if all_of_them:
        call_off_all()
    else:
        job.cancel()
    go_on.set()
    job.wait()
    assert (job.state, job.fraction) == (JobState.CANCELLED, 0.25)
    assert str(job.refusal) == "the upload was cancelled: nothing was changed"


def test_a_job_is_found_by_its_owner_once_it_is_listed() -> None:
    job = start_job("ann", "file.csv", done)
    with pytest.raises(Missing):
        find_job("ann", job.id)
    list_job(job)
    assert find_job("ann", job.id) is job
    for user_id, job_id in (("bob", job.id), ("ann", uuid4())):
        with pytest.raises(Missing):
            find_job(user_id, job_id)
    for _ in range(201):
        other = start_job("ann", "file.csv", done)
        other.wait()
        list_job(other)
    with pytest.raises(Missing):
        find_job("ann", job.id)
