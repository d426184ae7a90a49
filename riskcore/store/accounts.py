"""Accounts in the store, each with its rules and events."""

from __future__ import annotations

import json
from collections import defaultdict
from datetime import date, timedelta
from functools import lru_cache
from typing import Any
from uuid import UUID

import duckdb

from riskcore.domain.errors import Conflict, Missing
from riskcore.domain.events import AccountEvent
from riskcore.domain.market_hours import market_hours
from riskcore.domain.model import Account, AppliedPreset
from riskcore.domain.rules import rule_from, rule_parameters
from riskcore.domain.rules.base import Rule
from riskcore.store.amounts import checked_amounts
from riskcore.store.database import Database
from riskcore.store.events import add_events, events_by_account
from riskcore.store.keys import check_accounts
from riskcore.store.times import aware, stored

MICROSECOND = timedelta(microseconds=1)

SELECT_NUMBER = """
SELECT count(*) FROM accounts WHERE user_id = $user_id AND number = $number AND id <> $id
"""

INSERT_ACCOUNT = """
INSERT INTO accounts (
    account_key, id, user_id, number, name, firm, platform, currency, starting_balance,
    time_zone, reset_time, stale_after_us, market_hours, preset_name, preset_size,
    preset_checked_on, created_at, updated_at
) VALUES (
    nextval('account_keys'), $id, $user_id, $number, $name, $firm, $platform, $currency,
    $starting_balance, $time_zone, $reset_time, $stale_after_us, $market_hours, $preset_name,
    $preset_size, $preset_checked_on, $created_at, $updated_at
)
"""


def insert_account(database: Database, account: Account) -> None:
    """Store a new account with its rules and events.

    Raises Conflict when the owner has its number already.
    """
    database.write(lambda connection: add_account(connection, account))


def add_account(connection: duckdb.DuckDBPyConnection, account: Account) -> None:
    """`insert_account` as part of a larger piece of work."""
    _check_number(connection, account)
    connection.execute(INSERT_ACCOUNT, _row(account) | {"created_at": stored(account.created_at)})
    _insert_rules(connection, account)
    add_events(connection, account.user_id, account.events)


def _check_number(connection: duckdb.DuckDBPyConnection, account: Account) -> None:
    key = {"user_id": account.user_id, "number": account.number, "id": account.id}
    if connection.execute(SELECT_NUMBER, key).fetchall()[0][0]:
        raise Conflict(f"there is already an account with the number {account.number}")


def _row(account: Account) -> dict[str, Any]:
    preset = account.preset
    return {
        "id": account.id,
        "user_id": account.user_id,
        "number": account.number,
        "name": account.name,
        "firm": account.firm,
        "platform": account.platform,
        "currency": account.currency,
        "starting_balance": _checked(account.starting_balance),
        "time_zone": account.time_zone,
        "reset_time": account.reset_time,
        "stale_after_us": account.stale_after // MICROSECOND,
        "market_hours": str(account.market_hours),
        "preset_name": preset.name if preset else None,
        "preset_size": preset.size if preset else None,
        "preset_checked_on": preset.checked_on if preset else None,
        "updated_at": stored(account.updated_at),
    }


def _checked(starting_balance: float | None) -> float | None:
    if starting_balance is None:
        return None
    return float(checked_amounts("starting_balance", starting_balance))


INSERT_RULE = """
INSERT INTO account_rules (account_key, position, kind, parameters)
SELECT account_key, $position, $kind, $parameters FROM accounts
WHERE id = $id AND user_id = $user_id
"""


def _insert_rules(connection: duckdb.DuckDBPyConnection, account: Account) -> None:
    for position, rule in enumerate(account.rules):
        connection.execute(
            INSERT_RULE,
            {
                "position": position,
                "kind": rule.kind,
                "parameters": json.dumps(rule_parameters(rule)),
                "id": account.id,
                "user_id": account.user_id,
            },
        )


UPDATE_ACCOUNT = """
UPDATE accounts SET
    number = $number, name = $name, firm = $firm, platform = $platform, currency = $currency,
    starting_balance = $starting_balance, time_zone = $time_zone, reset_time = $reset_time,
    stale_after_us = $stale_after_us, market_hours = $market_hours, preset_name = $preset_name,
    preset_size = $preset_size, preset_checked_on = $preset_checked_on, updated_at = $updated_at
WHERE id = $id AND user_id = $user_id
"""

DELETE_RULES = """
DELETE FROM account_rules
WHERE account_key IN (SELECT account_key FROM accounts WHERE id = $id AND user_id = $user_id)
"""


def update_account(database: Database, account: Account) -> None:
    """Store a changed account; its events stay as they are stored.

    Raises Missing for a strange one, Conflict on its number.
    """

    def work(connection: duckdb.DuckDBPyConnection) -> None:
        check_accounts(connection, account.user_id, [account.id])
        _check_number(connection, account)
        connection.execute(UPDATE_ACCOUNT, _row(account))
        connection.execute(DELETE_RULES, {"id": account.id, "user_id": account.user_id})
        _insert_rules(connection, account)

    database.write(work)


SELECT_GROUP_OF = """
SELECT g.name FROM group_members AS m JOIN account_groups AS g ON g.id = m.group_id
WHERE m.account_id = $id AND g.user_id = $user_id ORDER BY g.name
"""

DELETE_SNAPSHOTS = """
DELETE FROM snapshots
WHERE account_key IN (SELECT account_key FROM accounts WHERE id = $id AND user_id = $user_id)
"""

DELETE_REPLACED = """
DELETE FROM replaced_snapshots
WHERE account_key IN (SELECT account_key FROM accounts WHERE id = $id AND user_id = $user_id)
"""

DELETE_EVENTS = """
DELETE FROM account_events
WHERE account_key IN (SELECT account_key FROM accounts WHERE id = $id AND user_id = $user_id)
"""

DELETE_FEE = """
DELETE FROM account_fees
WHERE account_id IN (SELECT id FROM accounts WHERE id = $id AND user_id = $user_id)
"""

DELETE_ACCOUNT = """
DELETE FROM accounts WHERE id = $id AND user_id = $user_id
"""


def delete_account(database: Database, user_id: str, account_id: UUID) -> None:
    """Forget an account with its rules, events and snapshots.

    Raises Missing when it is not the owner's, Conflict while it is in a group.
    """
    key = {"id": account_id, "user_id": user_id}

    def work(connection: duckdb.DuckDBPyConnection) -> None:
        check_accounts(connection, user_id, [account_id])
        groups = connection.execute(SELECT_GROUP_OF, key).fetchall()
        if groups:
            raise Conflict(f"the account is in the group {groups[0][0]}: remove it there first")
        for statement in (
            DELETE_SNAPSHOTS,
            DELETE_REPLACED,
            DELETE_RULES,
            DELETE_EVENTS,
            DELETE_FEE,
        ):
            connection.execute(statement, key)
        connection.execute(DELETE_ACCOUNT, key)

    database.write(work)


SELECT_ACCOUNTS = """
SELECT
    account_key, id, user_id, number, name, firm, platform, currency, starting_balance,
    time_zone, reset_time, stale_after_us, market_hours, preset_name, preset_size,
    preset_checked_on, created_at, updated_at
FROM accounts
WHERE user_id = coalesce($user_id, user_id) AND id = coalesce($id, id)
"""

SELECT_RULES = """
SELECT r.account_key, r.kind, r.parameters
FROM account_rules AS r JOIN accounts AS a ON a.account_key = r.account_key
WHERE a.user_id = coalesce($user_id, a.user_id) AND a.id = coalesce($id, a.id)
ORDER BY r.account_key, r.position
"""


def select_accounts(database: Database, user_id: str) -> list[Account]:
    """The owner's accounts, by id."""
    return _select(database, user_id, None)


def select_account(database: Database, user_id: str, account_id: UUID) -> Account:
    """The owner's account; raises Missing."""
    found = _select(database, user_id, account_id)
    if not found:
        raise Missing("account", account_id)
    return found[0]


def select_all_accounts(database: Database) -> list[Account]:
    """Every owner's accounts, by id: for the board at start."""
    return _select(database, None, None)


def _select(database: Database, user_id: str | None, account_id: UUID | None) -> list[Account]:
    key = {"user_id": user_id, "id": account_id}
    with database.read() as cursor:
        rows = cursor.execute(SELECT_ACCOUNTS, key).fetchall()
        rules: dict[int, list[Rule]] = defaultdict(list)
        for account_key, kind, parameters in cursor.execute(SELECT_RULES, key).fetchall():
            rules[account_key].append(_rule(kind, parameters))
        events = events_by_account(cursor, user_id, account_id)
    accounts = [_account(row, rules[row[0]], events[row[0]]) for row in rows]
    return sorted(accounts, key=lambda account: str(account.id))


@lru_cache(maxsize=10_000)
def _rule(kind: str, parameters: str) -> Rule:
    """A rule as it is stored: many accounts have the same, and it never changes."""
    return rule_from(kind, json.loads(parameters))


def _account(row: tuple[Any, ...], rules: list[Rule], events: list[AccountEvent]) -> Account:
    (_, account_id, user_id, number, name, firm, platform, currency, start, *rest) = row
    time_zone, reset_time, stale_after_us, hours, *preset, created_at, updated_at = rest
    return Account(
        id=account_id,
        user_id=user_id,
        number=number,
        name=name,
        firm=firm,
        platform=platform,
        currency=currency,
        starting_balance=None if start is None else float(start),
        time_zone=time_zone,
        reset_time=reset_time,
        stale_after=stale_after_us * MICROSECOND,
        market_hours=market_hours(hours),
        rules=tuple(rules),
        events=tuple(events),
        preset=_preset(*preset),
        created_at=aware(created_at),
        updated_at=aware(updated_at),
    )


def _preset(name: str | None, size: str | None, checked_on: date | None) -> AppliedPreset | None:
    if name is None or size is None or checked_on is None:
        return None
    return AppliedPreset(name=name, size=size, checked_on=checked_on)
