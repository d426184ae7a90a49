"""Exports: what the desk holds, as tables to take away."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

import pandas as pd

from riskcore.domain.model import Account, AccountGroup, Basis
from riskcore.services.accounts import list_accounts
from riskcore.services.desk import Desk
from riskcore.services.groups import find_group, list_groups
from riskcore.services.history import group_history
from riskcore.services.risk import evaluate_group
from riskcore.store import snapshots as stored

HISTORY = timedelta(days=366)
TIME = "%Y-%m-%dT%H:%M:%S.%fZ"


class Table(StrEnum):
    """What can be taken away."""

    GROUPS = "groups"
    EVALUATIONS = "evaluations"
    HISTORY = "history"
    SNAPSHOTS = "snapshots"


def export_table(
    desk: Desk,
    user_id: str,
    table: Table,
    group_id: UUID | None = None,
    start: datetime | None = None,
    end: datetime | None = None,
) -> pd.DataFrame:
    """One table of the owner's, of one group or of all; raises Missing for a strange group.

    Groups: one row for each member. Evaluations: as of now, one row for each group and rule.
    History: the smallest buffers over time, a year unless `start` says otherwise. Snapshots:
    as they can be uploaded again. Times are UTC, money is that of the account or the group.
    """
    chosen = [find_group(desk, user_id, group_id)] if group_id else list_groups(desk, user_id)
    accounts = {account.id: account for account in list_accounts(desk, user_id)}
    if table is Table.SNAPSHOTS:
        members = {i for group in chosen for i in group.account_ids}
        wanted = [a for a in accounts.values() if group_id is None or a.id in members]
        return _snapshots(desk, user_id, wanted, start, end)
    if table is Table.HISTORY:
        last = end or desk.clock()
        return _history(desk, user_id, chosen, accounts, start or last - HISTORY, last)
    rows: Callable[..., list[Mapping[str, object]]] = (
        _group_rows if table is Table.GROUPS else _evaluation_rows
    )
    columns = GROUP_COLUMNS if table is Table.GROUPS else EVALUATION_COLUMNS
    found = [row for group in chosen for row in rows(desk, user_id, group, accounts)]
    return pd.DataFrame(found, columns=columns)


GROUP_COLUMNS = ["group", "currency", "caution_fraction", "critical_fraction", "account", "name"]


def _group_rows(
    desk: Desk, user_id: str, group: AccountGroup, accounts: Mapping[UUID, Account]
) -> list[Mapping[str, object]]:
    shared = {
        "group": group.name,
        "currency": group.currency or "",
        "caution_fraction": group.thresholds.caution_fraction,
        "critical_fraction": group.thresholds.critical_fraction,
    }
    members = [accounts[i] for i in group.account_ids if i in accounts]
    if not members:
        return [shared | {"account": "", "name": ""}]
    return [shared | {"account": member.number, "name": member.name} for member in members]


EVALUATION_COLUMNS = [
    "group",
    "as_of",
    "overall_status",
    "weakest_account",
    "reason",
    "rule",
    "status",
    "buffer",
    "buffer_account",
    "buffer_percent",
    "percent_account",
    "floor",
    "measured",
    "limit_amount",
    "basis",
    "is_upper_bound",
]


def _evaluation_rows(
    desk: Desk, user_id: str, group: AccountGroup, accounts: Mapping[UUID, Account]
) -> list[Mapping[str, object]]:
    answer = evaluate_group(desk, user_id, group.id)

    def number(account_id: UUID | None) -> str:
        found = None if account_id is None else accounts.get(account_id)
        return "" if found is None else found.number

    shared = {
        "group": group.name,
        "as_of": answer.as_of.strftime(TIME),
        "overall_status": answer.overall_status.word,
        "weakest_account": number(answer.weakest_account_id),
        "reason": answer.reason,
    }
    return [
        shared
        | {
            "rule": state.rule,
            "status": state.status.word,
            "buffer": state.buffer,
            "buffer_account": number(state.buffer_account_id),
            "buffer_percent": state.buffer_percent,
            "percent_account": number(state.percent_account_id),
            "floor": state.floor,
            "measured": state.measured,
            "limit_amount": state.limit_amount,
            "basis": state.basis.value,
            "is_upper_bound": state.is_upper_bound,
        }
        for state in answer.rule_states.values()
    ] or [shared]


def _history(
    desk: Desk,
    user_id: str,
    groups: Sequence[AccountGroup],
    accounts: Mapping[UUID, Account],
    start: datetime,
    end: datetime,
) -> pd.DataFrame:
    numbers = {str(account.id): account.number for account in accounts.values()}
    found = []
    for group in groups:
        minima = group_history(desk, user_id, group.id, start, end).minima
        found.append(
            pd.DataFrame(
                {
                    "group": group.name,
                    "time": _utc(minima["time"]),
                    "rule": minima["rule"],
                    "buffer": minima["buffer"],
                    "buffer_percent": minima["buffer_percent"],
                    "account": minima["account_id"].map(numbers),
                }
            )
        )
    columns = ["group", "time", "rule", "buffer", "buffer_percent", "account"]
    return pd.concat(found, ignore_index=True) if found else pd.DataFrame(columns=columns)


def _snapshots(
    desk: Desk,
    user_id: str,
    accounts: Sequence[Account],
    start: datetime | None,
    end: datetime | None,
) -> pd.DataFrame:
    ids = [account.id for account in accounts]
    rows = stored.select_snapshots(desk.database, user_id, ids, start, end)
    numbers = {str(account.id): account.number for account in accounts}
    words = [basis.value for basis in Basis]
    return pd.DataFrame(
        {
            "account": rows["account_id"].astype(object).map(numbers),
            "time": _utc(rows["taken_at"]),
            "balance": rows["balance"],
            "equity": rows["equity"],
            "open_contracts": rows["open_contracts"],
            "basis": [words[code] for code in rows["basis"]],
        }
    )


def _utc(instants: pd.Series) -> pd.Series:
    """Instants as text that says its zone, to the microsecond."""
    return pd.Series(pd.to_datetime(instants, utc=True).dt.strftime(TIME), dtype=object)
