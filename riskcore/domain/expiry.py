"""Expiry: until when answers hold, words and all, if nothing new is recorded.

What a clock alone changes: a reset, an event that lies ahead, data that grows too old, and
the spans in the sentences.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import numpy as np
import pandas as pd

from riskcore.domain.days import NEVER, IntArray, microsecond
from riskcore.domain.observe import Observed
from riskcore.domain.reasons import FLOW_TOLD
from riskcore.domain.staleness import stale_at_us
from riskcore.domain.standing import Standing

SECOND_US = 1_000_000
MINUTE_US = 60 * SECOND_US
TOLD_US = FLOW_TOLD // timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Expiry:
    """The first instant at which each account's answer may be another; microseconds, UTC.

    `answer_us`: another status or number; `words_us`: or other words about them. Both after
    `as_of`. An answer may hold for longer than said, never shorter.
    """

    answer_us: IntArray
    words_us: IntArray


def expiry(observed: Observed) -> Expiry:
    """Until when the answers that are `observed` hold."""
    standing, as_of_us = observed.standing, microsecond(observed.as_of)
    stale_us = stale_at_us(standing.accounts, standing.taken_at_us)
    answer_us = _first(
        _where_seen(standing, _ahead(observed, as_of_us)),
        _where_seen(standing, np.where(observed.is_stale, NEVER, stale_us)),
        observed.changes_at_us,
        _first_later(standing, standing.events, "happened_at_us", as_of_us),
    )
    words_us = _first(
        answer_us,
        _where_seen(standing, _countdown_change(observed, as_of_us)),
        _where_seen(standing, _age_change(observed, as_of_us)),
        _first_later(standing, standing.flows, "taken_at_us", as_of_us - TOLD_US) + TOLD_US,
    )
    return Expiry(answer_us, words_us)


def _first(*instants: IntArray) -> IntArray:
    first: IntArray = np.minimum.reduce(instants)
    return first


def _where_seen(standing: Standing, instants: IntArray) -> IntArray:
    return np.where(standing.has_snapshot, instants, NEVER)


def _ahead(observed: Observed, as_of_us: int) -> IntArray:
    """The next reset; of a snapshot from ahead its instant, if that comes first."""
    ahead = observed.standing.taken_at_us
    return np.where(
        ahead > as_of_us, np.minimum(observed.next_reset_us, ahead), observed.next_reset_us
    )


def _countdown_change(observed: Observed, as_of_us: int) -> IntArray:
    """When the span to the next reset is told in other words."""
    resets = observed.next_reset_us
    left = resets - as_of_us
    step = np.where(left >= MINUTE_US, MINUTE_US, SECOND_US)
    return np.where(left < SECOND_US, resets, resets - left // step * step + 1)


def _age_change(observed: Observed, as_of_us: int) -> IntArray:
    """When the age of stale data is told in other words."""
    age = as_of_us - observed.standing.taken_at_us
    step = np.where(age >= MINUTE_US, MINUTE_US, SECOND_US)
    return np.where(observed.is_stale, as_of_us - age + (age // step + 1) * step, NEVER)


def _first_later(standing: Standing, frame: pd.DataFrame, name: str, than_us: int) -> IntArray:
    """By account the first instant in `frame` after `than_us`; NEVER without one."""
    first = np.full(len(standing.accounts), NEVER, dtype=np.int64)
    instants = frame[name].to_numpy(dtype=np.int64)
    ahead = instants > than_us
    np.minimum.at(first, frame["account"].to_numpy(dtype=np.int64)[ahead], instants[ahead])
    return first
