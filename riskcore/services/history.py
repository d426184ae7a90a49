"""History: a group's minimum through time, and each day's low."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

import pandas as pd

from riskcore.domain import history
from riskcore.domain.days import day_date, microseconds
from riskcore.domain.errors import InvalidValue
from riskcore.domain.model import Account
from riskcore.domain.rules.base import Unit
from riskcore.domain.standing import timeline_of, unobserved
from riskcore.domain.states import rule_table
from riskcore.live.arrivals import coded
from riskcore.services.accounts import list_accounts
from riskcore.services.desk import Desk
from riskcore.services.groups import find_group
from riskcore.store import snapshots as stored


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupHistory:
    """A group from `start` to `end`, in buckets of `bucket`.

    `minima`: time (bucket's start, aware UTC), rule, buffer, account_id (who held it),
    buffer_percent; one row per rule and bucket in which something was known. `day_lows`:
    trading_day (date), rule, buffer, buffer_percent, account_id, taken_at; newest first.
    Both are of the limits in money: goals, contracts and days have no place on their scale.
    """

    group_id: UUID
    start: datetime
    end: datetime
    bucket: timedelta
    minima: pd.DataFrame
    day_lows: pd.DataFrame


def group_history(
    desk: Desk, user_id: str, group_id: UUID, start: datetime, end: datetime
) -> GroupHistory:
    """The group's history; raises Missing, or InvalidValue when `end` is not after `start`."""
    if end <= start:
        raise InvalidValue("end", f"must be after {start.isoformat()}", end.isoformat())
    group = find_group(desk, user_id, group_id)
    accounts = list_accounts(desk, user_id)
    members = [with_money_limits(a) for a in accounts if a.id in group.account_ids]
    standing = unobserved(members)
    snapshots = coded(
        stored.select_snapshots(desk.database, user_id, group.account_ids, None, end),
        standing.accounts,
    )
    rows = timeline_of(standing, snapshots)
    table = rule_table(rows, standing.book)
    bucket = timedelta(seconds=history.bucket_seconds((end - start).total_seconds()))
    start_us, end_us = microseconds(pd.DatetimeIndex([start, end]))
    minima = history.bucket_minima(
        rows,
        table,
        accounts=len(members),
        start_us=int(start_us),
        end_us=int(end_us),
        step_us=bucket // timedelta(microseconds=1),
    )
    lows = history.day_lows(rows, table)
    lows = lows[pd.to_datetime(lows["taken_at"], utc=True) >= start].reset_index(drop=True)
    lows["trading_day"] = [day_date(int(day)) for day in lows["trading_day"]]
    ids = [str(account.id) for account in standing.accounts]
    return GroupHistory(
        group_id=group.id,
        start=start,
        end=end,
        bucket=bucket,
        minima=_named(minima, ids),
        day_lows=_named(lows, ids),
    )


def with_money_limits(account: Account) -> Account:
    """`account` with those of its rules that limit a loss of money."""
    limits = (rule for rule in account.rules if rule.unit is Unit.MONEY and not rule.is_gate)
    return replace(account, rules=tuple(limits))


def _named(frame: pd.DataFrame, ids: list[str]) -> pd.DataFrame:
    named = frame.assign(account_id=[ids[int(position)] for position in frame["account"]])
    return named.drop(columns="account")
