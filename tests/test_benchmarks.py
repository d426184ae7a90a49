"""The benchmarks run, and what they compare agrees; how fast it is, `make bench` prints."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import numpy as np
import pandas as pd
import polars as pl
import pytest

from benchmarks.__main__ import NAMES
from benchmarks.calling import Connection, connections
from benchmarks.copytrade import report as copytrade_report
from benchmarks.figures import AT_MOST, Figure, Wrong, table
from benchmarks.groups import Contest as GroupContest
from benchmarks.groups import measure as measure_groups
from benchmarks.groups import memberships
from benchmarks.stop import check_posted
from benchmarks.timeline import Contest, Unequal, check_equal
from benchmarks.timeline import measure as measure_timeline
from benchmarks.watching import Said, check_same
from benchmarks.writing import Acknowledged

BENCHMARKS = Path(__file__).resolve().parents[1] / "benchmarks"


def test_every_benchmark_is_in_the_table() -> None:
    having = {
        path.stem for path in BENCHMARKS.glob("*.py") if "\ndef measure(" in path.read_text("utf-8")
    }
    assert having == set(NAMES)


def test_a_figure_stands_beside_its_limit_with_its_ratio() -> None:
    figures = [
        Figure("POST to socket: p99", 38.04, "ms", AT_MOST, 50),
        Figure("posts", 1_730, "/s"),
        Figure("start", 1.834, "s", "polars", 0.5),
    ]
    assert table(figures).splitlines()[2:] == [
        "| POST to socket: p99 | 38.0 ms | at most 50.0 ms | 0.76 |",
        "| posts | 1,730 /s |  |  |",
        "| start | 1.83 s | polars 0.50 s | 3.67 |",
    ]


# --- timeline


def test_every_way_of_the_timeline_finds_the_same_buffers() -> None:
    """20,000 snapshots, once; polars or DuckDB with another number would be an error."""
    assert [figure.beside for figure in measure_timeline(True)] == [
        "polars",
        "DuckDB",
        "pandas' cummax",
    ]


def test_both_rules_are_broken_and_kept_on_the_desk_that_is_measured() -> None:
    """Otherwise agreeing would be easy."""
    contest = Contest.of(200)
    broken = contest.ours(contest.desk.main).is_broken.mean()
    assert broken.between(0.001, 0.5).all(), broken


def test_a_peer_with_another_cent_is_an_error() -> None:
    with pytest.raises(Unequal, match=r"polars: max loss differs in 1 rows; in row 1: 2\.0, 2\.01"):
        check_equal(np.array([1.0, 2.0]), np.array([1.0, 2.01]), "polars: max loss")


# --- groups


def test_every_way_finds_the_same_minima_and_the_same_accounts() -> None:
    """20,000 memberships; among equal values the lowest account, in DuckDB and polars too."""
    assert [figure.beside for figure in measure_groups(True)] == ["2.5 takes", "DuckDB", "polars"]


def test_unknown_and_equal_minima_occur_in_the_groups_that_are_measured() -> None:
    """Otherwise agreeing would be easy."""
    given = memberships(200)
    rows = pd.DataFrame(given.values[given.member]).groupby(given.group)
    holders = (rows.transform("min") == given.values[given.member]).groupby(given.group).sum()
    assert (holders > 1).to_numpy().mean() > 0.1
    assert rows.count().eq(0).to_numpy().any()


class Mistaken(GroupContest):
    """In which DuckDB names the next account in one rule."""

    def duckdb(self) -> pl.DataFrame:
        return super().duckdb().with_columns(pl.col("rule_0_account") + 1)


def test_a_peer_with_another_account_is_an_error() -> None:
    with pytest.raises(Wrong, match=r"DuckDB finds another account in 200 cells"):
        Mistaken(memberships(200)).check()


# --- what is checked after a load


def evaluation(**said: object) -> Said:
    """A group's answer with one member, `said` in place of some of it."""
    after = {"rule": "daily_loss", "buffer": 800.0, "reason": "resets in 3 h"}
    member = {"account_id": "a", "equity": 49_900.0, "reason": "soon", "after_reset": after}
    whole = {"group_id": "g", "buffer": 900.0, "reason": "soon", "after_reset": after}
    times = {"timestamp": "2026-03-02T15:00:00Z", "as_of": "2026-03-02T15:00:00Z"}
    return whole | times | {"members": [member]} | said


def test_answers_that_differ_in_their_times_and_words_say_the_same() -> None:
    later = {"timestamp": "2026-03-02T15:01:00Z", "as_of": "2026-03-02T15:01:00Z"}
    after = {"rule": "daily_loss", "buffer": 800.0, "reason": "resets in 2 h 59 min"}
    check_same("two", evaluation(), evaluation(reason="later", after_reset=after, **later))


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("buffer", 899.99),
        ("after_reset", None),
        ("after_reset", {"rule": "daily_loss", "buffer": 799.99, "reason": "resets in 3 h"}),
        ("members", []),
    ],
)
def test_answers_that_differ_in_a_number_are_wrong(name: str, other: object) -> None:
    with pytest.raises(Wrong, match=f"REST and store of group g differ in {name}"):
        check_same("REST and store", evaluation(), evaluation(**{name: other}))


def stored(equity: float) -> pd.DataFrame:
    """What the store has of account 1: one snapshot."""
    return pd.DataFrame(
        {
            "account_id": pd.Categorical([str(UUID(int=1))]),
            "taken_at": pd.DatetimeIndex(["2026-03-02T15:00:00Z"]),
            "equity": [equity],
        }
    )


def acknowledged(minute: int) -> Acknowledged:
    """A snapshot of account 1 that the desk has acknowledged."""
    taken = Acknowledged()
    taken.equity[UUID(int=1), datetime(2026, 3, 2, 15, minute, tzinfo=UTC)] = 49_900.5
    return taken


def test_an_acknowledged_snapshot_that_is_stored_is_kept() -> None:
    check_posted(stored(49_900.5), acknowledged(0))


@pytest.mark.parametrize(("equity", "minute"), [(49_900.51, 0), (49_900.5, 1)])
def test_an_acknowledged_snapshot_that_is_not_stored_as_posted_is_lost(
    equity: float, minute: int
) -> None:
    with pytest.raises(Wrong, match="1 of 1 acknowledged snapshots are not in the database"):
        check_posted(stored(equity), acknowledged(minute))


# --- the load


async def answers_in_pieces(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """A server that sends each answer in two pieces, then hangs up after the second."""
    for body in (b'{"n": 1}', b'{"n": 2}'):
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 8\r\n")
        await writer.drain()
        await asyncio.sleep(0)
        writer.write(b"\r\n" + body)
    writer.close()


async def three_calls() -> list[object]:
    """What three calls on one connection to that server find."""
    server = await asyncio.start_server(answers_in_pieces, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        (connection,) = await connections(f"http://127.0.0.1:{port}", 1)
        found = [await connection.tell("GET", "/n"), await connection.tell("GET", "/n")]
        return [*found, await hung_up(connection)]


async def hung_up(connection: Connection) -> type[Exception] | None:
    """With what a call ends when the other side has gone."""
    try:
        await asyncio.wait_for(connection.tell("GET", "/n"), 5)
    except ConnectionError as error:
        return type(error)
    return None


def test_a_kept_connection_takes_whole_answers_and_says_when_the_desk_hung_up() -> None:
    *found, ended = asyncio.run(three_calls())
    assert found == [{"n": 1}, {"n": 2}]
    assert isinstance(ended, type)
    assert issubclass(ended, ConnectionError)


# --- copy trading


def test_everything_on_the_page_of_copy_trading_is_reported():
    lines = copytrade_report(members=30, repeat=1).splitlines()
    assert lines[0].startswith("30 members")
    assert lines[-1].startswith("| **everything** (allowed: 300)")
