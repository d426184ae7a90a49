"""Status: how worried to be, and from which buffer on, to the cent."""

from __future__ import annotations

from datetime import timedelta

import pytest

from riskcore.domain.errors import InvalidValue
from riskcore.domain.rules.base import Action, Breach
from riskcore.domain.rules.consistency import Consistency
from riskcore.domain.rules.daily_loss import DailyLoss
from riskcore.domain.rules.floating_loss import FloatingLoss
from riskcore.domain.rules.max_loss import MaxLoss
from riskcore.domain.rules.min_trading_days import MinTradingDays
from riskcore.domain.rules.position_limit import PositionLimit
from riskcore.domain.rules.profit_cap import ProfitCap
from riskcore.domain.rules.profit_target import ProfitTarget
from riskcore.domain.rules.weekly_loss import WeeklyLoss
from riskcore.domain.status import Status, Thresholds, worst
from tests.domain.rulebook import MONDAY_NOON, now, risk, state

HOUR = timedelta(hours=1)
LIMIT = MaxLoss(limit_amount=2_000)
FLOOR = 50_000 - 2_000


@pytest.mark.parametrize(
    ("buffer", "status"),
    [
        (1_000.01, Status.SAFE),
        (1_000.00, Status.CAUTION),
        (999.99, Status.CAUTION),
        (400.01, Status.CAUTION),
        (400.00, Status.CRITICAL),
        (399.99, Status.CRITICAL),
        (0.01, Status.CRITICAL),
        (0.00, Status.CRITICAL),
        (-0.01, Status.VIOLATED),
    ],
)
def test_half_the_limit_is_caution_a_fifth_is_critical_and_under_the_floor_is_violated(
    buffer, status
):
    assert state(now(FLOOR + buffer), LIMIT).status is status


@pytest.mark.parametrize(
    ("buffer", "status"),
    [(0.01, Status.CRITICAL), (0.00, Status.VIOLATED), (-0.01, Status.VIOLATED)],
)
def test_where_touching_breaks_nothing_left_is_violated(buffer, status):
    rule = MaxLoss(limit_amount=2_000, breach=Breach.TOUCH)
    assert state(now(FLOOR + buffer), rule).status is status


@pytest.mark.parametrize(
    ("buffer", "status"),
    [
        (1_500.01, Status.SAFE),
        (1_500.00, Status.CAUTION),
        (600.01, Status.CAUTION),
        (600.00, Status.CRITICAL),
    ],
)
def test_a_group_can_worry_earlier(buffer, status):
    thresholds = Thresholds(caution_fraction=0.75, critical_fraction=0.3)
    assert state(now(FLOOR + buffer), LIMIT, thresholds=thresholds).status is status


def test_equal_thresholds_leave_no_caution():
    thresholds = Thresholds(caution_fraction=0.2, critical_fraction=0.2)
    assert state(now(FLOOR + 400.01), LIMIT, thresholds=thresholds).status is Status.SAFE
    assert state(now(FLOOR + 400.00), LIMIT, thresholds=thresholds).status is Status.CRITICAL


def test_no_thresholds_leave_only_the_last_cent():
    thresholds = Thresholds(caution_fraction=0, critical_fraction=0)
    assert state(now(FLOOR + 0.01), LIMIT, thresholds=thresholds).status is Status.SAFE
    assert state(now(FLOOR), LIMIT, thresholds=thresholds).status is Status.CRITICAL


def test_a_threshold_is_a_share_of_the_limit_and_not_of_what_the_day_allows():
    """4,000 up with 2,000 allowed: 6,000 may be lost; caution still begins at 1,000."""
    rule = DailyLoss(limit_amount=2_000)
    assert state(now(54_000), rule).buffer_percent == 300
    assert state(now(49_000.01), rule).status is Status.SAFE
    assert state(now(49_000.00), rule).status is Status.CAUTION


def test_a_threshold_compares_money_with_money():
    """20 % of 333.33 is 66.666, which is 66.67 in money; as a quotient 66.67 is above 20 %."""
    rule = MaxLoss(limit_amount=333.33)
    floor = 50_000 - 333.33
    assert state(now(floor + 66.67), rule).status is Status.CRITICAL
    assert state(now(floor + 66.68), rule).status is Status.CAUTION


def test_an_account_is_as_bad_as_its_worst_rule():
    found = risk(now(48_300), DailyLoss(limit_amount=2_500), LIMIT)
    assert found.rule_states["daily_loss"].status is Status.CAUTION
    assert found.rule_states["max_loss"].status is Status.CRITICAL
    assert (found.status, found.deciding_rule) == (Status.CRITICAL, "max_loss")


def test_among_equally_bad_rules_the_lowest_percentage_decides():
    found = risk(now(49_000), DailyLoss(limit_amount=3_000), MaxLoss(limit_amount=2_400))
    assert {one.status for one in found.rule_states.values()} == {Status.SAFE}
    assert found.deciding_rule == "max_loss"  # 1,400 of 2,400 is less than 2,000 of 3,000


def test_nothing_found_of_a_rule_outranks_a_safe_one_and_hides_no_danger():
    counts = PositionLimit(most_contracts=5)  # no snapshot says how many are open
    calm = risk(now(50_000), counts, LIMIT)
    assert (calm.status, calm.deciding_rule) == (Status.UNKNOWN, "position_limit")
    low = risk(now(48_100), counts, LIMIT)
    assert (low.status, low.deciding_rule) == (Status.CRITICAL, "max_loss")


@pytest.mark.parametrize(
    "gate",
    [
        ProfitTarget(target_amount=3_000),
        Consistency(max_percent=50, target_amount=3_000),
        MinTradingDays(days=5),
        ProfitCap(limit_amount=1),
    ],
)
def test_a_gate_never_worsens_an_account_and_alone_leaves_it_unknown(gate):
    for balance in (48_100, 49_000, 50_000, 55_000):
        with_gate, without = risk(now(balance), gate, LIMIT), risk(now(balance), LIMIT)
        assert (with_gate.status, with_gate.deciding_rule) == (without.status, "max_loss")
        assert with_gate.rule_states[gate.kind].status is Status.SAFE
        alone = risk(now(balance), gate)
        assert (alone.status, alone.deciding_rule, alone.deciding) == (Status.UNKNOWN, None, None)


def test_a_gate_is_unknown_on_stale_data_and_no_worse():
    found = risk(
        now(55_000, ago=HOUR), ProfitCap(limit_amount=1), as_of=MONDAY_NOON, stale_after=HOUR
    )
    assert found.rule_states["profit_cap"].status is Status.UNKNOWN


@pytest.mark.parametrize(
    ("rule", "balance", "status"),
    [
        (ProfitCap(limit_amount=1_000, action=Action.PAUSE), 50_499.99, Status.SAFE),
        (ProfitCap(limit_amount=1_000, action=Action.PAUSE), 50_500.00, Status.CAUTION),
        (ProfitCap(limit_amount=1_000, action=Action.PAUSE), 50_800.00, Status.CRITICAL),
    ],
)
def test_a_ceiling_warns_by_what_is_left_to_it(rule, balance, status):
    assert state(now(balance), rule).status is status


# --- the floors that bind


def test_the_highest_of_the_floors_that_cost_the_account_binds():
    low, high = DailyLoss(limit_amount=3_000), MaxLoss(limit_amount=2_000)
    assert risk(now(50_000), low, high).binding_rule == "max_loss"
    assert risk(now(50_000), DailyLoss(limit_amount=1_000), high).binding_rule == "daily_loss"


def test_a_pause_is_shown_beside_the_floor_that_binds_however_high_it_is():
    pause = DailyLoss(limit_amount=500, action=Action.PAUSE)
    lower = WeeklyLoss(limit_amount=1_000, action=Action.PAUSE)
    found = risk(now(50_000), pause, lower, LIMIT)
    assert (found.binding_rule, found.pause_rule) == ("max_loss", "daily_loss")
    assert risk(now(50_000), pause).binding_rule is None
    assert risk(now(50_000), LIMIT).pause_rule is None


def test_a_floor_that_is_unknown_does_not_bind():
    found = risk(now(50_000), LIMIT, FloatingLoss(limit_amount=500), starting_balance=None)
    assert found.binding_rule == "floating_loss"


def test_the_rule_that_decides_need_not_be_the_one_that_binds():
    """1,000 of 10,000 is the smaller part; all of 500 is nearer."""
    found = risk(now(41_000), MaxLoss(limit_amount=10_000), FloatingLoss(limit_amount=500))
    assert (found.deciding_rule, found.binding_rule) == ("max_loss", "floating_loss")


def test_the_words_rise_from_safe_to_violated():
    words = ["safe", "unknown", "caution", "critical", "violated"]
    assert [status.word for status in sorted(Status)] == words
    assert [Status.from_word(word) for word in words] == sorted(Status)


def test_the_status_of_many_is_the_worst_and_of_none_unknown():
    assert worst([Status.SAFE, Status.CRITICAL, Status.UNKNOWN]) is Status.CRITICAL
    assert worst([Status.SAFE, Status.UNKNOWN]) is Status.UNKNOWN
    assert worst([]) is Status.UNKNOWN


@pytest.mark.parametrize(
    ("caution", "critical", "sentence"),
    [
        (0.2, 0.5, r"critical_fraction must not be above caution_fraction \(0.2\), was 0.5"),
        (1.1, 0.5, "caution_fraction must be between 0 and 1, was 1.1"),
        (0.5, -0.1, "critical_fraction must be between 0 and 1, was -0.1"),
        (float("nan"), 0.1, "caution_fraction must be between 0 and 1, was nan"),
    ],
)
def test_critical_never_starts_above_caution(caution, critical, sentence):
    with pytest.raises(InvalidValue, match=sentence):
        Thresholds(caution_fraction=caution, critical_fraction=critical)
