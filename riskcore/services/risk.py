"""Risk: the answers about groups and accounts, now or as of their last data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import inf
from uuid import UUID

from riskcore.domain.errors import Missing
from riskcore.domain.model import Account, AccountGroup, AccountRisk, GroupRiskEvaluation
from riskcore.live.answers import Answer
from riskcore.services.accounts import find_account
from riskcore.services.desk import Desk


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupView:
    """A group with its accounts and its answer, as they are at one moment."""

    group: AccountGroup
    accounts: Mapping[UUID, Account]
    evaluation: GroupRiskEvaluation


def view_groups(desk: Desk, user_id: str, *, as_of_last: bool = False) -> list[GroupView]:
    """Every group of the owner, worst first: status, lowest percentage, id.

    From memory alone, so that a screen may ask often.
    """
    return _views(desk, user_id, None, as_of_last)


def view_group(desk: Desk, user_id: str, group_id: UUID, *, as_of_last: bool = False) -> GroupView:
    """One group of the owner, from memory alone. Raises Missing."""
    for view in _views(desk, user_id, group_id, as_of_last):
        return view
    raise Missing("group", group_id)


def _views(desk: Desk, user_id: str, group_id: UUID | None, as_of_last: bool) -> list[GroupView]:
    watched = desk.board.watch(user_id, desk.clock(), group_id=group_id, as_of_last=as_of_last)
    views = [GroupView(group=g, accounts=a, evaluation=e) for g, a, e in watched]
    return sorted(views, key=lambda view: urgency(view.evaluation))


def evaluate_group(
    desk: Desk, user_id: str, group_id: UUID, *, as_of_last: bool = False
) -> GroupRiskEvaluation:
    """The group's answer; `as_of_last`: as of its members' last snapshot. Raises Missing."""
    return view_group(desk, user_id, group_id, as_of_last=as_of_last).evaluation


def evaluate_groups(
    desk: Desk, user_id: str, *, as_of_last: bool = False
) -> list[GroupRiskEvaluation]:
    """The answer of every group of the owner, worst first."""
    return [view.evaluation for view in view_groups(desk, user_id, as_of_last=as_of_last)]


def answer_groups(desk: Desk, user_id: str, group_id: UUID | None = None) -> list[Answer]:
    """The answers of the owner's groups, or of one, with their versions; worst first.

    Raises Missing where there is no such group.
    """
    groups = [
        group
        for group in desk.board.groups()
        if group.user_id == user_id and group_id in (None, group.id)
    ]
    if group_id is not None and not groups:
        raise Missing("group", group_id)
    answers = desk.board.answers(groups, desk.clock())
    return sorted(answers, key=lambda answer: urgency(answer.evaluation))


def urgency(evaluation: GroupRiskEvaluation) -> tuple[int, float, str]:
    """Sorts the group that needs somebody first."""
    known = evaluation.buffer_percent
    return -evaluation.overall_status, inf if known is None else known, str(evaluation.group_id)


def evaluate_account(desk: Desk, user_id: str, account_id: UUID) -> AccountRisk:
    """One account's own answer, by the default thresholds. Raises Missing."""
    return desk.board.account_risk(find_account(desk, user_id, account_id), now=desk.clock())
