"""Account events in the store: an account's payouts, resets and the like."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any
from uuid import UUID

import duckdb

from riskcore.domain.errors import Conflict, Missing
from riskcore.domain.events import AccountEvent, EventKind
from riskcore.store.database import Database
from riskcore.store.keys import check_accounts
from riskcore.store.times import aware, stored

MOST_EVENTS = 1_000

SELECT_COUNT = """
SELECT count(*) FROM account_events AS e JOIN accounts AS a ON a.account_key = e.account_key
WHERE a.user_id = $user_id AND a.id = $account_id
"""


def insert_event(database: Database, user_id: str, event: AccountEvent) -> None:
    """Store a new event.

    Raises Missing when its account is not the owner's, Conflict when that has 1,000 already.
    """
    key = {"user_id": user_id, "account_id": event.account_id}

    def work(connection: duckdb.DuckDBPyConnection) -> None:
        check_accounts(connection, user_id, [event.account_id])
        if connection.execute(SELECT_COUNT, key).fetchall()[0][0] >= MOST_EVENTS:
            raise Conflict(f"the account has {MOST_EVENTS:,} events: delete one first")
        add_events(connection, user_id, [event])

    database.write(work)


INSERT_EVENT = """
INSERT INTO account_events (id, account_key, kind, happened_at, amount, origin)
SELECT $id, account_key, $kind, $happened_at, CAST($amount AS DECIMAL(18, 2)), $origin
FROM accounts WHERE id = $account_id AND user_id = $user_id
"""


def add_events(
    connection: duckdb.DuckDBPyConnection, user_id: str, events: Iterable[AccountEvent]
) -> None:
    """Store events of the owner's accounts as part of a larger piece of work."""
    for event in events:
        connection.execute(INSERT_EVENT, _row(event) | {"user_id": user_id})


def _row(event: AccountEvent) -> dict[str, Any]:
    return {
        "id": event.id,
        "account_id": event.account_id,
        "kind": event.kind.value,
        "happened_at": stored(event.happened_at),
        "amount": event.amount,
        "origin": event.origin,
    }


DELETE_EVENT = """
DELETE FROM account_events
WHERE id = $id
    AND account_key IN (
        SELECT account_key FROM accounts WHERE id = $account_id AND user_id = $user_id
    )
RETURNING id
"""


def delete_event(database: Database, user_id: str, account_id: UUID, event_id: UUID) -> None:
    """Forget an event; raises Missing when the account or the event is not there."""
    key = {"id": event_id, "account_id": account_id, "user_id": user_id}

    def work(connection: duckdb.DuckDBPyConnection) -> None:
        check_accounts(connection, user_id, [account_id])
        if not connection.execute(DELETE_EVENT, key).fetchall():
            raise Missing("event", event_id)

    database.write(work)


SELECT_EVENTS = """
SELECT e.account_key, e.id, a.id, e.kind, e.happened_at, e.amount, e.origin
FROM account_events AS e JOIN accounts AS a ON a.account_key = e.account_key
WHERE a.user_id = coalesce($user_id, a.user_id) AND a.id = coalesce($id, a.id)
ORDER BY e.account_key, e.happened_at, e.id
"""


def events_by_account(
    cursor: duckdb.DuckDBPyConnection, user_id: str | None, account_id: UUID | None
) -> dict[int, list[AccountEvent]]:
    """The events of the owner's account by the store's number, each by instant.

    None stands for every owner, and for every account.
    """
    found: dict[int, list[AccountEvent]] = defaultdict(list)
    key = {"user_id": user_id, "id": account_id}
    for account_key, *row in cursor.execute(SELECT_EVENTS, key).fetchall():
        found[account_key].append(_event(*row))
    return found


def _event(
    event_id: UUID, account_id: UUID, kind: str, happened_at: Any, amount: Any, origin: str
) -> AccountEvent:
    return AccountEvent(
        id=event_id,
        account_id=account_id,
        kind=EventKind(kind),
        happened_at=aware(happened_at),
        amount=None if amount is None else float(amount),
        origin=origin,
    )
