"""Trading days: which day an instant belongs to, and when the next one begins."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo, available_timezones

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskcore.domain.days import day_begins, day_date, microseconds, next_reset, trading_days

SECOND = timedelta(seconds=1)
MIDNIGHT = time(0)
FIVE = time(17)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def day_of(instant: datetime, zone: str, reset: time) -> str:
    days, _ = trading_days(microseconds(pd.DatetimeIndex([instant])), zone, reset)
    return day_date(int(days[0])).isoformat()


@pytest.mark.parametrize(
    ("zone", "reset", "turns_at", "before", "after"),
    [
        ("UTC", MIDNIGHT, "2026-03-03T00:00", "2026-03-02", "2026-03-03"),
        ("UTC", time(0, 30), "2026-03-03T00:30", "2026-03-02", "2026-03-03"),
        ("Europe/Prague", MIDNIGHT, "2026-11-11T23:00", "2026-11-11", "2026-11-12"),
        ("America/New_York", FIVE, "2026-03-02T22:00", "2026-03-02", "2026-03-03"),
        ("America/Chicago", FIVE, "2026-03-01T23:00", "2026-03-01", "2026-03-02"),
        ("Asia/Ulaanbaatar", time(5), "2026-03-02T21:00", "2026-03-02", "2026-03-03"),
        ("Asia/Kolkata", MIDNIGHT, "2026-03-02T18:30", "2026-03-02", "2026-03-03"),
    ],
)
def test_the_day_turns_at_the_reset_to_the_second(zone, reset, turns_at, before, after):
    turns = utc(turns_at)
    assert day_of(turns - SECOND, zone, reset) == before
    assert day_of(turns, zone, reset) == after
    assert day_of(turns + SECOND, zone, reset) == after


def test_a_reset_at_noon_or_later_names_the_day_after_the_next_date():
    """17:00 in Chicago on Sunday opens Monday; 11:59 opens its own date's day."""
    sunday = utc("2026-03-01T23:00")
    assert day_of(sunday, "America/Chicago", FIVE) == "2026-03-02"
    assert day_of(utc("2026-03-02T12:00"), "UTC", time(12, 0)) == "2026-03-03"
    assert day_of(utc("2026-03-02T12:00"), "UTC", time(11, 59)) == "2026-03-02"


@pytest.mark.parametrize(
    ("night", "hours"),
    [("2026-03-07", 24), ("2026-03-08", 23), ("2026-03-09", 24), ("2026-11-01", 25)],
)
def test_the_day_the_clocks_change_is_an_hour_shorter_or_longer(night, hours):
    begins = day_begins(date.fromisoformat(night), "America/New_York", MIDNIGHT)
    turns = next_reset(begins, "America/New_York", MIDNIGHT)
    assert turns - begins == timedelta(hours=hours)
    assert day_of(turns - SECOND, "America/New_York", MIDNIGHT) == night


def test_the_reset_keeps_its_local_time_when_the_clocks_change():
    """17:00 in New York is 22:00 UTC in winter and 21:00 UTC in summer."""
    assert day_begins(date(2026, 3, 8), "America/New_York", FIVE) == utc("2026-03-07T22:00")
    assert day_begins(date(2026, 3, 9), "America/New_York", FIVE) == utc("2026-03-08T21:00")
    assert day_begins(date(2026, 11, 1), "America/New_York", FIVE) == utc("2026-10-31T21:00")
    assert day_begins(date(2026, 11, 2), "America/New_York", FIVE) == utc("2026-11-01T22:00")


def test_a_reset_that_the_clocks_jump_over_is_at_the_first_instant_after():
    """02:30 does not exist in New York on 8 March 2026: 02:00 becomes 03:00."""
    begins = day_begins(date(2026, 3, 8), "America/New_York", time(2, 30))
    assert begins == datetime(2026, 3, 8, 3, 0, tzinfo=ZoneInfo("America/New_York"))
    assert day_of(begins - SECOND, "America/New_York", time(2, 30)) == "2026-03-07"
    assert day_of(begins, "America/New_York", time(2, 30)) == "2026-03-08"


@pytest.mark.parametrize(
    ("zone", "night"),
    [("America/New_York", "2026-11-01T01:30"), ("Europe/Dublin", "2026-10-25T01:30")],
)
def test_a_reset_that_comes_twice_counts_the_first_time(zone, night):
    local = datetime.fromisoformat(night)
    reset = local.time()
    first = local.replace(tzinfo=ZoneInfo(zone), fold=0).astimezone(UTC)
    second = local.replace(tzinfo=ZoneInfo(zone), fold=1).astimezone(UTC)
    assert second - first == timedelta(hours=1)
    assert day_begins(local.date(), zone, reset) == first
    assert day_of(first - SECOND, zone, reset) == (local.date() - timedelta(days=1)).isoformat()
    assert day_of(second - SECOND, zone, reset) == local.date().isoformat()
    assert day_of(second, zone, reset) == local.date().isoformat()


def test_the_next_reset_is_always_later():
    at_reset = utc("2026-03-02T22:00")
    assert next_reset(at_reset, "America/New_York", FIVE) == utc("2026-03-03T22:00")
    assert next_reset(at_reset - SECOND, "America/New_York", FIVE) == at_reset


@pytest.mark.parametrize("reset", [MIDNIGHT, time(12), FIVE, time(23, 59, 59)])
def test_the_year_turns_like_any_other_night(reset):
    begins = day_begins(date(2027, 1, 1), "America/New_York", reset)
    assert day_of(begins - SECOND, "America/New_York", reset) == "2026-12-31"
    assert day_of(begins, "America/New_York", reset) == "2027-01-01"


def test_no_instants_have_no_days():
    days, begins = trading_days(np.empty(0, np.int64), "UTC", MIDNIGHT)
    assert len(days) == len(begins) == 0


ZONES = st.sampled_from(sorted(available_timezones() - {"Factory", "localtime"}))
RESETS = st.times().map(lambda at: at.replace(microsecond=0))
INSTANTS = st.datetimes(datetime(2015, 1, 1), datetime(2036, 1, 1)).map(
    lambda at: at.replace(tzinfo=UTC)
)


@given(zone=ZONES, reset=RESETS, instant=INSTANTS)
def test_every_instant_lies_in_the_one_day_that_has_begun_and_not_ended(zone, reset, instant):
    named = date.fromisoformat(day_of(instant, zone, reset))
    assert day_begins(named, zone, reset) <= instant < next_reset(instant, zone, reset)


@given(zone=ZONES, reset=RESETS, instants=st.lists(INSTANTS, min_size=2, max_size=8))
def test_later_is_never_an_earlier_day(zone, reset, instants):
    """Whatever the other instants are, and over years of them at once."""
    ordered = sorted(instants)
    days, begins = trading_days(microseconds(pd.DatetimeIndex(ordered)), zone, reset)
    assert all(first <= second for first, second in pairwise(days))
    assert [day_of(one, zone, reset) for one in ordered] == [
        day_date(int(day)).isoformat() for day in days
    ]
    assert (begins <= microseconds(pd.DatetimeIndex(ordered))).all()
