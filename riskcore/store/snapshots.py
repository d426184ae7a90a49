"""Snapshots in the store: append-only, each account and instant once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from uuid import UUID

import duckdb
import numpy as np
import numpy.typing as npt
import pandas as pd

from riskcore.domain.errors import Missing
from riskcore.domain.model import Account, Basis, Snapshot
from riskcore.store.batches import (
    VALUES,
    Array,
    Fate,
    Post,
    Rows,
    chosen,
    framed,
    is_last,
    judged,
    posted,
    recorded,
    spans,
)
from riskcore.store.batches import Recorded as Recorded
from riskcore.store.database import Database
from riskcore.store.keys import account_keys, check_accounts, first_missing
from riskcore.store.memory import Memory
from riskcore.store.times import aware, aware_column, stored
from riskcore.store.writer import nothing

WORDS = {"words": [basis.value for basis in Basis]}
"""What the codes of a frame's `basis` stand for; in the store it is the word."""


def submit_snapshots(
    database: Database,
    user_id: str,
    snapshots: Sequence[Snapshot],
    *,
    received_at: datetime,
    then: Callable[[Recorded], None] = nothing,
) -> Future[Recorded]:
    """What becomes of `snapshots`, to come once they are stored, all or none.

    Another value for a known account and instant replaces it, and the old one is kept
    aside; of several in one call the last stays. `then` is called before anybody has the
    answer. The answer raises Missing for a strange account, InvalidValue for money or
    contracts that are none; then nothing is stored.
    """
    return database.submit(add_posts, Post(user_id, snapshots, received_at), then)


def insert_snapshots(
    database: Database, user_id: str, rows: pd.DataFrame, *, received_at: datetime
) -> Recorded:
    """`submit_snapshots`, waited for.

    `rows`: account_id (text), taken_at (aware), balance, equity (money to the cent); they
    may have `open_contracts` (NaN: not said) and `basis` (a code of Basis).
    """
    return database.write(
        lambda connection: add_snapshots(connection, user_id, rows, received_at=received_at)
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
    ids = [UUID(account_id) for account_id in rows["account_id"].unique()]
    check_accounts(connection, user_id, ids)
    keys = {str(i): key for i, key in account_keys(connection, user_id, ids).items()}
    ordered = framed(rows, keys, received_at)
    return recorded(ordered, _add(connection, Memory(), ordered, upload_id), 1)[0]


def add_posts(
    connection: duckdb.DuckDBPyConnection, memory: Memory, posts: Sequence[Post]
) -> list[Recorded | Missing]:
    """What became of each of `posts`, stored one after the other by the same statements.

    One that names a strange account is Missing, and nothing of it is stored.
    """
    keys = _keys(connection, memory, posts)
    strange = [first_missing((s.account_id for s in p.snapshots), keys[p.user_id]) for p in posts]
    whole = [post for post, missing in zip(posts, strange, strict=True) if missing is None]
    rows = posted(whole, keys)
    answers = iter(recorded(rows, _add(connection, memory, rows), len(whole)))
    return [missing or next(answers) for missing in strange]


def _keys(
    connection: duckdb.DuckDBPyConnection, memory: Memory, posts: Sequence[Post]
) -> dict[str, dict[UUID, int]]:
    """The store's number for the accounts of the posts, by owner and id."""
    wanted: dict[str, set[UUID]] = {}
    for post in posts:
        wanted.setdefault(post.user_id, set()).update(s.account_id for s in post.snapshots)
    return {
        user_id: memory.keys.found(user_id, ids, partial(account_keys, connection, user_id))
        for user_id, ids in wanted.items()
    }


def _add(
    connection: duckdb.DuckDBPyConnection,
    memory: Memory,
    rows: Rows,
    upload_id: UUID | None = None,
) -> Array:
    """Store `rows`, as from `ordered`; the fate of each."""
    if not len(rows["place"]):
        return np.empty(0, dtype=np.int64)
    maybe_known = chosen(rows, memory.may_be_stored(connection, rows))
    fate = judged(rows, _known(connection, maybe_known))
    changes = chosen(rows, fate != Fate.DUPLICATE)
    latest = chosen(changes, is_last(changes))
    if (fate == Fate.CORRECTED).any():
        _set_aside(connection, latest)
        _keep_overtaken(connection, changes, upload_id)
    _append(connection, latest, upload_id)
    memory.note(connection, latest)
    return fate


SELECT_KNOWN = """
SELECT
    b.place, CAST(s.balance AS DOUBLE) AS balance, CAST(s.equity AS DOUBLE) AS equity,
    CAST(s.open_contracts AS DOUBLE) AS open_contracts,
    CAST(list_position($words, s.basis) - 1 AS TINYINT) AS basis
FROM snapshots AS s JOIN batch AS b USING (account_key, taken_at)
WHERE s.taken_at BETWEEN $earliest AND $latest
"""


def _known(connection: duckdb.DuckDBPyConnection, rows: Rows) -> Rows | None:
    """What is stored under the keys of `rows`, with the places of these; None for no rows.

    Bounded by the times of the rows, so that it stays quick however much is stored.
    """
    if not len(rows["place"]):
        return None
    with _registered(connection, rows):
        found = [
            connection.execute(
                SELECT_KNOWN, {"earliest": first, "latest": last} | WORDS
            ).fetchnumpy()
            for first, last in spans(rows["taken_at"])
        ]
    return {name: np.concatenate([_filled(f[name]) for f in found]) for name in ("place", *VALUES)}


def _filled(column: npt.ArrayLike) -> Array:
    """A column as DuckDB gives it, with NaN for NULL."""
    return np.ma.filled(column, np.nan) if np.ma.isMaskedArray(column) else np.asarray(column)


@contextmanager
def _registered(connection: duckdb.DuckDBPyConnection, rows: Rows) -> Iterator[None]:
    """While it lasts, `rows` are the table `batch` of the statements."""
    connection.register("batch", dict(rows))
    yield
    connection.unregister("batch")


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


def _set_aside(connection: duckdb.DuckDBPyConnection, latest: Rows) -> None:
    with _registered(connection, latest):
        connection.execute(COPY_REPLACED)
        connection.execute(DELETE_REPLACED)


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
    connection: duckdb.DuckDBPyConnection, changes: Rows, upload_id: UUID | None
) -> None:
    """Keep what a later row of the same transaction has replaced before it was stored."""
    replaced = {**changes, "replaced_at": np.roll(changes["received_at"], -1)}
    overtaken = chosen(replaced, ~is_last(changes))
    if len(overtaken["place"]):
        with _registered(connection, overtaken):
            connection.execute(INSERT_OVERTAKEN, {"upload_id": upload_id} | WORDS)


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


def _append(connection: duckdb.DuckDBPyConnection, rows: Rows, upload_id: UUID | None) -> None:
    if len(rows["place"]):
        with _registered(connection, rows):
            connection.execute(INSERT_SNAPSHOTS, {"upload_id": upload_id} | WORDS)


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
        wanted = account_keys(cursor, user_id, set(account_ids))
        return _select(cursor, wanted, start, end)


def _select(
    cursor: duckdb.DuckDBPyConnection,
    wanted: Mapping[UUID, int],
    start: datetime | None = None,
    end: datetime | None = None,
) -> pd.DataFrame:
    ids = sorted(map(str, wanted))
    keys = np.array([wanted[UUID(account_id)] for account_id in ids], dtype=np.int32)
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
        keys: dict[UUID, int] = dict(cursor.execute(SELECT_ALL_KEYS).fetchall())
        return _select(cursor, {a.id: keys[a.id] for a in accounts if a.id in keys})


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
