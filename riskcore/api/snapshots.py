"""Snapshots: one or a batch; the same snapshot twice changes nothing."""

from __future__ import annotations

from asyncio import wrap_future
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, TypeAlias
from uuid import UUID

from fastapi import APIRouter, Body, Response
from pydantic import Discriminator, Field, Tag
from starlette.concurrency import run_in_threadpool

from riskcore.api import schemas
from riskcore.api.identity import TheDesk, User
from riskcore.api.problems import problems
from riskcore.domain.errors import Missing
from riskcore.domain.model import Snapshot
from riskcore.services import snapshots
from riskcore.services.desk import Desk

router = APIRouter(prefix="/snapshots", tags=["snapshots"])

SnapshotList: TypeAlias = Annotated[
    list[schemas.Snapshot], Field(max_length=schemas.MOST_SNAPSHOTS)
]


def shape(value: Any) -> str | None:
    """Which of the three shapes a body has, so that its errors are told in that shape."""
    if isinstance(value, list):
        return "list"
    if isinstance(value, Mapping):
        return "batch" if "snapshots" in value else "one"
    return None


SnapshotBody: TypeAlias = Annotated[
    Annotated[schemas.Snapshot, Tag("one")]
    | Annotated[schemas.SnapshotBatch, Tag("batch")]
    | Annotated[SnapshotList, Tag("list")],
    Discriminator(
        shape,
        custom_error_type="snapshot_shape",
        custom_error_message='must be a snapshot, a list of them, or {"snapshots": [...]}',
    ),
]


@router.post(
    "",
    status_code=200,
    response_model=schemas.Recorded,
    responses={
        201: {"model": schemas.Recorded, "description": "Some are new"},
        **problems(404, 422),
    },
)
async def record_snapshots(
    body: Annotated[SnapshotBody, Body()], desk: TheDesk, user_id: User, response: Response
) -> Any:
    """Take one snapshot or up to 5,000: all of them, or none and why."""
    taken = await named(desk, user_id, listed(body))
    recorded = await wrap_future(snapshots.submit_snapshots(desk, user_id, taken))
    response.status_code = 201 if recorded.taken or recorded.corrected else 200
    return recorded


def listed(
    body: schemas.Snapshot | schemas.SnapshotBatch | list[schemas.Snapshot],
) -> Sequence[schemas.Snapshot]:
    """The snapshots of a body of any shape."""
    if isinstance(body, schemas.SnapshotBatch):
        return body.snapshots
    return body if isinstance(body, list) else [body]


async def named(desk: Desk, user_id: str, bodies: Sequence[schemas.Snapshot]) -> list[Snapshot]:
    """The snapshots with the id of each account; raises Missing for an unknown number."""
    numbers = {
        body.account_number.strip() for body in bodies if "account_number" in body.model_fields_set
    }
    known = snapshots.known_accounts(desk, user_id, numbers)
    if known is None:
        known = await run_in_threadpool(snapshots.find_accounts, desk, user_id, numbers)
    return [_snapshot(body, _account_id(body, known)) for body in bodies]


def named_at_once(desk: Desk, user_id: str, body: schemas.Snapshot) -> Snapshot | None:
    """The snapshot with the id of its account; None where that has to be looked up."""
    if "account_id" in body.model_fields_set:
        return _snapshot(body, body.account_id)
    number = body.account_number.strip()
    known = snapshots.known_accounts(desk, user_id, {number})
    return None if known is None else _snapshot(body, known[number])


def _snapshot(body: schemas.Snapshot, account_id: UUID) -> Snapshot:
    return Snapshot(
        account_id=account_id,
        taken_at=body.taken_at,
        balance=body.balance,
        equity=body.equity,
        open_contracts=body.open_contracts,
        basis=body.basis,
    )


def _account_id(body: schemas.Snapshot, known: Mapping[str, UUID]) -> UUID:
    if "account_id" in body.model_fields_set:
        return body.account_id
    number = body.account_number.strip()
    if number not in known:
        raise Missing("account", number)
    return known[number]
