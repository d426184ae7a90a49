"""How far behind a desk's data is: live, some seconds, silent, or only closed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from riskcore.domain.days import NO_DAY, microsecond
from riskcore.domain.feed import Feed, FeedState, feed_of, feed_words
from riskcore.domain.market_hours import market_hours
from riskcore.domain.model import Account
from tests.domain.plain.market import utc
from tests.domain.rulebook import account

INSTANT, SECOND, MINUTE = timedelta(microseconds=1), timedelta(seconds=1), timedelta(minutes=1)
MONDAY = datetime(2026, 2, 9, 14, 2, 5, tzinfo=UTC)
NEW_YORK = "America/New_York"
CLOSE = utc("2026-02-13 17:00", NEW_YORK)
SATURDAY = CLOSE + timedelta(hours=20)


def trading(hours: str = "around_the_clock", minutes: float = 5, **fields: object) -> Account:
    """An account whose data is too old after so many minutes of these hours."""
    return account(market_hours=market_hours(hours), stale_after=minutes * MINUTE, **fields)


def feed(as_of: datetime, *seen: tuple[Account, datetime | None]) -> Feed:
    """The feed of these accounts, each with its last snapshot."""
    taken = [NO_DAY if taken_at is None else microsecond(taken_at) for _, taken_at in seen]
    return feed_of([one for one, _ in seen], np.array(taken, dtype=np.int64), as_of)


# --- the state


@pytest.mark.parametrize(
    ("age", "state"),
    [
        (timedelta(), FeedState.LIVE),
        (3 * SECOND - INSTANT, FeedState.LIVE),
        (3 * SECOND, FeedState.BEHIND),
        (5 * MINUTE - INSTANT, FeedState.BEHIND),
        (5 * MINUTE, FeedState.SILENT),
        (timedelta(days=400), FeedState.SILENT),
    ],
)
def test_a_feed_is_live_below_three_seconds_and_silent_once_its_account_is_stale(age, state):
    found = feed(MONDAY, (trading(), MONDAY - age))
    assert found == Feed(state=state, newest_taken_at=MONDAY - age)


def test_the_newest_account_decides_how_far_behind():
    found = feed(MONDAY, (trading(), MONDAY - MINUTE), (trading(), MONDAY - 4 * SECOND))
    assert found == Feed(state=FeedState.BEHIND, newest_taken_at=MONDAY - 4 * SECOND)


def test_a_feed_is_silent_only_when_every_account_is_stale():
    """One by files is fresh for 36 hours; the newest data is of the other."""
    fed, filed = trading(), trading(minutes=36 * 60)
    newest, older = MONDAY - 5 * MINUTE, MONDAY - timedelta(hours=36)
    assert feed(MONDAY, (fed, newest), (filed, older + INSTANT)).state is FeedState.BEHIND
    assert feed(MONDAY, (fed, newest), (filed, older)).state is FeedState.SILENT


def test_an_account_that_may_be_but_a_second_old_is_silent_before_it_is_live():
    impatient = trading(minutes=1 / 60)
    assert feed(MONDAY, (impatient, MONDAY - SECOND + INSTANT)).state is FeedState.LIVE
    assert feed(MONDAY, (impatient, MONDAY - SECOND)).state is FeedState.SILENT


def test_without_a_snapshot_of_any_account_there_is_no_data():
    nothing = Feed(state=FeedState.NO_DATA)
    assert feed(MONDAY) == nothing
    assert feed(MONDAY, (trading(), None), (trading("forex"), None)) == nothing
    assert feed(SATURDAY, (trading(), None), (trading("forex"), None)) == nothing


def test_accounts_that_were_never_seen_take_no_part():
    seen = (trading("forex"), CLOSE - MINUTE)
    assert feed(SATURDAY, seen, (trading(), None)).state is FeedState.CLOSED
    assert feed(MONDAY, (trading(), MONDAY), (trading(), None)).state is FeedState.LIVE


# --- a closed market


def test_a_market_is_closed_from_the_second_of_its_close_until_its_opening():
    one = trading("forex")
    last = CLOSE - MINUTE
    opening = utc("2026-02-15 17:00", NEW_YORK)
    closed = Feed(state=FeedState.CLOSED, newest_taken_at=last, closed_since=CLOSE)
    assert feed(CLOSE - INSTANT, (one, last)).state is FeedState.BEHIND
    assert feed(CLOSE, (one, last)) == closed
    assert feed(opening - INSTANT, (one, last)) == closed
    assert feed(opening, (one, last)) == Feed(state=FeedState.BEHIND, newest_taken_at=last)
    assert feed(opening + 4 * MINUTE - INSTANT, (one, last)).state is FeedState.BEHIND
    assert feed(opening + 4 * MINUTE, (one, last)).state is FeedState.SILENT


def test_a_daily_break_is_a_close():
    one = trading("cme_futures")
    broke = utc("2026-02-10 17:00", NEW_YORK)
    found = feed(broke + 59 * MINUTE, (one, broke - MINUTE))
    assert (found.state, found.closed_since) == (FeedState.CLOSED, broke)


def test_of_closed_and_open_markets_the_open_ones_decide():
    """Forex is closed on Saturday; data that still comes in for it hides no silent feed."""
    forex, crypto = trading("forex"), trading()
    sent = (forex, SATURDAY)
    assert feed(SATURDAY, sent, (crypto, SATURDAY - MINUTE)) == Feed(
        state=FeedState.BEHIND, newest_taken_at=SATURDAY - MINUTE
    )
    assert feed(SATURDAY, sent, (crypto, SATURDAY - 5 * MINUTE)) == Feed(
        state=FeedState.SILENT, newest_taken_at=SATURDAY - 5 * MINUTE
    )
    old = (forex, CLOSE - timedelta(hours=9))
    assert feed(SATURDAY, old, (crypto, SATURDAY)).state is FeedState.LIVE


def test_of_several_closed_markets_the_last_close_counts():
    """CME and forex close at 17:00 in New York, weekdays in Tokyo long before."""
    tokyo = trading("weekdays", time_zone="Asia/Tokyo")
    newest = utc("2026-02-13 16:59", NEW_YORK)
    found = feed(SATURDAY, (tokyo, newest - MINUTE), (trading("forex"), newest))
    assert found == Feed(state=FeedState.CLOSED, newest_taken_at=newest, closed_since=CLOSE)


def test_hours_that_clocks_jump_over_are_no_close():
    """On 2026-03-29 there is no 02:10 to 02:50 in Prague, so it has been closed since Friday."""
    one = trading("Fri 09:00-17:00, Sun 02:10-02:50 in Europe/Prague")
    closed = utc("2026-03-27 17:00", "Europe/Prague")
    found = feed(utc("2026-03-29 12:00"), (one, closed - MINUTE))
    assert (found.state, found.closed_since) == (FeedState.CLOSED, closed)


def test_a_program_that_sends_into_a_closed_market_does_not_open_it():
    found = feed(SATURDAY, (trading("forex"), SATURDAY))
    assert (found.state, found.newest_taken_at) == (FeedState.CLOSED, SATURDAY)


def test_the_order_of_accounts_does_not_matter():
    seen = [(trading("forex"), SATURDAY), (trading(), SATURDAY - MINUTE), (trading(), None)]
    assert feed(SATURDAY, *seen) == feed(SATURDAY, *reversed(seen))


# --- the words


def said(state: FeedState, newest: datetime, now: datetime, zone: str = "UTC", **more) -> str:
    return feed_words(Feed(state=state, newest_taken_at=newest, **more), now, zone)


def test_the_words_of_a_feed_that_comes_in():
    assert said(FeedState.LIVE, MONDAY, MONDAY) == "live"
    assert said(FeedState.BEHIND, MONDAY - 3 * SECOND, MONDAY) == "3 s behind"
    assert said(FeedState.BEHIND, MONDAY - 130 * MINUTE, MONDAY) == "2 h 10 min behind"
    assert feed_words(Feed(state=FeedState.NO_DATA), MONDAY) == "no data yet"


def test_a_silent_feed_says_since_when_with_the_date_when_that_is_not_today():
    """14:02 UTC is 15:02 in Prague; 23:30 UTC is the next day there."""
    later = MONDAY + timedelta(minutes=30)
    assert said(FeedState.SILENT, MONDAY, later) == "no feed since 14:02 UTC"
    assert said(FeedState.SILENT, MONDAY, later, "Europe/Prague") == "no feed since 15:02"
    tomorrow = utc("2026-02-10 00:00")
    before = tomorrow - 30 * MINUTE
    assert said(FeedState.SILENT, before, tomorrow) == "no feed since 2026-02-09 23:30 UTC"
    assert said(FeedState.SILENT, before, tomorrow - INSTANT) == "no feed since 23:30 UTC"
    assert said(FeedState.SILENT, before, tomorrow, "Europe/Prague") == "no feed since 00:30"


def test_a_closed_market_says_its_day_and_the_last_data():
    closed = {"zone": NEW_YORK, "closed_since": CLOSE}
    words = said(FeedState.CLOSED, CLOSE - MINUTE, SATURDAY, **closed)
    assert words == "market closed since Fri 17:00; last data 16:59"
    assert said(FeedState.CLOSED, CLOSE - MINUTE, CLOSE, **closed) == (
        "market closed since 17:00; last data 16:59"
    )
    assert said(FeedState.CLOSED, CLOSE - MINUTE, SATURDAY, closed_since=CLOSE) == (
        "market closed since Fri 22:00; last data 21:59 UTC"
    )


def test_data_of_another_day_than_the_close_has_its_date():
    closed = {"zone": NEW_YORK, "closed_since": CLOSE}
    assert said(FeedState.CLOSED, utc("2026-02-12 14:02", NEW_YORK), SATURDAY, **closed) == (
        "market closed since Fri 17:00; last data 2026-02-12 14:02"
    )
    assert said(FeedState.CLOSED, utc("2026-02-14 09:00", NEW_YORK), SATURDAY, **closed) == (
        "market closed since Fri 17:00; last data 2026-02-14 09:00"
    )
