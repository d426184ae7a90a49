"""When data is too old: open market counts, closed market does not; to the microsecond."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import NamedTuple

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from riskcore.domain.days import NO_DAY, instant, microsecond
from riskcore.domain.market_hours import NAMED_HOURS, market_hours
from riskcore.domain.model import Account
from riskcore.domain.observe import observe
from riskcore.domain.rules.max_loss import MaxLoss
from riskcore.domain.sessions import sessions
from riskcore.domain.staleness import are_stale, is_stale, stale_at, stale_at_us
from riskcore.domain.status import Status
from tests.domain.plain.market import open_minutes, open_time, too_old_at, utc
from tests.domain.rulebook import account, risk, stand

NEW_YORK, CHICAGO, PRAGUE = "America/New_York", "America/Chicago", "Europe/Prague"
INSTANT, SECOND, MINUTE = timedelta(microseconds=1), timedelta(seconds=1), timedelta(minutes=1)
MAX = MaxLoss(limit_amount=2_000)


def trading(hours: str, minutes: float = 5, **fields: object) -> Account:
    """An account whose data is too old after so many minutes of these hours."""
    return account(MAX, market_hours=market_hours(hours), stale_after=minutes * MINUTE, **fields)


def turns(one: Account, taken_at: datetime, at: datetime) -> bool:
    """Whether the account turns stale at `at` and not a microsecond sooner, however it is asked."""
    assert stale_at(one, taken_at) == at
    seen = stand([one], {one.id: [(taken_at, 50_000.0, 50_000.0)]})
    before, then = (observe(seen, when).is_stale.tolist() for when in (at - INSTANT, at))
    assert [is_stale(one, taken_at, when) for when in (at - INSTANT, at)] == [False, True]
    return (before, then) == ([False], [True])


# --- one account


def test_around_the_clock_every_minute_counts():
    one = trading("around_the_clock")
    assert turns(one, utc("2026-03-06 23:59"), utc("2026-03-07 00:04"))


def test_a_weekend_does_not_count():
    """Two minutes before the close on Friday, so three after the opening on Sunday."""
    one = trading("cme_futures")
    at = utc("2026-02-15 18:03", NEW_YORK)
    assert turns(one, utc("2026-02-13 16:58", NEW_YORK), at)


def test_a_daily_break_does_not_count():
    one = trading("cme_futures")
    assert turns(one, utc("2026-02-10 16:59", NEW_YORK), utc("2026-02-10 18:04", NEW_YORK))


def test_data_from_a_closed_market_is_as_new_as_the_opening():
    one = trading("cme_futures")
    opening = utc("2026-02-15 18:05", NEW_YORK)
    for taken in ("2026-02-13 17:00", "2026-02-14 12:00", "2026-02-15 18:00"):
        assert turns(one, utc(taken, NEW_YORK), opening)


def test_at_the_close_exactly_it_is_old_if_the_close_is_the_minute():
    """16:55 and five minutes is 17:00: the close itself; a microsecond later waits till Sunday."""
    one = trading("cme_futures")
    taken = utc("2026-02-13 16:55", NEW_YORK)
    assert turns(one, taken, utc("2026-02-13 17:00", NEW_YORK))
    assert turns(one, taken + INSTANT, utc("2026-02-15 18:00", NEW_YORK) + INSTANT)


def test_what_was_old_before_the_close_stays_old_while_it_is_closed():
    one = trading("forex")
    taken = utc("2026-02-13 16:00", NEW_YORK)
    for when in ("2026-02-13 16:59", "2026-02-13 17:00", "2026-02-14 12:00", "2026-02-15 17:00"):
        assert is_stale(one, taken, utc(when, NEW_YORK))


def test_what_was_fresh_at_the_close_stays_fresh_while_it_is_closed():
    one = trading("forex")
    taken = utc("2026-02-13 16:59", NEW_YORK)
    for when in ("2026-02-13 17:05", "2026-02-14 12:00", "2026-02-15 17:00", "2026-02-15 17:03"):
        assert not is_stale(one, taken, utc(when, NEW_YORK))
    assert is_stale(one, taken, utc("2026-02-15 17:04", NEW_YORK))


def test_a_span_of_days_is_counted_over_many_closes():
    """36 hours of a market of 6.5 hours a day from Monday's opening: 5 × 6.5 h, then 3.5 h."""
    one = trading("Mon-Fri 09:30-16:00 in America/New_York", minutes=36 * 60)
    assert turns(one, utc("2026-02-09 09:30", NEW_YORK), utc("2026-02-16 13:00", NEW_YORK))


def test_the_hours_may_run_over_the_turn_of_the_year():
    one = trading("weekdays", minutes=48 * 60)
    assert turns(one, utc("2027-12-31 12:00"), utc("2028-01-04 12:00"))


# --- zones and clock changes


def test_the_night_the_clocks_go_forward_is_an_hour_shorter():
    """In New York Sunday 18:00 is 22:00 UTC from 2026-03-08 on, and was 23:00 UTC."""
    one = trading("cme_futures")
    assert turns(one, utc("2026-03-06 21:58"), utc("2026-03-08 22:03"))
    assert turns(one, utc("2026-02-27 21:58"), utc("2026-03-01 23:03"))


def test_the_night_the_clocks_go_back_is_an_hour_longer():
    one = trading("cme_futures")
    assert turns(one, utc("2026-10-30 20:58"), utc("2026-11-01 23:03"))


def test_an_hour_that_comes_twice_counts_twice():
    """Open through the night of 2026-10-25: 02:30 comes twice, and 60 minutes pass between."""
    one = trading("Mon-Sun 01:00-05:00 in Europe/Prague", minutes=90)
    assert turns(one, utc("2026-10-25 01:30", PRAGUE), utc("2026-10-25 01:00"))
    assert turns(one, utc("2026-10-24 01:30", PRAGUE), utc("2026-10-24 03:00", PRAGUE))


def test_a_close_that_comes_twice_is_the_first():
    """Open until 02:30, which on 2026-10-25 is 00:30 UTC and again 01:30 UTC."""
    one = trading("Sun 01:00-02:30 in Europe/Prague", minutes=31)
    assert turns(one, utc("2026-10-25 00:00"), utc("2026-11-01 01:01", PRAGUE))


def test_an_opening_that_comes_twice_is_the_first():
    one = trading("Sun 02:30-12:00 in Europe/Prague")
    assert turns(one, utc("2026-10-24 12:00"), utc("2026-10-25 00:35"))


def test_hours_that_clocks_jump_over_are_not_open():
    """02:10 to 02:50 is not there on 2026-03-29; 02:30 to 04:00 lasts an hour."""
    jumped = trading("Sun 02:10-02:50 in Europe/Prague", minutes=40)
    assert turns(jumped, utc("2026-03-28 12:00"), utc("2026-04-05 02:50", PRAGUE))
    begun = trading("Sun 02:30-04:00 in Europe/Prague", minutes=60)
    assert turns(begun, utc("2026-03-28 12:00"), utc("2026-03-29 04:00", PRAGUE))


@pytest.mark.parametrize("zone", ["UTC", PRAGUE, CHICAGO, "Asia/Tokyo", "Pacific/Apia"])
def test_hours_with_a_zone_mean_the_same_to_every_account(zone):
    """Also from 2026-03-08 to 03-29, when only America has changed its clocks."""
    one = trading("cme_futures", time_zone=zone)
    assert turns(one, utc("2026-03-20 16:58", NEW_YORK), utc("2026-03-22 18:03", NEW_YORK))


@pytest.mark.parametrize("zone", ["UTC", PRAGUE, CHICAGO, "Asia/Tokyo"])
def test_hours_without_a_zone_are_the_accounts_own(zone):
    one = trading("weekdays", time_zone=zone)
    assert turns(one, utc("2026-03-20 23:58", zone), utc("2026-03-23 00:03", zone))


def test_chicago_and_new_york_open_and_close_together_all_year():
    there = market_hours("Sun-Thu 17:00-16:00 in America/Chicago")
    first, last = (microsecond(datetime(year, 1, 1, tzinfo=UTC)) for year in (2007, 2040))
    tables = [
        sessions((hours, hours.time_zone), first, last)
        for hours in (NAMED_HOURS["cme_futures"], there)
    ]
    assert (tables[0].opens_us == tables[1].opens_us).all()
    assert (tables[0].closes_us == tables[1].closes_us).all()
    assert len(tables[0].opens_us) > 33 * 52 * 5


# --- the longest


def test_nothing_is_fresh_for_longer_than_366_days_whatever_the_hours():
    """A market of one minute a week would need 41 years for 36 hours."""
    one = trading("Mon 09:00-09:01", minutes=36 * 60)
    assert turns(one, utc("2026-02-09 09:00"), utc("2026-02-09 09:00") + timedelta(days=366))


def test_the_first_and_the_last_years_are_like_the_others():
    """1970 began on a Thursday; 2199-12-27 is a Friday."""
    one = trading("cme_futures")
    assert turns(one, utc("1970-01-01 00:00"), utc("1970-01-01 00:05"))
    assert turns(one, utc("2199-12-27 16:59", NEW_YORK), utc("2199-12-29 18:04", NEW_YORK))
    assert is_stale(one, utc("1970-01-01 00:00"), utc("2199-12-27 12:00"))


def test_every_week_is_like_every_other():
    """An hour each Monday: 52 hours are the 52nd Monday's close, whichever Monday is the first."""
    one = trading("Mon 09:00-10:00", minutes=52 * 60)
    for week in range(400):
        monday = utc("2026-01-05 09:00") + timedelta(weeks=week)
        expected = monday + timedelta(weeks=51, hours=1)
        assert stale_at(one, monday) == expected
        assert stale_at(one, monday - timedelta(days=6)) == expected


# --- what follows from it


def test_an_account_is_unknown_from_that_second_on_and_says_how_old_its_data_is():
    taken, at = utc("2026-02-13 16:58", NEW_YORK), utc("2026-02-15 18:03", NEW_YORK)
    fields = {"market_hours": market_hours("cme_futures"), "stale_after": 5 * MINUTE}
    seen = [(taken, 50_000.0, 50_000.0)]
    before = risk(seen, MAX, as_of=at - SECOND, **fields)
    then = risk(seen, MAX, as_of=at, **fields)
    assert (before.status, before.is_stale) == (Status.SAFE, False)
    assert before.reason == "has 2,000.00 USD (100.0 %) left on Max loss"
    assert (then.status, then.is_stale) == (Status.UNKNOWN, True)
    assert then.reason == (
        "has at most 2,000.00 USD (100.0 %) left on Max loss (last snapshot 2 d 1 h old)"
    )


def test_an_account_that_was_never_seen_is_stale_whatever_the_hour():
    accounts = [trading(hours, number=1 + place) for place, hours in enumerate(NAMED_HOURS)]
    sunday = microsecond(utc("2026-02-15 12:00"))
    never = np.full(len(accounts), NO_DAY)
    assert are_stale(accounts, never, sunday).all()
    assert (stale_at_us(accounts, never) < microsecond(datetime(1900, 1, 1, tzinfo=UTC))).all()


def test_accounts_seen_and_never_seen_are_told_apart():
    accounts = [trading("cme_futures", number=1), trading("cme_futures", number=2)]
    taken = np.array([NO_DAY, microsecond(utc("2026-02-13 16:58", NEW_YORK))])
    found = stale_at_us(accounts, taken)
    assert found[0] < 0
    assert instant(found[1]) == utc("2026-02-15 18:03", NEW_YORK)
    assert are_stale(accounts, taken, int(found[1]) - 1).tolist() == [True, False]


# --- every hour, every zone


CHANGES = {
    "UTC": ["2026-03-08"],
    NEW_YORK: ["2026-03-08", "2026-11-01"],
    PRAGUE: ["2026-03-29", "2026-10-25"],
    "Europe/Dublin": ["2026-03-29", "2026-10-25"],
    "Africa/Casablanca": ["2026-02-15", "2026-03-22"],
    "America/Santiago": ["2026-04-05", "2026-09-06"],
    "Asia/Kathmandu": ["2026-11-01"],
}
"""Nights in which clocks change, in the zone or elsewhere.

Dublin calls winter the other time, Casablanca Ramadan; Santiago jumps over midnight.
"""

HOURS = [
    *NAMED_HOURS,
    "Mon-Fri 09:30-12:00, Mon-Fri 13:00-16:00",
    "Sat 22:00-Sun 02:30, Sun 03:00-Wed 00:00, Wed 00:30-Thu 12:00",
    "Sun 01:10-01:50, Sun 02:10-02:50, Mon-Tue 23:30-00:30",
]


class Case(NamedTuple):
    """An account, when it was last seen, and when that is too old by the wall clock.

    `is_open`: whether its market is open in each minute from `first` on.
    """

    account: Account
    taken_at: datetime
    expected: datetime
    first: datetime
    is_open: np.ndarray


def window(zone: str, night: str) -> tuple[datetime, datetime]:
    """Two days before a night and two weeks after it."""
    midnight = utc(night, zone).replace(minute=0)
    return midnight - timedelta(days=2), midnight + timedelta(days=14)


@st.composite
def cases(draw):
    """A snapshot about a clock change, too old after up to five hours of open market."""
    zone, hours = draw(st.sampled_from(list(CHANGES))), draw(st.sampled_from(HOURS))
    first, last = window(zone, draw(st.sampled_from(CHANGES[zone])))
    minute = draw(st.integers(0, 3 * 24 * 60))
    minutes = draw(st.integers(1, 60) | st.integers(1, 300))
    one = trading(hours, minutes, time_zone=zone, number=draw(st.integers(1, 10**6)))
    is_open = open_minutes(one.market_hours, zone, first, last)
    taken_at = first + minute * MINUTE
    return Case(
        one, taken_at, too_old_at(taken_at, one.stale_after, is_open[minute:]), first, is_open
    )


many = settings(max_examples=200, deadline=None)


@given(cases())
@many
def test_open_minutes_are_counted_as_on_the_wall_clock(case):
    assert turns(case.account, case.taken_at, case.expected)


@given(st.lists(cases(), max_size=5, unique_by=lambda case: case.account.id), st.data())
@many
def test_many_accounts_are_stale_from_the_instant_of_each(several, data):
    """Of different hours and zones at once: stale exactly where `stale_at` has passed."""
    accounts = [case.account for case in several]
    taken_us = np.array([microsecond(case.taken_at) for case in several], dtype=np.int64)
    expected = [case.expected for case in several]
    assert [instant(at) for at in stale_at_us(accounts, taken_us)] == expected
    when = data.draw(st.sampled_from([utc("2026-03-08"), *expected]))
    as_of = when + data.draw(st.sampled_from([-INSTANT, timedelta(), INSTANT]))
    seen = {case.account.id: [(case.taken_at, 50_000.0, 50_000.0)] for case in several}
    standing = stand(accounts, seen)
    by_id = {case.account.id: as_of >= case.expected for case in several}
    found = observe(standing, as_of).is_stale.tolist()
    assert found == [by_id[one.id] for one in standing.accounts]


@given(cases(), st.integers(1, 60_000_000 - 1))
@many
def test_to_the_microsecond_so_much_open_market_lies_between(case, later):
    """And the last of it just before the account turns stale."""
    taken_at = case.taken_at + later * INSTANT
    at = stale_at(case.account, taken_at)
    assert open_time(case.is_open, case.first, taken_at, at) == case.account.stale_after
    assert open_time(case.is_open, case.first, at - INSTANT, at) == INSTANT
