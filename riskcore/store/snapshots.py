"""Snapshots in the store: append-only, each account and instant once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import duckdb
import numpy as np
import pandas as pd

from riskcore.domain.errors import Missing
from riskcore.domain.model import Account, Basis
from riskcore.store.batches import KEY, VALUES, Batch, Fate, batch_from, joined, judged, recorded
from riskcore.store.batches import Recorded as Recorded
from riskcore.store.database import Database
from riskcore.store.keys import account_keys
from riskcore.store.times import aware, aware_column, stored

MOST_MERGED = 10_000  # rows; a call with more has a statement of its own
WORDS = {"words": [basis.value for basis in Basis]}
"""What the codes of a frame's `basis` stand for; in the store it is the word."""


def insert_snapshots(
    database: Database,
    user_id: str,
    rows: pd.DataFrame,
    *,
    received_at: datetime,
    upload_id: UUID | None = None,
) -> Recorded:
    """Store `rows`: account_id (text), taken_at (aware), balance, equity (money to the cent).

    They may have `open_contracts` (NaN: not said) and `basis` (a code of Basis). Another
    value for a known account and instant replaces it, and the old one is kept aside; of
    several in one call the last stays. Raises Missing for a strange account, InvalidValue
    for money or contracts that are none; then nothing is stored.
    """
    if upload_id is None and len(rows) <= MOST_MERGED:
        return database.write_together(add_batches, batch_from(user_id, rows, received_at))
    return database.write(
        lambda connection: add_snapshots(
            connection, user_id, rows, received_at=received_at, upload_id=upload_id
        )
    )


def add_snapshots(
    connection: duckdb.DuckDBPyConnection,
    user_id: str,
    rows: pd.DataFrame,
    *,
    received_at: datetime,
    upload_id: UUID | None = None,
) -> Recorded:
    """`insert_snapshots` as part of a larger piece of work."""
    return add_batches(connection, [batch_from(user_id, rows, received_at)], upload_id)[0]


def add_batches(
    connection: duckdb.DuckDBPyConnection, batches: Sequence[Batch], upload_id: UUID | None = None
) -> list[Recorded]:
    """What became of each of `batches`, stored one after the other by the same statements."""
    rows = joined(batches, _keys(connection, batches))
    if rows.empty:
        return recorded(rows.assign(fate=Fate.TAKEN), len(batches))
    rows = judged(rows, _known(connection, rows))
    changes = rows[rows["fate"] != Fate.DUPLICATE]
    latest = changes.drop_duplicates(KEY, keep="last")
    if (changes["fate"] == Fate.CORRECTED).any():
        _set_aside(connection, latest)
        _keep_overtaken(connection, changes, upload_id)
    _append(connection, latest, upload_id)
    return recorded(rows, len(batches))


def _keys(
    connection: duckdb.DuckDBPyConnection, batches: Sequence[Batch]
) -> dict[str, dict[str, int]]:
    """The store's number for every account of the batches, by owner and id; raises Missing."""
    wanted: dict[str, set[str]] = {}
    for batch in batches:
        wanted.setdefault(batch.user_id, set()).update(batch.account_ids)
    keys = {user_id: account_keys(connection, user_id, ids) for user_id, ids in wanted.items()}
    for batch in batches:
        for account_id in batch.account_ids:
            if account_id not in keys[batch.user_id]:
                raise Missing("account", account_id)
    return keys


SELECT_KNOWN = """
SELECT
    s.account_key, s.taken_at,
    CAST(s.balance AS DOUBLE) AS balance, CAST(s.equity AS DOUBLE) AS equity,
    CAST(s.open_contracts AS DOUBLE) AS open_contracts,
    CAST(list_position($words, s.basis) - 1 AS TINYINT) AS basis
FROM snapshots AS s SEMI JOIN batch AS b USING (account_key, taken_at)
WHERE s.taken_at BETWEEN $earliest AND $latest
"""


def _known(connection: duckdb.DuckDBPyConnection, batch: pd.DataFrame) -> pd.DataFrame:
    """What is stored under the keys of `batch`; bounded by its time range, so it stays quick."""
    connection.register("batch", batch[KEY])
    span = {"earliest": batch["taken_at"].min(), "latest": batch["taken_at"].max()}
    known = connection.execute(SELECT_KNOWN, span | WORDS).df()
    connection.unregister("batch")
    known["taken_at"] = known["taken_at"].astype("datetime64[us]")
    return known


COPY_REPLACED = """
INSERT INTO replaced_snapshots (
    account_key, taken_at, balance, equity, open_contracts, basis, upload_id, received_at,
    replaced_at
)
SELECT
    s.account_key, s.taken_at, s.balance, s.equity, s.open_contracts, s.basis, s.upload_id,
    s.received_at, b.received_at
FROM snapshots AS s JOIN batch AS b USING (account_key, taken_at)
"""

DELETE_REPLACED = """
DELETE FROM snapshots USING batch
WHERE snapshots.account_key = batch.account_key AND snapshots.taken_at = batch.taken_at
"""


def _set_aside(connection: duckdb.DuckDBPyConnection, latest: pd.DataFrame) -> None:
    connection.register("batch", latest[[*KEY, "received_at"]])
    connection.execute(COPY_REPLACED)
    connection.execute(DELETE_REPLACED)
    connection.unregister("batch")


INSERT_OVERTAKEN = """
INSERT INTO replaced_snapshots (
    account_key, taken_at, balance, equity, open_contracts, basis, upload_id, received_at,
    replaced_at
)
SELECT
    account_key, taken_at, CAST(balance AS DECIMAL(18, 2)), CAST(equity AS DECIMAL(18, 2)),
    CAST(open_contracts AS DECIMAL(18, 4)), list_extract($words, basis + 1), $upload_id,
    received_at, replaced_at
FROM batch
"""


def _keep_overtaken(
    connection: duckdb.DuckDBPyConnection, changes: pd.DataFrame, upload_id: UUID | None
) -> None:
    """Keep what a later row of the same transaction has replaced before it was stored."""
    overtaken = changes.assign(replaced_at=changes["received_at"].shift(-1))
    overtaken = overtaken[changes.duplicated(KEY, keep="last")]
    if overtaken.empty:
        return
    connection.register("batch", overtaken)
    connection.execute(INSERT_OVERTAKEN, {"upload_id": upload_id} | WORDS)
    connection.unregister("batch")


INSERT_SNAPSHOTS = """
INSERT INTO snapshots (
    account_key, taken_at, balance, equity, open_contracts, basis, upload_id, received_at
)
SELECT
    account_key, taken_at, CAST(balance AS DECIMAL(18, 2)), CAST(equity AS DECIMAL(18, 2)),
    CAST(open_contracts AS DECIMAL(18, 4)), list_extract($words, basis + 1), $upload_id,
    received_at
FROM batch
"""


def _append(
    connection: duckdb.DuckDBPyConnection, rows: pd.DataFrame, upload_id: UUID | None
) -> None:
    if rows.empty:
        return
    connection.register("batch", rows[[*KEY, *VALUES, "received_at"]])
    connection.execute(INSERT_SNAPSHOTS, {"upload_id": upload_id} | WORDS)
    connection.unregister("batch")


SELECT_SNAPSHOTS = """
SELECT
    s.account_key, s.taken_at,
    CAST(s.balance AS DOUBLE) AS balance, CAST(s.equity AS DOUBLE) AS equity,
    CAST(s.open_contracts AS DOUBLE) AS open_contracts,
    CAST(list_position($words, s.basis) - 1 AS TINYINT) AS basis
FROM snapshots AS s JOIN wanted AS w ON w.account_key = s.account_key
WHERE s.taken_at >= coalesce($start, s.taken_at) AND s.taken_at <= coalesce($end, s.taken_at)
ORDER BY w.position, s.taken_at
"""


def select_snapshots(
    database: Database,
    user_id: str,
    account_ids: Sequence[UUID],
    start: datetime | None = None,
    end: datetime | None = None,
) -> pd.DataFrame:
    """The snapshots of the owner's accounts from `start` to `end`, both inclusive.

    Columns: account_id (categorical text), taken_at (aware UTC), balance, equity,
    open_contracts (NaN: not said), basis (a code of Basis); sorted by account id and time.
    Accounts that are not the owner's are left out.
    """
    with database.read() as cursor:
        wanted = account_keys(cursor, user_id, {str(account_id) for account_id in account_ids})
        return _select(cursor, wanted, start, end)


def _select(
    cursor: duckdb.DuckDBPyConnection,
    wanted: dict[str, int],
    start: datetime | None = None,
    end: datetime | None = None,
) -> pd.DataFrame:
    ids = sorted(wanted)
    keys = np.array([wanted[account_id] for account_id in ids], dtype=np.int32)
    places = pd.DataFrame({"account_key": keys, "position": np.arange(len(ids), dtype=np.int32)})
    cursor.register("wanted", places)
    span = {
        "start": None if start is None else stored(start),
        "end": None if end is None else stored(end),
    }
    found = cursor.execute(SELECT_SNAPSHOTS, span | WORDS).df()
    cursor.unregister("wanted")
    code = np.full(int(keys.max(initial=0)) + 1, -1, dtype=np.int64)
    code[keys] = np.arange(len(ids))
    account = pd.Categorical.from_codes(
        code[found["account_key"].to_numpy()], categories=pd.Index(ids, dtype=object)
    )
    return pd.DataFrame(
        {
            "account_id": account,
            "taken_at": aware_column(found["taken_at"]),
            **{name: found[name] for name in VALUES},
        }
    )


SELECT_ALL_KEYS = """
SELECT id, account_key FROM accounts
"""


def select_history(database: Database, accounts: Sequence[Account]) -> pd.DataFrame:
    """All snapshots of these accounts of any owner, shaped as `select_snapshots`: for the board."""
    with database.read() as cursor:
        keys = {str(i): key for i, key in cursor.execute(SELECT_ALL_KEYS).fetchall()}
        wanted = {str(a.id): keys[str(a.id)] for a in accounts if str(a.id) in keys}
        return _select(cursor, wanted)


SELECT_SPAN = """
SELECT min(s.taken_at), max(s.taken_at)
FROM snapshots AS s JOIN accounts AS a ON a.account_key = s.account_key
WHERE a.user_id = $user_id AND list_contains($account_ids, a.id)
"""


def select_span(
    database: Database, user_id: str, account_ids: Sequence[UUID]
) -> tuple[datetime, datetime] | None:
    """When the first and the last snapshot of these accounts were taken; None without any."""
    if not account_ids:
        return None
    key = {"user_id": user_id, "account_ids": list(account_ids)}
    with database.read() as cursor:
        first, last = cursor.execute(SELECT_SPAN, key).fetchall()[0]
    return None if first is None else (aware(first), aware(last))
