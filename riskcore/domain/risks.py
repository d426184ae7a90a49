"""Account risks: from what is observed to each account's own answer, and each of its rules'."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from riskcore.domain import reasons
from riskcore.domain.days import instant
from riskcore.domain.model import (
    Account,
    AccountRisk,
    AfterReset,
    Basis,
    ImpliedFlow,
    RuleState,
)
from riskcore.domain.observe import Observed, account_status, counts_in_money, statuses
from riskcore.domain.rulebook import NONE
from riskcore.domain.rules import KINDS
from riskcore.domain.rules.base import Action, Found, Rule, Unit
from riskcore.domain.standing import Standing
from riskcore.domain.status import Status, Thresholds


def account_risks(observed: Observed, thresholds: Thresholds) -> list[AccountRisk]:
    """Every account's own answer, in the standing's order."""
    by_rule = statuses(observed, thresholds)
    of_account = account_status(by_rule, observed)
    flows = _implied_flows(observed.standing)
    return [
        _account_risk(
            observed,
            position,
            by_rule[position],
            Status(int(of_account[position])),
            flows.get(position, ()),
        )
        for position in range(len(observed.standing.accounts))
    ]


def _implied_flows(standing: Standing) -> dict[int, tuple[ImpliedFlow, ...]]:
    """By account position the implied cash flows of its cycle, the oldest first."""
    found: dict[int, tuple[ImpliedFlow, ...]] = {}
    if standing.flows.empty:
        return found
    columns = (standing.flows[name].tolist() for name in ("account", "taken_at_us", "amount"))
    for position, taken_at_us, amount in zip(*columns, strict=True):
        flow = ImpliedFlow(
            account_id=standing.accounts[position].id,
            taken_at=instant(taken_at_us),
            amount=amount,
        )
        found[position] = (*found.get(position, ()), flow)
    return found


def _account_risk(
    observed: Observed,
    position: int,
    by_rule: np.ndarray,
    status: Status,
    flows: tuple[ImpliedFlow, ...],
) -> AccountRisk:
    standing = observed.standing
    account = standing.accounts[position]
    states = {
        rule: _rule_state(observed, position, column, Status(int(by_rule[column])))
        for column, rule in enumerate(observed.rules)
        if observed.applies[position, column]
    }
    seen = bool(standing.has_snapshot[position])
    limits = {rule: state for rule, state in states.items() if not state.is_gate}
    deciding = min(limits, key=lambda rule: urgency(limits[rule]), default=None)
    taken_at = instant(standing.taken_at_us[position]) if seen else None
    return AccountRisk(
        account_id=account.id,
        status=status,
        taken_at=taken_at,
        is_stale=bool(observed.is_stale[position]),
        balance=_known(observed.balance[position]),
        equity=_known(observed.equity[position]),
        deciding_rule=deciding,
        binding_rule=_highest_floor(account, limits, Action.HARD),
        pause_rule=_highest_floor(account, limits, Action.PAUSE),
        after_reset=None if _is_lost(account, states) else _after_reset(observed, position),
        implied_flows=flows,
        rule_states=states,
        reason=reasons.account_reason(
            account, states[deciding] if deciding else None, taken_at, observed.as_of, flows
        ),
    )


def _is_lost(account: Account, states: Mapping[str, RuleState]) -> bool:
    """Whether a rule is broken that costs the account: no reset changes that."""
    broken = {rule for rule, state in states.items() if state.status is Status.VIOLATED}
    return any(rule.kind in broken for rule in account.rules if rule.action is Action.HARD)


def urgency(state: RuleState) -> tuple[int, float]:
    """Sorts the worst status first, then the lowest percentage; an unknown one last.

    So does a share that is no warning in itself: most of a position limit may be in use.
    """
    return -state.status, share_left(state) if KINDS[state.rule].warns else np.inf


def share_left(state: RuleState) -> float:
    """The percentage, an unknown one after every known."""
    return np.inf if state.buffer_percent is None else state.buffer_percent


def _highest_floor(account: Account, limits: Mapping[str, RuleState], action: Action) -> str | None:
    """The money rule with the highest floor among those with this consequence."""
    floors = {
        rule.kind: floor
        for rule in account.rules
        if rule.action is action and rule.kind in limits
        if rule.unit is Unit.MONEY and not rule.is_ceiling
        if (floor := limits[rule.kind].floor) is not None
    }
    return max(floors, key=floors.__getitem__, default=None)


def _after_reset(observed: Observed, position: int) -> AfterReset | None:
    """What is left of the account over its next reset; None where nothing is known."""
    limits = observed.applies[position] & ~observed.is_gate[position]
    counts = limits & counts_in_money(observed.rules)
    share = np.where(counts, observed.percent_after[position], np.nan)
    if np.isnan(share).all():
        return None
    column = int(np.nanargmin(share))
    account = observed.standing.accounts[position]
    resets_at = instant(observed.next_reset_us[position])
    rule = _rule_of(account, observed.rules[column])
    buffer = float(observed.after[position, column])
    return AfterReset(
        resets_at=resets_at,
        account_id=account.id,
        rule=rule.kind,
        buffer=buffer,
        buffer_percent=float(share[column]),
        reason=reasons.after_reset_reason(account, rule, buffer, resets_at, observed.as_of),
    )


def _rule_of(account: Account, kind: str) -> Rule:
    return next(rule for rule in account.rules if rule.kind == kind)


def _rule_state(observed: Observed, position: int, column: int, status: Status) -> RuleState:
    account = observed.standing.accounts[position]
    kind = observed.rules[column]
    rule = _rule_of(account, kind)
    found = _found(observed, position, column)
    basis = list(Basis)[int(observed.basis[position])]
    is_coarse = basis is not Basis.EQUITY and not rule.is_gate and rule.unit is Unit.MONEY
    row = int(observed.violation[position, column])
    broken = None if row == NONE else observed.standing.violations.iloc[row]
    violated_at = None if broken is None else instant(broken["taken_at_us"])
    return RuleState(
        rule=kind,
        status=status,
        unit=rule.unit,
        basis=basis,
        buffer=found.buffer,
        buffer_percent=_known(observed.percent[position, column]),
        limit_amount=found.limit_amount,
        floor=found.level,
        measured=found.measured,
        buffer_after_reset=_known(observed.after[position, column]),
        violated_at=violated_at,
        is_upper_bound=bool(observed.is_stale[position]) or is_coarse,
        is_gate=rule.is_gate,
        is_met=_is_met(rule, found, bool(observed.is_broken[position, column])),
        details=found.details,
        buffer_account_id=account.id,
        percent_account_id=account.id,
        status_account_id=account.id,
        reason=reasons.rule_reason(
            account,
            rule,
            found,
            observed.as_of,
            basis=basis if is_coarse else Basis.EQUITY,
            is_after_reset=bool(observed.is_rolled[position]),
            violated_at=violated_at,
            then=None if broken is None else _found_then(rule, broken),
        ),
    )


def _found(observed: Observed, position: int, column: int) -> Found:
    details = observed.details.get(observed.rules[column], {})
    known = {name: _known(values[position]) for name, values in details.items()}
    return Found(
        measured=_known(observed.measured[position, column]),
        level=_known(observed.floor[position, column]),
        buffer=_known(observed.buffer[position, column]),
        limit_amount=_known(observed.limit_amount[position, column]),
        details={name: value for name, value in known.items() if value is not None},
    )


def _found_then(rule: Rule, broken: pd.Series) -> Found:
    """The numbers of the break."""
    measured, level = float(broken["measured"]), float(broken["floor"])
    buffer = level - measured if rule.is_ceiling else measured - level
    return Found(
        measured=measured, level=level, buffer=round(buffer, 2), limit_amount=None, details={}
    )


def _is_met(rule: Rule, found: Found, is_broken: bool) -> bool | None:
    """Whether a gate is reached; None for a limit, and where it is unknown."""
    return None if found.buffer is None or not rule.is_gate else not is_broken


def _known(value: float) -> float | None:
    return None if np.isnan(value) else float(value)
