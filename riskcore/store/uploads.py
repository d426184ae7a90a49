"""Uploads in the store: which file brought which rows, and what was refused."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

import duckdb
import pandas as pd

from riskcore.domain.errors import Conflict, Missing
from riskcore.domain.events import AccountEvent
from riskcore.domain.model import Account
from riskcore.store.accounts import add_account
from riskcore.store.database import Database
from riskcore.store.events import add_events
from riskcore.store.mappings import put_mapping
from riskcore.store.snapshots import Recorded, add_snapshots
from riskcore.store.times import aware, stored


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """One file taken in: rows_read = taken + refused + duplicates + corrected.

    `digest` is the SHA-256 of its bytes in hex; `format` what it was recognised as. Once it
    is undone, nothing of it is left but this.
    """

    id: UUID
    user_id: str
    file_name: str
    digest: str
    rows_read: int
    taken: int
    refused: int
    duplicates: int
    corrected: int
    created_at: datetime
    format: str = "snapshots"
    undone_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Brought:
    """What a file brings besides snapshots.

    `refused_file`: its refused rows as a CSV, "" for none. `mapping`: the digest of its
    header and what was said of it, to be remembered.
    """

    accounts: Sequence[Account] = ()
    events: Sequence[AccountEvent] = ()
    refusals: Sequence[RefusedRow] = ()
    refused_file: str = ""
    mapping: tuple[str, str] | None = None


class RefusedRow(Protocol):
    """A row that was not imported: line in the file, column, value, why."""

    @property
    def line(self) -> int: ...
    @property
    def column(self) -> str: ...
    @property
    def value(self) -> str: ...
    @property
    def reason(self) -> str: ...


@dataclass(frozen=True, slots=True)
class StoredRefusal:
    """A refused row as it was stored."""

    line: int
    column: str
    value: str
    reason: str


ROWS_AT_ONCE = 250_000

SELECT_DIGEST = """
SELECT file_name, created_at FROM uploads
WHERE user_id = $user_id AND digest = $digest AND undone_at IS NULL
"""

INSERT_UPLOAD = """
INSERT INTO uploads (
    id, user_id, file_name, digest, rows_read, taken, refused, duplicates, corrected, created_at,
    format, undone_at
) VALUES (
    $id, $user_id, $file_name, $digest, $rows_read, $taken, $refused, $duplicates, $corrected,
    $created_at, $format, $undone_at
)
"""

INSERT_REFUSALS = """
INSERT INTO refusals (upload_id, line, column_name, value, reason)
SELECT $upload_id, line, column_name, value, reason FROM refused
"""


def import_upload(
    database: Database, upload: Upload, rows: pd.DataFrame, brought: Brought
) -> Upload:
    """Store a file's snapshots and what else it brings in one transaction; with final counts.

    `rows` as for `insert_snapshots`; `upload` holds what reading the file counted. Raises
    Conflict when the owner has imported these very bytes before.
    """

    def work(connection: duckdb.DuckDBPyConnection) -> Upload:
        check_digest(connection, upload.user_id, upload.digest)
        for account in brought.accounts:
            add_account(connection, account)
        recorded = _add_rows(connection, upload, rows)
        counted = replace(
            upload,
            taken=recorded.taken,
            duplicates=upload.duplicates + recorded.duplicates,
            corrected=recorded.corrected,
        )
        row = asdict(counted) | {"created_at": stored(counted.created_at)}
        connection.execute(INSERT_UPLOAD, row)
        _insert_refusals(connection, upload.id, brought.refusals)
        _insert_brought(connection, upload, brought)
        return counted

    return database.write(work)


def _add_rows(
    connection: duckdb.DuckDBPyConnection, upload: Upload, rows: pd.DataFrame
) -> Recorded:
    """Store rows a part at a time, so that not all of them are held several times over."""
    parts = [
        add_snapshots(
            connection,
            upload.user_id,
            rows.iloc[start : start + ROWS_AT_ONCE],
            received_at=upload.created_at,
            upload_id=upload.id,
        )
        for start in range(0, len(rows), ROWS_AT_ONCE)
    ]
    return Recorded(
        taken=sum(part.taken for part in parts),
        duplicates=sum(part.duplicates for part in parts),
        corrected=sum(part.corrected for part in parts),
    )


def check_digest(connection: duckdb.DuckDBPyConnection, user_id: str, digest: str) -> None:
    """Raise Conflict when the owner has imported a file with this digest."""
    key = {"user_id": user_id, "digest": digest}
    before = connection.execute(SELECT_DIGEST, key).fetchall()
    if before:
        name, when = before[0]
        raise Conflict(
            f"this file was already imported as {name} at {when:%Y-%m-%d %H:%M} UTC:"
            " nothing was changed"
        )


INSERT_UPLOAD_ACCOUNT = """
INSERT INTO upload_accounts (upload_id, account_id) VALUES ($upload_id, $account_id)
"""

INSERT_UPLOAD_EVENT = """
INSERT INTO upload_events (upload_id, event_id) VALUES ($upload_id, $event_id)
"""

INSERT_REFUSED_FILE = """
INSERT INTO refused_files (upload_id, content) VALUES ($upload_id, $content)
"""


def _insert_brought(
    connection: duckdb.DuckDBPyConnection, upload: Upload, brought: Brought
) -> None:
    add_events(connection, upload.user_id, brought.events)
    key = {"upload_id": upload.id}
    for account in brought.accounts:
        connection.execute(INSERT_UPLOAD_ACCOUNT, key | {"account_id": account.id})
    for event in brought.events:
        connection.execute(INSERT_UPLOAD_EVENT, key | {"event_id": event.id})
    if brought.refused_file:
        connection.execute(INSERT_REFUSED_FILE, key | {"content": brought.refused_file})
    if brought.mapping is not None:
        put_mapping(connection, upload.user_id, *brought.mapping, upload.created_at)


def _insert_refusals(
    connection: duckdb.DuckDBPyConnection, upload_id: UUID, refusals: Sequence[RefusedRow]
) -> None:
    if not refusals:
        return
    refused = pd.DataFrame(
        [(r.line, r.column, r.value, r.reason) for r in refusals],
        columns=["line", "column_name", "value", "reason"],
    )
    connection.register("refused", refused)
    connection.execute(INSERT_REFUSALS, {"upload_id": upload_id})
    connection.unregister("refused")


SELECT_UPLOADS = """
SELECT
    id, user_id, file_name, digest, rows_read, taken, refused, duplicates, corrected, created_at,
    format, undone_at
FROM uploads
WHERE user_id = $user_id AND id = coalesce($id, id)
ORDER BY created_at DESC, id
"""

SELECT_REFUSALS = """
SELECT r.line, r.column_name, r.value, r.reason
FROM refusals AS r JOIN uploads AS u ON u.id = r.upload_id
WHERE u.user_id = $user_id AND u.id = $id
ORDER BY r.line, r.column_name
"""


def select_uploads(database: Database, user_id: str) -> list[Upload]:
    """The owner's uploads, newest first."""
    with database.read() as cursor:
        return _select(cursor, user_id, None)


def select_upload(
    database: Database, user_id: str, upload_id: UUID
) -> tuple[Upload, list[StoredRefusal]]:
    """The owner's upload and what was refused; raises Missing."""
    with database.read() as cursor:
        found = _select(cursor, user_id, upload_id)
        if not found:
            raise Missing("upload", upload_id)
        key = {"user_id": user_id, "id": upload_id}
        refusals = cursor.execute(SELECT_REFUSALS, key).fetchall()
    return found[0], [StoredRefusal(*row) for row in refusals]


SELECT_REFUSED_FILE = """
SELECT f.content
FROM refused_files AS f JOIN uploads AS u ON u.id = f.upload_id
WHERE u.user_id = $user_id AND u.id = $id
"""


def select_refused_file(database: Database, user_id: str, upload_id: UUID) -> str:
    """The refused rows of the owner's upload as a CSV; raises Missing, also without any."""
    with database.read() as cursor:
        key = {"user_id": user_id, "id": upload_id}
        found = cursor.execute(SELECT_REFUSED_FILE, key).fetchall()
    if not found:
        raise Missing("refused rows of upload", upload_id)
    content: str = found[0][0]
    return content


SELECT_BY_DIGEST = """
SELECT id FROM uploads
WHERE user_id = $user_id AND digest = $digest AND undone_at IS NULL
"""


def select_by_digest(database: Database, user_id: str, digest: str) -> Upload | None:
    """The owner's upload of these very bytes, unless it was undone."""
    with database.read() as cursor:
        key = {"user_id": user_id, "digest": digest}
        found = cursor.execute(SELECT_BY_DIGEST, key).fetchall()
        return _select(cursor, user_id, found[0][0])[0] if found else None


def _select(
    cursor: duckdb.DuckDBPyConnection, user_id: str, upload_id: UUID | None
) -> list[Upload]:
    key = {"user_id": user_id, "id": upload_id}
    rows = cursor.execute(SELECT_UPLOADS, key).fetchall()
    names = list(Upload.__dataclass_fields__)
    return [_upload(dict(zip(names, row, strict=True))) for row in rows]


def _upload(row: dict[str, Any]) -> Upload:
    undone_at = row["undone_at"]
    times = {
        "created_at": aware(row["created_at"]),
        "undone_at": None if undone_at is None else aware(undone_at),
    }
    return Upload(**(row | times))
