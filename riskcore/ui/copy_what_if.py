"""Copy what-if: a trade, another ratio, a member less or a profit, tried before it is done."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

import pandas as pd
import streamlit as st

from riskcore.domain.copying.advice import setting
from riskcore.domain.copying.instruments import Instrument
from riskcore.domain.copying.members import CENTS, CopyMember
from riskcore.domain.copying.reasons import cents_text, names_text
from riskcore.domain.copying.room import Room
from riskcore.domain.money import money_text
from riskcore.services.rooms import SetRoom
from riskcore.services.what_if import Question, Trade, WhatIf
from riskcore.ui.words import badge, escape

Names = Mapping[UUID, str]

SHOWN = 200
"""Up to so many accounts are shown one by one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What was said in the form, not looked at yet."""

    contracts: float
    stop_points: float | None
    gain: float | None
    changed: UUID | None
    ratio: float | None
    removed: tuple[UUID, ...]

    def question(self, leader_id: UUID, instrument: Instrument | None) -> Question:
        """The question; without an instrument or a stop there is no trade in it."""
        trade = None
        if instrument is not None and self.stop_points:
            trade = Trade(
                instrument=instrument, contracts=self.contracts, stop_points=self.stop_points
            )
        settings = {self.changed: self.ratio} if self.changed and self.ratio else {}
        return Question(
            leader_id=leader_id,
            trade=trade,
            settings={key: value for key, value in settings.items() if key not in self.removed},
            removed=self.removed,
            gain=self.gain or None,
        )

    @property
    def is_empty(self) -> bool:
        """Whether nothing was said that could change anything."""
        return not (self.stop_points or self.gain or self.removed or (self.changed and self.ratio))


def ask_what_if(one: SetRoom, instrument: Instrument | None, names: Names) -> Asked:
    """Ask what to try; all of it may be left empty."""
    key = f"what-if-{one.leader_id}"
    with st.grid(3, min_column_width=220, vertical_alignment="bottom"):
        contracts = st.number_input(
            "The leader trades, contracts", min_value=0.01, value=1.0, step=1.0, key=f"{key}-size"
        )
        stop_points = _ask_amount(
            f"Stop, points of {instrument.symbol}" if instrument else "Stop, points",
            "no trade" if instrument else "choose an instrument above",
            f"{key}-stop",
            is_off=instrument is None,
        )
        gain = _ask_amount(f"After it first wins, {one.room.currency}", "nothing", f"{key}-gain")
        changed, ratio = _ask_ratio(one, names, key)
        followers = [copy.account_id for copy in one.copies if copy.link is not None]
        removed = st.multiselect(
            "Without", followers, format_func=names.__getitem__, key=f"{key}-removed"
        )
    return Asked(
        contracts=contracts,
        stop_points=stop_points,
        gain=gain,
        changed=changed,
        ratio=ratio,
        removed=tuple(removed),
    )


def _ask_amount(label: str, empty: str, key: str, *, is_off: bool = False) -> float | None:
    """Ask for a number above zero; nothing typed is None."""
    return st.number_input(
        label,
        min_value=0.0,
        value=None,
        step=None,
        format="%.6g",
        placeholder=empty,
        disabled=is_off,
        key=key,
    )


def _ask_ratio(one: SetRoom, names: Names, key: str) -> tuple[UUID | None, float | None]:
    """Ask for another ratio of one follower."""
    turned = [c.account_id for c in one.copies if c.link is not None and setting(c.link)]
    changed = st.selectbox(
        "Another ratio for",
        turned,
        index=None,
        format_func=names.__getitem__,
        placeholder="nobody",
        key=f"{key}-changed",
    )
    ratio = _ask_amount("That ratio (fixed size, or risk)", "as it is", f"{key}-ratio")
    return changed, ratio


def advised(one: SetRoom) -> Question | None:
    """The question that the first piece of advice is the answer to; None without any."""
    if not one.advice:
        return None
    first = one.advice[0]
    settings = dict(zip(first.account_ids, first.settings, strict=False))
    removed = () if settings else first.account_ids
    return Question(leader_id=one.leader_id, settings=settings, removed=removed)


def draw_what_if(found: WhatIf, names: Names) -> None:
    """The room before and after, the group's status, and every account."""
    arrow = f"{_room_words(found.before)} → {_room_words(found.after)}"
    st.markdown(f"#### Room: {escape(arrow)} {_gain(found)}", anchors=False)
    st.markdown(
        f"The group: {badge(found.status_before)} → {badge(found.status_after)}"
        f"{_first(found.after, names)}"
    )
    if found.largest is not None:
        st.markdown(escape(_largest(found, names)))
    st.table(
        pd.DataFrame(_rows(found, names)[:SHOWN]),
        border="horizontal",
        hide_index=True,
        alt="Every account before and after",
    )


def _room_words(room: Room) -> str:
    most = "at most " if room.is_upper_bound and room.cents is not None else ""
    return f"{most}{cents_text(room.cents, room.currency)}"


def _gain(found: WhatIf) -> str:
    if found.gain is None or found.gain == 0:
        return ""
    color, sign = ("green", "+") if found.gain > 0 else ("orange", "−")
    return f":{color}-background[{sign}{escape(cents_text(abs(found.gain), found.currency))}]"


def _first(room: Room, names: Names) -> str:
    if not room.binding:
        return ""
    who = names_text([one.account_id for one in room.binding], names)
    return f"; then the first to break: **{escape(who)}**"


def _largest(found: WhatIf, names: Names) -> str:
    largest = found.largest
    if largest is None or largest.contracts is None:
        return "With this stop, no size that is known breaks an account."
    who = names_text(largest.binding_ids, names)
    most = "At most " if largest.uncertain_ids else ""
    number = f"{largest.contracts:,} contract{'' if largest.contracts == 1 else 's'}"
    return f"{most}{number} of the leader outlive this stop; with one more: {who}."


def _rows(found: WhatIf, names: Names) -> list[dict[str, str]]:
    outcomes = {one.account_id: one for one in found.outcomes}
    rows = []
    for account_id, before in found.members_before.items():
        after, outcome = found.members_after[account_id], outcomes.get(account_id)
        row = {"Account": escape(names.get(account_id, ""))}
        if found.outcomes:
            row["Trades"] = "unknown" if outcome is None else f"{float(outcome.contracts):g}"
            lost = None if outcome is None else outcome.loss / CENTS
            row["Loses"] = escape(money_text(lost, before.currency))
        rows.append(
            row
            | {
                "Left before": escape(_left(before)),
                "Left after": escape(_left(after)),
                "Before": badge(before.status),
                "After": badge(after.status),
            }
        )
    return rows


def _left(member: CopyMember) -> str:
    buffer = None if member.hard is None else member.hard.buffer
    most = "at most " if member.is_upper_bound and buffer is not None else ""
    return f"{most}{money_text(buffer, member.currency)}"
