"""Groups: make, read, change, delete; their members, risk and history."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Response

from riskcore.api import risk_bodies, schemas
from riskcore.api.histories import history_body
from riskcore.api.identity import TheDesk, User
from riskcore.api.paging import Cursor, Limit, PageOf, Place, page
from riskcore.api.problems import problems
from riskcore.api.values import Id, Instant
from riskcore.domain.model import AccountGroup, GroupRiskEvaluation, name_key
from riskcore.domain.status import Thresholds
from riskcore.services import groups, history, risk

router = APIRouter(prefix="/groups", tags=["groups"])

USUAL_HISTORY = timedelta(days=30)


@router.post("", status_code=201, response_model=schemas.Group, responses=problems(404, 409, 422))
def make_group(
    draft: schemas.GroupDraft, desk: TheDesk, user_id: User, response: Response
) -> AccountGroup:
    """Make a group."""
    group = groups.make_group(desk, user_id, drafted(draft))
    response.headers["Location"] = f"/api/v1/groups/{group.id}"
    return group


@router.get("", response_model=schemas.Page[schemas.Group], responses=problems(422))
def list_groups(desk: TheDesk, user_id: User, limit: Limit = 100, cursor: Cursor = None) -> PageOf:
    """The groups, by name."""
    return page(groups.list_groups(desk, user_id), place, limit, cursor)


@router.get("/{group_id}", response_model=schemas.Group, responses=problems(404, 422))
def find_group(group_id: Id, desk: TheDesk, user_id: User) -> AccountGroup:
    """One group."""
    return groups.find_group(desk, user_id, group_id)


@router.put("/{group_id}", response_model=schemas.Group, responses=problems(404, 409, 422))
def change_group(
    group_id: Id, draft: schemas.GroupDraft, desk: TheDesk, user_id: User
) -> AccountGroup:
    """Replace what a group is: its name, members, currency and thresholds."""
    return groups.change_group(desk, user_id, group_id, drafted(draft))


@router.delete("/{group_id}", status_code=204, responses=problems(404, 422))
def delete_group(group_id: Id, desk: TheDesk, user_id: User) -> None:
    """Delete a group; its accounts stay."""
    groups.delete_group(desk, user_id, group_id)


@router.post(
    "/{group_id}/accounts",
    status_code=201,
    response_model=schemas.Group,
    responses=problems(404, 409, 422),
)
def add_member(
    group_id: Id, member: schemas.Membership, desk: TheDesk, user_id: User
) -> AccountGroup:
    """Add an account to a group."""
    return groups.add_member(desk, user_id, group_id, member.account_id)


@router.delete("/{group_id}/accounts/{account_id}", status_code=204, responses=problems(404, 422))
def remove_member(group_id: Id, account_id: Id, desk: TheDesk, user_id: User) -> None:
    """Take an account out of a group; the account stays."""
    groups.remove_member(desk, user_id, group_id, account_id)


@router.get(
    "/{group_id}/risk",
    response_model=risk_bodies.GroupRiskEvaluation,
    responses=problems(404, 422),
)
def evaluate_group(
    group_id: Id, desk: TheDesk, user_id: User, as_of: Literal["now", "last"] = "now"
) -> GroupRiskEvaluation:
    """What the group can lose, and which account sets it: now, or as of the last data."""
    return risk.evaluate_group(desk, user_id, group_id, as_of_last=as_of == "last")


@router.get(
    "/{group_id}/history", response_model=risk_bodies.GroupHistory, responses=problems(404, 422)
)
def group_history(
    group_id: Id,
    desk: TheDesk,
    user_id: User,
    start: Annotated[Instant | None, Query(description="Else 30 days before `end`")] = None,
    end: Annotated[Instant | None, Query(description="Inclusive; else now")] = None,
) -> risk_bodies.GroupHistory:
    """The group's smallest buffer over time, rule by rule, and the low of each day."""
    last: datetime = end or desk.clock()
    first = start or last - USUAL_HISTORY
    return history_body(history.group_history(desk, user_id, group_id, first, last))


def drafted(draft: schemas.GroupDraft) -> groups.GroupDraft:
    """The draft as the services take it; raises InvalidValue."""
    return groups.GroupDraft(
        name=draft.name,
        account_ids=tuple(draft.account_ids),
        currency=draft.currency,
        thresholds=Thresholds(**draft.thresholds.model_dump()),
    )


def place(group: AccountGroup) -> Place:
    """Where a group stands in the list: by name."""
    return name_key(group.name), str(group.id)
