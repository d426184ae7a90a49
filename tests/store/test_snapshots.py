"""Snapshots: an account and an instant once, the newest word stays, the older is kept aside."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import duckdb
import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from riskcore.domain.errors import Conflict, InvalidValue, Missing
from riskcore.domain.model import Account, Basis, Snapshot
from riskcore.store.accounts import (
    add_account,
    delete_account,
    insert_account,
    select_all_accounts,
    update_account,
)
from riskcore.store.batches import Post
from riskcore.store.database import Database
from riskcore.store.memory import Memory
from riskcore.store.snapshots import (
    Recorded,
    add_posts,
    add_snapshots,
    insert_snapshots,
    select_history,
    select_snapshots,
    select_span,
    submit_snapshots,
)
from tests.store.conftest import NOON, Busy, Row, an_account, frame

Stored = Callable[..., Account]


def minute(count: int) -> datetime:
    return NOON + timedelta(minutes=count)


def seen(*rows: Row) -> list[Snapshot]:
    return [Snapshot(account_id=i, taken_at=t, balance=b, equity=e) for i, t, b, e in rows]


def record(database: Database, *rows: Row, user_id: str = "ann") -> Recorded:
    return submit_snapshots(database, user_id, seen(*rows), received_at=NOON).result()


def import_rows(database: Database, *rows: Row, user_id: str = "ann") -> Recorded:
    return insert_snapshots(database, user_id, frame(rows), received_at=NOON)


def balances(database: Database, account_id: UUID, user_id: str = "ann") -> list[float]:
    return select_snapshots(database, user_id, [account_id])["balance"].tolist()


def replaced(database: Database) -> list[float]:
    with database.read() as cursor:
        rows = cursor.execute("SELECT balance FROM replaced_snapshots").fetchall()
    return sorted(float(balance) for (balance,) in rows)


def test_snapshots_come_by_account_and_time_with_their_types(
    database: Database, stored: Stored
) -> None:
    first, second = sorted((stored("1").id, stored("2").id))
    record(database, (second, minute(1), 3, 4), (first, minute(2), 5, 6), (first, minute(1), 1, 2))
    rows = select_snapshots(database, "ann", [second, first])
    assert rows["account_id"].astype(str).tolist() == [str(first), str(first), str(second)]
    assert rows["taken_at"].tolist() == [minute(1), minute(2), minute(1)]
    assert rows["equity"].tolist() == [2, 6, 4]
    assert rows["account_id"].dtype == "category"
    assert rows["taken_at"].dtype == "datetime64[us, UTC]"
    assert rows["balance"].dtype == rows["equity"].dtype == "float64"


def test_nothing_stored_is_an_empty_frame_of_the_same_shape(
    database: Database, stored: Stored
) -> None:
    for account_ids in ([stored("1").id], []):
        rows = select_snapshots(database, "ann", account_ids)
        assert len(rows) == 0
        assert rows["taken_at"].dtype == "datetime64[us, UTC]"


def test_the_range_includes_both_ends(database: Database, stored: Stored) -> None:
    account = stored("1").id
    record(database, *[(account, minute(n), n, n) for n in range(6)])
    rows = select_snapshots(database, "ann", [account], minute(2), minute(4))
    assert rows["balance"].tolist() == [2, 3, 4]


def test_the_span_is_the_first_and_the_last_of_the_accounts(
    database: Database, stored: Stored
) -> None:
    one, two = stored("1").id, stored("2").id
    assert select_span(database, "ann", [one, two]) is None
    record(database, (one, minute(5), 1, 1), (two, minute(2), 1, 1), (two, minute(9), 1, 1))
    assert select_span(database, "ann", [one, two]) == (minute(2), minute(9))
    assert select_span(database, "ann", [one]) == (minute(5), minute(5))


def test_the_same_snapshot_again_changes_nothing(database: Database, stored: Stored) -> None:
    account = stored("1").id
    rows = [(account, minute(n), 1.01 * n, 2.02 * n) for n in range(3)]
    assert record(database, *rows) == Recorded(taken=3, duplicates=0, corrected=0)
    assert record(database, *rows) == Recorded(taken=0, duplicates=3, corrected=0)
    assert len(balances(database, account)) == 3
    assert replaced(database) == []


def test_a_correction_replaces_and_the_old_value_is_kept_aside(
    database: Database, stored: Stored
) -> None:
    account, other = stored("1").id, stored("2").id
    record(database, (account, NOON, 1, 1), (account, minute(1), 2, 2), (other, NOON, 3, 3))
    assert record(database, (account, NOON, 1, 1.01)) == Recorded(0, 0, 1)
    rows = select_snapshots(database, "ann", [account])
    assert rows["equity"].tolist() == [1.01, 2]
    assert replaced(database) == [1]
    assert balances(database, other) == [3]


def said(database: Database, account_id: UUID) -> list[tuple[float, str]]:
    """Contracts (-1: not said) and basis of the account's snapshots."""
    rows = select_snapshots(database, "ann", [account_id])
    words = [list(Basis)[code].value for code in rows["basis"]]
    return list(zip(rows["open_contracts"].fillna(-1), words, strict=True))


def test_contracts_and_basis_come_back_and_nothing_said_is_equity(
    database: Database, stored: Stored
) -> None:
    account = stored("1").id
    rows = frame([(account, minute(n), 1, 1) for n in range(4)])
    more = {"open_contracts": [0, 2.3457, np.nan, 99_999_999_999.9999], "basis": [0, 1, 2, 0]}
    insert_snapshots(database, "ann", rows.assign(**more), received_at=NOON)
    assert said(database, account) == [
        (0, "equity"),
        (2.3457, "closed_balance"),
        (-1, "end_of_day"),
        (99_999_999_999.9999, "equity"),
    ]
    record(database, (account, minute(9), 1, 1))
    assert said(database, account)[-1] == (-1, "equity")
    read = select_history(database, select_all_accounts(database))
    assert (read["open_contracts"].dtype, read["basis"].dtype) == ("float64", "int8")


@pytest.mark.parametrize(
    ("first", "second", "is_same"),
    [
        ({}, {}, True),
        ({}, {"open_contracts": np.nan, "basis": 0}, True),
        ({"open_contracts": 2.0}, {"open_contracts": 2.0}, True),
        ({"open_contracts": 2.0}, {"open_contracts": 2.0001}, False),
        ({"open_contracts": 2.0}, {}, False),
        ({}, {"open_contracts": 0.0}, False),
        ({"basis": 1}, {"basis": 1}, True),
        ({}, {"basis": 1}, False),
    ],
)
@pytest.mark.parametrize("at_once", [False, True])
def test_other_contracts_or_another_basis_is_a_correction(
    database: Database,
    stored: Stored,
    first: dict[str, float],
    second: dict[str, float],
    is_same: bool,
    at_once: bool,
) -> None:
    account = stored("1").id
    rows = frame([(account, NOON, 1, 1)])
    more = {"open_contracts": np.nan, "basis": 0}
    one, other = rows.assign(**more | first), rows.assign(**more | second)
    if at_once:
        both = pd.concat([one, other], ignore_index=True)
        answer = insert_snapshots(database, "ann", both, received_at=NOON)
        assert answer == Recorded(1, int(is_same), int(not is_same))
    else:
        insert_snapshots(database, "ann", one, received_at=NOON)
        answer = insert_snapshots(database, "ann", other, received_at=NOON)
        assert answer == Recorded(0, int(is_same), int(not is_same))
    kept = float((more | second)["open_contracts"])
    assert said(database, account)[0][0] == (-1 if np.isnan(kept) else kept)
    with database.read() as cursor:
        aside = cursor.execute("SELECT open_contracts, basis FROM replaced_snapshots").fetchall()
    words = [basis.value for basis in Basis]
    was = more | first
    was_open = None if np.isnan(was["open_contracts"]) else was["open_contracts"]
    found = [(None if count is None else float(count), basis) for count, basis in aside]
    assert found == ([] if is_same else [(was_open, words[int(was["basis"])])])


@pytest.mark.parametrize("count", [-0.0001, -1.0, np.inf, 1e11])
def test_contracts_that_are_none_are_refused_and_nothing_is_stored(
    database: Database, stored: Stored, count: float
) -> None:
    account = stored("1").id
    rows = frame([(account, NOON, 1, 1), (account, minute(1), 1, 1)])
    with pytest.raises(InvalidValue, match="open_contracts must be 0 or more"):
        insert_snapshots(
            database, "ann", rows.assign(open_contracts=[1.0, count]), received_at=NOON
        )
    with pytest.raises(InvalidValue, match="basis"):
        insert_snapshots(database, "ann", rows.assign(basis=[0, 3]), received_at=NOON)
    assert balances(database, account) == []


def test_of_several_words_in_one_call_the_last_stays(database: Database, stored: Stored) -> None:
    account = stored("1").id
    taken = record(database, (account, NOON, 1, 1), (account, NOON, 2, 2), (account, NOON, 1, 1))
    assert taken == Recorded(taken=1, duplicates=0, corrected=2)
    assert balances(database, account) == [1]
    assert replaced(database) == [1, 2]


def test_a_repetition_in_one_call_is_a_duplicate(database: Database, stored: Stored) -> None:
    account = stored("1").id
    assert record(database, (account, NOON, 1, 1), (account, NOON, 1, 1)) == Recorded(1, 1, 0)
    assert balances(database, account) == [1]


CALLS = st.lists(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 2)), max_size=8), max_size=5)
"""Each call: a list of (minute, balance)."""

with_a_database = settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@with_a_database
@given(CALLS)
def test_calls_done_together_end_as_calls_done_one_by_one(
    database: Database, stored: Stored, calls: list[list[tuple[int, int]]]
) -> None:
    alone, merged = stored(str(uuid4())).id, stored(str(uuid4())).id
    one_by_one = [record(database, *[(alone, minute(m), b, b) for m, b in call]) for call in calls]
    posts = [
        Post("ann", seen(*[(merged, minute(m), b, b) for m, b in call]), NOON) for call in calls
    ]
    together = database.write(lambda connection: add_posts(connection, Memory(), posts))
    assert together == one_by_one
    assert balances(database, merged) == balances(database, alone)
    last = {m: b for call in calls for m, b in call}
    assert balances(database, merged) == [last[m] for m in sorted(last)]


@with_a_database
@given(CALLS, st.data())
def test_posts_and_files_one_after_the_other_keep_the_last_word_on_every_instant(
    database: Database, stored: Stored, calls: list[list[tuple[int, int]]], data: st.DataObject
) -> None:
    """What the writer remembers of an account is right after files, failures and deletions."""
    account, other = stored(str(uuid4())), stored(str(uuid4()))
    words: dict[int, int] = {}
    for call in calls:
        rows = [(account.id, minute(m), b, b) for m, b in call]
        new = len({m for m, _ in call} - words.keys())
        between = data.draw(st.sampled_from(["nothing", "failure", "change"]))
        if between == "failure":
            with pytest.raises(Missing):
                import_rows(database, *rows, (uuid4(), NOON, 1, 1))
        if between == "change":
            update_account(database, replace(other, name=f"{between} {len(words)}"))
        way = data.draw(st.sampled_from([record, import_rows]))
        assert way(database, *rows).taken == new
        words |= dict(call)
    assert balances(database, account.id) == [words[m] for m in sorted(words)]


def test_a_strange_account_is_missing_and_nothing_is_stored(
    database: Database, stored: Stored
) -> None:
    mine, strange = stored("1").id, stored("1", user_id="bob").id
    for account_id in (strange, uuid4()):
        with pytest.raises(Missing, match=f"^no account {account_id}$"):
            record(database, (mine, NOON, 1, 1), (account_id, NOON, 1, 1))
    assert balances(database, mine) == []
    assert balances(database, strange, "bob") == []


def test_a_call_with_a_strange_account_fails_alone_among_those_done_together(
    database: Database, stored: Stored
) -> None:
    account, strange = stored("1").id, stored("1", user_id="bob").id
    posts = [
        Post("ann", seen((account, minute(1), 1, 1)), NOON),
        Post("ann", seen((account, minute(2), 2, 2), (strange, minute(2), 2, 2)), NOON),
        Post("ann", seen((account, minute(3), 3, 3)), NOON),
        Post("bob", seen((strange, minute(3), 4, 4)), NOON),
    ]
    first, second, *rest = database.write(lambda c: add_posts(c, Memory(), posts))
    assert isinstance(second, Missing)
    assert [first, *rest] == [Recorded(1, 0, 0)] * 3
    assert balances(database, account) == [1, 3]
    assert balances(database, strange, "bob") == [4]


def test_a_deleted_account_is_strange_at_once(database: Database, stored: Stored) -> None:
    account = stored("1").id
    record(database, (account, minute(1), 1, 1))
    delete_account(database, "ann", account)
    with pytest.raises(Missing):
        record(database, (account, minute(2), 2, 2))
    with database.read() as cursor:
        assert cursor.execute("SELECT count(*) FROM snapshots").fetchall() == [(0,)]


def test_an_account_of_a_file_that_was_not_taken_is_strange(database: Database) -> None:
    """The file made it, and failed further on."""
    account = an_account("1")

    def fail(connection: duckdb.DuckDBPyConnection) -> None:
        add_account(connection, account)
        add_snapshots(connection, "ann", frame([(account.id, NOON, 1, 1)]), received_at=NOON)
        raise Conflict("taken already")

    with pytest.raises(Conflict):
        database.write(fail)
    with pytest.raises(Missing):
        record(database, (account.id, NOON, 1, 1))


def test_a_post_that_shares_a_commit_with_a_new_account_and_with_poison_is_not_lost(
    database: Database,
) -> None:
    """The commit is undone and done again in parts; the account gets another number then."""
    account = an_account("1")

    def fail(*_: object) -> list[None]:
        raise RuntimeError("poison")

    with Busy(database):
        made = database.submit(lambda connection, *_: [add_account(connection, account)], None)
        post = submit_snapshots(database, "ann", seen((account.id, NOON, 7, 7)), received_at=NOON)
        poisoned = database.submit(fail, None)
    assert (made.exception(), post.result()) == (None, Recorded(1, 0, 0))
    assert str(poisoned.exception()) == "poison"
    assert balances(database, account.id) == [7]
    assert record(database, (account.id, NOON, 7, 7)) == Recorded(0, 1, 0)


def test_another_owners_snapshots_are_not_given_out(database: Database, stored: Stored) -> None:
    mine, strange = stored("1").id, stored("1", user_id="bob").id
    record(database, (strange, NOON, 7, 7), user_id="bob")
    assert balances(database, strange) == []
    assert select_span(database, "ann", [mine, strange]) is None
    assert balances(database, strange, "bob") == [7]
    assert len(select_history(database, select_all_accounts(database))) == 1


@pytest.mark.parametrize("amount", [float("nan"), float("inf"), -float("inf"), 1e13, -1e300])
@pytest.mark.parametrize("column", ["balance", "equity"])
def test_money_that_is_no_amount_is_refused_and_nothing_is_stored(
    database: Database, stored: Stored, amount: float, column: str
) -> None:
    account = stored("1").id
    rows = frame([(account, NOON, 1, 1), (account, minute(1), 1, 1)])
    rows.loc[1, column] = amount
    with pytest.raises(InvalidValue, match=column):
        insert_snapshots(database, "ann", rows, received_at=NOON)
    with pytest.raises(InvalidValue, match=column):
        submit_snapshots(
            database,
            "ann",
            [replace(seen((account, NOON, 1, 1))[0], **{column: amount})],
            received_at=NOON,
        ).result()
    assert balances(database, account) == []


def test_times_without_a_zone_or_without_a_value_are_refused(
    database: Database, stored: Stored
) -> None:
    rows = frame([(stored("1").id, NOON, 1, 1)])
    blank = rows["taken_at"].where(rows["balance"] < 0)
    naive = rows.assign(taken_at=rows["taken_at"].dt.tz_localize(None))
    with pytest.raises(InvalidValue, match="taken_at must have a zone"):
        insert_snapshots(database, "ann", naive, received_at=NOON)
    with pytest.raises(InvalidValue, match="taken_at must be a time"):
        insert_snapshots(database, "ann", rows.assign(taken_at=blank), received_at=NOON)
    with pytest.raises(InvalidValue, match="must have a zone"):
        insert_snapshots(database, "ann", rows, received_at=NOON.replace(tzinfo=None))


def test_every_amount_comes_back_to_the_cent(database: Database, stored: Stored) -> None:
    account = stored("1").id
    edge = [0.01, -0.01, 0.29, 1.005e6, 9_999_999_999_999.99, -9_999_999_999_999.99]
    cents = np.random.default_rng(7).integers(-(10**15) + 1, 10**15, 2_000)
    amounts = [*edge, *(cents / 100).tolist()]
    record(database, *[(account, minute(n), a, -a) for n, a in enumerate(amounts)])
    rows = select_snapshots(database, "ann", [account])
    assert rows["balance"].tolist() == amounts
    assert rows["equity"].tolist() == [-amount for amount in amounts]


def test_of_many_at_once_every_snapshot_is_stored_once(database: Database, stored: Stored) -> None:
    """32 threads post 10 instants each twice over; 8 of the posts name a strange account."""
    account, strange = stored("1").id, uuid4()
    posts = [(account, minute(n % 320), 1.0, 1.0) for n in range(640)]
    posts[::80] = [(strange, NOON, 1.0, 1.0)] * 8
    with ThreadPoolExecutor(32) as pool:
        jobs = [pool.submit(record, database, post) for post in posts]
    assert sum(isinstance(job.exception(), Missing) for job in jobs) == 8
    answers = [job.result() for job in jobs if job.exception() is None]
    instants = {taken_at for account_id, taken_at, _, _ in posts if account_id == account}
    assert sum(answer.taken for answer in answers) == len(instants)
    assert sum(answer.duplicates for answer in answers) == 632 - len(instants)
    assert len(balances(database, account)) == len(instants)


def test_corrections_by_many_at_once_lose_no_value(database: Database, stored: Stored) -> None:
    account = stored("1").id
    with ThreadPoolExecutor(32) as pool:
        answers = list(pool.map(lambda n: record(database, (account, NOON, n, n)), range(100)))
    assert sum(answer.taken for answer in answers) == 1
    assert sum(answer.corrected for answer in answers) == 99
    assert sorted(balances(database, account) + replaced(database)) == list(range(100))


def test_snapshots_are_there_after_reopening(path: Path) -> None:
    account = an_account("1")
    database = Database(path)
    insert_account(database, account)
    record(database, (account.id, NOON, 1.25, 2.5))
    database.close()
    database = Database(path)
    assert balances(database, account.id) == [1.25]
    database.close()
