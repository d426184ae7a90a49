"""Copy details: whole contracts, profits, resets, statuses, rules and firms of a copy set."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

import pandas as pd
import streamlit as st

from riskcore.domain.copying.composition import Finding
from riskcore.domain.copying.instruments import Instrument
from riskcore.domain.copying.reasons import cents_text, names_text
from riskcore.domain.copying.same_rules import RuleDifference, SameRules
from riskcore.domain.copying.sizes import SizedRoom
from riskcore.domain.days import instant
from riskcore.domain.model import Account
from riskcore.domain.reasons import instant_text, span_text
from riskcore.domain.rules import KINDS
from riskcore.services.copying import instruments
from riskcore.services.rooms import GroupRooms, SetRoom
from riskcore.ui.choice import choose
from riskcore.ui.spoken import FIELDS, value_words
from riskcore.ui.tables import text_table
from riskcore.ui.words import badge, escape, sentence

Names = Mapping[UUID, str]
NO_INSTRUMENT = "none"


def ask_instrument() -> Instrument | None:
    """Ask in which market's points and ticks the room is told; kept in the URL."""
    options = {NO_INSTRUMENT: "money only"}
    options |= {symbol: f"{symbol}: {one.name}" for symbol, one in instruments().items()}
    return instruments().get(choose("Tell the room in ticks of", options, "instrument") or "")


def draw_sizes(one: SetRoom, instrument: Instrument | None, names: Names) -> None:
    """The room for whole contracts of the leader, each follower's size rounded."""
    st.markdown(
        "A follower trades whole steps, so what it loses of each unit depends on the leader's "
        "size: at 0.33× rounded up, one contract is copied by one."
    )
    text_table(
        [size_row(sized, one, instrument, names) for sized in one.sized],
        "The room by the leader's whole contracts",
    )


def size_row(
    sized: SizedRoom, one: SetRoom, instrument: Instrument | None, names: Names
) -> dict[str, object]:
    """The room for one size of the leader, as a row."""
    row: dict[str, object] = {
        "Leader trades": f"{float(sized.contracts):g}",
        "May lose": cents_text(sized.room.cents, sized.room.currency),
        "First to break": names_text([found.account_id for found in sized.room.binding], names),
    }
    if instrument is not None and sized.ticks is not None:
        row["Ticks"] = f"{sized.ticks:,}"
        row["Points"] = f"{float(sized.ticks * instrument.tick_size):,.10g}"
    for copy in one.copies[1:7]:
        name = names.get(copy.account_id, "")
        row[f"{name} trades"] = "unknown"
        if copy.following is not None:
            row[f"{name} trades"] = f"{float(copy.following.contracts(sized.contracts)):g}"
    return row


def draw_profits_and_resets(rooms: GroupRooms, one: SetRoom, names: Names) -> None:
    """How much the leader may still win, and what each coming reset does to the room."""
    upside = one.upside
    if upside.binding:
        first = upside.binding[0]
        who, title = names.get(first.account_id, ""), KINDS[first.limit.rule].title
        said = f"the leader may win {cents_text(upside.cents, upside.currency)} before {title} of"
        st.markdown(f"**Upside.** {escape(sentence(f'{said} {who} binds'))}")
    else:
        st.markdown("**Upside.** No profit cap and no best day binds any of these accounts.")
    st.markdown("**After the coming resets**, positions held as they are:")
    text_table(
        [
            {
                "Reset": _reset_words(instant(after.resets_at_us), rooms.as_of),
                "Of": names_text(after.account_ids, names),
                "Room then": cents_text(after.cents, one.room.currency),
                "First to break then": names.get(after.binding_id, "") if after.binding_id else "",
            }
            for after in one.resets
        ],
        "The room after each coming reset",
    )


def _reset_words(at: datetime, now: datetime) -> str:
    return f"{instant_text(at.astimezone(ZoneInfo('UTC')))}, in {span_text(at - now)}"


def draw_statuses(rooms: GroupRooms, one: SetRoom, names: Names) -> None:
    """Each account's own status, and the one it has because all are one bet."""
    rows = [rooms.effective[copy.account_id] for copy in one.copies[:200]]
    st.table(
        pd.DataFrame(
            [
                {
                    "Account": escape(names.get(status.account_id, "")),
                    "By itself": badge(status.own),
                    "As one bet": badge(status.effective),
                    "Through": escape(names.get(status.through_id or status.account_id, "")),
                }
                for status in rows
            ]
        ),
        border="horizontal",
        hide_index=True,
        alt="Each account's own status and the one it has through its copy group",
    )


# --- the same rules


SWITCHES: Mapping[SameRules, str] = {
    SameRules.REQUIRE: "Different rules are a warning on the board",
    SameRules.INFORM: "Different rules are shown here",
    SameRules.IGNORE: "Rules are not compared",
}


def draw_differences(
    one: SetRoom, accounts: Mapping[UUID, Account], switch: SameRules, names: Names
) -> None:
    """Where the followers' rules are not the leader's, and what that means."""
    if switch is SameRules.IGNORE:
        st.markdown("Rules are not compared in this group.")
    elif not one.differences:
        st.markdown(":material/check_circle: All accounts follow the leader's rules.")
    else:
        rows = [
            {
                "Rule": "Clock" if not kind else KINDS[kind].title,
                "What": "the whole rule" if not parameter else _parameter(kind, parameter),
                "Leader": leader,
                "Otherwise": own,
                "In": names_text(ids, names),
                "What it means": sentence(meaning),
            }
            for (kind, parameter, leader, own, meaning), ids in _together(one, accounts).items()
        ]
        text_table(rows, "Where rules differ from the leader's")


Row = tuple[str, str, str, str, str]


def _together(one: SetRoom, accounts: Mapping[UUID, Account]) -> dict[Row, list[UUID]]:
    """Equal differences of several accounts as one."""
    found: dict[Row, list[UUID]] = {}
    leader = accounts[one.leader_id]
    for difference in one.differences:
        row = (
            difference.kind,
            difference.parameter,
            _said(difference, difference.leader, leader),
            _said(difference, difference.own, accounts[difference.account_id]),
            difference.meaning,
        )
        found.setdefault(row, []).append(difference.account_id)
    return found


def _parameter(kind: str, parameter: str) -> str:
    if parameter == "reset":
        return "When the day turns"
    return FIELDS.get(f"{kind}.{parameter}") or FIELDS.get(parameter) or parameter.capitalize()


def _said(difference: RuleDifference, value: object, account: Account) -> str:
    if isinstance(value, str) and (not difference.parameter or "%" in value or not difference.kind):
        return value
    if not difference.parameter:
        return "does not have it"
    return value_words(difference.kind, difference.parameter, value, account.currency)


KEPT = {True: ":material/check_circle: kept", False: ":material/error: broken", None: "cannot tell"}


def draw_findings(findings: list[Finding]) -> None:
    """What the firms say of copying between their accounts, and whether it is kept."""
    if not findings:
        st.caption("No rule on copying is known here of these accounts' firms.")
        return
    for finding in sorted(findings, key=lambda one: (one.is_kept is not False, one.firm)):
        source = f"{finding.source}, checked on {finding.checked_on}, {finding.trust}"
        st.markdown(
            f"- **{escape(finding.firm)}** {KEPT[finding.is_kept]}: "
            f"{escape(sentence(finding.reason))} :small[:gray[{escape(source)}]]"
        )
