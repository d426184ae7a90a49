"""Words: ages, badges and labels."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from riskcore.domain.status import Status
from riskcore.services.desk import Desk
from riskcore.ui.words import LOOKS, account_labels, age_text, badge, counted, sentence
from tests.ui.conftest import an_account

NOW = datetime(2026, 11, 12, 14, 3, tzinfo=UTC)


@pytest.mark.parametrize(
    ("age", "text"),
    [
        (timedelta(seconds=3), "3 s ago"),
        (timedelta(minutes=59), "59 min ago"),
        (timedelta(hours=2, minutes=10), "2 h 10 min ago"),
        (timedelta(days=2, hours=4), "2 d 4 h ago"),
        (timedelta(seconds=-2), "0 s ago"),
    ],
)
def test_an_age_has_its_two_largest_units(age: timedelta, text: str) -> None:
    assert age_text(NOW - age, NOW) == text


def test_no_time_is_no_data() -> None:
    assert age_text(None, NOW) == "no data yet"


def test_every_status_has_an_icon_a_colour_and_its_word() -> None:
    assert set(LOOKS) == set(Status)
    assert len({look.icon for look in LOOKS.values()}) == len(Status)
    assert len({look.color for look in LOOKS.values()}) == len(Status)
    assert all(status.name in badge(status) for status in Status)


def test_a_sentence_begins_large_and_ends_with_a_stop() -> None:
    assert sentence("no group 7") == "No group 7."
    assert counted(1, "row") == "1 row"
    assert counted(2_000, "row") == "2,000 rows"


def test_accounts_that_share_a_name_are_told_apart(desk: Desk) -> None:
    accounts = [an_account(desk, "1", name="A"), an_account(desk, "2", name="A")]
    assert list(account_labels(accounts).values()) == ["A (1)", "A (2)"]
    assert list(account_labels(accounts[:1]).values()) == ["A"]


def test_no_two_accounts_have_one_label(desk: Desk) -> None:
    """A name may look like another's name and number."""
    names = {"1": "A", "2": "A", "3": "A (1)"}
    accounts = [an_account(desk, number, name=name) for number, name in names.items()]
    assert len(set(account_labels(accounts).values())) == 3
