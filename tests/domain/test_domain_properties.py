"""What holds for every account, every rule and every history."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from riskcore.domain.evaluate import account_risks, evaluate_group, observe
from riskcore.domain.model import AccountRisk, GroupRiskEvaluation
from riskcore.domain.rules.base import Action, Measure
from riskcore.domain.standing import Standing, advance, joined, part, unobserved
from riskcore.domain.states import rule_table
from riskcore.domain.status import Status
from riskcore.domain.timeline import timeline
from tests.domain import plain
from tests.domain.desks import Desk, desks
from tests.domain.rulebook import STANDARD, evaluation, frame, group, stand

LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
"""An instant before every snapshot: each account is read at its own last one."""

few = settings(max_examples=25, deadline=None)
many = settings(max_examples=120, deadline=None)


def answers(desk: Desk, as_of: datetime = LONG_AGO) -> list[AccountRisk]:
    return account_risks(observe(stand(desk.accounts, desk.seen), as_of), STANDARD)


def evaluated(desk: Desk, as_of: datetime | None = None) -> GroupRiskEvaluation:
    return evaluation(desk.accounts, desk.seen, as_of or desk.last)


def one_by_one(desk: Desk) -> Standing:
    """The standing after each snapshot alone, in the order they were taken."""
    standing = unobserved(desk.accounts)
    whole = frame(desk.accounts, desk.seen)
    for place in whole.sort_values(["taken_at", "account"]).index:
        standing = advance(standing, whole.loc[[place]].reset_index(drop=True))
    return standing


def assert_same(first: Standing, second: Standing) -> None:
    pd.testing.assert_frame_equal(first.carried, second.carried, check_exact=True)
    assert first.taken_at_us.tolist() == second.taken_at_us.tolist()
    broken = [
        standing.violations.sort_values(["account", "rule"]).to_dict("records")
        for standing in (first, second)
    ]
    assert broken[0] == broken[1]


@many
@given(desk=desks())
def test_every_answer_is_that_of_the_rulebook_in_plain_python(desk):
    for one, found in zip(desk.accounts, answers(desk), strict=True):
        for kind, expected in plain.answers(one, desk.seen[one.id]).items():
            state = found.rule_states[kind]
            assert plain.cents(state.floor) == expected.floor
            assert plain.cents(state.buffer) == expected.buffer
            assert plain.cents(state.limit_amount) == expected.limit
            assert state.violated_at == expected.violated_at


@few
@given(desk=desks())
def test_the_whole_history_and_one_snapshot_at_a_time_give_the_same_numbers(desk):
    assert_same(stand(desk.accounts, desk.seen), one_by_one(desk))


@few
@given(desk=desks(), cuts=st.lists(st.integers(0, 4 * 48), max_size=4))
def test_it_does_not_matter_how_the_history_is_cut(desk, cuts):
    whole = frame(desk.accounts, desk.seen)
    start = desk.last - timedelta(days=4)
    bounds = sorted(start + cut * timedelta(minutes=30) for cut in cuts)
    piece = sum((whole["taken_at"] >= bound).astype(int) for bound in bounds)
    standing = unobserved(desk.accounts)
    for number in range(len(bounds) + 1):
        rows = whole[piece == number] if bounds else whole
        standing = advance(standing, rows.reset_index(drop=True))
    assert_same(stand(desk.accounts, desk.seen), standing)


@few
@given(desk=desks())
def test_the_last_row_of_the_history_is_the_live_answer(desk):
    whole = frame(desk.accounts, desk.seen)
    standing = one_by_one(desk)
    table = rule_table(timeline(whole, standing.frame), standing.rules)
    live = observe(standing, LONG_AGO)
    for position in range(len(desk.accounts)):
        rows = whole.index[whole["account"] == position]
        for column, rule in enumerate(live.rules):
            for name in ("floor", "measured", "buffer", "limit_amount"):
                now = getattr(live, name)[position, column]
                last = getattr(table, name)[rule].iloc[rows[-1]] if len(rows) else float("nan")
                assert now == last or (pd.isna(now) and pd.isna(last))


@few
@given(desk=desks(most=4), random=st.randoms(use_true_random=False))
def test_the_order_of_the_accounts_does_not_matter(desk, random: Random):
    shuffled = list(desk.accounts)
    random.shuffle(shuffled)
    again = Desk(tuple(shuffled), desk.seen)
    assert evaluated(desk) == evaluated(again)


@few
@given(desk=desks(most=4), chosen=st.sets(st.integers(1, 4)))
def test_a_group_is_judged_by_its_members_alone(desk, chosen):
    """Whoever else is on the desk, and whether they were taken apart and put together."""
    members = tuple(one for one in desk.accounts if int(one.number) in chosen)
    others = tuple(one for one in desk.accounts if one not in members)
    whole = stand(desk.accounts, desk.seen)
    apart = joined(stand(others, desk.seen), stand(members, desk.seen))
    assert_same(whole, apart)
    alone = evaluated(Desk(members, desk.seen), desk.last)
    for standing in (whole, apart):
        found = evaluate_group(
            group(*members), part(standing, members), as_of=desk.last, timestamp=desk.last
        )
        assert found == alone


@few
@given(desk=desks(most=4))
def test_a_group_is_never_better_than_its_worst_member(desk):
    found = evaluated(desk)
    assert found.overall_status == max(member.status for member in found.members)
    assert found.members[0].account_id == found.weakest_account_id
    assert found.members[0].status == found.overall_status
    for rule, state in found.rule_states.items():
        own = [
            (member, member.rule_states[rule])
            for member in found.members
            if rule in member.rule_states
        ]
        assert state.status == max(one.status for _, one in own)
        percents = [one.buffer_percent for _, one in own if one.buffer_percent is not None]
        assert state.buffer_percent == min(percents, default=None)
        shared = {one.id for one in desk.accounts if one.currency == found.currency}
        money = [
            one.buffer
            for member, one in own
            if one.buffer is not None and member.account_id in shared
        ]
        assert state.buffer == min(money, default=None)


@few
@given(desk=desks(most=4))
def test_an_account_is_never_better_than_its_worst_rule(desk):
    for found in answers(desk, desk.last):
        for state in found.rule_states.values():
            assert found.status >= state.status
        if found.deciding is not None:
            assert found.deciding.status == max(s.status for s in found.rule_states.values())


@few
@given(desk=desks(), days=st.integers(0, 3))
def test_what_is_unknown_is_never_safe(desk, days):
    for found in answers(desk, desk.last + timedelta(days=days)):
        if found.taken_at is None or found.is_stale or not found.rule_states:
            assert found.status >= Status.UNKNOWN
        for state in found.rule_states.values():
            if state.buffer is None:
                assert state.status in {Status.UNKNOWN, Status.VIOLATED}
                assert state.buffer_percent is None


@few
@given(desk=desks(cents_apart=1_000), factor=st.sampled_from([2, 7, 100]))
def test_all_money_times_k_is_every_buffer_times_k(desk, factor):
    """Amounts are tens, so that every percentage of them is whole cents."""
    larger = Desk(
        tuple(_scaled_account(one, factor) for one in desk.accounts),
        {
            one: [(at, balance * factor, equity * factor) for at, balance, equity in rows]
            for one, rows in desk.seen.items()
        },
    )
    for before, after in zip(answers(desk), answers(larger), strict=True):
        assert after.status == before.status
        for rule, state in before.rule_states.items():
            scaled = after.rule_states[rule]
            for name in ("buffer", "floor", "measured", "limit_amount"):
                small, large = getattr(state, name), getattr(scaled, name)
                assert large == (None if small is None else round(small * factor, 2))
            assert scaled.violated_at == state.violated_at


def _scaled_account(one, factor):
    rules = tuple(
        replace(
            rule,
            **{
                name: getattr(rule, name) * factor
                for name in ("limit_amount", "locks_at")
                if getattr(rule, name, None) is not None
            },
        )
        for rule in one.rules
    )
    start = None if one.starting_balance is None else one.starting_balance * factor
    return replace(one, rules=rules, starting_balance=start)


@few
@given(
    desk=desks(cents_apart=1_000, measures=(Measure.EQUITY,)),
    more=st.integers(1, 20).map(lambda tens: tens * 10.0),
)
def test_more_equity_all_along_never_worsens_a_rule_that_measures_equity(desk, more):
    """Where the lower of both is measured it can: an open profit raises the reference."""
    _assert_not_worse(answers(desk), answers(desk.shifted(0, more)))


@few
@given(
    desk=desks(cents_apart=1_000, may_be_unset=False),
    more=st.integers(1, 20).map(lambda tens: tens * 10.0),
)
def test_more_balance_and_equity_all_along_never_worsens_any_loss_rule(desk, more):
    _assert_not_worse(answers(desk), answers(desk.shifted(more, more)))


def _assert_not_worse(before: list[AccountRisk], after: list[AccountRisk]) -> None:
    for old, new in zip(before, after, strict=True):
        assert new.status <= old.status
        for rule, state in old.rule_states.items():
            assert new.rule_states[rule].status <= state.status
            if state.buffer is not None:
                assert new.rule_states[rule].buffer >= state.buffer


@few
@given(desk=desks(), kept=st.integers(0, 11))
def test_no_later_snapshot_undoes_a_hard_violation(desk, kept):
    earlier = Desk(desk.accounts, {one: rows[:kept] for one, rows in desk.seen.items()})
    for one, old, new in zip(desk.accounts, answers(earlier), answers(desk), strict=True):
        for rule in one.rules:
            state = old.rule_states[rule.kind]
            if rule.action is Action.HARD and state.status is Status.VIOLATED:
                later = new.rule_states[rule.kind]
                assert later.status is new.status is Status.VIOLATED
                assert later.violated_at == state.violated_at


@few
@given(desk=desks(), hours=st.integers(0, 24 * 30))
def test_no_silence_undoes_a_hard_violation(desk, hours):
    now, later = answers(desk, desk.last), answers(desk, desk.last + timedelta(hours=hours))
    for one, old, new in zip(desk.accounts, now, later, strict=True):
        for rule in one.rules:
            if rule.action is Action.HARD and old.rule_states[rule.kind].violated_at is not None:
                assert new.rule_states[rule.kind].status is Status.VIOLATED


@few
@given(desk=desks(most=4), forgotten=st.sets(st.integers(1, 4), min_size=1))
def test_forgetting_what_was_seen_of_an_account_never_moves_a_group_to_safe(desk, forgotten):
    gone = {one.id for one in desk.accounts if int(one.number) in forgotten}
    less = Desk(desk.accounts, {k: [] if k in gone else rows for k, rows in desk.seen.items()})
    before, after = evaluated(desk), evaluated(less, desk.last)
    if not gone:
        assert after == before
        return
    assert after.overall_status >= min(before.overall_status, Status.UNKNOWN)
    assert after.overall_status >= Status.UNKNOWN
    assert gone <= set(after.unknown_account_ids)
    assert after.is_upper_bound
    for rule, state in after.rule_states.items():
        has_it = {one.id for one in desk.accounts if rule in {r.kind for r in one.rules}}
        assert state.is_upper_bound or not (has_it & gone)
        assert state.status >= Status.UNKNOWN or not (has_it & gone)


@few
@given(desk=desks(most=4, may_be_unset=False), forgotten=st.integers(1, 4))
def test_forgetting_a_starting_balance_never_makes_a_rule_safe_that_was_not(desk, forgotten):
    """Its first day and its peaks are unknown then; later days count from what was seen."""
    accounts = tuple(
        replace(one, starting_balance=None) if int(one.number) == forgotten else one
        for one in desk.accounts
    )
    for one, old, new in zip(
        accounts, answers(desk), answers(Desk(accounts, desk.seen)), strict=True
    ):
        for kind, state in new.rule_states.items():
            old_state = old.rule_states[kind]
            if state.buffer is None:
                assert state.status >= Status.UNKNOWN
            elif old_state.violated_at is None:
                assert state.buffer == old_state.buffer, one
