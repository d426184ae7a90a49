"""What holds for every account, every rule and every history."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from riskcore.domain.context import ALWAYS, with_sources
from riskcore.domain.evaluate import evaluate_group
from riskcore.domain.model import AccountRisk, GroupRiskEvaluation
from riskcore.domain.observe import observe
from riskcore.domain.risks import account_risks
from riskcore.domain.rulebook import RuleBook
from riskcore.domain.rules.base import Action, Measure, Unit
from riskcore.domain.standing import Standing, advance, joined, part, timeline_of, unobserved
from riskcore.domain.states import rule_table
from riskcore.domain.status import Status
from tests.domain import plain
from tests.domain.desks import LOSSES, NO_RESET, Desk, desks
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
    """What an account's own rules do not need may be carried or not, as others need it."""
    for place, one in enumerate(first.accounts):
        needed = RuleBook.of([one.rules]).needs
        columns = [name for name in first.carried if name in {*ALWAYS, *with_sources(needed)}]
        carried = [standing.carried.loc[place, columns] for standing in (first, second)]
        pd.testing.assert_series_equal(*carried, check_exact=True)
    assert first.taken_at_us.tolist() == second.taken_at_us.tolist()
    broken = [
        standing.violations.sort_values(["account", "rule"]).to_dict("records")
        for standing in (first, second)
    ]
    assert broken[0] == broken[1]


@many
@given(desk=desks(), hours=st.sampled_from([None, -30, 0, 1, 50]))
def test_every_answer_is_that_of_the_rulebook_in_plain_python(desk, hours):
    """At each account's own last snapshot, or at one instant before, at or after the last."""
    as_of = LONG_AGO if hours is None else desk.last + timedelta(hours=hours)
    for one, found in zip(desk.accounts, answers(desk, as_of), strict=True):
        expected = plain.answers(one, desk.seen[one.id], as_of)
        assert {kind: plain.told(found.rule_states[kind]) for kind in expected} == expected


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
    table = rule_table(timeline_of(unobserved(desk.accounts), whole), standing.book)
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
        comparable = [
            one.buffer
            for member, one in own
            if one.buffer is not None
            and (member.account_id in shared or state.unit is not Unit.MONEY)
        ]
        assert state.buffer == min(comparable, default=None)


@few
@given(desk=desks(most=4))
def test_an_account_is_never_better_than_its_worst_limit(desk):
    for found in answers(desk, desk.last):
        for state in found.limits.values():
            assert found.status >= state.status
        if found.deciding is not None:
            assert found.deciding.status == max(s.status for s in found.limits.values())


@few
@given(desk=desks(most=4), hours=st.integers(0, 24 * 4))
def test_a_gate_never_puts_an_account_in_danger(desk, hours):
    as_of = desk.last + timedelta(hours=hours)
    fewer = [
        replace(one, rules=tuple(rule for rule in one.rules if not rule.is_gate))
        for one in desk.accounts
    ]
    for old, new in zip(
        answers(desk, as_of), answers(Desk(tuple(fewer), desk.seen), as_of), strict=True
    ):
        assert (new.status, new.deciding_rule, new.limits) == (
            old.status,
            old.deciding_rule,
            old.limits,
        )
        for state in old.rule_states.values():
            assert not state.is_gate or state.status <= Status.UNKNOWN


@few
@given(desk=desks(), days=st.integers(0, 3))
def test_what_is_unknown_is_never_safe(desk, days):
    for found in answers(desk, desk.last + timedelta(days=days)):
        if found.taken_at is None or found.is_stale or not found.limits:
            assert found.status >= Status.UNKNOWN
        for state in found.rule_states.values():
            if state.buffer is None:
                assert state.status in {Status.UNKNOWN, Status.VIOLATED}
                assert state.buffer_percent is None


@few
@given(desk=desks(cents_apart=1_000, is_strict=False), factor=st.sampled_from([2, 7, 100]))
def test_all_money_times_k_is_every_buffer_times_k(desk, factor):
    """Amounts are tens, so that every percentage of them is whole cents.

    Where a percentage must be stayed under, it is by one cent, whatever the amounts.
    """
    larger = Desk(
        tuple(_scaled_account(one, factor) for one in desk.accounts),
        {
            one: [
                (at, balance * factor, equity * factor, *more)
                for at, balance, equity, *more in rows
            ]
            for one, rows in desk.seen.items()
        },
    )
    for before, after in zip(answers(desk), answers(larger), strict=True):
        assert after.status == before.status
        for rule, state in before.rule_states.items():
            scaled = after.rule_states[rule]
            for name in ("buffer", "floor", "measured", "limit_amount", "buffer_after_reset"):
                small, large = getattr(state, name), getattr(scaled, name)
                by = factor if state.unit is Unit.MONEY else 1
                assert large == (None if small is None else round(small * by, 2))
            assert scaled.violated_at == state.violated_at


MONEY = (
    "limit_amount",
    "locks_at",
    "locks_at_profit",
    "milestone_profit",
    "share_from_profit",
    "target_amount",
    "min_profit_amount",
)


def _scaled_account(one, factor):
    return replace(
        one,
        rules=tuple(_scaled_rule(rule, factor) for rule in one.rules),
        events=tuple(replace(event, amount=_times(event.amount, factor)) for event in one.events),
        starting_balance=_times(one.starting_balance, factor),
    )


def _scaled_rule(rule, factor):
    changed = {name: _times(getattr(rule, name), factor) for name in MONEY if hasattr(rule, name)}
    if hasattr(rule, "limit_steps"):
        changed["limit_steps"] = tuple((p * factor, v * factor) for p, v in rule.limit_steps)
    if hasattr(rule, "tiers"):
        changed["tiers"] = tuple((profit * factor, most) for profit, most in rule.tiers)
    return replace(rule, **changed)


def _times(amount, factor):
    return None if amount is None else amount * factor


@few
@given(
    desk=desks(
        cents_apart=1_000, kinds=LOSSES, measures=(Measure.EQUITY,), grows=False, event_kinds=()
    ),
    more=st.integers(1, 20).map(lambda tens: tens * 10.0),
)
def test_more_equity_all_along_never_worsens_a_rule_that_measures_equity(desk, more):
    """Where the lower of both is measured it can: an open profit raises the reference.

    And where the limit follows profit it can: a share may be less than the amount before it.
    """
    _assert_not_worse(answers(desk), answers(desk.shifted(0, more)))


@few
@given(
    desk=desks(cents_apart=1_000, kinds=LOSSES, may_be_unset=False, grows=False, event_kinds=()),
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
@given(desk=desks(event_kinds=NO_RESET), kept=st.integers(0, 11))
def test_no_later_snapshot_undoes_a_hard_violation_in_the_same_cycle(desk, kept):
    earlier = Desk(desk.accounts, {one: rows[:kept] for one, rows in desk.seen.items()})
    for one, old, new in zip(desk.accounts, answers(earlier), answers(desk), strict=True):
        for rule in one.rules:
            state = old.rule_states[rule.kind]
            if rule.action is Action.HARD and state.status is Status.VIOLATED:
                later = new.rule_states[rule.kind]
                assert later.status is new.status is Status.VIOLATED
                assert later.violated_at == state.violated_at


@few
@given(desk=desks(event_kinds=NO_RESET), hours=st.integers(0, 24 * 30))
def test_no_silence_undoes_a_hard_violation_in_the_same_cycle(desk, hours):
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
    """Its first day and its peaks are unknown then; later days count from what was seen.

    A day of which the result is unknown does not count as won.
    """
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
            elif kind == "min_trading_days":
                assert state.buffer <= old_state.buffer
            elif old_state.violated_at is None:
                assert state.buffer == old_state.buffer, one
