"""Timeline: the context every rule needs, for many accounts at once."""

from __future__ import annotations

from datetime import time, timedelta

import pandas as pd
import pytest

from riskcore.domain.frames import TIMELINE, BrokenContract
from riskcore.domain.standing import accounts_frame
from riskcore.domain.timeline import timeline
from tests.domain.rulebook import MONDAY_NOON, account, frame, now


def rows(history, **fields):
    one = account(**fields)
    return TIMELINE.check(timeline(frame([one], {one.id: history}), accounts_frame([one])))


def test_the_starting_balance_is_the_first_peak_and_the_first_days_start(history):
    """
    time   balance  equity
    09:45  48800    48500
    """
    first = rows(history).iloc[0]
    for name in (
        "day_start_balance",
        "day_start_equity",
        "day_peak_equity",
        "peak_equity",
        "peak_balance",
        "peak_eod_balance",
    ):
        assert first[name] == 50_000, name


def test_peaks_are_the_best_so_far(history):
    """
    time   balance  equity
    09:00  51000    52000
    10:00  53000    50000
    11:00  50500    50500
    """
    found = rows(history)
    assert found["peak_balance"].tolist() == [51_000, 53_000, 53_000]
    assert found["peak_equity"].tolist() == [52_000, 52_000, 52_000]
    assert found["peak_eod_balance"].tolist() == [50_000] * 3


def test_a_close_is_the_last_balance_of_its_day_and_counts_from_the_next(history):
    """
    time              balance  equity
    2026-03-02 12:00  55000    55000
    2026-03-02 22:00  52000    52000
    2026-03-03 12:00  51000    51000
    2026-03-04 12:00  51000    51000
    """
    assert rows(history)["peak_eod_balance"].tolist() == [50_000, 50_000, 52_000, 52_000]


def test_a_days_peak_begins_anew_with_what_the_day_starts_with(history):
    """
    time              balance  equity
    2026-03-02 12:00  55000    55000
    2026-03-02 22:00  52000    52000
    2026-03-03 00:00  52000    51000
    2026-03-03 12:00  51000    51500
    2026-03-03 13:00  51000    51200
    """
    assert rows(history)["day_peak_equity"].tolist() == [55_000, 55_000, 51_000, 51_500, 51_500]


def test_every_account_has_its_own_clock_and_its_own_peaks():
    london = account(number=1, time_zone="Europe/London", reset_time=time(0))
    chicago = account(number=2, time_zone="America/Chicago", reset_time=time(17))
    two_evenings = [
        (MONDAY_NOON + timedelta(hours=11, minutes=30), 51_000, 51_000),
        (MONDAY_NOON + timedelta(hours=12, minutes=30), 50_400, 50_400),
    ]
    members = [london, chicago]
    seen = {london.id: two_evenings, chicago.id: two_evenings}
    found = timeline(frame(members, seen), accounts_frame(members))
    days = found["trading_day"].diff().tolist()
    assert days[1] == 1  # midnight lies between them in London
    assert days[3] == 0  # both are after 17:00 in Chicago
    assert found["day_start_balance"].tolist() == [50_000, 51_000, 50_000, 50_000]


def test_unsorted_snapshots_are_the_callers_mistake():
    one = account()
    backwards = frame([one], {one.id: now(50_000, ago=timedelta(hours=1)) + now(50_000)})[::-1]
    with pytest.raises(BrokenContract, match="snapshots must rise by account, taken_at"):
        timeline(backwards.reset_index(drop=True), accounts_frame([one]))


def test_two_snapshots_of_one_instant_are_the_callers_mistake():
    one = account()
    twice = pd.concat([frame([one], {one.id: now(50_000)})] * 2, ignore_index=True)
    with pytest.raises(BrokenContract, match="must rise"):
        timeline(twice, accounts_frame([one]))


def test_nothing_seen_is_an_empty_timeline():
    one = account()
    found = timeline(frame([one], {}), accounts_frame([one]))
    assert TIMELINE.check(found).empty
