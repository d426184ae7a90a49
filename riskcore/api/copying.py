"""Copying: who copies whom in a group, the leaders' rooms, what if, and is it really so."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import Field

from riskcore.api import copy_bodies as bodies
from riskcore.api.copy_answers import effective_body, rooms_body, tracking_body, what_if_body
from riskcore.api.identity import TheDesk, User
from riskcore.api.paging import Cursor, Limit, PageOf, Place, page
from riskcore.api.problems import problems
from riskcore.api.shapes import Page
from riskcore.api.values import Id
from riskcore.domain.copying.links import CopyLink
from riskcore.services import copying, rooms, tracking, what_if
from riskcore.services.accounts import list_accounts
from riskcore.services.desk import Desk

router = APIRouter(tags=["copying"])

AsOf = Literal["now", "last"]
Symbol = Annotated[str | None, Query(max_length=20, description="For points and ticks: NQ, ES")]
Sizes = Annotated[
    list[Annotated[int, Field(ge=1, le=1_000_000)]] | None,
    Query(max_length=20, description="Whole contracts of the leader"),
]
EqualAt = Annotated[
    float | None,
    Query(
        gt=0,
        le=1e9,
        allow_inf_nan=False,
        description="The room for which `equal_ratio` is told; else what the leader outlives",
    ),
]


@router.get(
    "/groups/{group_id}/copy-links",
    response_model=Page[bodies.CopyLink],
    responses=problems(404, 422),
)
def list_copy_links(
    group_id: Id, desk: TheDesk, user_id: User, limit: Limit = 100, cursor: Cursor = None
) -> PageOf:
    """Who copies whom in a group, now and at other times."""
    return page(copying.list_links(desk, user_id, group_id), place, limit, cursor)


@router.post(
    "/groups/{group_id}/copy-links",
    status_code=201,
    response_model=bodies.CopyLink,
    responses=problems(404, 409, 422),
)
def make_copy_link(
    group_id: Id, draft: bodies.CopyLinkDraft, desk: TheDesk, user_id: User, response: Response
) -> CopyLink:
    """Let one member copy another; a chain, a loop or a second leader is refused."""
    [link] = copying.make_links(desk, user_id, group_id, [draft.draft()])
    response.headers["Location"] = f"/api/v1/groups/{group_id}/copy-links/{link.id}"
    return link


@router.put(
    "/groups/{group_id}/copy-links/{link_id}",
    response_model=bodies.CopyLink,
    responses=problems(404, 409, 422),
)
def change_copy_link(
    group_id: Id, link_id: Id, draft: bodies.CopyLinkDraft, desk: TheDesk, user_id: User
) -> CopyLink:
    """Replace what a link is."""
    return copying.change_link(desk, user_id, group_id, link_id, draft.draft())


@router.delete(
    "/groups/{group_id}/copy-links/{link_id}", status_code=204, responses=problems(404, 422)
)
def delete_copy_link(group_id: Id, link_id: Id, desk: TheDesk, user_id: User) -> None:
    """Forget a link; set its `active_to` instead to keep when it was active."""
    copying.delete_link(desk, user_id, group_id, link_id)


@router.get(
    "/groups/{group_id}/copy-settings",
    response_model=bodies.CopySettings,
    responses=problems(404, 422),
)
def find_copy_settings(group_id: Id, desk: TheDesk, user_id: User) -> bodies.CopySettings:
    """What the group says of different rules, and what its accounts cost."""
    return _settings(copying.copy_settings(desk, user_id, group_id))


@router.put(
    "/groups/{group_id}/copy-settings",
    response_model=bodies.CopySettings,
    responses=problems(404, 422),
)
def change_copy_settings(
    group_id: Id, draft: bodies.CopySettingsDraft, desk: TheDesk, user_id: User
) -> bodies.CopySettings:
    """Say what different rules are, and what accounts cost; a fee that is left out stays."""
    return _settings(
        copying.change_copy_settings(desk, user_id, group_id, draft.same_rules, draft.fees)
    )


def _settings(settings: copying.CopySettings) -> bodies.CopySettings:
    return bodies.CopySettings(same_rules=settings.same_rules, fees=bodies.by_id(settings.fees))


@router.get(
    "/groups/{group_id}/room", response_model=bodies.GroupRoom, responses=problems(404, 422)
)
def group_room(
    group_id: Id,
    desk: TheDesk,
    user_id: User,
    instrument: Symbol = None,
    contracts: Sizes = None,
    equal_at: EqualAt = None,
    as_of: AsOf = "now",
) -> bodies.GroupRoom:
    """How much each leader may lose before an account that copies it breaks a hard rule."""
    market = None if instrument is None else copying.find_instrument(instrument)
    found = rooms.group_rooms(
        desk,
        user_id,
        group_id,
        instrument=market,
        sizes=contracts or rooms.SIZES,
        equal_at=equal_at,
        as_of_last=as_of == "last",
    )
    return rooms_body(found, market, _names(desk, user_id))


@router.post(
    "/groups/{group_id}/what-if", response_model=bodies.WhatIf, responses=problems(404, 422)
)
def group_what_if(
    group_id: Id,
    question: bodies.WhatIfQuestion,
    desk: TheDesk,
    user_id: User,
    as_of: AsOf = "now",
) -> bodies.WhatIf:
    """What a trade, other ratios, a member less or a profit would do; nothing is changed."""
    asked = _question(question)
    found = what_if.what_if(desk, user_id, group_id, asked, as_of_last=as_of == "last")
    return what_if_body(found)


def _question(said: bodies.WhatIfQuestion) -> what_if.Question:
    trade = None
    if said.trade is not None:
        trade = what_if.Trade(
            instrument=copying.find_instrument(said.trade.instrument),
            contracts=said.trade.contracts,
            stop_points=said.trade.stop_points,
        )
    return what_if.Question(
        leader_id=said.leader_id,
        trade=trade,
        settings=said.ratios,
        removed=said.removed_account_ids,
        gain=said.gain,
    )


@router.get(
    "/groups/{group_id}/copy-tracking",
    response_model=bodies.GroupTracking,
    responses=problems(404, 422),
)
def group_copy_tracking(
    group_id: Id, desk: TheDesk, user_id: User, as_of: AsOf = "now"
) -> bodies.GroupTracking:
    """Whether the followers really copied over the last thirty trading days."""
    found = tracking.group_tracking(desk, user_id, group_id, as_of_last=as_of == "last")
    return tracking_body(found)


@router.get(
    "/accounts/{account_id}/effective-status",
    response_model=bodies.EffectiveStatus,
    responses=problems(404, 422),
)
def account_effective_status(
    account_id: Id, desk: TheDesk, user_id: User
) -> bodies.EffectiveStatus:
    """An account's own status, and the one it has through its copy groups."""
    return effective_body(rooms.effective_status(desk, user_id, account_id))


def place(link: CopyLink) -> Place:
    """Where a link stands in the list: by leader and follower."""
    begins = 0 if link.active_from is None else int(link.active_from.timestamp() * 1_000_000)
    return str(link.leader_id), str(link.follower_id), begins, str(link.id)


def _names(desk: Desk, user_id: str) -> dict[UUID, str]:
    return {account.id: account.name for account in list_accounts(desk, user_id)}
