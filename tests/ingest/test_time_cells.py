"""Time cells: an instant in UTC, or refused with its reason."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskcore.ingest.refusals import BadCell
from riskcore.ingest.time_cells import instant_us

NEW_YORK = ZoneInfo("America/New_York")
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def instant(text: str, zone: ZoneInfo | None = None) -> datetime:
    return EPOCH + timedelta(microseconds=instant_us(text, zone))


@pytest.mark.parametrize(
    "text",
    [
        "2026-03-04T14:45:00Z",
        "2026-03-04T14:45Z",
        "2026-03-04t14:45:00z",
        "2026-03-04 14:45:00+00:00",
        "2026-03-04 14:45:00 +0000",
        "2026-03-04 14:45:00 UTC",
        "2026-03-04 14:45 GMT",
        "2026-03-04T14:45:00-00:00",
        "2026-03-04T14:45:00.000Z",
        "2026-03-04T14:45:00,000000Z",
        "2026-03-04T14:45:00.0000009Z",
        "2026.03.04 14:45:00Z",
        "2026/03/04 14:45Z",
        "2026-03-04T09:45:00-05:00",
        "2026-03-04T09:45-05",
        "2026-03-04T20:15:00+0530",
        " 2026-03-04 14:45:00Z ",
    ],
)
def test_a_time_with_its_offset_needs_no_zone(text):
    assert instant(text) == datetime(2026, 3, 4, 14, 45, tzinfo=UTC)
    assert instant(text, NEW_YORK) == datetime(2026, 3, 4, 14, 45, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "2026-03-04 09:45",
        "2026-03-04 09:45:00",
        "2026-03-04T09:45:00.000",
        "2026.03.04 09:45",
        "2026.03.04 09:45:00",
        "2026/03/04 09:45:00",
    ],
)
def test_a_time_without_offset_is_local_to_the_stated_zone(text):
    assert instant(text, NEW_YORK) == datetime(2026, 3, 4, 14, 45, tzinfo=UTC)


def test_a_time_without_offset_or_zone_is_refused():
    with pytest.raises(BadCell, match="has no zone: state the zone of the file's times"):
        instant("2026-03-04 09:45")


def test_fractions_are_kept_to_the_microsecond_and_cut_behind_it():
    assert instant("2026-03-04 14:45:00.5Z").microsecond == 500_000
    assert instant("2026-03-04 14:45:00.123456Z").microsecond == 123_456
    assert instant("2026-03-04 14:45:00.1234569Z").microsecond == 123_456
    assert instant("2026-03-04 14:45:00.123456999Z").microsecond == 123_456


def test_an_hour_that_comes_twice_is_its_first_and_an_offset_tells_the_second():
    assert instant("2026-11-01 01:30", NEW_YORK) == datetime(2026, 11, 1, 5, 30, tzinfo=UTC)
    assert instant("2026-11-01 01:30-05:00", NEW_YORK) == datetime(2026, 11, 1, 6, 30, tzinfo=UTC)


def test_a_time_the_clocks_skipped_is_refused_and_with_an_offset_it_is_read():
    with pytest.raises(BadCell, match="never was on the clocks of America/New_York"):
        instant("2026-03-08 02:30", NEW_YORK)
    assert instant("2026-03-08 02:30-05:00", NEW_YORK) == datetime(2026, 3, 8, 7, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "is blank"),
        ("\u00a0", "is blank"),
        ("2026-03-04", "has a date and no time of day"),
        ("2026.03.04", "has a date and no time of day"),
        ("09:45", "has a time of day and no date"),
        ("9:45:00 PM", "has a time of day and no date"),
        ("04/03/2026 09:45", "may be 2026-03-04 or 2026-04-03"),
        ("2026-02-29 09:45Z", "is not a date and time that exists"),
        ("2026-13-01 09:45Z", "is not a date and time that exists"),
        ("2026-03-04 24:00Z", "is not a date and time that exists"),
        ("2026-03-04 23:59:60Z", "is not a date and time that exists"),
        ("0000-01-01 00:00Z", "is not a date and time that exists"),
        ("1969-12-31 23:59:59Z", "is before 1970"),
        ("0001-01-01T00:00:00", "is before 1970"),
        ("2026-03-04 09:45 EST", "is not a time such as"),
        ("2026-03-04 09:45+15:00", "is not a time such as"),
        ("2026-03-04 09:45+05:60", "is not a time such as"),
        ("2026-03.04 09:45", "is not a time such as"),
        ("2026-03-04 09:45:00.", "is not a time such as"),
        ("2026-03-04 09:45:00.1234567890", "is not a time such as"),
        ("٢٠٢٦-03-04 09:45Z", "is not a time such as"),
        ("1772617500", "is not a time such as"),
        ("45000.5", "is not a time such as"),
    ],
)
def test_a_time_that_is_not_certain_is_refused(text, reason):
    with pytest.raises(BadCell, match=reason):
        instant(text, NEW_YORK)


@pytest.mark.parametrize(
    "text",
    [
        "25/03/2026 09:45",
        "3/25/2026 9:45:00 AM",
        "25-03-2026 09:45:00.000",
        "25.03.2026, 09:45",
        "25 Mar 2026 09:45:00",
        "2026 March 25, 09:45",
        "Mar 25, 2026 09:45",
        "20260325 09:45",
        "2026-03-25 13:45:00 Z",
        "03/25/2026 13:45:00 +00:00",
    ],
)
def test_a_time_that_can_mean_one_instant_only_is_read(text):
    assert instant(text, NEW_YORK) == datetime(2026, 3, 25, 13, 45, tzinfo=UTC)


@pytest.mark.parametrize("text", ["13:00:00 PM", "0:30 AM"])
def test_a_time_of_day_in_halves_has_twelve_hours(text):
    with pytest.raises(BadCell, match="time of day that exists"):
        instant(f"2026-03-25 {text}", NEW_YORK)


def test_the_ends_of_the_calendar_do_no_harm():
    assert instant_us("1970-01-01 00:00Z", None) == 0
    assert instant_us("1970-01-01 00:00+14:00", None) < 0
    assert instant_us("9999-12-31 23:59:59.999999-14:59", None) > 0
    assert instant_us("9999-12-31 23:59:59", NEW_YORK) > 0


@given(
    st.datetimes(datetime(1970, 1, 1), datetime(2100, 1, 1)),
    st.integers(-14 * 60, 14 * 60),
    st.sampled_from("T "),
)
def test_a_time_written_with_any_offset_comes_back_exact(local, minutes, separator):
    sign, ahead = "-" if minutes < 0 else "+", abs(minutes)
    offset = f"{sign}{ahead // 60:02d}:{ahead % 60:02d}"
    written = f"{local:%Y-%m-%d}{separator}{local:%H:%M:%S.%f}{offset}"
    assert instant(written) == datetime.fromisoformat(f"{local.isoformat()}{offset}")
