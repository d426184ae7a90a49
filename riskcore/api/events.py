"""Events of an account: list, record, delete."""

from __future__ import annotations

from fastapi import APIRouter

from riskcore.api import schemas
from riskcore.api.identity import TheDesk, User
from riskcore.api.paging import Cursor, Limit, PageOf, Place, page
from riskcore.api.problems import problems
from riskcore.api.values import Id
from riskcore.domain.events import AccountEvent
from riskcore.services import events

router = APIRouter(prefix="/accounts/{account_id}/events", tags=["accounts"])


@router.get("", response_model=schemas.Page[schemas.Event], responses=problems(404, 422))
def list_events(
    account_id: Id, desk: TheDesk, user_id: User, limit: Limit = 100, cursor: Cursor = None
) -> PageOf:
    """What has happened to an account besides trading, the earliest first."""
    return page(events.list_events(desk, user_id, account_id), place, limit, cursor)


@router.post("", status_code=201, response_model=schemas.Event, responses=problems(404, 409, 422))
def record_event(
    account_id: Id, draft: schemas.EventDraft, desk: TheDesk, user_id: User
) -> AccountEvent:
    """Record what has happened; the account's whole history is judged anew with it."""
    said = events.EventDraft(
        kind=draft.kind,
        happened_at=draft.happened_at,
        amount=draft.amount,
        origin=draft.origin,
    )
    return events.record_event(desk, user_id, account_id, said)


@router.delete("/{event_id}", status_code=204, responses=problems(404, 422))
def delete_event(account_id: Id, event_id: Id, desk: TheDesk, user_id: User) -> None:
    """Delete an event; the account's whole history is judged anew without it."""
    events.delete_event(desk, user_id, account_id, event_id)


def place(event: AccountEvent) -> Place:
    """Where an event stands in the list: by its instant."""
    return int(event.happened_at.timestamp() * 1_000_000), str(event.id)
