"""Stored: a desk put into its database before anybody runs it; how long that takes is not told."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import duckdb
import numpy as np
import pandas as pd

from benchmarks.desk import MADE
from riskcore.domain.model import Account, AccountGroup
from riskcore.domain.rules import rule_parameters
from riskcore.services.desk import LOCAL_USER
from riskcore.store.accounts import add_account
from riskcore.store.database import Database
from riskcore.store.groups import insert_group
from riskcore.store.snapshots import insert_snapshots


def grouped(accounts: Sequence[Account], size: int) -> list[AccountGroup]:
    """Groups of `size` accounts each, one after the other."""
    return [
        AccountGroup(
            id=UUID(int=2**64 + number),
            user_id=LOCAL_USER,
            name=f"Group {number:04d}",
            account_ids=tuple(account.id for account in accounts[begin : begin + size]),
            created_at=MADE,
            updated_at=MADE,
        )
        for number, begin in enumerate(range(0, len(accounts), size))
    ]


def store(
    path: Path,
    accounts: Sequence[Account],
    groups: Sequence[AccountGroup],
    snapshots: pd.DataFrame | None = None,
) -> None:
    """A database at `path` with all of them; `snapshots` as SNAPSHOTS of `accounts`."""
    database = Database(path)
    try:
        database.write(lambda connection: _add_accounts(connection, accounts))
        for group in groups:
            insert_group(database, group)
        if snapshots is not None:
            ids = np.array([str(account.id) for account in accounts], dtype=object)
            rows = snapshots.assign(account_id=ids[snapshots["account"].to_numpy()])
            insert_snapshots(database, LOCAL_USER, rows, received_at=datetime.now(UTC))
    finally:
        database.close()


INSERT_RULES = """
INSERT INTO account_rules (account_key, position, kind, parameters)
SELECT a.account_key, g.position, g.kind, g.parameters
FROM given AS g JOIN accounts AS a ON CAST(a.id AS VARCHAR) = g.id
"""


def _add_accounts(connection: duckdb.DuckDBPyConnection, accounts: Sequence[Account]) -> None:
    """The rules of all accounts at once: one by one they take most of a minute."""
    for account in accounts:
        add_account(connection, replace(account, rules=()))
    rules = [
        (str(account.id), position, rule.kind, json.dumps(rule_parameters(rule)))
        for account in accounts
        for position, rule in enumerate(account.rules)
    ]
    connection.register(
        "given", pd.DataFrame(rules, columns=["id", "position", "kind", "parameters"])
    )
    connection.execute(INSERT_RULES)
    connection.unregister("given")
