"""Uploads: a file's accounts, snapshots and refusals, all or nothing, once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from uuid import uuid4

import pytest

from riskcore.domain.errors import Conflict, InvalidValue, Missing
from riskcore.domain.model import Account
from riskcore.store.accounts import select_accounts
from riskcore.store.database import Database
from riskcore.store.snapshots import insert_snapshots, select_snapshots
from riskcore.store.uploads import (
    Brought,
    StoredRefusal,
    Upload,
    import_upload,
    select_upload,
    select_uploads,
)
from tests.store.conftest import NOON, an_account, frame

Stored = Callable[..., Account]
REFUSALS = [StoredRefusal(3, "equity", "=1+1", "is no number"), StoredRefusal(7, "", "x", "short")]


def an_upload(content: bytes = b"a file", user_id: str = "ann") -> Upload:
    """A file of 6 rows: 2 refused, 1 repeated within it."""
    return Upload(
        id=uuid4(),
        user_id=user_id,
        file_name="march.csv",
        digest=sha256(content).hexdigest(),
        rows_read=6,
        taken=0,
        refused=2,
        duplicates=1,
        corrected=0,
        created_at=NOON,
    )


def test_an_upload_counts_what_became_of_every_row(database: Database, stored: Stored) -> None:
    known, new = stored("1"), an_account("2")
    later = NOON + timedelta(minutes=1)
    before = frame([(known.id, NOON, 1, 1), (known.id, later, 1, 1)])
    insert_snapshots(database, "ann", before, received_at=NOON)
    rows = frame([(known.id, NOON, 1, 1), (known.id, later, 2, 2), (new.id, NOON, 3, 3)])
    upload = import_upload(database, an_upload(), rows, Brought(accounts=[new], refusals=REFUSALS))
    assert (upload.taken, upload.duplicates, upload.corrected) == (1, 2, 1)
    counted = upload.taken + upload.refused + upload.duplicates + upload.corrected
    assert counted == upload.rows_read
    assert select_upload(database, "ann", upload.id) == (upload, REFUSALS)
    assert {account.number for account in select_accounts(database, "ann")} == {"1", "2"}
    assert select_snapshots(database, "ann", [new.id])["balance"].tolist() == [3]


def test_the_same_file_is_taken_once_by_an_owner(database: Database, stored: Stored) -> None:
    rows, his = frame([(stored("1").id, NOON, 1, 1)]), frame([(stored("1", "bob").id, NOON, 1, 1)])
    import_upload(database, an_upload(), rows, Brought())
    with pytest.raises(Conflict, match=r"imported as march\.csv at 2026-03-02 12:00 UTC"):
        import_upload(database, an_upload(), rows, Brought(accounts=[an_account("2")]))
    import_upload(database, an_upload(user_id="bob"), his, Brought())
    assert len(select_uploads(database, "ann")) == 1
    assert len(select_accounts(database, "ann")) == 1


def test_an_upload_that_fails_leaves_nothing(database: Database, stored: Stored) -> None:
    taken = stored("1")
    new = an_account("2")
    row = (new.id, NOON, 1.0, 1.0)
    failures = [
        (Conflict, [row], [new, an_account("1")]),
        (Missing, [row, (uuid4(), NOON, 1.0, 1.0)], [new]),
        (InvalidValue, [row, (new.id, NOON, float("nan"), 1.0)], [new]),
    ]
    for error, rows, accounts in failures:
        with pytest.raises(error):
            import_upload(
                database, an_upload(), frame(rows), Brought(accounts=accounts, refusals=REFUSALS)
            )
    assert select_accounts(database, "ann") == [taken]
    assert select_uploads(database, "ann") == []
    with database.read() as cursor:
        for table in ("snapshots", "refusals"):
            assert cursor.execute(f"SELECT count(*) FROM {table}").fetchall() == [(0,)]
    assert import_upload(database, an_upload(), frame([row]), Brought(accounts=[new])).taken == 1


def test_a_file_with_no_good_row_is_an_upload_all_the_same(database: Database) -> None:
    upload = import_upload(database, an_upload(), frame([]), Brought(refusals=REFUSALS))
    assert upload.taken == 0
    assert select_uploads(database, "ann") == [upload]


def test_uploads_come_newest_first_and_only_the_owners(database: Database) -> None:
    old = an_upload(b"old")
    new = replace(an_upload(b"new"), created_at=NOON + timedelta(days=1))
    for upload in (old, new, an_upload(user_id="bob")):
        import_upload(database, upload, frame([]), Brought())
    assert select_uploads(database, "ann") == [new, old]


def test_somebody_elses_upload_is_missing_like_one_that_is_not_there(database: Database) -> None:
    his = import_upload(database, an_upload(user_id="bob"), frame([]), Brought(refusals=REFUSALS))
    for upload_id in (his.id, uuid4()):
        with pytest.raises(Missing, match=f"^no upload {upload_id}$"):
            select_upload(database, "ann", upload_id)
