"""Risk: the answers about groups and accounts, now or as of their last data."""

from __future__ import annotations

from math import inf
from uuid import UUID

from riskcore.domain.model import AccountRisk, GroupRiskEvaluation
from riskcore.services.accounts import find_account
from riskcore.services.desk import Desk
from riskcore.services.groups import find_group, list_groups


def evaluate_group(
    desk: Desk, user_id: str, group_id: UUID, *, as_of_last: bool = False
) -> GroupRiskEvaluation:
    """The group's answer; `as_of_last`: as of its members' last snapshot. Raises Missing."""
    group = find_group(desk, user_id, group_id)
    return desk.board.evaluate(group, now=desk.clock(), as_of_last=as_of_last)


def evaluate_groups(
    desk: Desk, user_id: str, *, as_of_last: bool = False
) -> list[GroupRiskEvaluation]:
    """Every group of the owner, worst first: status, lowest percentage, id."""
    now = desk.clock()
    evaluations = [
        desk.board.evaluate(group, now=now, as_of_last=as_of_last)
        for group in list_groups(desk, user_id)
    ]
    return sorted(evaluations, key=_urgency)


def _urgency(evaluation: GroupRiskEvaluation) -> tuple[int, float, str]:
    known = evaluation.buffer_percent
    return -evaluation.overall_status, inf if known is None else known, str(evaluation.group_id)


def evaluate_account(desk: Desk, user_id: str, account_id: UUID) -> AccountRisk:
    """One account's own answer, by the default thresholds. Raises Missing."""
    return desk.board.account_risk(find_account(desk, user_id, account_id), now=desk.clock())
