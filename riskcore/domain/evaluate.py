"""Evaluation: from where accounts stand to accounts' and groups' answers.

The group's minimum is a pandas groupby over a wide frame: one row per membership, one
column per rule.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

import numpy as np
import pandas as pd

from riskcore.domain import reasons
from riskcore.domain.days import IntArray, microseconds
from riskcore.domain.model import Account, AccountGroup, AccountRisk, GroupRiskEvaluation, RuleState
from riskcore.domain.money import FloatArray, to_cent
from riskcore.domain.standing import Standing, held_rows
from riskcore.domain.states import NONE, BoolArray, RuleTable, percent, rule_table
from riskcore.domain.status import Status, Thresholds, worst

EPOCH = datetime.fromtimestamp(0, UTC)


@dataclass(frozen=True, slots=True)
class Observed:
    """What is known of each account of a standing at one instant.

    Arrays have one row per account and one column per rule (`rules`); `violation` is the
    row in the standing's violations that counts, or NONE. NaN and NONE are unknown.
    `is_rolled`: a reset has passed since the last snapshot.
    """

    standing: Standing
    as_of: datetime
    rules: tuple[str, ...]
    floor: FloatArray
    measured: FloatArray
    buffer: FloatArray
    limit_amount: FloatArray
    percent: FloatArray
    applies: BoolArray
    is_broken: BoolArray
    violation: IntArray
    is_stale: BoolArray
    is_rolled: BoolArray


def observe(standing: Standing, as_of: datetime) -> Observed:
    """Where every account of `standing` is at `as_of`, its positions held as they were."""
    rows = held_rows(standing, as_of)
    table = rule_table(rows, standing.rules)
    account = rows["account"].to_numpy()
    day = standing.carried["trading_day"].to_numpy(copy=True)
    day[account] = rows["trading_day"].to_numpy()
    wide = {
        name: _wide(table, name, account, len(standing.accounts))
        for name in ("floor", "measured", "buffer", "limit_amount", "is_broken")
    }
    return Observed(
        standing=standing,
        as_of=as_of,
        rules=table.rules,
        percent=percent(wide["buffer"], wide["limit_amount"]),
        applies=_applies(standing, table.rules),
        violation=_violation_rows(standing, table.rules, day),
        is_stale=_is_stale(standing, as_of),
        is_rolled=day != standing.carried["trading_day"].to_numpy(),
        **wide,
    )


def _wide(table: RuleTable, name: str, account: IntArray, count: int) -> np.ndarray:
    is_flag = name == "is_broken"
    full = np.full((count, len(table.rules)), False if is_flag else np.nan)
    full[account] = getattr(table, name).to_numpy(dtype=full.dtype)
    return full


def _applies(standing: Standing, rules: tuple[str, ...]) -> BoolArray:
    kinds = [{rule.kind for rule in account.rules} for account in standing.accounts]
    return np.array([[rule in has for rule in rules] for has in kinds], dtype=bool).reshape(
        len(kinds), len(rules)
    )


def _violation_rows(standing: Standing, rules: tuple[str, ...], day: IntArray) -> IntArray:
    found = np.full((len(standing.accounts), len(rules)), NONE, dtype=np.int64)
    columns = zip(
        *(standing.violations[c] for c in ("account", "rule", "pauses", "trading_day")), strict=True
    )
    for row, (account, rule, pauses, broken_on) in enumerate(columns):
        if rule in rules and (not pauses or broken_on == day[account]):
            found[account, rules.index(rule)] = row
    return found


def _is_stale(standing: Standing, as_of: datetime) -> BoolArray:
    """Whether the last snapshot is `stale_after` old or older, or there is none."""
    as_of_us = int(microseconds(pd.DatetimeIndex([as_of]))[0])
    allowed = np.array([a.stale_after // timedelta(microseconds=1) for a in standing.accounts])
    age = as_of_us - np.where(standing.has_snapshot, standing.taken_at_us, 0)
    stale: BoolArray = ~standing.has_snapshot | (age >= allowed)
    return stale


def statuses(observed: Observed, thresholds: Thresholds) -> np.ndarray:
    """Each account's status by rule; SAFE where a rule does not apply. Shape as `buffer`.

    A break that no snapshot has shown, only a reset since the last one, is critical: the
    next snapshot decides.
    """
    buffer, limit = observed.buffer, observed.limit_amount
    result = np.full(buffer.shape, Status.SAFE, dtype=np.int8)
    result[buffer <= to_cent(limit * thresholds.caution_fraction)] = Status.CAUTION
    result[buffer <= to_cent(limit * thresholds.critical_fraction)] = Status.CRITICAL
    stale = observed.is_stale[:, None]
    result[observed.is_broken] = Status.CRITICAL
    unknown = np.isnan(buffer) | stale
    result[unknown] = np.maximum(result[unknown], Status.UNKNOWN)
    result[observed.violation != NONE] = Status.VIOLATED
    result[~observed.applies] = Status.SAFE
    return result


def account_status(by_rule: np.ndarray, observed: Observed) -> np.ndarray:
    """Each account's worst status; without a rule or a snapshot at least UNKNOWN."""
    highest = by_rule.max(axis=1, initial=Status.SAFE)
    unjudged = ~observed.applies.any(axis=1) | observed.is_stale
    status: np.ndarray = np.where(unjudged, np.maximum(highest, Status.UNKNOWN), highest)
    return status


def account_risks(observed: Observed, thresholds: Thresholds) -> list[AccountRisk]:
    """Every account's own answer, in the standing's order."""
    by_rule = statuses(observed, thresholds)
    of_account = account_status(by_rule, observed)
    return [
        _account_risk(observed, position, by_rule[position], Status(int(of_account[position])))
        for position in range(len(observed.standing.accounts))
    ]


def _account_risk(
    observed: Observed, position: int, by_rule: np.ndarray, status: Status
) -> AccountRisk:
    standing = observed.standing
    account = standing.accounts[position]
    states = {
        rule: _rule_state(observed, position, column, Status(int(by_rule[column])))
        for column, rule in enumerate(observed.rules)
        if observed.applies[position, column]
    }
    seen = bool(standing.has_snapshot[position])
    deciding = min(states, key=lambda rule: _urgency(states[rule]), default=None)
    taken_at = _instant(standing.taken_at_us[position]) if seen else None
    return AccountRisk(
        account_id=account.id,
        status=status,
        taken_at=taken_at,
        is_stale=bool(observed.is_stale[position]),
        balance=float(standing.carried["balance"].to_numpy()[position]) if seen else None,
        equity=float(standing.carried["equity"].to_numpy()[position]) if seen else None,
        deciding_rule=deciding,
        rule_states=states,
        reason=reasons.account_reason(
            account, states[deciding] if deciding else None, taken_at, observed.as_of
        ),
    )


def _urgency(state: RuleState) -> tuple[int, float]:
    """Sorts the worst status first, then the lowest percentage; an unknown one last."""
    known = state.buffer_percent
    return -state.status, np.inf if known is None else known


def _rule_state(observed: Observed, position: int, column: int, status: Status) -> RuleState:
    account = observed.standing.accounts[position]
    rule = next(r for r in account.rules if r.kind == observed.rules[column])
    values = {
        name: _known(getattr(observed, name)[position, column])
        for name in ("buffer", "limit_amount", "floor", "measured")
    }
    row = int(observed.violation[position, column])
    violation = None if row == NONE else observed.standing.violations.iloc[row]
    violated_at = None if violation is None else _instant(violation["taken_at_us"])
    return RuleState(
        rule=rule.kind,
        status=status,
        violated_at=violated_at,
        buffer_percent=_known(observed.percent[position, column]),
        basis=rule.measure.value,
        is_upper_bound=bool(observed.is_stale[position]),
        buffer_account_id=account.id,
        percent_account_id=account.id,
        status_account_id=account.id,
        reason=reasons.rule_reason(
            account,
            rule,
            **values,
            is_after_reset=bool(observed.is_rolled[position]),
            violated_at=violated_at,
            violated_floor=None if violation is None else float(violation["floor"]),
            violated_measured=None if violation is None else float(violation["measured"]),
        ),
        **values,
    )


def _known(value: float) -> float | None:
    return None if np.isnan(value) else float(value)


def _instant(microsecond: int) -> datetime:
    return EPOCH + timedelta(microseconds=int(microsecond))


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
    return GroupRiskEvaluation(
        group_id=group.id,
        overall_status=overall,
        weakest_account_id=weakest.account_id if weakest else None,
        weakest_rule=weakest.deciding_rule if weakest else None,
        rule_states=_group_rule_states(observed, members, currency),
        timestamp=timestamp,
        as_of=as_of,
        currency=currency,
        buffer=deciding.buffer if deciding and in_currency else None,
        buffer_percent=deciding.buffer_percent if deciding else None,
        is_upper_bound=bool(unknown),
        oldest_taken_at=min(taken, default=None),
        latest_taken_at=max(taken, default=None),
        members_by_status=_counts(members),
        unknown_account_ids=unknown,
        stale_account_ids=_ids(members, lambda m: m.is_stale and m.taken_at is not None),
        members=tuple(ordered),
        reason=reasons.group_reason(overall, ordered, accounts, as_of, len(unknown)),
    )


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

    The worst status; among equals the lowest percentage over its rules; then the lowest
    buffer in the group's currency; then the id. An unknown number sorts last.
    """
    states = member.rule_states.values()
    percents = [s.buffer_percent for s in states if s.buffer_percent is not None]
    own = accounts[member.account_id].currency
    buffers = [s.buffer for s in states if s.buffer is not None and own == currency]
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
    money = np.where(shares[:, None], observed.buffer, np.nan)
    lowest, buffer_row = group_minima(money, one_group, observed.rules)
    least, percent_row = group_minima(observed.percent, one_group, observed.rules)
    answers = {}
    for column, rule in enumerate(observed.rules):
        share = bool(shares[observed.applies[:, column]].all())
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
    worst_id = min(states, key=lambda key: (*_urgency(states[key]), str(key)))
    worst_state = states[worst_id]
    low = by_buffer.rule_states[rule] if by_buffer else None
    least = by_percent.rule_states[rule] if by_percent else None
    uncertain = any(state.buffer is None or state.is_upper_bound for state in states.values())
    return RuleState(
        rule=rule,
        status=worst_state.status,
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
