"""Evaluation: from where accounts stand to groups' answers.

Groups are evaluated together. The minimum is a pandas groupby over a wide frame: one row
per membership, one column per rule.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
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
from riskcore.domain.observe import counts_in_money, observe
from riskcore.domain.risks import account_risks, share_left, urgency
from riskcore.domain.rulebook import NONE
from riskcore.domain.rules.base import Unit
from riskcore.domain.runs import BoolArray
from riskcore.domain.standing import Standing
from riskcore.domain.status import Status, Thresholds, worst


def group_minima(
    values: FloatArray, member: IntArray, group: IntArray, left_out: BoolArray | None = None
) -> tuple[FloatArray, IntArray]:
    """Per group and rule the smallest value, and the account that holds it.

    `values` has one row per account (rising by id) and one column per rule; NaN takes no
    part. `member` is the account of each membership and `group` its group's number, from 0
    without a gap; sorted by group, then account. `left_out` (membership × rule) takes no
    part either. Two arrays, group × rule: the minimum, and the account's row; NaN and NONE
    where nothing is known. Equal values are held by the lowest account id.
    """
    wide = np.where(np.isnan(values), np.inf, values).take(member, axis=0)
    if left_out is not None:
        wide[left_out] = np.inf
    # Row by row, as numpy lays it out: a membership's rules lie in one line of the cache.
    holder = pd.DataFrame(wide, copy=False).groupby(group, sort=False).idxmin().to_numpy()
    lowest = np.take_along_axis(wide, holder, axis=0)
    nothing = np.isinf(lowest)
    return np.where(nothing, np.nan, lowest), np.where(nothing, NONE, member[holder])


@dataclass(frozen=True, slots=True)
class WideRisks:
    """Accounts as rows and rules as columns: what a group's minimum is taken over.

    `place` is each account's row, rising by id. `buffer` and `percent` are NaN where
    unknown; `applies` says which rules an account has.
    """

    accounts: Sequence[Account]
    place: Mapping[UUID, int]
    rules: tuple[str, ...]
    buffer: FloatArray
    percent: FloatArray
    applies: BoolArray


RiskOf = Callable[[int, Thresholds], AccountRisk]
"""An account's own answer by its row, judged by a group's thresholds."""


def evaluate_group(
    group: AccountGroup, standing: Standing, *, as_of: datetime, timestamp: datetime
) -> GroupRiskEvaluation:
    """`group`'s answer at `as_of`; `standing` holds exactly its accounts."""
    observed = observe(standing, as_of)
    risks = account_risks(observed, group.thresholds)
    wide = WideRisks(
        accounts=standing.accounts,
        place={account.id: row for row, account in enumerate(standing.accounts)},
        rules=observed.rules,
        buffer=observed.buffer,
        percent=observed.percent,
        applies=observed.applies,
    )
    return evaluate_groups(
        [group], wide, lambda row, _: risks[row], as_of=as_of, timestamp=timestamp
    )[0]


def evaluate_groups(
    groups: Sequence[AccountGroup],
    wide: WideRisks,
    risk_of: RiskOf,
    *,
    as_of: datetime,
    timestamp: datetime,
) -> list[GroupRiskEvaluation]:
    """The answers of `groups` at `as_of`, in their order.

    A member that is not in `wide` is left out: it is on its way.
    """
    drafts = [_drafted(group, wide, risk_of) for group in groups]
    minima = _minima([draft for draft in drafts if draft.rows], wide)
    return [_evaluation(draft, minima, as_of, timestamp) for draft in drafts]


@dataclass(frozen=True, slots=True)
class _Draft:
    """A group on its way: its accounts by row, their answers, and the money it is shown in."""

    group: AccountGroup
    rows: list[int]
    accounts: dict[UUID, Account]
    members: list[AccountRisk]
    currency: str | None
    is_mixed: bool


def _drafted(group: AccountGroup, wide: WideRisks, risk_of: RiskOf) -> _Draft:
    rows = sorted(wide.place[i] for i in group.account_ids if i in wide.place)
    accounts = [wide.accounts[row] for row in rows]
    currency = group_currency(group, accounts)
    return _Draft(
        group=group,
        rows=rows,
        accounts={account.id: account for account in accounts},
        members=[risk_of(row, group.thresholds) for row in rows],
        currency=currency,
        is_mixed=any(account.currency != currency for account in accounts),
    )


def group_currency(group: AccountGroup, accounts: Sequence[Account]) -> str | None:
    """The money a group is shown in: its own, else its members' if they share one."""
    if group.currency is not None:
        return group.currency
    shared = {account.currency for account in accounts}
    return shared.pop() if len(shared) == 1 else None


@dataclass(frozen=True, slots=True)
class _Holders:
    """By rule the account that holds a group's smallest buffer, and its smallest percentage."""

    by_buffer: UUID | None
    by_percent: UUID | None


def _minima(drafts: Sequence[_Draft], wide: WideRisks) -> dict[UUID, dict[str, _Holders]]:
    """Who holds the minima of each group, rule by rule; the rules that a member has."""
    if not drafts or not wide.rules:
        return {}
    member = np.concatenate([np.array(draft.rows, dtype=np.int64) for draft in drafts])
    group = np.repeat(np.arange(len(drafts)), [len(draft.rows) for draft in drafts])
    rows, own = np.unique(member, return_inverse=True)
    both = np.hstack([wide.buffer[rows], wide.percent[rows]])
    _, holder = group_minima(both, own, group, _foreign(drafts, wide.rules))
    buffer_row, percent_row = np.hsplit(holder, 2)
    ids = [*(wide.accounts[row].id for row in rows), None]  # NONE is the last: nobody
    found: dict[UUID, dict[str, _Holders]] = {}
    for draft, of_buffer, of_percent in zip(
        drafts, buffer_row.tolist(), percent_row.tolist(), strict=True
    ):
        applies = wide.applies[draft.rows].any(axis=0)
        found[draft.group.id] = {
            wide.rules[column]: _Holders(ids[of_buffer[column]], ids[of_percent[column]])
            for column in np.flatnonzero(applies)
        }
    return found


def _foreign(drafts: Sequence[_Draft], rules: tuple[str, ...]) -> BoolArray | None:
    """Membership × (buffers, percents): money not the group's; None where there is none."""
    if not any(draft.is_mixed for draft in drafts):
        return None
    is_foreign = [
        account.currency != draft.currency
        for draft in drafts
        for account in draft.accounts.values()
    ]
    in_money = np.r_[counts_in_money(rules), np.zeros(len(rules), dtype=bool)]
    foreign: BoolArray = np.array(is_foreign)[:, None] & in_money
    return foreign


def _evaluation(
    draft: _Draft,
    minima: Mapping[UUID, Mapping[str, _Holders]],
    as_of: datetime,
    timestamp: datetime,
) -> GroupRiskEvaluation:
    members, accounts, currency = draft.members, draft.accounts, draft.currency
    ordered = sorted(members, key=lambda member: weakness(member, currency, accounts))
    overall = worst(member.status for member in members)
    weakest = ordered[0] if ordered else None
    unknown = _ids(members, lambda m: m.status is Status.UNKNOWN or m.is_stale)
    taken = [member.taken_at for member in members if member.taken_at is not None]
    deciding = weakest.deciding if weakest else None
    in_currency = weakest is not None and accounts[weakest.account_id].currency == currency
    in_money = deciding is not None and deciding.unit is Unit.MONEY
    holders = minima.get(draft.group.id, {})
    return GroupRiskEvaluation(
        group_id=draft.group.id,
        overall_status=overall,
        weakest_account_id=weakest.account_id if weakest else None,
        weakest_rule=weakest.deciding_rule if weakest else None,
        rule_states={rule: _group_rule_state(rule, draft, held) for rule, held in holders.items()},
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


def _group_rule_state(rule: str, draft: _Draft, holders: _Holders) -> RuleState:
    """One rule's answer for a group."""
    states = {m.account_id: m.rule_states[rule] for m in draft.members if rule in m.rule_states}
    worst_id = min(states, key=lambda key: (-states[key].status, share_left(states[key]), str(key)))
    worst_state = states[worst_id]
    low = states[holders.by_buffer] if holders.by_buffer else None
    least = states[holders.by_percent] if holders.by_percent else None
    shares = not draft.is_mixed or _shares_currency(rule, states, draft)
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
        buffer_after_reset=min(over_reset, default=None) if shares else None,
        status_account_id=worst_id,
        violated_at=worst_state.violated_at,
        basis=worst_state.basis,
        buffer=low.buffer if low else None,
        buffer_account_id=holders.by_buffer,
        floor=low.floor if low else None,
        measured=low.measured if low else None,
        limit_amount=low.limit_amount if low else None,
        buffer_percent=least.buffer_percent if least else None,
        percent_account_id=holders.by_percent,
        is_upper_bound=uncertain or not shares,
        reason=reasons.group_rule_reason(draft.accounts[worst_id].name, worst_state, not shares),
    )


def _shares_currency(rule: str, states: Mapping[UUID, RuleState], draft: _Draft) -> bool:
    """Whether the members that have a rule can be compared in the group's money."""
    is_money = counts_in_money((rule,))[0]
    return not is_money or all(draft.accounts[key].currency == draft.currency for key in states)
