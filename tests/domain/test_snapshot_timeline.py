"""Timeline: the context every rule needs, for many accounts at once."""

from __future__ import annotations

from datetime import time, timedelta

import pandas as pd
import pytest

from riskcore.domain.frames import TIMELINE, BrokenContract
from riskcore.domain.model import Basis
from riskcore.domain.rules.consistency import Consistency
from riskcore.domain.rules.daily_loss import DailyLoss, DayReference
from riskcore.domain.rules.inactivity import Inactivity
from riskcore.domain.rules.max_loss import MaxLoss, PayoutEffect, Trail
from riskcore.domain.rules.min_trading_days import MinTradingDays
from riskcore.domain.rules.position_limit import PositionLimit, TierBasis
from riskcore.domain.rules.profit_cap import CapScope, ProfitCap
from riskcore.domain.rules.profit_target import ProfitTarget
from riskcore.domain.rules.weekly_loss import WeeklyLoss, WeekReference
from riskcore.domain.standing import accounts_frame, advance, timeline_of, unobserved
from riskcore.domain.timeline import timeline
from tests.domain.rulebook import MONDAY_NOON, account, advanced, event, frame, now, stand


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


def test_a_week_starts_with_what_its_first_day_starts_with(history):
    """
    time              balance  equity
    2026-03-06 22:00  51000    51200
    2026-03-09 00:00  51500    51400
    2026-03-10 00:00  52000    52000
    2026-03-17 00:00  53000    53000
    """
    found = rows(history)
    # Monday 16 March went unseen, so its week starts with the last snapshot before it
    assert found["week_start_balance"].tolist() == [50_000, 51_500, 51_500, 52_000]
    assert found["week_start_equity"].tolist() == [50_000, 51_400, 51_400, 52_000]


def test_a_close_that_nobody_reported_is_the_last_balance_before_it(history):
    """
    time              balance  equity
    2026-03-02 22:00  53000    53000
    2026-03-04 00:00  51000    51000
    """
    assert rows(history)["peak_eod_balance"].tolist() == [50_000, 53_000]


def test_the_readings_of_a_day_are_counted_and_those_of_the_day_before_kept(history):
    """
    time              balance  equity
    2026-03-02 10:00  50000    50000
    2026-03-02 11:00  50000    50000
    2026-03-05 10:00  50000    50000
    2026-03-05 11:00  50000    50000
    2026-03-06 10:00  50000    50000
    """
    found = rows(history)
    assert found["day_readings"].tolist() == [1, 2, 1, 2, 1]
    assert found["earlier_readings"].tolist() == [0, 0, 2, 2, 2]


def test_snapshots_need_not_say_their_contracts_or_what_they_rest_on():
    one = account()
    bare = frame([one], {one.id: now(50_000)}).drop(columns=["open_contracts", "basis"])
    found = timeline(bare, accounts_frame([one]))
    assert found["open_contracts"].isna().tolist() == [True]
    assert found["basis"].tolist() == [list(Basis).index(Basis.EQUITY)]


def test_only_the_columns_that_rules_need_are_made():
    one = account()
    snapshots, accounts = frame([one], {one.id: now(50_000)}), accounts_frame([one])
    few = timeline(snapshots, accounts, needs=frozenset({"peak_balance"}))
    assert "peak_balance" in few
    assert "peak_equity" not in few
    assert TIMELINE.check(few) is few


OF_EVERY_COLUMN = [
    DailyLoss(limit_amount=1_000, reference=DayReference.HIGHER, intraday_trail=True),
    WeeklyLoss(limit_amount=2_000, reference=WeekReference.HIGHER),
    MaxLoss(limit_amount=2_000, trail=Trail.EOD_BALANCE, payout_effect=PayoutEffect.LOCK),
    PositionLimit(most_contracts=5, tiers=((500, 6),), tier_basis=TierBasis.BEST_EQUITY),
    Inactivity(days=30),
    ProfitTarget(target_amount=3_000),
    Consistency(max_percent=50),
    MinTradingDays(days=5, min_profit_amount=100),
    ProfitCap(limit_amount=1_000, scope=CapScope.CYCLE),
]


@pytest.mark.parametrize("step", [1, 2, 3])
def test_a_history_in_pieces_is_the_history_in_one(history, events, step):
    """
    time              balance  equity  contracts
    2026-03-06 10:00  50400    51000   2
    2026-03-06 22:00  50600    50500   1
    2026-03-09 00:00  50600    50500   1
    2026-03-09 09:00  payout   200
    2026-03-09 10:00  50400    50700   -
    2026-03-09 11:00  50900    50900   0
    2026-03-10 10:00  deposit  1000
    2026-03-10 11:00  51800    51900   3
    """
    one = account(*OF_EVERY_COLUMN, events=events)
    whole = advanced(one, history)
    pieces = [history[begin : begin + step] for begin in range(0, len(history), step)]
    pd.testing.assert_frame_equal(advanced(one, *pieces).carried, whole.carried)


def test_nothing_new_leaves_everything_as_it_is():
    one = account(OF_EVERY_COLUMN[0])
    standing = stand([one], {one.id: now(50_000)})
    assert advance(standing, frame([one], {})) is standing


def test_events_alone_make_no_rows():
    one = account(OF_EVERY_COLUMN[0], events=(event("deposit", MONDAY_NOON, 1_000),))
    standing = unobserved([one])
    assert timeline_of(standing, frame([one], {})).empty


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda frame: frame.drop(columns="equity"), "snapshots needs column equity"),
        (
            lambda frame: frame.assign(balance=["50,000"]),
            "snapshots.balance must be f, was O",
        ),
    ],
)
def test_a_frame_that_is_not_as_agreed_is_the_callers_mistake(change, sentence):
    one = account()
    wrong = change(frame([one], {one.id: now(50_000)}))
    with pytest.raises(BrokenContract, match=sentence):
        timeline(wrong, accounts_frame([one]))


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


def test_many_accounts_at_once_have_the_peaks_that_each_would_have_alone():
    rule = MaxLoss(limit_amount=2_000, trail=Trail.CLOSED_BALANCE)
    accounts = [account(rule, number=number) for number in range(1, 251)]
    seen = {
        one.id: now(50_000 + 10 * number, ago=timedelta(hours=1)) + now(50_500)
        for number, one in enumerate(accounts)
    }
    found = timeline(frame(accounts, seen), accounts_frame(accounts))
    last = found["peak_balance"].to_numpy()[1::2].tolist()
    assert last == [max(50_000 + 10 * number, 50_500) for number in range(250)]


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
