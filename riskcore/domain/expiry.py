"""Expiry: until when answers hold, words and all, if nothing new is recorded.

What a clock alone changes: a reset, an event that lies ahead, data that grows too old, and
the spans in the sentences.
"""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pandas as pd

from riskcore.domain.days import NEVER, NO_DAY, IntArray, microsecond
from riskcore.domain.observe import Observed
from riskcore.domain.reasons import FLOW_TOLD
from riskcore.domain.runs import BoolArray
from riskcore.domain.staleness import stale_at_us
from riskcore.domain.standing import Standing

SECOND_US = 1_000_000
MINUTE_US = 60 * SECOND_US
TOLD_US = FLOW_TOLD // timedelta(microseconds=1)


def expiry(observed: Observed) -> IntArray:
    """The first instant at which each account's answer may be another; microseconds, UTC.

    Always after `observed.as_of`. An answer may hold for longer than said, never shorter.
    """
    standing, as_of_us = observed.standing, microsecond(observed.as_of)
    seen = standing.has_snapshot
    ends = [
        np.where(seen, _next_reset(observed, as_of_us), NEVER),
        np.where(seen, _stale_change(standing, observed.is_stale, as_of_us), NEVER),
        observed.changes_at_us,
        _first_later(standing, standing.events, "happened_at_us", as_of_us),
        _first_later(standing, standing.flows, "taken_at_us", as_of_us - TOLD_US) + TOLD_US,
    ]
    first: IntArray = np.minimum.reduce(ends)
    return first


def _next_reset(observed: Observed, as_of_us: int) -> IntArray:
    """The next reset, or the change of its countdown; of a snapshot from ahead its instant."""
    resets = observed.next_reset_us
    left = resets - as_of_us
    step = np.where(left >= MINUTE_US, MINUTE_US, SECOND_US)
    changes = np.where(left < SECOND_US, resets, resets - left // step * step + 1)
    ahead = observed.standing.taken_at_us
    return np.where(ahead > as_of_us, np.minimum(changes, ahead), changes)


def _stale_change(standing: Standing, is_stale: BoolArray, as_of_us: int) -> IntArray:
    """When fresh data turns stale, and the age of stale data changes its words."""
    taken = standing.taken_at_us
    age = as_of_us - np.where(taken == NO_DAY, as_of_us, taken)
    step = np.where(age >= MINUTE_US, MINUTE_US, SECOND_US)
    older = taken + (age // step + 1) * step
    return np.where(is_stale, older, stale_at_us(standing.accounts, taken))


def _first_later(standing: Standing, frame: pd.DataFrame, name: str, than_us: int) -> IntArray:
    """By account the first instant in `frame` after `than_us`; NEVER without one."""
    first = np.full(len(standing.accounts), NEVER, dtype=np.int64)
    instants = frame[name].to_numpy(dtype=np.int64)
    ahead = instants > than_us
    np.minimum.at(first, frame["account"].to_numpy(dtype=np.int64)[ahead], instants[ahead])
    return first
