"""Accounts, groups and their answers as values: what they must be, and when they are the same."""

from __future__ import annotations

from datetime import UTC, time, timedelta

import pytest

from riskcore.domain.errors import InvalidValue, Missing
from riskcore.domain.model import clean_name, currency_code, name_key
from riskcore.domain.rules.base import Since
from riskcore.domain.rules.consistency import Consistency
from riskcore.domain.rules.daily_loss import DailyLoss
from riskcore.domain.rules.max_loss import MaxLoss
from riskcore.domain.rules.min_trading_days import MinTradingDays
from riskcore.domain.rules.profit_target import ProfitTarget
from tests.domain.rulebook import MONDAY_NOON, account, evaluation, now, risk

MAX = MaxLoss(limit_amount=2_000)


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"starting_balance": float("nan")}, "starting_balance must be an amount, was nan"),
        ({"starting_balance": float("inf")}, "starting_balance must be an amount, was inf"),
        ({"time_zone": "Mars/Olympus"}, "time_zone must be an IANA zone such as America/New_York"),
        ({"time_zone": "../etc/passwd"}, "time_zone must be an IANA zone"),
        ({"stale_after": timedelta(milliseconds=999)}, "stale_after must be 1 second to 366 days"),
        ({"stale_after": timedelta(days=366, seconds=1)}, "stale_after must be 1 second to 366 d"),
        ({"reset_time": time(17, tzinfo=UTC)}, "reset_time must be local, without a zone"),
    ],
)
def test_an_account_that_cannot_be_is_refused(fields, sentence):
    with pytest.raises(InvalidValue, match=sentence):
        account(**fields)


def test_an_account_may_be_refreshed_every_second_or_once_a_year():
    for span in (timedelta(seconds=1), timedelta(days=366)):
        assert account(stale_after=span).stale_after == span


GOALS = [
    ProfitTarget(target_amount=3_000, since=Since.PAYOUT),
    Consistency(max_percent=50, since=Since.PAYOUT),
    MinTradingDays(days=5, since=Since.PAYOUT),
]


def test_all_goals_of_an_account_count_from_the_same_moment():
    assert account(*GOALS).rules == tuple(GOALS)
    with pytest.raises(InvalidValue, match=r"same moment \(since\), was cycle and payout"):
        account(*GOALS[:2], MinTradingDays(days=5, since=Since.CYCLE))
    assert account(GOALS[0], MAX).rules[1] == MAX


@pytest.mark.parametrize(
    ("text", "name"), [("  Desk  ", "Desk"), ("Cafe\u0301", "Café"), ("x" * 80, "x" * 80)]
)
def test_a_name_is_trimmed_and_composed(text, name):
    assert clean_name(text) == name


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "name must have 1 to 80 characters, was 0"),
        ("   ", "name must have 1 to 80 characters, was 0"),
        ("x" * 81, "name must have 1 to 80 characters, was 81"),
        ("a\u202eb", r"name must have no hidden characters, was U\+202E"),
        ("a\nb", r"name must have no hidden characters, was U\+000A"),
        ("a\u200bb", r"name must have no hidden characters, was U\+200B"),
    ],
)
def test_a_name_that_cannot_be_seen_for_what_it_is_is_refused(text, sentence):
    with pytest.raises(InvalidValue, match=sentence):
        clean_name(text)
    with pytest.raises(InvalidValue, match="firm must have"):
        clean_name(text, "firm")


def test_names_that_look_the_same_have_the_same_key():
    assert name_key("Ｄesk") == name_key("DESK") == "desk"


@pytest.mark.parametrize(("text", "code"), [(" usd ", "USD"), ("usdt", "USDT"), ("A1B2C", "A1B2C")])
def test_a_currency_is_three_to_five_letters_or_digits(text, code):
    assert currency_code(text) == code
    for wrong in (text.strip()[:2], code + "XYZ", "EU€", "U-D"):
        with pytest.raises(InvalidValue, match="currency must be a code such as USD"):
            currency_code(wrong)


def test_an_error_says_what_is_missing():
    assert str(Missing("account", 7741)) == "no account 7741"
    assert Missing("account", 7741).noun == "account"


# --- answers


def test_an_account_tells_its_limits_from_its_goals():
    found = risk(now(50_000), MAX, GOALS[0])
    assert list(found.limits) == ["max_loss"]
    assert found.deciding is found.rule_states["max_loss"]
    assert risk(now(50_000), GOALS[0]).deciding is None


def test_the_same_answer_a_minute_later_is_the_same_answer():
    one = account(DailyLoss(limit_amount=1_000), number=1)
    seen = {one.id: now(49_900)}
    first, later = (
        evaluation([one], seen, as_of=MONDAY_NOON + minutes)
        for minutes in (timedelta(), timedelta(minutes=1))
    )
    assert first.reason != later.reason  # the reset is nearer
    assert first.same_answer(later)
    assert not first.same_answer(evaluation([one], {one.id: now(49_899.99)}))
    assert not first.same_answer(None)


def test_without_a_next_reset_the_same_answer_is_the_same_too():
    unseen = account(MAX)
    assert evaluation([unseen], {}).same_answer(evaluation([unseen], {}))
