"""Snapshots: record what programs post."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from concurrent.futures import Future
from datetime import datetime, timedelta
from math import isfinite
from uuid import UUID

from riskcore.domain.errors import InvalidValue
from riskcore.domain.model import Snapshot
from riskcore.services.desk import Desk
from riskcore.store import snapshots as stored
from riskcore.store.numbers import known_numbers, select_numbers
from riskcore.store.snapshots import Recorded as Recorded

CLOCK_SKEW = timedelta(minutes=5)
MAX_MONEY = 1e13
MAX_CONTRACTS = 1e11


def record_snapshots(desk: Desk, user_id: str, snapshots: Sequence[Snapshot]) -> Recorded:
    """Store `snapshots`, all or none, and move the board on; the same again changes nothing.

    Another value for an instant already known replaces it. Raises InvalidValue for a
    time more than five minutes ahead, for money or contracts that are none, Missing for a
    strange account.
    """
    return submit_snapshots(desk, user_id, snapshots).result()


def submit_snapshots(desk: Desk, user_id: str, snapshots: Sequence[Snapshot]) -> Future[Recorded]:
    """What `record_snapshots` will answer; what is wrong with a value is raised at once."""
    now = desk.clock()
    latest = now + CLOCK_SKEW
    for snapshot in snapshots:
        check_instant("taken_at", snapshot.taken_at, latest)
        _check_money("balance", snapshot.balance)
        _check_money("equity", snapshot.equity)
        _check_contracts("open_contracts", snapshot.open_contracts)

    def move_on(recorded: Recorded) -> None:
        if recorded.taken or recorded.corrected:
            desk.board.record_snapshots(snapshots)
            desk.ticker.notice()

    return stored.submit_snapshots(desk.database, user_id, snapshots, received_at=now, then=move_on)


def known_accounts(desk: Desk, user_id: str, numbers: Collection[str]) -> dict[str, UUID] | None:
    """The owner's accounts by number, at once; None when that needs `find_accounts`."""
    return known_numbers(desk.database, user_id, numbers)


def find_accounts(desk: Desk, user_id: str, numbers: Collection[str]) -> dict[str, UUID]:
    """The owner's accounts that have one of `numbers`, by it."""
    return select_numbers(desk.database, user_id, numbers)


def check_instant(field: str, instant: datetime, latest: datetime) -> None:
    """Raise unless `instant` has a zone and is not after `latest`."""
    if instant.tzinfo is None:
        raise InvalidValue(field, "must have a zone", instant.isoformat())
    if instant > latest:
        raise InvalidValue(field, "must not be in the future", instant.isoformat())


def _check_money(field: str, amount: float) -> None:
    if not isfinite(amount) or abs(amount) >= MAX_MONEY:
        raise InvalidValue(field, "must be an amount below 10,000,000,000,000", amount)
    if round(amount, 2) != amount:
        raise InvalidValue(field, "must have at most two decimals", amount)


def _check_contracts(field: str, contracts: float | None) -> None:
    if contracts is None:
        return
    if not 0 <= contracts < MAX_CONTRACTS:
        raise InvalidValue(field, "must be 0 or more, below 100,000,000,000", contracts)
    if round(contracts, 4) != contracts:
        raise InvalidValue(field, "must have at most four decimals", contracts)
