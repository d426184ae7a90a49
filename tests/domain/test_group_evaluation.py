"""Group evaluation: the minimum, the worst, and the account that decides."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest

from riskcore.domain.model import Basis
from riskcore.domain.rules.base import Action, Unit
from riskcore.domain.rules.daily_loss import DailyLoss
from riskcore.domain.rules.max_loss import MaxLoss
from riskcore.domain.rules.position_limit import PositionLimit
from riskcore.domain.rules.profit_cap import ProfitCap
from riskcore.domain.rules.profit_target import ProfitTarget
from riskcore.domain.status import Status, Thresholds
from tests.domain.rulebook import MONDAY_NOON, account, evaluation, now

HOUR = timedelta(hours=1)


def limited(number, amount=2_000.0, **fields):
    return account(MaxLoss(limit_amount=amount), number=number, **fields)


def test_the_smallest_buffer_and_the_smallest_percentage_can_be_two_accounts():
    """900 of 1,000 is less money, 1,200 of 3,000 is the smaller part."""
    small, large = limited(1, 1_000), limited(2, 3_000)
    found = evaluation([small, large], {small.id: now(49_900), large.id: now(48_200)})
    state = found.rule_states["max_loss"]
    assert (state.buffer, state.buffer_account_id) == (900, small.id)
    assert (state.buffer_percent, state.percent_account_id) == (40, large.id)
    assert (state.status, state.status_account_id) == (Status.CAUTION, large.id)
    assert (state.floor, state.measured, state.limit_amount) == (49_000, 49_900, 1_000)
    assert not state.is_upper_bound
    assert found.weakest_account_id == large.id
    assert (found.buffer, found.buffer_percent) == (1_200, 40)


def test_a_rules_minimum_is_among_the_accounts_that_have_the_rule():
    daily = account(DailyLoss(limit_amount=1_000), number=1)
    both = account(DailyLoss(limit_amount=3_000), MaxLoss(limit_amount=5_000), number=2)
    found = evaluation([daily, both], {daily.id: now(49_600), both.id: now(49_000)})
    states = found.rule_states
    assert (states["daily_loss"].buffer, states["daily_loss"].buffer_account_id) == (600, daily.id)
    assert (states["max_loss"].buffer, states["max_loss"].buffer_account_id) == (4_000, both.id)
    assert not states["max_loss"].is_upper_bound


def test_the_groups_status_is_the_worst_of_its_members():
    accounts = [limited(number) for number in (1, 2, 3)]
    balances = {1: 50_000, 2: 48_300, 3: 48_900}
    seen = {one.id: now(balances[int(one.number)]) for one in accounts}
    found = evaluation(accounts, seen)
    assert found.overall_status is Status.CRITICAL
    assert [member.account_id.int for member in found.members] == [2, 3, 1]
    assert (found.weakest_account_id, found.weakest_rule) == (UUID(int=2), "max_loss")
    assert {s: n for s, n in found.members_by_status.items() if n} == {
        Status.CRITICAL: 1,
        Status.CAUTION: 1,
        Status.SAFE: 1,
    }


def test_one_violated_account_violates_the_group():
    accounts = [limited(number) for number in (1, 2, 3)]
    seen = {one.id: now(60_000) for one in accounts} | {accounts[1].id: now(47_999.99)}
    found = evaluation(accounts, seen)
    assert found.overall_status is Status.VIOLATED
    assert found.weakest_account_id == accounts[1].id
    assert found.rule_states["max_loss"].violated_at == MONDAY_NOON


def test_a_violated_account_decides_even_where_it_recovered_and_others_have_less_left():
    broken, low = limited(1), limited(2)
    recovered = now(47_000, ago=HOUR) + now(55_000)
    found = evaluation([broken, low], {broken.id: recovered, low.id: now(48_100)})
    state = found.rule_states["max_loss"]
    assert (found.overall_status, found.weakest_account_id) == (Status.VIOLATED, broken.id)
    assert (state.status, state.status_account_id) == (Status.VIOLATED, broken.id)
    assert (state.buffer, state.buffer_account_id) == (100, low.id)


def test_a_group_with_an_account_nobody_has_seen_is_never_safe():
    seen, unseen = limited(1), limited(2)
    found = evaluation([seen, unseen], {seen.id: now(50_000)})
    assert found.overall_status is Status.UNKNOWN
    assert found.weakest_account_id == unseen.id
    assert found.unknown_account_ids == (unseen.id,)
    assert found.stale_account_ids == ()
    assert found.is_upper_bound
    assert found.rule_states["max_loss"].is_upper_bound
    assert found.rule_states["max_loss"].buffer == 2_000


def test_an_unknown_account_does_not_hide_a_known_danger():
    low, unseen = limited(1), limited(2)
    found = evaluation([low, unseen], {low.id: now(48_100)})
    assert found.overall_status is Status.CRITICAL
    assert found.weakest_account_id == low.id
    assert found.is_upper_bound


def test_without_any_snapshot_every_number_is_unknown():
    found = evaluation([limited(1), limited(2)], {})
    state = found.rule_states["max_loss"]
    assert found.overall_status is state.status is Status.UNKNOWN
    assert (state.buffer, state.buffer_percent, found.buffer, found.buffer_percent) == (None,) * 4
    assert (state.buffer_account_id, state.percent_account_id) == (None, None)
    assert (found.oldest_taken_at, found.latest_taken_at) == (None, None)


def test_an_account_without_a_starting_balance_is_unknown_and_not_safe():
    known, unsaid = limited(1), limited(2, starting_balance=None)
    found = evaluation([known, unsaid], {known.id: now(50_000), unsaid.id: now(80_000)})
    assert found.overall_status is Status.UNKNOWN
    assert found.unknown_account_ids == (unsaid.id,)
    assert found.is_upper_bound


def test_an_account_without_rules_is_unknown_and_not_safe():
    ruled, free = limited(1), account(number=2)
    found = evaluation([ruled, free], {ruled.id: now(50_000), free.id: now(50_000)})
    assert found.overall_status is Status.UNKNOWN
    assert found.unknown_account_ids == (free.id,)


def test_a_group_in_which_nobody_has_a_rule_is_unknown():
    free = account(number=1)
    found = evaluation([free], {free.id: now(50_000)})
    assert found.overall_status is Status.UNKNOWN
    assert found.rule_states == {}
    assert (found.weakest_account_id, found.weakest_rule) == (free.id, None)


def test_an_empty_group_is_unknown():
    found = evaluation([], {})
    assert found.overall_status is Status.UNKNOWN
    assert (found.weakest_account_id, found.members, found.rule_states) == (None, (), {})
    assert found.reason == "UNKNOWN: the group has no accounts"


@pytest.mark.parametrize(
    ("age", "status"),
    [
        (timedelta(hours=36) - timedelta(microseconds=1), Status.SAFE),
        (timedelta(hours=36), Status.UNKNOWN),
        (timedelta(hours=36, microseconds=1), Status.UNKNOWN),
    ],
)
def test_a_snapshot_is_stale_exactly_at_stale_after(age, status):
    one = limited(1, stale_after=timedelta(hours=36))
    found = evaluation([one], {one.id: now(50_000, ago=age)})
    assert found.overall_status is status
    assert found.is_upper_bound == (status is Status.UNKNOWN)
    assert found.stale_account_ids == ((one.id,) if status is Status.UNKNOWN else ())
    assert found.members[0].is_stale == (status is Status.UNKNOWN)


@pytest.mark.parametrize(
    ("balance", "status"),
    [
        (49_001, Status.UNKNOWN),
        (49_000, Status.CAUTION),
        (48_400, Status.CRITICAL),
        (47_999, Status.VIOLATED),
    ],
)
def test_a_stale_account_is_unknown_unless_its_last_known_state_was_worse(balance, status):
    one = limited(1, stale_after=HOUR)
    found = evaluation([one], {one.id: now(balance, ago=HOUR)})
    assert found.overall_status is status
    assert found.unknown_account_ids == (one.id,)


def test_equally_weak_accounts_are_decided_by_money_and_then_by_id():
    accounts = [
        limited(1, 4_000, starting_balance=100_000.0),
        limited(2, 2_000),
        limited(3, 2_000),
    ]
    seen = {
        accounts[0].id: now(100_000 - 3_000),
        accounts[1].id: now(50_000 - 1_500),
        accounts[2].id: now(50_000 - 1_500),
    }
    found = evaluation(accounts, seen)  # 25 % left in each: 1,000, 500 and 500
    assert [member.account_id.int for member in found.members] == [2, 3, 1]
    state = found.rule_states["max_loss"]
    assert state.buffer_account_id == accounts[1].id
    assert state.percent_account_id == state.status_account_id == accounts[0].id


def test_the_weakest_of_equal_status_has_the_lowest_percentage_over_all_its_rules():
    one = account(DailyLoss(limit_amount=1_000), MaxLoss(limit_amount=5_000), number=1)
    other = account(MaxLoss(limit_amount=4_500), number=2)
    found = evaluation([one, other], {one.id: now(49_600), other.id: now(48_100)})
    assert found.overall_status is Status.SAFE
    assert found.weakest_account_id == other.id  # 57.8 % before 60 %
    assert found.buffer == 48_100 - (50_000 - 4_500)


def test_money_in_different_currencies_is_never_compared():
    dollars, euros = limited(1, currency="USD"), limited(2, currency="EUR")
    found = evaluation([dollars, euros], {dollars.id: now(49_500), euros.id: now(49_300)})
    state = found.rule_states["max_loss"]
    assert found.currency is None
    assert (state.buffer, state.floor, state.measured, state.limit_amount) == (None,) * 4
    assert state.buffer_account_id is None
    assert (state.buffer_percent, state.percent_account_id) == (65, euros.id)
    assert state.is_upper_bound
    assert (found.buffer, found.buffer_percent) == (None, 65)
    assert found.weakest_account_id == euros.id
    assert "compared by percent only" in state.reason


def test_a_group_with_a_currency_has_the_minimum_of_the_members_that_have_it():
    dollars, euros = limited(1, currency="USD"), limited(2, currency="EUR")
    seen = {dollars.id: now(49_500), euros.id: now(49_300)}
    found = evaluation([dollars, euros], seen, currency="USD")
    state = found.rule_states["max_loss"]
    assert found.currency == "USD"
    assert (state.buffer, state.buffer_account_id) == (1_500, dollars.id)
    assert state.percent_account_id == euros.id
    assert state.is_upper_bound
    assert found.buffer is None  # the weakest account's, and that is in euros


def test_a_groups_currency_that_no_member_has_leaves_percentages_only():
    one = limited(1)
    found = evaluation([one], {one.id: now(49_500)}, currency="EUR")
    state = found.rule_states["max_loss"]
    assert (state.buffer, state.buffer_account_id, state.buffer_percent) == (None, None, 75)


def test_an_account_in_another_currency_does_not_blur_a_rule_it_does_not_have():
    dollars = account(MaxLoss(limit_amount=2_000), number=1)
    euros = account(DailyLoss(limit_amount=2_000), number=2, currency="EUR")
    seen = {dollars.id: now(49_500), euros.id: now(49_500)}
    states = evaluation([dollars, euros], seen, currency="USD").rule_states
    assert (states["max_loss"].buffer, states["max_loss"].is_upper_bound) == (1_500, False)
    assert (states["daily_loss"].buffer, states["daily_loss"].is_upper_bound) == (None, True)


def test_the_groups_thresholds_are_its_own():
    one = limited(1)
    seen = {one.id: now(49_200)}
    early = Thresholds(caution_fraction=0.9, critical_fraction=0.6)
    assert evaluation([one], seen).overall_status is Status.SAFE
    assert evaluation([one], seen, thresholds=early).overall_status is Status.CRITICAL


def test_the_groups_age_is_that_of_its_oldest_and_its_latest_snapshot():
    one, other = limited(1), limited(2)
    found = evaluation([one, other], {one.id: now(50_000), other.id: now(50_000, ago=HOUR)})
    assert (found.oldest_taken_at, found.latest_taken_at) == (MONDAY_NOON - HOUR, MONDAY_NOON)


def test_the_basis_is_what_the_deciding_accounts_snapshot_rests_on():
    live, closed = limited(1), limited(2)
    coarse = [(*now(49_000)[0], float("nan"), Basis.CLOSED_BALANCE)]
    found = evaluation([live, closed], {live.id: now(49_500), closed.id: coarse})
    state = found.rule_states["max_loss"]
    assert (state.basis, state.is_upper_bound) == (Basis.CLOSED_BALANCE, True)
    assert found.is_upper_bound
    better = evaluation([live, closed], {live.id: now(48_900), closed.id: coarse})
    assert better.rule_states["max_loss"].basis is Basis.EQUITY
    assert not better.is_upper_bound  # the account that decides is known as it is


# --- what is not money, and what stands before a payout


def test_a_group_has_no_money_left_to_tell_where_the_weakest_rule_is_about_something_else():
    full = account(PositionLimit(most_contracts=5), MaxLoss(limit_amount=2_000), number=1)
    fine = limited(2)
    found = evaluation([full, fine], {full.id: [(*now(50_000)[0], 5)], fine.id: now(50_000)})
    assert (found.weakest_account_id, found.weakest_rule) == (full.id, "position_limit")
    assert (found.buffer, found.buffer_percent) == (None, 0)
    assert found.reason == (
        "CAUTION: account 1 has 0 contracts (0.0 %) left on Position limit; other: 1 safe"
    )


def test_contracts_are_compared_whatever_the_currency():
    dollars = account(PositionLimit(most_contracts=5), number=1)
    euros = account(PositionLimit(most_contracts=9), number=2, currency="EUR")
    seen = {one.id: [(*now(50_000)[0], 3)] for one in (dollars, euros)}
    state = evaluation([dollars, euros], seen).rule_states["position_limit"]
    assert (state.unit, state.buffer, state.buffer_account_id) == (Unit.CONTRACTS, 2, dollars.id)
    assert not state.is_upper_bound
    assert "by percent only" not in state.reason
    assert state.buffer_after_reset == 2


def test_equally_weak_accounts_are_not_decided_by_contracts():
    """Both have 50 % left; 900 is less money than 1,000, and 1 contract is no money."""
    lots = account(PositionLimit(most_contracts=2), MaxLoss(limit_amount=2_000), number=1)
    money = account(MaxLoss(limit_amount=1_800), number=2)
    seen = {lots.id: [(*now(49_000)[0], 1)], money.id: now(49_100)}
    found = evaluation([lots, money], seen)
    assert [member.account_id for member in found.members] == [money.id, lots.id]


TARGET = ProfitTarget(target_amount=3_000)


def test_goals_never_decide_a_group():
    near, far = (account(MaxLoss(limit_amount=2_000), TARGET, number=n) for n in (1, 2))
    found = evaluation([near, far], {near.id: now(49_500), far.id: now(49_600)})
    state = found.rule_states["profit_target"]
    assert found.overall_status is state.status is Status.SAFE
    assert (found.weakest_account_id, found.weakest_rule) == (near.id, "max_loss")
    assert (state.is_gate, state.is_met) == (True, False)
    assert (state.buffer, state.buffer_account_id) == (-3_500, near.id)


@pytest.mark.parametrize(
    ("balances", "is_met"),
    [((53_000, 54_000), True), ((53_000, 52_000), False), ((53_000, None), None)],
)
def test_a_goal_is_met_by_a_group_when_every_member_has_met_it(balances, is_met):
    accounts = [account(MaxLoss(limit_amount=2_000), TARGET, number=n) for n in (1, 2)]
    seen = {
        one.id: now(balance)
        for one, balance in zip(accounts, balances, strict=True)
        if balance is not None
    }
    assert evaluation(accounts, seen).rule_states["profit_target"].is_met is is_met


def test_a_cap_that_is_a_gate_to_one_member_only_is_no_gate_of_the_group():
    gate = account(ProfitCap(limit_amount=1_000), number=1)
    hard = account(ProfitCap(limit_amount=1_000, action=Action.HARD), number=2)
    found = evaluation([gate, hard], {gate.id: now(51_500), hard.id: now(50_100)})
    state = found.rule_states["profit_cap"]
    assert (state.is_gate, state.is_met) == (False, None)
    assert state.buffer == -500
    assert state.status is Status.SAFE  # passing a gate is no danger


def test_an_account_with_goals_only_leaves_its_group_unknown():
    judged, goals = limited(1), account(TARGET, number=2)
    found = evaluation([judged, goals], {judged.id: now(50_000), goals.id: now(50_000)})
    assert found.overall_status is Status.UNKNOWN
    assert found.weakest_account_id == goals.id
    assert found.reason == (
        "UNKNOWN: account 2 has no rules to judge it by besides goals; at most 2,000.00 USD"
        " (100.0 %) left; 1 of 2 unknown; other: 1 safe"
    )
