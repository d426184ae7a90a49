"""Flows: cash flows of a file become events of its accounts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

from riskcore.domain.events import ORIGIN_LENGTH, AccountEvent, EventKind
from riskcore.ingest.reckoning import Flow
from riskcore.services.accounts import list_accounts
from riskcore.services.desk import Desk

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def events_of(
    desk: Desk, user_id: str, flows: Sequence[Flow], ids: Mapping[str, UUID], file_name: str
) -> list[AccountEvent]:
    """The event of each flow, but for those an account has already; `ids` by number.

    An event acts before the snapshot of its instant, which is that of the row.
    """
    if not flows:
        return []
    known = {
        (event.account_id, event.kind, event.happened_at, event.amount)
        for account in list_accounts(desk, user_id)
        for event in account.events
    }
    found = [_event(flow, ids[flow.account], file_name) for flow in flows if flow.account in ids]
    return [
        event
        for event in found
        if (event.account_id, event.kind, event.happened_at, event.amount) not in known
    ]


def _event(flow: Flow, account_id: UUID, file_name: str) -> AccountEvent:
    kind = kind_of(flow)
    said = "".join(c for c in flow.words if c.isprintable())[:60] or "its balance moved"
    return AccountEvent(
        id=uuid4(),
        account_id=account_id,
        kind=kind,
        happened_at=EPOCH + timedelta(microseconds=flow.instant_us),
        amount=None if kind is EventKind.RESET else abs(flow.amount),
        origin=f"{file_name}, line {flow.line}: {said}"[:ORIGIN_LENGTH],
    )


def kind_of(flow: Flow) -> EventKind:
    """What a flow is: a reset or a payout where its row says so, else money in or out."""
    if "reset" in flow.words.casefold():
        return EventKind.RESET
    if flow.amount > 0:
        return EventKind.DEPOSIT
    return EventKind.PAYOUT if "payout" in flow.words.casefold() else EventKind.WITHDRAWAL
