"""The writer: who shares a commit, who fails alone, and when an answer goes out."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field

import duckdb
import pytest

from riskcore.domain.errors import StoreUnavailable
from riskcore.store.memory import Memory
from riskcore.store.writer import MOST_JOBS, Writer
from tests.store.conftest import Busy

CREATE = "CREATE TABLE notes (number INTEGER NOT NULL)"
INSERT = "INSERT INTO notes (number) VALUES ($number)"
POISON = 13


@dataclass
class Notebook:
    """A table of numbers with a writer; `commits` lists which numbers were written together."""

    connection: duckdb.DuckDBPyConnection
    writer: Writer
    commits: list[list[int]] = field(default_factory=list)

    def work(
        self, connection: duckdb.DuckDBPyConnection, memory: Memory, numbers: Sequence[int]
    ) -> list[int | Exception]:
        """Write `numbers` (those below zero are refused one by one) and answer their doubles."""
        self.commits.append(list(numbers))
        for number in numbers:
            if number == POISON:
                raise RuntimeError("poison")
            if number >= 0:
                connection.execute(INSERT, {"number": number})
        return [n * 2 if n >= 0 else StoreUnavailable(f"{n} is below zero") for n in numbers]

    def write(self, number: int, then: Callable[[int], None] = lambda _: None) -> Future[int]:
        return self.writer.submit(self.work, number, then)

    def together(self, *numbers: int) -> list[Future[int]]:
        """`numbers` put in the queue while the writer is at something else."""
        with self.held():
            return [self.write(number) for number in numbers]

    def held(self) -> Busy:
        """While it lasts, the writer is busy."""
        return Busy(self.writer)

    def numbers(self) -> list[int]:
        """What is in the table, as another connection sees it."""
        found = self.connection.cursor().execute("SELECT number FROM notes ORDER BY ALL").fetchall()
        return [number for (number,) in found]


@pytest.fixture
def notebook() -> Iterator[Notebook]:
    connection = duckdb.connect()
    connection.execute(CREATE)
    notebook = Notebook(connection, Writer(connection.cursor(), most_waiting=2 * MOST_JOBS))
    yield notebook
    notebook.writer.close()
    connection.close()


def test_those_who_wait_at_the_same_time_share_a_commit(notebook: Notebook) -> None:
    answers = notebook.together(1, 2, 3)
    assert [answer.result() for answer in answers] == [2, 4, 6]
    assert notebook.commits == [[1, 2, 3]]


def test_a_commit_has_room_for_so_many(notebook: Notebook) -> None:
    for answer in notebook.together(*range(20, 20 + MOST_JOBS + 1)):
        answer.result()
    assert [len(commit) for commit in notebook.commits] == [MOST_JOBS, 1]


def test_one_that_raises_fails_alone_and_the_others_are_written(notebook: Notebook) -> None:
    first, poisoned, last = notebook.together(1, POISON, 3)
    assert (first.result(), last.result()) == (2, 6)
    with pytest.raises(RuntimeError, match="poison"):
        poisoned.result()
    assert notebook.numbers() == [1, 3]
    assert notebook.commits == [[1, POISON, 3], [1], [POISON], [3]]


def test_one_that_is_answered_with_an_error_costs_the_others_no_second_commit(
    notebook: Notebook,
) -> None:
    first, refused, last = notebook.together(1, -2, 3)
    with pytest.raises(StoreUnavailable, match="-2 is below zero"):
        refused.result()
    assert (first.result(), last.result()) == (2, 6)
    assert notebook.commits == [[1, -2, 3]]


def test_what_comes_then_is_done_after_the_commit_and_before_the_answer(
    notebook: Notebook,
) -> None:
    seen: list[tuple[int, list[int], bool]] = []
    answers: list[Future[int]] = []

    def then(answer: int) -> None:
        seen.append((answer, notebook.numbers(), answers[0].done()))

    with notebook.held():
        answers.append(notebook.write(1, then))
    assert answers[0].result() == 2
    assert seen == [(2, [1], False)]


def test_what_fails_then_is_told_and_the_row_stays(notebook: Notebook) -> None:
    def then(answer: int) -> None:
        raise RuntimeError("the board fell over")

    with notebook.held():
        failed, other = notebook.write(1, then), notebook.write(2)
    with pytest.raises(RuntimeError, match="fell over"):
        failed.result()
    assert other.result() == 4
    assert notebook.numbers() == [1, 2]


def test_nothing_is_done_then_for_one_that_failed(notebook: Notebook) -> None:
    seen: list[int] = []
    for number in (POISON, -1):
        assert notebook.write(number, seen.append).exception() is not None
    assert seen == []


def test_an_answer_nobody_waits_for_any_more_is_written_all_the_same(notebook: Notebook) -> None:
    """A caller that hung up cancels; what is in the queue cannot be taken back."""
    with notebook.held():
        answer = notebook.write(1)
        assert not answer.cancel()
    assert answer.result() == 2
    assert notebook.write(2).result() == 4
    assert notebook.numbers() == [1, 2]


def test_a_full_queue_is_told_at_once_and_what_is_in_it_is_written(notebook: Notebook) -> None:
    with notebook.held():
        taken = [notebook.write(20 + n) for n in range(2 * MOST_JOBS)]
        with pytest.raises(StoreUnavailable, match="too much is waiting"):
            notebook.write(1)
    assert [answer.result() for answer in taken] == [2 * (20 + n) for n in range(2 * MOST_JOBS)]
    assert notebook.write(1).result() == 2


def test_closing_writes_what_is_waiting_and_takes_nothing_more(notebook: Notebook) -> None:
    with notebook.held():
        answers = [notebook.write(number) for number in (1, 2)]
        closing = threading.Thread(target=notebook.writer.close)
        closing.start()
    closing.join()
    assert [answer.result() for answer in answers] == [2, 4]
    assert notebook.numbers() == [1, 2]
    with pytest.raises(StoreUnavailable, match="shutting down"):
        notebook.write(3)


def test_what_forbids_writing_is_asked_before_every_commit() -> None:
    """As a disk that fills up and is made room on."""
    connection = duckdb.connect()
    connection.execute(CREATE)
    reasons = [StoreUnavailable("the disk is full")]

    def check() -> None:
        if reasons:
            raise reasons[0]

    notebook = Notebook(connection, Writer(connection.cursor(), check))
    with pytest.raises(StoreUnavailable, match="full"):
        notebook.write(1).result()
    reasons.clear()
    assert notebook.write(2).result() == 4
    assert notebook.numbers() == [2]
    notebook.writer.close()
    connection.close()
