"""The file: who may open it, what survives, and what is never done to it."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import duckdb
import pytest

from riskcore.domain.errors import StoreUnavailable
from riskcore.store.accounts import insert_account, select_accounts
from riskcore.store.database import Database
from riskcore.store.migrations import migrations
from tests.store.conftest import an_account


def numbers(path: Path) -> list[str]:
    database = Database(path)
    try:
        return [account.number for account in select_accounts(database, "ann")]
    finally:
        database.close()


def test_what_was_acknowledged_is_there_after_reopening(path: Path) -> None:
    database = Database(path)
    insert_account(database, an_account("7741"))
    database.close()
    assert numbers(path) == ["7741"]


ACKNOWLEDGE_AND_DIE = """
import os, sys
from riskcore.store.accounts import insert_account
from riskcore.store.database import Database
from tests.store.conftest import an_account
insert_account(Database(sys.argv[1]), an_account("7741"))
os._exit(9)
"""


def test_what_was_acknowledged_is_there_after_the_process_died(path: Path) -> None:
    subprocess.run([sys.executable, "-c", ACKNOWLEDGE_AND_DIE, str(path)], check=False)
    assert numbers(path) == ["7741"]


OPEN = """
import sys
from riskcore.domain.errors import StoreUnavailable
from riskcore.store.database import Database
try:
    Database(sys.argv[1])
except StoreUnavailable as error:
    print(error)
"""


def test_a_second_process_is_told_who_holds_the_file_and_what_to_do(
    database: Database, path: Path
) -> None:
    second = subprocess.run(
        [sys.executable, "-c", OPEN, str(path)], capture_output=True, text=True, check=True
    )
    assert "another process (PID" in second.stdout
    assert "stop that desk first" in second.stdout
    assert len(second.stdout.strip().splitlines()) == 1


def test_one_process_opens_a_file_once(database: Database, path: Path) -> None:
    with pytest.raises(StoreUnavailable, match="open already"):
        Database(path)
    insert_account(database, an_account("7741"))
    assert len(select_accounts(database, "ann")) == 1


@pytest.mark.parametrize("content", [b"", b"hello", b"account,time\n1,2\n" * 2_000])
def test_a_file_that_is_no_database_is_refused_and_left_as_it_is(
    path: Path, content: bytes
) -> None:
    path.write_bytes(content)
    with pytest.raises(StoreUnavailable, match="damaged or is no database"):
        Database(path)
    assert path.read_bytes() == content


@pytest.mark.parametrize("place", [20, 4_100, 8_200])
def test_a_damaged_file_is_called_damaged_and_left_as_it_is(path: Path, place: int) -> None:
    Database(path).close()
    damaged = bytearray(path.read_bytes())
    damaged[place] ^= 0xFF
    path.write_bytes(damaged)
    with pytest.raises(StoreUnavailable, match="damaged"):
        Database(path)
    assert path.read_bytes() == damaged


def test_a_log_without_its_file_is_not_thrown_away(path: Path) -> None:
    log = path.with_name(path.name + ".wal")
    log.write_bytes(b"what was acknowledged")
    with pytest.raises(StoreUnavailable, match="put the database back"):
        Database(path)
    assert log.read_bytes() == b"what was acknowledged"


def test_a_newer_schema_is_refused(path: Path) -> None:
    Database(path).close()
    with duckdb.connect(str(path)) as connection:
        connection.execute("INSERT INTO schema_versions VALUES (9999, 'of the future')")
    with pytest.raises(StoreUnavailable, match="schema version 9999"):
        Database(path)


def test_the_database_of_another_program_is_refused(path: Path) -> None:
    with duckdb.connect(str(path)) as connection:
        connection.execute("CREATE TABLE recipes (name VARCHAR)")
    with pytest.raises(StoreUnavailable, match="another program's"):
        Database(path)
    with duckdb.connect(str(path)) as connection:
        assert connection.execute("SHOW TABLES").fetchall() == [("recipes",)]


def test_a_folder_that_is_a_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "desk").write_text("a file")
    with pytest.raises(StoreUnavailable, match="cannot be opened"):
        Database(tmp_path / "desk" / "desk.duckdb")


def test_migrations_are_numbered_from_one_without_a_gap() -> None:
    assert [number for number, _, _ in migrations()] == list(range(1, len(migrations()) + 1))


def test_a_full_disk_is_told_before_anything_is_written(path: Path) -> None:
    database = Database(path, kept_free=2**62)
    try:
        with pytest.raises(StoreUnavailable, match="make room"):
            insert_account(database, an_account("7741"))
        assert select_accounts(database, "ann") == []
    finally:
        database.close()


def test_a_closed_database_says_so(path: Path) -> None:
    database = Database(path)
    database.close()
    database.close()
    with pytest.raises(StoreUnavailable, match="shutting down"):
        insert_account(database, an_account("7741"))
    with pytest.raises(StoreUnavailable, match="closed"):
        select_accounts(database, "ann")


def test_a_failing_job_fails_alone(database: Database) -> None:
    def fail(_: duckdb.DuckDBPyConnection) -> None:
        raise RuntimeError("poison")

    with ThreadPoolExecutor(32) as pool:
        good = [pool.submit(insert_account, database, an_account(str(n))) for n in range(40)]
        bad = [pool.submit(database.write, fail) for _ in range(10)]
    assert [job.exception() for job in good] == [None] * 40
    assert {str(job.exception()) for job in bad} == {"poison"}
    assert len(select_accounts(database, "ann")) == 40


def test_work_that_raises_leaves_nothing_behind(database: Database) -> None:
    def half(connection: duckdb.DuckDBPyConnection) -> None:
        connection.execute("DELETE FROM schema_versions")
        raise SystemExit

    with pytest.raises(SystemExit):
        database.write(half)
    with database.read() as cursor:
        count = cursor.execute("SELECT count(*) FROM schema_versions").fetchall()
    assert count == [(len(migrations()),)]


def test_the_store_reads_no_other_file(database: Database, tmp_path: Path) -> None:
    (tmp_path / "secret.csv").write_text("a\n1\n")
    with database.read() as cursor, pytest.raises(duckdb.PermissionException):
        cursor.execute("SELECT a FROM read_csv($file)", {"file": str(tmp_path / "secret.csv")})
