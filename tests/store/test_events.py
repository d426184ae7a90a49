"""Events: kept whole, by instant, gone with their account, and nobody else's."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from riskcore.domain.errors import Conflict, Missing
from riskcore.domain.events import AccountEvent, EventKind
from riskcore.domain.model import Account
from riskcore.store.accounts import (
    delete_account,
    insert_account,
    select_account,
    select_accounts,
    select_all_accounts,
    update_account,
)
from riskcore.store.database import Database
from riskcore.store.events import MOST_EVENTS, delete_event, insert_event
from tests.store.conftest import NOON, an_account

Stored = Callable[..., Account]


def an_event(account_id: UUID, minutes: int = 0, **fields: Any) -> AccountEvent:
    """A payout of 500 so many minutes after noon, not stored."""
    values: dict[str, Any] = {"kind": EventKind.PAYOUT, "amount": 500.0} | fields
    return AccountEvent(
        id=uuid4(),
        account_id=account_id,
        happened_at=NOON + timedelta(minutes=minutes),
        **values,
    )


def events(database: Database, account_id: UUID, user_id: str = "ann") -> list[AccountEvent]:
    return list(select_account(database, user_id, account_id).events)


@pytest.mark.parametrize("kind", EventKind)
def test_an_event_comes_back_as_it_was_stored(
    database: Database, stored: Stored, kind: EventKind
) -> None:
    account = stored("1")
    event = an_event(account.id, kind=kind, amount=999_999_999_999.99, origin="Größe & Söhne")
    event = replace(event, happened_at=NOON + timedelta(microseconds=7))
    insert_event(database, "ann", event)
    assert events(database, account.id) == [event]


def test_a_reset_without_an_amount_stays_without_one(database: Database, stored: Stored) -> None:
    account = stored("1")
    insert_event(database, "ann", an_event(account.id, kind=EventKind.RESET, amount=None))
    assert [event.amount for event in events(database, account.id)] == [None]


def test_events_come_by_instant_and_those_of_one_instant_by_id(
    database: Database, stored: Stored
) -> None:
    account, other = stored("1"), stored("2")
    made = [an_event(account.id, minutes) for minutes in (5, 0, 5, -5, 5)]
    for event in made:
        insert_event(database, "ann", event)
    insert_event(database, "ann", an_event(other.id, 1))
    ordered = sorted(made, key=lambda event: (event.happened_at, str(event.id)))
    assert events(database, account.id) == ordered
    assert [len(one.events) for one in select_accounts(database, "ann")] in ([5, 1], [1, 5])
    assert sum(len(one.events) for one in select_all_accounts(database)) == 6


def test_an_account_is_stored_with_the_events_it_has(database: Database) -> None:
    account = an_account("1")
    account = replace(account, events=(an_event(account.id, 1), an_event(account.id, 2)))
    insert_account(database, account)
    assert select_account(database, "ann", account.id) == account


def test_a_changed_account_keeps_its_events(database: Database, stored: Stored) -> None:
    account = stored("1")
    event = an_event(account.id)
    insert_event(database, "ann", event)
    update_account(database, replace(account, name="One", events=()))
    assert events(database, account.id) == [event]


def test_a_deleted_event_is_gone_and_the_others_stay(database: Database, stored: Stored) -> None:
    account = stored("1")
    first, second = an_event(account.id, 1), an_event(account.id, 2)
    insert_event(database, "ann", first)
    insert_event(database, "ann", second)
    delete_event(database, "ann", account.id, first.id)
    assert events(database, account.id) == [second]
    with pytest.raises(Missing, match=f"^no event {first.id}$"):
        delete_event(database, "ann", account.id, first.id)


def test_a_deleted_account_takes_its_events_with_it(database: Database, stored: Stored) -> None:
    account, other = stored("1"), stored("2")
    for one in (account, other):
        insert_event(database, "ann", an_event(one.id))
    delete_account(database, "ann", account.id)
    with database.read() as cursor:
        assert cursor.execute("SELECT count(*) FROM account_events").fetchall() == [(1,)]
    assert len(events(database, other.id)) == 1


def test_somebody_elses_account_has_no_events_for_me(database: Database, stored: Stored) -> None:
    his = stored("1", user_id="bob")
    event = an_event(his.id)
    insert_event(database, "bob", event)
    for account_id in (his.id, uuid4()):
        sentence = f"^no account {account_id}$"
        with pytest.raises(Missing, match=sentence):
            insert_event(database, "ann", an_event(account_id))
        with pytest.raises(Missing, match=sentence):
            delete_event(database, "ann", account_id, event.id)
    assert events(database, his.id, "bob") == [event]


def test_an_event_is_deleted_under_its_own_account_only(database: Database, stored: Stored) -> None:
    account, other = stored("1"), stored("2")
    event = an_event(account.id)
    insert_event(database, "ann", event)
    with pytest.raises(Missing, match=f"^no event {event.id}$"):
        delete_event(database, "ann", other.id, event.id)
    assert events(database, account.id) == [event]


def test_an_account_has_at_most_a_thousand_events(database: Database, stored: Stored) -> None:
    full = an_account("1")
    made = tuple(an_event(full.id, minutes) for minutes in range(MOST_EVENTS - 1))
    insert_account(database, replace(full, events=made))
    with ThreadPoolExecutor(8) as pool:
        jobs = [pool.submit(insert_event, database, "ann", an_event(full.id)) for _ in range(8)]
    assert sum(isinstance(job.exception(), Conflict) for job in jobs) == 7
    with pytest.raises(Conflict, match="the account has 1,000 events: delete one first"):
        insert_event(database, "ann", an_event(full.id))
    insert_event(database, "ann", an_event(stored("2").id))
    delete_event(database, "ann", full.id, made[0].id)
    insert_event(database, "ann", an_event(full.id))
    assert len(events(database, full.id)) == MOST_EVENTS == 1_000
