"""Evaluation: from where accounts stand to groups' answers.

The group's minimum is a pandas groupby over a wide frame: one row per membership, one
column per rule.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

import numpy as np
import pandas as pd

from riskcore.domain import reasons
from riskcore.domain.days import IntArray
from riskcore.domain.model import (
    Account,
    AccountGroup,
    AccountRisk,
    AfterReset,
    GroupRiskEvaluation,
    RuleState,
)
from riskcore.domain.money import FloatArray
from riskcore.domain.observe import Observed, counts_in_money, observe
from riskcore.domain.risks import account_risks, share_left, urgency
from riskcore.domain.rules.base import Unit
from riskcore.domain.standing import Standing
from riskcore.domain.status import Status, worst


def group_minima(
    values: FloatArray, group: IntArray, rules: Sequence[str]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Per group and rule the smallest value and the row (membership) that holds it.

    `values` has one row per membership, sorted by group and account id, and one column per
    rule; NaN takes no part. Two frames, index group, a column per rule: the minimum (NaN
    without any) and its row number; equal values are held by the lowest account id.
    """
    wide = pd.DataFrame(np.where(np.isnan(values), np.inf, values), columns=list(rules))
    by_group = wide.groupby(group, sort=True)
    minimum = by_group.min()
    return minimum.replace(np.inf, np.nan), by_group.idxmin()


def evaluate_group(
    group: AccountGroup, standing: Standing, *, as_of: datetime, timestamp: datetime
) -> GroupRiskEvaluation:
    """`group`'s answer at `as_of`; `standing` holds exactly its accounts."""
    observed = observe(standing, as_of)
    members = account_risks(observed, group.thresholds)
    currency = group_currency(group, standing.accounts)
    accounts = {account.id: account for account in standing.accounts}
    ordered = sorted(members, key=lambda member: weakness(member, currency, accounts))
    overall = worst(member.status for member in members)
    weakest = ordered[0] if ordered else None
    unknown = _ids(members, lambda m: m.status is Status.UNKNOWN or m.is_stale)
    taken = [member.taken_at for member in members if member.taken_at is not None]
    deciding = weakest.deciding if weakest else None
    in_currency = weakest is not None and accounts[weakest.account_id].currency == currency
    in_money = deciding is not None and deciding.unit is Unit.MONEY
    return GroupRiskEvaluation(
        group_id=group.id,
        overall_status=overall,
        weakest_account_id=weakest.account_id if weakest else None,
        weakest_rule=weakest.deciding_rule if weakest else None,
        rule_states=_group_rule_states(observed, members, currency),
        timestamp=timestamp,
        as_of=as_of,
        currency=currency,
        buffer=deciding.buffer if deciding and in_currency and in_money else None,
        buffer_percent=deciding.buffer_percent if deciding else None,
        after_reset=_least_after_reset(members),
        is_upper_bound=bool(unknown) or (deciding is not None and deciding.is_upper_bound),
        oldest_taken_at=min(taken, default=None),
        latest_taken_at=max(taken, default=None),
        members_by_status=_counts(members),
        unknown_account_ids=unknown,
        stale_account_ids=_ids(members, lambda m: m.is_stale and m.taken_at is not None),
        members=tuple(ordered),
        reason=reasons.group_reason(overall, ordered, accounts, as_of, len(unknown)),
    )


def _least_after_reset(members: Sequence[AccountRisk]) -> AfterReset | None:
    """Of the members the one with the least share left after its next reset; ties by id."""
    known = [member.after_reset for member in members if member.after_reset is not None]
    return min(known, key=lambda after: (after.buffer_percent, str(after.account_id)), default=None)


def _ids(members: Sequence[AccountRisk], chosen: Callable[[AccountRisk], bool]) -> tuple[UUID, ...]:
    return tuple(m.account_id for m in members if chosen(m))


def _counts(members: Sequence[AccountRisk]) -> dict[Status, int]:
    counts = dict.fromkeys(sorted(Status, reverse=True), 0)
    for member in members:
        counts[member.status] += 1
    return counts


def group_currency(group: AccountGroup, accounts: Sequence[Account]) -> str | None:
    """The money a group is shown in: its own, else its members' if they share one."""
    if group.currency is not None:
        return group.currency
    shared = {account.currency for account in accounts}
    return shared.pop() if len(shared) == 1 else None


def weakness(
    member: AccountRisk, currency: str | None, accounts: Mapping[UUID, Account]
) -> tuple[int, float, float, str]:
    """Sorts the weakest account first.

    The worst status; among equals the lowest percentage over its limits; then the lowest
    buffer in the group's currency; then the id. An unknown number sorts last.
    """
    states = member.limits.values()
    percents = [urgency(state)[1] for state in states]
    shares = accounts[member.account_id].currency == currency
    money = [s.buffer for s in states if s.unit is Unit.MONEY and shares]
    buffers = [buffer for buffer in money if buffer is not None]
    return (
        -member.status,
        min(percents, default=np.inf),
        min(buffers, default=np.inf),
        str(member.account_id),
    )


def _group_rule_states(
    observed: Observed, members: Sequence[AccountRisk], currency: str | None
) -> dict[str, RuleState]:
    """Each rule's answer for the group; `members` in the standing's order."""
    if not members or not observed.rules:
        return {}
    one_group = np.zeros(len(members), dtype=np.int64)
    shares = np.array([a.currency == currency for a in observed.standing.accounts])
    in_money = counts_in_money(observed.rules)
    money = np.where(shares[:, None] | ~in_money, observed.buffer, np.nan)
    lowest, buffer_row = group_minima(money, one_group, observed.rules)
    least, percent_row = group_minima(observed.percent, one_group, observed.rules)
    answers = {}
    for column, rule in enumerate(observed.rules):
        share = bool(shares[observed.applies[:, column]].all() or not in_money[column])
        holders = [
            members[int(rows[rule].to_numpy()[0])] if known[rule].notna().all() else None
            for known, rows in ((lowest, buffer_row), (least, percent_row))
        ]
        answers[rule] = _group_rule_state(rule, observed, members, holders[0], holders[1], share)
    return answers


def _group_rule_state(
    rule: str,
    observed: Observed,
    members: Sequence[AccountRisk],
    by_buffer: AccountRisk | None,
    by_percent: AccountRisk | None,
    share_currency: bool,
) -> RuleState:
    """`by_buffer` and `by_percent` hold the two minima; None where nothing is known."""
    states = {m.account_id: m.rule_states[rule] for m in members if rule in m.rule_states}
    worst_id = min(states, key=lambda key: (-states[key].status, share_left(states[key]), str(key)))
    worst_state = states[worst_id]
    low = by_buffer.rule_states[rule] if by_buffer else None
    least = by_percent.rule_states[rule] if by_percent else None
    uncertain = any(state.buffer is None or state.is_upper_bound for state in states.values())
    met = [state.is_met for state in states.values()]
    over_reset = [s.buffer_after_reset for s in states.values() if s.buffer_after_reset is not None]
    return RuleState(
        rule=rule,
        status=worst_state.status,
        unit=worst_state.unit,
        is_gate=all(state.is_gate for state in states.values()),
        is_met=None if None in met else all(met),
        details=worst_state.details,
        buffer_after_reset=min(over_reset, default=None) if share_currency else None,
        status_account_id=worst_id,
        violated_at=worst_state.violated_at,
        basis=worst_state.basis,
        buffer=low.buffer if low else None,
        buffer_account_id=by_buffer.account_id if by_buffer else None,
        floor=low.floor if low else None,
        measured=low.measured if low else None,
        limit_amount=low.limit_amount if low else None,
        buffer_percent=least.buffer_percent if least else None,
        percent_account_id=by_percent.account_id if by_percent else None,
        is_upper_bound=uncertain or not share_currency,
        reason=reasons.group_rule_reason(
            observed.standing.accounts, worst_id, worst_state, not share_currency
        ),
    )
