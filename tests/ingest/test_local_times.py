"""Local times: what a wall clock means, above all in the nights the clocks change."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskcore.ingest.local_times import utc_offset

ZONES = (
    "America/New_York",
    "America/Chicago",
    "Europe/Prague",
    "Europe/London",
    "Europe/Dublin",
    "Australia/Sydney",
    "Australia/Lord_Howe",
    "Asia/Kathmandu",
    "Africa/Casablanca",
    "UTC",
)


def hours(text: str, zone: str) -> float | None:
    """The offset from UTC in hours of a time on the clocks of `zone`."""
    ahead = utc_offset(datetime.fromisoformat(text), ZoneInfo(zone))
    return None if ahead is None else ahead / timedelta(hours=1)


@pytest.mark.parametrize(
    ("text", "offset"),
    [
        ("2026-03-08 01:59:59.999999", -5),
        ("2026-03-08 02:00:00", None),
        ("2026-03-08 02:30:00", None),
        ("2026-03-08 02:59:59.999999", None),
        ("2026-03-08 03:00:00", -4),
    ],
)
def test_an_hour_the_clocks_skip_never_was(text, offset):
    assert hours(text, "America/New_York") == offset


@pytest.mark.parametrize(
    ("text", "offset"),
    [
        ("2026-11-01 00:59:59.999999", -4),
        ("2026-11-01 01:00:00", -4),
        ("2026-11-01 01:59:59.999999", -4),
        ("2026-11-01 02:00:00", -5),
    ],
)
def test_an_hour_that_comes_twice_is_its_first(text, offset):
    assert hours(text, "America/New_York") == offset


def test_europe_changes_on_other_nights_than_america():
    assert hours("2026-03-08 02:30", "Europe/Prague") == 1
    assert hours("2026-03-29 02:30", "Europe/Prague") is None
    assert hours("2026-03-29 02:30", "America/New_York") == -4
    assert hours("2026-10-25 02:30", "Europe/Prague") == 2


def test_a_change_of_half_an_hour_skips_half_an_hour():
    assert hours("2026-10-04 01:59", "Australia/Lord_Howe") == 10.5
    assert hours("2026-10-04 02:15", "Australia/Lord_Howe") is None
    assert hours("2026-10-04 02:30", "Australia/Lord_Howe") == 11


def test_a_zone_whose_winter_time_is_the_exception_skips_and_repeats_the_same_hours():
    assert hours("2026-03-29 01:30", "Europe/Dublin") is None
    assert hours("2026-10-25 01:30", "Europe/Dublin") == 1


def test_a_day_left_out_of_the_calendar_never_was():
    assert hours("2011-12-29 23:59", "Pacific/Apia") == -10
    assert hours("2011-12-30 12:00", "Pacific/Apia") is None
    assert hours("2011-12-31 00:00", "Pacific/Apia") == 14


def test_a_fold_on_the_argument_is_of_no_account():
    twice = datetime(2026, 11, 1, 1, 30, fold=1)
    assert utc_offset(twice, ZoneInfo("America/New_York")) == timedelta(hours=-4)


@given(
    st.datetimes(datetime(1971, 1, 1), datetime(2040, 1, 1)),
    st.sampled_from(ZONES),
)
def test_a_time_that_was_is_the_first_instant_the_clock_shows_it(local, zone_name):
    zone = ZoneInfo(zone_name)
    instants = [
        instant
        for fold in (0, 1)
        if (instant := local.replace(tzinfo=zone, fold=fold).astimezone(UTC))
        .astimezone(zone)
        .replace(tzinfo=None, fold=0)
        == local
    ]
    ahead = utc_offset(local, zone)
    if not instants:
        assert ahead is None
    else:
        assert ahead is not None
        assert local - ahead == min(instants).replace(tzinfo=None)


def transitions(zone: ZoneInfo) -> list[datetime]:
    """Every hour (UTC) from 2020 to 2035 in which the zone's offset changes."""
    hour, found = datetime(2020, 1, 1, tzinfo=UTC), []
    while hour.year < 2036:
        day_later = hour + timedelta(days=1)
        if hour.astimezone(zone).utcoffset() != day_later.astimezone(zone).utcoffset():
            steps = (hour + timedelta(minutes=30 * step) for step in range(48))
            found.append(
                next(
                    step + timedelta(minutes=30)
                    for step in steps
                    if step.astimezone(zone).utcoffset()
                    != (step + timedelta(minutes=30)).astimezone(zone).utcoffset()
                )
            )
        hour = day_later
    return found


@pytest.mark.parametrize("zone_name", ["America/New_York", "Europe/Prague", "Australia/Sydney"])
def test_every_change_from_2020_to_2035_is_right_to_the_microsecond(zone_name):
    zone = ZoneInfo(zone_name)
    changes = transitions(zone)
    assert len(changes) == 32
    for change in changes:
        before = (change - timedelta(microseconds=1)).astimezone(zone)
        after = change.astimezone(zone)
        ahead_before, ahead_after = before.utcoffset(), after.utcoffset()
        last_before = before.replace(tzinfo=None)
        first_after = after.replace(tzinfo=None, fold=0)
        assert utc_offset(last_before, zone) == ahead_before
        if ahead_after > ahead_before:
            assert utc_offset(last_before + timedelta(microseconds=1), zone) is None
            assert utc_offset(first_after - timedelta(microseconds=1), zone) is None
            assert utc_offset(first_after, zone) == ahead_after
        else:
            assert utc_offset(first_after, zone) == ahead_before
            assert utc_offset(last_before + timedelta(microseconds=1), zone) == ahead_after
