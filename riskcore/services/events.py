"""Events: what happened to an account besides trading; made, listed and deleted."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from riskcore.domain.errors import InvalidValue
from riskcore.domain.events import AccountEvent, EventKind
from riskcore.services.accounts import find_account, renew_account
from riskcore.services.desk import Desk
from riskcore.services.snapshots import CLOCK_SKEW, check_instant
from riskcore.store import events as stored

HIDDEN = {"Cc", "Cf", "Cs", "Zl", "Zp"}


@dataclass(frozen=True, slots=True, kw_only=True)
class EventDraft:
    """What a person says has happened; `amount` and `origin` as in AccountEvent."""

    kind: EventKind
    happened_at: datetime
    amount: float | None = None
    origin: str = ""


def list_events(desk: Desk, user_id: str, account_id: UUID) -> list[AccountEvent]:
    """The account's events by instant; raises Missing."""
    return list(find_account(desk, user_id, account_id).events)


def record_event(desk: Desk, user_id: str, account_id: UUID, draft: EventDraft) -> AccountEvent:
    """Store an event and judge the account's history anew with it.

    It may lie before snapshots that are there already. Raises InvalidValue for a time more
    than five minutes ahead or an amount that is none, Missing for a strange account,
    Conflict when it has 1,000 events.
    """
    check_instant("happened_at", draft.happened_at, desk.clock() + CLOCK_SKEW)
    event = AccountEvent(
        id=uuid4(),
        account_id=account_id,
        kind=draft.kind,
        happened_at=draft.happened_at,
        amount=draft.amount,
        origin=_origin(draft.origin),
    )
    stored.insert_event(desk.database, user_id, event)
    renew_account(desk, user_id, account_id)
    return event


def _origin(text: str) -> str:
    """`text` as one line that can be seen: NFC, trimmed; it may be empty."""
    origin = unicodedata.normalize("NFC", text).strip()
    hidden = [c for c in origin if unicodedata.category(c) in HIDDEN]
    if hidden:
        raise InvalidValue(
            "origin", "must be one line without hidden characters", f"U+{ord(hidden[0]):04X}"
        )
    return origin


def delete_event(desk: Desk, user_id: str, account_id: UUID, event_id: UUID) -> None:
    """Forget an event and judge the account's history anew; raises Missing."""
    stored.delete_event(desk.database, user_id, account_id, event_id)
    renew_account(desk, user_id, account_id)
