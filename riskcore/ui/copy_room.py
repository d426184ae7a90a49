"""Copy room: the first screen of a copy group: the sentence, the ladder, one piece of advice."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

import pandas as pd
import streamlit as st

from riskcore.domain.copying.advice import Act, equal_settings
from riskcore.domain.copying.fees import FeesLost, fees_lost
from riskcore.domain.copying.follow import Copy
from riskcore.domain.copying.members import CENTS
from riskcore.domain.copying.reasons import (
    advice_reason,
    cents_text,
    link_text,
    no_advice,
    ratio_text,
    room_reason,
)
from riskcore.domain.copying.room import Break, Room
from riskcore.domain.money import money_text
from riskcore.domain.rules import KINDS
from riskcore.domain.status import Status, worst
from riskcore.services.rooms import GroupRooms, SetRoom
from riskcore.ui.gauge import Options
from riskcore.ui.heading import heading
from riskcore.ui.words import LOOKS, badge, called, counted, escape, sentence

Names = Mapping[UUID, str]

SHOWN = 12
"""So many accounts are drawn as bars; the table has them all."""

BAR, EDGES = 44, 44
"""The height of a bar with its text, and of what is above and below all of them."""

CALM, LEADING = "#56B4E9", "#8C96A3"


def draw_room(rooms: GroupRooms, one: SetRoom, names: Names) -> None:
    """How much the leader may lose, who is first to break, what helps, and the ladder."""
    status = worst(rooms.effective[copy.account_id].own for copy in one.copies)
    copying = counted(len(one.copies) - 1, "account")
    verb = "copies" if len(one.copies) == 2 else "copy"
    heading(f"{escape(names.get(one.leader_id, ''))} leads, {copying} {verb}", badge(status))
    st.markdown(escape(sentence(room_reason(one.room, one.copies, names))))
    with st.grid(3, min_column_width=240, gap="medium"):
        _fact("The leader may still lose", _room_words(one.room), _in_contracts(one))
        _fact("First to break", _first(one.room, names), _how(one.room))
        _fact("What helps most", _helps(one, names), _gain(one))
    if one.room.ladder:
        st.caption(escape(f"Who breaks at which loss of the leader, {one.room.currency}"))
        st.echarts_chart(
            ladder_chart(one, names),
            height=EDGES + BAR * min(SHOWN, _breaking(one.room)),
            key=f"ladder-{one.leader_id}",
            alt=_ladder_alt(one, names),
        )
    for copy in one.copies:
        if copy.is_uncertain:
            st.caption(f":material/help: {_uncertain(copy)}")


def _fact(label: str, value: str, below: str) -> None:
    """A label, what it says in large, and a line below; Markdown."""
    with st.container(border=True, height="stretch"):
        st.caption(label)
        st.markdown(f"### {value}", anchors=False)
        st.markdown(below)


def _room_words(room: Room) -> str:
    if room.cents is None:
        return "unknown" if room.is_upper_bound else "no end known"
    most = "at most " if room.is_upper_bound else ""
    return escape(f"{most}{cents_text(room.cents, room.currency)}")


def _in_contracts(one: SetRoom) -> str:
    """How far the market may go against whole contracts; else until when nobody is paused."""
    for sized in one.sized:
        if sized.ticks is not None:
            text = f"{sized.ticks:,} ticks with {counted(int(sized.contracts), 'contract')}"
            return escape(text)
    paused = one.pause_room
    if paused.cents is None or (one.room.cents or 0) <= paused.cents:
        return "before an account is lost"
    return escape(f"the first is paused after {cents_text(paused.cents, paused.currency)}")


def _first(room: Room, names: Names) -> str:
    if not room.binding:
        return "nobody known"
    more = len(room.binding) - 1
    others = f" and {counted(more, 'other')}" if more else ""
    return f"{called(room.binding[0].account_id, names)}{others}"


def _how(room: Room) -> str:
    if not room.binding:
        return "nothing that is known can break"
    first = room.binding[0]
    return f"on {KINDS[first.limit.rule].title}, at {ratio_text(first.ratio)}"


def _helps(one: SetRoom, names: Names) -> str:
    if not one.advice:
        return "Nothing at the ratios"
    first = one.advice[0]
    who = called(first.account_ids[0], names)
    if len(first.account_ids) > 1:
        who = f"{who} and {counted(len(first.account_ids) - 1, 'other')}"
    if first.act is Act.REMOVE:
        return f"Stop copying to {who}"
    return f"{who} from {first.before[0]:g}× to {first.settings[0]:g}×"


def _gain(one: SetRoom) -> str:
    if not one.advice:
        return (
            "the leader is the first to break itself" if one.room.binding else "nothing to change"
        )
    gain = one.advice[0].gain
    if gain is None:
        return "then nothing that is known ends the room"
    return f":green-background[+{escape(cents_text(gain, one.room.currency))} of room]"


def _uncertain(copy: Copy) -> str:
    """Why the room is only at most what it seems, because of one account; Markdown."""
    name = escape(copy.member.name)
    if copy.unknown:
        return f"**{name}** bounds the room: {escape(copy.unknown)}"
    if copy.member.is_unknown:
        return f"**{name}** bounds the room: what it may lose is not known"
    why = "its data is old" if copy.member.is_stale else "its data is coarse"
    return f"**{name}** bounds the room: {why}, so it may have less left than it seems"


# --- the ladder


def _breaking(room: Room) -> int:
    return sum(len(step.breaks) for step in room.ladder)


def _bars(one: SetRoom) -> list[Break]:
    """The first to break, in order."""
    return [found for step in one.room.ladder for found in step.breaks][:SHOWN]


def ladder_chart(one: SetRoom, names: Names) -> Options:
    """Who breaks at which loss of the leader, the first on top; ECharts options.

    Names are plain text to ECharts.
    """
    bars = _bars(one)
    return {
        "animationDuration": 0,
        "animationDurationUpdate": 300,
        "grid": {"left": 4, "right": 16, "top": 14, "bottom": 26},
        "xAxis": {"type": "value", "min": 0, "splitNumber": 4, "axisLabel": {"hideOverlap": True}},
        "yAxis": {
            "type": "category",
            "inverse": True,
            "data": [_bar_text(found, one, names) for found in bars],
            "axisTick": {"show": False},
            "axisLine": {"show": False},
            "z": 10,
            "axisLabel": {
                "inside": True,
                "fontSize": 12,
                "verticalAlign": "bottom",
                "padding": [0, 0, 9, 0],
            },
        },
        "series": [
            {
                "type": "bar",
                "silent": True,
                "barWidth": 12,
                "data": [
                    {"value": found.moved / CENTS, "itemStyle": {"color": _color(found, one)}}
                    for found in bars
                ],
            }
        ],
    }


def _bar_text(found: Break, one: SetRoom, names: Names) -> str:
    name = names.get(found.account_id, "")
    title = KINDS[found.limit.rule].title
    if found.moved == 0:
        return f"{name}: broke {title} already"
    leads = (
        ", the leader" if found.account_id == one.leader_id else f" at {ratio_text(found.ratio)}"
    )
    return f"{name}{leads}: {title}, at {cents_text(found.moved, one.room.currency)}"


def _color(found: Break, one: SetRoom) -> str:
    if found in one.room.binding:
        return LOOKS[Status.CRITICAL].value
    return LEADING if found.account_id == one.leader_id else CALM


def _ladder_alt(one: SetRoom, names: Names) -> str:
    said = "; ".join(_bar_text(found, one, names) for found in _bars(one)[:3])
    return f"Which account breaks at which loss of the leader: {said}"


def ladder_table(rooms: GroupRooms, one: SetRoom, names: Names) -> None:
    """Every step of the ladder: who breaks, why, and what is lost by then."""
    st.dataframe(
        pd.DataFrame(ladder_rows(rooms, one, names)),
        hide_index=True,
        column_config={
            "Leader loses": st.column_config.NumberColumn(
                f"Leader loses, {one.room.currency}", format="%,.2f"
            )
        },
        alt="Which account breaks at which loss of the leader, in order",
    )


def ladder_rows(rooms: GroupRooms, one: SetRoom, names: Names) -> list[dict[str, object]]:
    """The ladder as rows of a table."""
    copies = {copy.account_id: copy for copy in one.copies}
    members = {key: copy.member for key, copy in copies.items()}
    lost = fees_lost(one.room.ladder, members, rooms.settings.fees)
    return [
        {
            "Leader loses": step.moved / CENTS,
            "Breaks": names.get(found.account_id, ""),
            "Rule": KINDS[found.limit.rule].title,
            "It has left": money_text(found.limit.buffer, members[found.account_id].currency),
            "Copies": _copies(copies[found.account_id]),
            "Loses of each unit": ratio_text(found.ratio),
            "Accounts lost": step.lost,
            "Fees lost": _fees(fees),
        }
        for step, fees in zip(one.room.ladder, lost, strict=True)
        for found in step.breaks
    ]


def _copies(copy: Copy) -> str:
    return "leads" if copy.link is None else link_text(copy.link)


def _fees(fees: FeesLost) -> str:
    known = [money_text(amount, currency) for currency, amount in fees.by_currency.items()]
    if fees.unknown:
        known.append(f"{counted(fees.unknown, 'fee')} not known")
    return ", ".join(known)


def draw_advice(one: SetRoom, names: Names) -> None:
    """All the advice, the most gain first."""
    if not one.advice:
        st.markdown(escape(sentence(no_advice(one.room, names))))
    st.markdown(
        "\n".join(
            f"- {escape(sentence(advice_reason(advice, one.room.currency, names)))}"
            for advice in one.advice
        )
    )


def draw_equal(one: SetRoom, names: Names) -> None:
    """The ratios with which every follower outlives a loss of the leader that is asked for."""
    alone = next(copy for copy in one.copies if copy.link is None).member.hard
    room = st.number_input(
        f"Ratios with which every account outlives a loss of the leader of, {one.room.currency}",
        min_value=0.0,
        value=None if alone is None or alone.left <= 0 else alone.left / CENTS,
        step=100.0,
        key=f"equal-{one.leader_id}",
        width=420,
    )
    equal = equal_settings(one.copies, round(room * CENTS)) if room else {}
    if equal:
        st.dataframe(
            pd.DataFrame(equal_rows(one, equal, names)), hide_index=True, alt="Equalising ratios"
        )


def equal_rows(
    one: SetRoom, equal: Mapping[UUID, float], names: Names
) -> Sequence[dict[str, object]]:
    """Each follower's present ratio beside the largest that outlives the loss."""
    return [
        {
            "Account": names.get(copy.account_id, ""),
            "Copies now": _copies(copy),
            "At most": f"{equal[copy.account_id]:g}",
        }
        for copy in one.copies
        if copy.account_id in equal
    ]
