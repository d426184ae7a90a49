"""Events: what happened to an account besides trading; listed, recorded, deleted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

import streamlit as st

from riskcore.domain.errors import InvalidValue
from riskcore.domain.events import ORIGIN_LENGTH, AccountEvent, EventKind
from riskcore.domain.model import Account, ImpliedFlow
from riskcore.domain.money import money_text
from riskcore.domain.reasons import instant_text
from riskcore.ingest.local_times import utc_offset
from riskcore.services.events import EventDraft
from riskcore.ui.confirm import confirmed
from riskcore.ui.tables import text_table
from riskcore.ui.words import escape

EFFECTS: Mapping[EventKind, str] = {
    EventKind.DEPOSIT: "money put in; every level rises by it, so nothing is won",
    EventKind.WITHDRAWAL: "money taken out; every level falls by it, so nothing is lost",
    EventKind.PAYOUT: (
        "profit paid out; the day and the week lose nothing by it, and the Max loss rule says "
        "what it does to the floor"
    ),
    EventKind.RESET: (
        "a new cycle; everything begins anew from the amount, or without one from the account's "
        "starting balance"
    ),
    EventKind.REBASE: (
        "another starting balance, after scaling for example; every level counts from it, and "
        "the cycle goes on"
    ),
    EventKind.PEAK: "the best value so far, as the firm shows it; a trailing floor hangs from it",
    EventKind.FLOOR: "the floor as the firm shows it; a trailing one rises on from there",
}
"""What an event of each kind does to an account."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EventAnswers:
    """What was said of an event, not looked at yet; `local` on the account's wall clock.

    `filled_in` is the instant that was proposed: it counts to the second where it was left.
    """

    kind: EventKind
    local: datetime | None
    time_zone: str
    filled_in: datetime
    amount: float | None
    origin: str

    def draft(self) -> EventDraft:
        """The event; raises InvalidValue."""
        return EventDraft(
            kind=self.kind,
            happened_at=self._happened_at(),
            amount=self.amount,
            origin=self.origin,
        )

    def _happened_at(self) -> datetime:
        if self.local is None:
            raise InvalidValue("happened_at", "must be given", "nothing")
        if self.local == wall_clock(self.filled_in, self.time_zone):
            return self.filled_in
        offset = utc_offset(self.local, ZoneInfo(self.time_zone))
        if offset is None:
            raise InvalidValue(
                "happened_at",
                f"must be a time that {self.time_zone} has had: clocks went forward over it",
                f"{self.local:%Y-%m-%d %H:%M}",
            )
        return (self.local - offset).replace(tzinfo=UTC)


def wall_clock(instant: datetime, time_zone: str) -> datetime:
    """An instant as a clock on the wall shows it, to the minute; naive."""
    return instant.astimezone(ZoneInfo(time_zone)).replace(second=0, microsecond=0, tzinfo=None)


def ask_event(account: Account, now: datetime, flow: ImpliedFlow | None) -> EventAnswers:
    """Ask what happened to an account; inside an `st.form`.

    Filled in with `flow` where something looks like a cash flow, else with the time now.
    """
    filled_in = flow.taken_at if flow else now
    key = _form_key(account, flow)
    with st.grid(4, min_column_width=200):
        kind = _ask_kind(EventKind.DEPOSIT if flow and flow.amount > 0 else EventKind.PAYOUT, key)
        amount = st.number_input(
            f"Amount, {account.currency}",
            value=abs(flow.amount) if flow else None,
            step=100.0,
            placeholder="none",
            help="Above zero for what was put in, taken or paid out; a reset may leave it out",
            key=f"{key}-amount",
        )
        local = _ask_local(account, filled_in, f"{key}-local")
        origin = st.text_input(
            "Where the figure comes from",
            max_chars=ORIGIN_LENGTH,
            placeholder="the firm's dashboard",
            key=f"{key}-origin",
        )
    _explain()
    return EventAnswers(
        kind=kind,
        local=local,
        time_zone=account.time_zone,
        filled_in=filled_in,
        amount=amount,
        origin=origin,
    )


def _form_key(account: Account, flow: ImpliedFlow | None) -> str:
    """A key for the form: another one once an event is recorded, or something else proposed."""
    key = f"event-{account.id}-{len(account.events)}"
    return f"{key}-{flow.taken_at:%Y%m%d%H%M%S%f}" if flow else key


def _ask_kind(proposed: EventKind, key: str) -> EventKind:
    kinds = list(EventKind)
    place = kinds.index(proposed)
    return st.selectbox("What happened", kinds, place, format_func=str.capitalize, key=key)


def _ask_local(account: Account, filled_in: datetime, key: str) -> datetime | None:
    # In the session, not as a value: another value at each drawing would undo what was typed.
    st.session_state.setdefault(key, wall_clock(filled_in, account.time_zone))
    return st.datetime_input(
        f"When, local time in {account.time_zone}", format="YYYY-MM-DD", step=60, key=key
    )


def _explain() -> None:
    """What an event of each kind does."""
    with st.expander("What each of them does", icon=":material/help:"):
        st.markdown(
            "\n".join(f"- **{kind.capitalize()}**: {said}." for kind, said in EFFECTS.items())
        )


def draw_events(
    events: Sequence[AccountEvent], flows: Sequence[ImpliedFlow], account: Account
) -> UUID | None:
    """What happened to an account, and what looks as if something had.

    Returns the event that the visitor wants deleted, having been told what follows.
    """
    st.subheader("Events", anchor=False)
    for flow in flows:
        st.markdown(flow_words(flow, account))
    if not events:
        st.markdown("Nothing is recorded that happened to it besides trading.")
        return None
    _table(events, account)
    return _doomed(events, account)


def flow_words(flow: ImpliedFlow, account: Account) -> str:
    """What looks like a cash flow that nobody recorded; Markdown."""
    amount = escape(money_text(abs(flow.amount), account.currency))
    rose, counts = ("rose", "profit") if flow.amount > 0 else ("fell", "loss")
    return (
        f":material/help: **The balance {rose} by {amount} at "
        f"{escape(instant_text(flow.taken_at))} with nothing open.** "
        f"It counts as {counts} until it is recorded what it was."
    )


def _table(events: Sequence[AccountEvent], account: Account) -> None:
    """What happened to an account, by time."""
    text_table(
        [
            {
                "What": event.kind.capitalize(),
                f"When ({account.time_zone})": local_text(event.happened_at, account),
                "When (UTC)": instant_text(event.happened_at),
                "Amount": _amount(event, account.currency),
                "Origin": event.origin,
            }
            for event in events
        ],
        "What happened to this account besides trading",
    )


def local_text(instant: datetime, account: Account) -> str:
    """An instant on the account's wall clock."""
    return f"{instant.astimezone(ZoneInfo(account.time_zone)):%Y-%m-%d %H:%M}"


def _amount(event: AccountEvent, currency: str) -> str:
    return "the starting balance" if event.amount is None else money_text(event.amount, currency)


def _doomed(events: Sequence[AccountEvent], account: Account) -> UUID | None:
    """The event that the visitor wants deleted, having been told what follows."""
    said = {
        event.id: f"{event.kind.capitalize()} of {local_text(event.happened_at, account)}, "
        f"{_amount(event, account.currency)}"
        for event in events
    }
    with st.container(horizontal=True, vertical_alignment="bottom"):
        chosen = st.selectbox(
            "Event", list(said), format_func=said.__getitem__, key=f"doomed-{account.id}", width=360
        )
        is_sure = confirmed(
            "Delete this event",
            "The account's history is judged anew without it.",
            f"event-{len(events)}",  # another once one is deleted: it is closed then
        )
    return chosen if is_sure else None
