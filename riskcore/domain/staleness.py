"""Staleness: when what was last seen of an account is too old to be called safe.

Only time in which its market is open makes a snapshot old: nothing moves in a market
that is closed. At the latest it is too old after MAX_STALE_AFTER by any clock, so that
mistaken hours cannot hide a broken feed for good.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import numpy as np

from riskcore.domain.days import NO_DAY, IntArray, instant, microsecond
from riskcore.domain.model import MAX_STALE_AFTER, Account
from riskcore.domain.runs import BoolArray
from riskcore.domain.sessions import calendars_of, sessions

MICROSECOND = timedelta(microseconds=1)
LONGEST_US = MAX_STALE_AFTER // MICROSECOND


def stale_at(account: Account, taken_at: datetime) -> datetime:
    """The instant from which a snapshot of `taken_at` is too old; aware, UTC."""
    if account.market_hours.is_always_open:
        return taken_at + account.stale_after
    return instant(int(stale_at_us([account], np.array([microsecond(taken_at)]))[0]))


def is_stale(account: Account, taken_at: datetime, as_of: datetime) -> bool:
    """Whether a snapshot of `taken_at` is too old at `as_of`."""
    return as_of - taken_at >= account.stale_after and as_of >= stale_at(account, taken_at)


def stale_at_us(accounts: Sequence[Account], taken_at_us: IntArray) -> IntArray:
    """The instant from which each account's last snapshot is too old; microseconds UTC.

    Without a snapshot (NO_DAY) it is long ago.
    """
    allowed = _stale_after_us(accounts)
    turns = taken_at_us + allowed
    for calendar, positions in calendars_of(accounts).items():
        seen = positions[taken_at_us[positions] != NO_DAY]
        if len(seen):
            taken = taken_at_us[seen]
            latest = taken + LONGEST_US
            table = sessions(calendar, int(taken.min()), int(latest.max()))
            turns[seen] = np.minimum(table.after(taken, allowed[seen]), latest)
    return turns


def are_stale(accounts: Sequence[Account], taken_at_us: IntArray, as_of_us: int) -> BoolArray:
    """Whether each account's last snapshot is too old; without one (NO_DAY) it is.

    The clock is asked first: market hours matter only to snapshots that are too old by it.
    """
    age = as_of_us - taken_at_us
    stale: BoolArray = age >= _stale_after_us(accounts)
    doubtful = np.flatnonzero(stale & (age < LONGEST_US))
    asked = [accounts[position] for position in doubtful.tolist()]
    stale[doubtful] = as_of_us >= stale_at_us(asked, taken_at_us[doubtful])
    return stale


def _stale_after_us(accounts: Sequence[Account]) -> IntArray:
    return np.array([account.stale_after // MICROSECOND for account in accounts], dtype=np.int64)
