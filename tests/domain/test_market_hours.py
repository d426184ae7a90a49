"""Market hours as people write them: names, spans and days; and what cannot be."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskcore.domain.errors import InvalidValue
from riskcore.domain.market_hours import (
    AROUND_THE_CLOCK,
    NAMED_HOURS,
    WEEK_MINUTES,
    MarketHours,
    Span,
    market_hours,
)

DAY = 24 * 60
HOUR = 60
MON, TUE, WED, THU, FRI, SAT, SUN = (day * DAY for day in range(7))
NEW_YORK = "America/New_York"


def spans(text: str) -> list[tuple[int, int]]:
    """From when until when, in minutes since Monday 00:00."""
    return [tuple(span) for span in market_hours(text).spans]


def test_a_span_is_from_one_time_of_the_week_until_another():
    assert spans("Mon 09:30-Mon 16:00") == [(MON + 9 * HOUR + 30, MON + 16 * HOUR)]
    assert spans("Mon 09:00-Wed 08:00") == [(MON + 9 * HOUR, WED + 8 * HOUR)]


def test_a_span_may_run_over_the_turn_of_the_week():
    assert spans("Sun 17:00-Fri 17:00") == [(SUN + 17 * HOUR, WEEK_MINUTES + FRI + 17 * HOUR)]
    assert spans("Mon 09:00-Mon 08:59") == [(MON + 9 * HOUR, WEEK_MINUTES + 8 * HOUR + 59)]


def test_hours_of_several_days_are_written_once():
    assert spans("Mon-Wed 09:30-16:00") == [
        (day + 9 * HOUR + 30, day + 16 * HOUR) for day in (MON, TUE, WED)
    ]
    assert market_hours("Mon 09:30-16:00") == market_hours("Mon 09:30-Mon 16:00")
    assert market_hours("Sat-Mon 10:00-12:00") == market_hours(
        "Mon 10:00-12:00, Sat 10:00-12:00, Sun 10:00-12:00"
    )


def test_a_close_that_is_not_later_is_the_next_days():
    assert spans("Sun-Thu 18:00-17:00")[0] == (MON + 18 * HOUR, TUE + 17 * HOUR)
    assert spans("Sun 18:00-17:00") == [(SUN + 18 * HOUR, WEEK_MINUTES + MON + 17 * HOUR)]
    assert spans("Tue 18:00-18:00") == [(TUE + 18 * HOUR, WED + 18 * HOUR)]


def test_a_daily_break_parts_a_day_in_two():
    assert market_hours("Mon-Fri 09:00-12:00, Mon-Fri 13:00-17:00").spans[:2] == (
        Span(MON + 9 * HOUR, MON + 12 * HOUR),
        Span(MON + 13 * HOUR, MON + 17 * HOUR),
    )


def test_spans_that_touch_are_one():
    assert market_hours("Mon 12:00-Mon 15:00, Mon 09:00-Mon 12:00") == market_hours(
        "Mon 09:00-15:00"
    )
    assert market_hours("Mon 00:00-06:00, Sun 20:00-24:00") == market_hours("Sun 20:00-Mon 06:00")


@pytest.mark.parametrize(
    "text",
    [
        "around_the_clock",
        "Mon-Sun 00:00-24:00",
        "Mon 00:00-Sun 24:00",
        "Wed-Tue 17:00-17:00 in America/New_York",
        "Mon 17:00-Fri 17:00, Fri 17:00-Mon 17:00",
    ],
)
def test_a_market_that_never_closes_is_open_around_the_clock_however_it_is_written(text):
    assert market_hours(text) == AROUND_THE_CLOCK
    assert AROUND_THE_CLOCK.is_always_open
    assert not market_hours("Mon 00:00-Sun 23:59").is_always_open


def test_the_well_known_hours():
    """CME: 23 hours from each evening Sunday to Thursday; forex and weekdays: 5 × 24 hours."""
    assert set(NAMED_HOURS) == {"around_the_clock", "cme_futures", "forex", "weekdays"}
    assert market_hours("cme_futures") == market_hours(
        "Sun 18:00-Mon 17:00, Mon 18:00-Tue 17:00, Tue 18:00-Wed 17:00, Wed 18:00-Thu 17:00,"
        " Thu 18:00-Fri 17:00 in America/New_York"
    )
    assert market_hours("forex") == MarketHours(
        (Span(SUN + 17 * HOUR, WEEK_MINUTES + FRI + 17 * HOUR),), NEW_YORK
    )
    assert market_hours("weekdays") == MarketHours((Span(MON, SAT),))


def test_named_hours_that_have_a_zone_bring_it_and_weekdays_are_the_accounts():
    zones = {name: hours.time_zone for name, hours in NAMED_HOURS.items()}
    assert zones == {
        "around_the_clock": None,
        "cme_futures": NEW_YORK,
        "forex": NEW_YORK,
        "weekdays": None,
    }


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("cme_futures", "cme_futures"),
        ("  Forex ", "forex"),
        ("sun 17:00 – fri 17:00 in America/New_York", "forex"),
        ("Sun 17:00-Fri 17:00", "Sun 17:00-Fri 17:00"),
        ("Mon - Tue  09:30 - 16:00", "Mon 09:30-Mon 16:00, Tue 09:30-Tue 16:00"),
        ("Fri 20:00-24:00 in Europe/Prague", "Fri 20:00-Fri 24:00 in Europe/Prague"),
        ("Sun 20:00-24:00", "Sun 20:00-Sun 24:00"),
        ("Fri 20:00-Sat 00:01", "Fri 20:00-Sat 00:01"),
        ("Mon-Fri 00:00-24:00", "weekdays"),
        ("Mon-Fri 00:00-24:00 in UTC", "Mon 00:00-Fri 24:00 in UTC"),
    ],
)
def test_hours_say_themselves_in_one_way(text, written):
    assert str(market_hours(text)) == written
    assert market_hours(written) == market_hours(text)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "must be one of around_the_clock, cme_futures, forex, weekdays, or hours such as"),
        ("nyse", "or 'Mon-Fri 09:30-16:00', was 'nyse'"),
        ("Mon 9:30-Mon 16:00", "was 'Mon 9:30-Mon 16:00'"),
        ("Mon 09:30-Mon 24:01", "was 'Mon 09:30-Mon 24:01'"),
        ("Mon 24:00-Tue 12:00", "was 'Mon 24:00-Tue 12:00'"),
        ("Mon 09:60-12:00", "was 'Mon 09:60-12:00'"),
        ("Mo 09:00-12:00", "was 'Mo 09:00-12:00'"),
        ("Mon ٠٩:00-12:00", "was 'Mon ٠٩:00-12:00'"),
        ("Mon 09:00-12:00,", "was ''"),
        ("Mon 09:00-12:00; Tue 09:00-12:00", "was 'Mon 09:00-12:00; Tue 09:00-12:00'"),
        ("Mon 09:00-12:00 in", "was 'Mon 09:00-12:00 in'"),
        ("in UTC", "was 'in UTC'"),
        ("forex in UTC", "was 'forex'"),
        ("Mon 09:00-Mon 09:00", "must close after it opens, was Mon 09:00-Mon 09:00"),
        ("Mon 09:00-12:00 in Mars", "must be an IANA zone such as America/New_York, was 'Mars'"),
        ("Mon 00:00-Sun 24:00 in Mars", "must be an IANA zone"),
        (
            "Mon 09:00-12:00, Mon 11:59-13:00",
            "must be closed between two spans, was Mon 09:00-Mon 12:00 and Mon 11:59-Mon 13:00",
        ),
        (
            "Mon 00:00-01:00, Sun 20:00-Mon 00:01",
            "must be closed between two spans, was Sun 20:00-Mon 00:01 and Mon 00:00-Mon 01:00",
        ),
        ("Mon-Fri 09:00-12:00, Tue 10:00-11:00", "was Tue 09:00-Tue 12:00 and Tue 10:00-Tue 11:00"),
        ("Mon-Wed 00:00-24:00, Mon-Sun 00:00-24:00", "must be closed between two spans"),
        (
            ", ".join(f"Mon-Sun {hour:02d}:00-{hour:02d}:30" for hour in range(5)),
            "must have 1 to 28 spans, was 35",
        ),
    ],
)
def test_hours_that_cannot_be_are_refused_with_what_was_found(text, sentence):
    with pytest.raises(InvalidValue, match=r"^market_hours ") as refusal:
        market_hours(text)
    assert sentence in str(refusal.value)
    assert refusal.value.field == "market_hours"


@pytest.mark.parametrize(
    ("several", "sentence"),
    [
        ((), "must have 1 to 28 spans, was 0"),
        ((Span(-1, 5),), r"must open within the week and close after that, was \(-1, 5\)"),
        ((Span(WEEK_MINUTES, WEEK_MINUTES + 1),), "must open within the week"),
        ((Span(5, 5),), "close after that"),
        ((Span(5, 4),), "close after that"),
        ((Span(5, 9), Span(1, 2)), "must be closed between two spans"),
        ((Span(1, 2), Span(2, 3)), "must be closed between two spans"),
        ((Span(5, 5 + WEEK_MINUTES),), "must be closed between two spans"),
        ((Span(0, WEEK_MINUTES + 1),), "must be closed between two spans"),
    ],
)
def test_a_value_that_exists_is_valid(several, sentence):
    with pytest.raises(InvalidValue, match=sentence):
        MarketHours(several)


def test_every_way_of_writing_hours_that_is_documented_is_understood():
    page = (Path(__file__).parents[2] / "docs" / "age.md").read_text("utf-8")
    lines = re.search(r"```\n(.*?)```", page, re.DOTALL)[1].splitlines()
    assert set(NAMED_HOURS) < set(lines)
    for text in lines:
        assert market_hours(text).spans


@st.composite
def hours(draw):
    """Any hours that can be: times of the week, in turn an opening and a close."""
    times = sorted(draw(st.sets(st.integers(0, WEEK_MINUTES - 1), min_size=2, max_size=12)))
    if len(times) % 2:
        times.pop()
    if draw(st.booleans()):
        times = [*times[1:], times[0] + WEEK_MINUTES]
    pairs = zip(times[::2], times[1::2], strict=True)
    zone = draw(st.sampled_from([None, "UTC", NEW_YORK, "Europe/Prague"]))
    return MarketHours(tuple(Span(opens, closes) for opens, closes in pairs), zone)


@given(hours())
def test_hours_come_back_from_what_they_say(one):
    assert market_hours(str(one)) == one
