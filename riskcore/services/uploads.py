"""Uploads: look at a file, then take it in."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

import pandas as pd

from riskcore.domain.model import clean_name
from riskcore.ingest.columns import ColumnMap
from riskcore.ingest.reading import Reading, read_csv
from riskcore.services.accounts import AccountDraft, drafted, list_accounts
from riskcore.services.desk import Desk
from riskcore.store import uploads as stored
from riskcore.store.uploads import StoredRefusal
from riskcore.store.uploads import Upload as Upload


@dataclass(frozen=True, slots=True, kw_only=True)
class FilePreview:
    """What taking in a file would do; nothing has changed yet.

    `known`: the accounts of the file that are on the desk, as written → id; `new_accounts`
    the others, as written.
    """

    file_name: str
    digest: str
    reading: Reading
    known: Mapping[str, UUID]
    new_accounts: tuple[str, ...]


def preview_file(
    desk: Desk,
    user_id: str,
    file_name: str,
    data: bytes,
    *,
    columns: ColumnMap | None = None,
    time_zone: str | None = None,
) -> FilePreview:
    """Read a file and say what it holds; raises UnreadableFile."""
    reading = read_csv(data, columns=columns, time_zone=time_zone, now=desk.clock())
    numbers = {a.number: a.id for a in list_accounts(desk, user_id)}
    written = list(dict.fromkeys(reading.rows["account"]))
    return FilePreview(
        file_name=clean_name(file_name[-80:], "file name"),
        digest=hashlib.sha256(data).hexdigest(),
        reading=reading,
        known={name: numbers[name] for name in written if name in numbers},
        new_accounts=tuple(name for name in written if name not in numbers),
    )


def import_file(
    desk: Desk, user_id: str, preview: FilePreview, new_accounts: Sequence[AccountDraft] = ()
) -> Upload:
    """Take in what `preview` shows, in one transaction.

    New accounts are made as drafted, or with nothing but their number. Raises Conflict
    when the same file was taken in before.
    """
    now = desk.clock()
    drafts = {draft.number: draft for draft in new_accounts}
    made = [
        drafted(drafts.get(number, AccountDraft(number=number)), user_id, now)
        for number in preview.new_accounts
    ]
    ids = {**preview.known, **{account.number: account.id for account in made}}
    rows = _rows(preview.reading.rows, ids)
    upload = stored.import_upload(
        desk.database, _upload(preview, user_id, now), rows, made, preview.reading.refusals
    )
    if made:
        _put_on_board(desk, user_id, {account.id for account in made})
    desk.board.record(rows[rows["account_id"].isin([str(i) for i in preview.known.values()])])
    desk.ticker.notice()
    return upload


def _rows(read: pd.DataFrame, ids: Mapping[str, UUID]) -> pd.DataFrame:
    rows = read[["taken_at", "balance", "equity", "open_contracts", "basis"]].copy()
    rows["account_id"] = read["account"].map({name: str(i) for name, i in ids.items()})
    return rows


def _put_on_board(desk: Desk, user_id: str, new_ids: set[UUID]) -> None:
    with desk.board.held():
        found = list_accounts(desk, user_id)
        desk.board.put_accounts([account for account in found if account.id in new_ids])


def _upload(preview: FilePreview, user_id: str, now: datetime) -> Upload:
    reading = preview.reading
    return Upload(
        id=uuid4(),
        user_id=user_id,
        file_name=preview.file_name,
        digest=preview.digest,
        rows_read=reading.rows_read,
        taken=len(reading.rows),
        refused=len({refusal.line for refusal in reading.refusals}),
        duplicates=reading.duplicates,
        corrected=0,
        created_at=now,
    )


def list_uploads(desk: Desk, user_id: str) -> list[Upload]:
    """The owner's uploads, newest first."""
    return stored.select_uploads(desk.database, user_id)


def find_upload(desk: Desk, user_id: str, upload_id: UUID) -> tuple[Upload, list[StoredRefusal]]:
    """The owner's upload and its refused rows; raises Missing."""
    return stored.select_upload(desk.database, user_id, upload_id)
