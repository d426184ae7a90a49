"""Migrations: a database of an older schema opens and keeps what it holds."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import duckdb
import pytest

from riskcore.domain.events import AccountEvent, EventKind
from riskcore.domain.market_hours import AROUND_THE_CLOCK, NAMED_HOURS
from riskcore.domain.model import AppliedPreset, Basis
from riskcore.store import migrations as schema
from riskcore.store.accounts import select_account, update_account
from riskcore.store.database import Database
from riskcore.store.events import insert_event
from riskcore.store.opening import CONFIGURATION
from riskcore.store.snapshots import Recorded, insert_snapshots, select_snapshots
from tests.store.conftest import NOON, frame

ACCOUNT = UUID(int=7741)
HELD_BEFORE = f"""
INSERT INTO accounts VALUES (
    nextval('account_keys'), '{ACCOUNT}', 'ann', '7741', 'Leader', 'Acme', 'MT5', 'USD', 50000.25,
    'America/New_York', '17:00:00', 300000000, '2026-03-02 12:00:00', '2026-03-02 12:00:00'
);
INSERT INTO account_rules VALUES (1, 0, 'max_loss', '{{"limit_amount": 2000.0}}');
INSERT INTO snapshots VALUES
    (1, '2026-03-02 12:00:00', 49900.00, 49800.50, NULL, '2026-03-02 12:00:00'),
    (1, '2026-03-02 12:01:00', 49900.00, 49700.00, NULL, '2026-03-02 12:00:00');
INSERT INTO replaced_snapshots VALUES (
    1, '2026-03-02 12:00:00', 1.00, 1.00, NULL, '2026-03-02 12:00:00', '2026-03-02 12:00:00'
);
"""


@pytest.fixture
def old(path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A database made by migration 1 alone, with an account and what was seen of it."""
    migrated(path, 1, monkeypatch)
    with duckdb.connect(str(path), config=CONFIGURATION) as connection:
        connection.execute(HELD_BEFORE)
    return path


def migrated(path: Path, version: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Bring the database at `path` to an older schema, made if there is none."""
    first = schema.migrations()[:version]
    with monkeypatch.context() as patch:
        patch.setattr(schema, "migrations", lambda: first)
        Database(path).close()


def versions(database: Database) -> list[int]:
    with database.read() as cursor:
        found = cursor.execute("SELECT version FROM schema_versions ORDER BY version").fetchall()
    return [version for (version,) in found]


def test_a_database_of_schema_one_opens_and_keeps_what_it_holds(old: Path) -> None:
    database = Database(old)
    account = select_account(database, "ann", ACCOUNT)
    rows = select_snapshots(database, "ann", [ACCOUNT])
    with database.read() as cursor:
        replaced = cursor.execute("SELECT equity, basis FROM replaced_snapshots").fetchall()
    database.close()
    assert (account.starting_balance, account.rules[0].kind) == (50_000.25, "max_loss")
    assert (account.events, account.preset) == ((), None)
    assert rows["equity"].tolist() == [49_800.5, 49_700.0]
    assert rows["open_contracts"].isna().all()
    assert [list(Basis)[code] for code in rows["basis"]] == [Basis.EQUITY, Basis.EQUITY]
    assert [(float(equity), basis) for equity, basis in replaced] == [(1.0, "equity")]


@pytest.mark.parametrize("version", range(1, len(schema.migrations())))
def test_an_account_of_every_older_schema_is_fed_around_the_clock(
    old: Path, version: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before schema 3 nobody could say market hours; every minute made data old."""
    migrated(old, version, monkeypatch)
    database = Database(old)
    account = select_account(database, "ann", ACCOUNT)
    assert versions(database) == [number for number, _, _ in schema.migrations()]
    update_account(database, replace(account, market_hours=NAMED_HOURS["cme_futures"]))
    changed = select_account(database, "ann", ACCOUNT)
    database.close()
    assert (account.market_hours, account.stale_after) == (AROUND_THE_CLOCK, timedelta(minutes=5))
    assert changed.market_hours == NAMED_HOURS["cme_futures"]


def test_it_takes_what_the_new_schema_holds(old: Path) -> None:
    database = Database(old)
    again = frame([(ACCOUNT, NOON, 49_900, 49_800.5)])
    known = insert_snapshots(database, "ann", again, received_at=NOON)
    corrected = insert_snapshots(
        database, "ann", again.assign(open_contracts=2.0), received_at=NOON
    )
    event = AccountEvent(id=UUID(int=1), account_id=ACCOUNT, kind=EventKind.RESET, happened_at=NOON)
    insert_event(database, "ann", event)
    preset = AppliedPreset(name="acme-express", size="50K", checked_on=NOON.date())
    account = select_account(database, "ann", ACCOUNT)
    update_account(database, replace(account, preset=preset))
    database.close()
    assert (known, corrected) == (Recorded(0, 1, 0), Recorded(0, 0, 1))
    database = Database(old)
    account = select_account(database, "ann", ACCOUNT)
    assert (account.events, account.preset) == ((event,), preset)
    assert versions(database) == [number for number, _, _ in schema.migrations()]
    database.close()
