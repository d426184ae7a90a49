"""Undo: an upload is taken back whole, and what it replaced is there again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest

from riskcore.domain.errors import Conflict, Missing
from riskcore.domain.events import AccountEvent, EventKind
from riskcore.domain.model import Account
from riskcore.store.accounts import select_account, select_accounts, update_account
from riskcore.store.database import Database
from riskcore.store.snapshots import insert_snapshots, select_snapshots
from riskcore.store.undo import undo_upload
from riskcore.store.uploads import Brought, Upload, import_upload, select_uploads
from tests.store.conftest import NOON, an_account, frame
from tests.store.test_uploads import an_upload

Stored = Callable[..., Account]
LATER = NOON + timedelta(minutes=1)


def balances(database: Database, account: Account) -> list[float]:
    return select_snapshots(database, "ann", [account.id])["balance"].tolist()


def taken(database: Database, rows: list[tuple[object, ...]], **brought: object) -> Upload:
    """An upload of these rows."""
    upload = an_upload(str(uuid4()).encode())
    return import_upload(database, upload, frame(rows), Brought(**brought))  # type: ignore[arg-type]


def test_what_an_upload_replaced_is_there_again(database: Database, stored: Stored) -> None:
    account = stored("1")
    insert_snapshots(database, "ann", frame([(account.id, NOON, 1, 1)]), received_at=NOON)
    upload = taken(database, [(account.id, NOON, 2, 2), (account.id, LATER, 3, 3)])
    assert balances(database, account) == [2, 3]
    undone = undo_upload(database, "ann", upload.id, LATER)
    assert (undone.changed, undone.deleted) == ((account.id,), ())
    assert balances(database, account) == [1]


def test_what_came_after_an_upload_stays(database: Database, stored: Stored) -> None:
    """
    value  1          from nobody's file
    value  2  first   upload
    value  3  second  upload
    """
    account = stored("1")
    insert_snapshots(database, "ann", frame([(account.id, NOON, 1, 1)]), received_at=NOON)
    first = taken(database, [(account.id, NOON, 2, 2)])
    second = taken(database, [(account.id, NOON, 3, 3)])
    undo_upload(database, "ann", first.id, LATER)
    assert balances(database, account) == [3]
    undo_upload(database, "ann", second.id, LATER)
    assert balances(database, account) == [1]


def test_uploads_undone_in_the_order_of_a_stack_leave_what_was_there(
    database: Database, stored: Stored
) -> None:
    account = stored("1")
    uploads = [
        taken(database, [(account.id, NOON, n, n), (account.id, LATER, n, 1)]) for n in (1, 2)
    ]
    for upload in reversed(uploads):
        undo_upload(database, "ann", upload.id, LATER)
    assert balances(database, account) == []


def test_accounts_and_events_of_an_upload_go_with_it(database: Database) -> None:
    account = an_account("9")
    paid = AccountEvent(
        id=uuid4(), account_id=account.id, kind=EventKind.PAYOUT, happened_at=NOON, amount=5
    )
    upload = taken(database, [(account.id, NOON, 2, 2)], accounts=[account], events=[paid])
    assert select_account(database, "ann", account.id).events == (paid,)
    assert undo_upload(database, "ann", upload.id, LATER).deleted == (account.id,)
    assert select_accounts(database, "ann") == []


def test_an_account_that_somebody_changed_or_fed_since_stays(database: Database) -> None:
    changed, fed = an_account("8"), an_account("9")
    rows = [(changed.id, NOON, 2, 2), (fed.id, NOON, 2, 2)]
    upload = taken(database, rows, accounts=[changed, fed])
    update_account(database, replace(changed, firm="Acme", updated_at=LATER))
    insert_snapshots(database, "ann", frame([(fed.id, LATER, 5, 5)]), received_at=LATER)
    assert undo_upload(database, "ann", upload.id, LATER).deleted == ()
    assert balances(database, fed) == [5]
    assert balances(database, changed) == []


def test_an_upload_is_undone_once_by_its_owner_and_may_come_again(database: Database) -> None:
    account = an_account("9")
    upload = an_upload()
    rows = frame([(account.id, NOON, 2, 2)])
    import_upload(database, upload, rows, Brought(accounts=[account]))
    with pytest.raises(Missing):
        undo_upload(database, "bob", upload.id, LATER)
    undo_upload(database, "ann", upload.id, LATER)
    with pytest.raises(Conflict, match="was undone at"):
        undo_upload(database, "ann", upload.id, LATER)
    assert select_uploads(database, "ann")[0].undone_at == LATER
    again = replace(upload, id=uuid4())
    assert import_upload(database, again, rows, Brought(accounts=[account])).taken == 1
