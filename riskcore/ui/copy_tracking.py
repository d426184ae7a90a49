"""Copy tracking: whether the followers really copy, in words and as a table."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

import pandas as pd
import streamlit as st

from riskcore.domain.copying.reasons import cents_text, ratio_text
from riskcore.domain.copying.tracking import Tracked
from riskcore.domain.reasons import span_text
from riskcore.services.tracking import GroupTracking, SetTracking
from riskcore.ui.words import counted, escape

Names = Mapping[UUID, str]

DRIFTED = 5.0
"""A ratio this many percent away from the nominal one is said to drift."""


def draw_tracking(found: GroupTracking, leader_id: UUID, currency: str, names: Names) -> None:
    """How the followers of one leader have copied, and the room at their realised ratios."""
    one = next((own for own in found.sets if own.leader_id == leader_id), None)
    if one is None:
        return
    st.markdown(escape(_verdict(one, names)))
    nominal = cents_text(one.nominal_room.cents, currency)
    realised = cents_text(one.realised_room.cents, currency)
    st.markdown(
        f"Room at the ratios that are set: **{escape(nominal)}**; "
        f"at those that were realised: **{escape(realised)}**."
    )
    st.dataframe(
        pd.DataFrame([_row(own, names) for own in one.followers]),
        hide_index=True,
        alt="How each follower has copied",
    )
    st.caption(
        f"From closed balances, {found.start:%Y-%m-%d} to {found.end:%Y-%m-%d}, in the leader's "
        "trading days. A lag is only as fine as the snapshots are."
    )


def _verdict(one: SetTracking, names: Names) -> str:
    missed = [own for own in one.followers if own.missed_days]
    drifted = [own for own in one.followers if abs(own.drift_percent or 0) > DRIFTED]
    if not any(own.days for own in one.followers):
        return "The leader has closed no result on these days: there is nothing to compare."
    parts = [
        f"{names.get(own.account_id, '')} missed {counted(own.missed_days, 'day')}"
        for own in missed
    ]
    parts += [
        f"{names.get(own.account_id, '')} copied at {ratio_text(own.realised_ratio)} instead of "
        f"{ratio_text(own.nominal_ratio)}"
        for own in drifted
    ]
    shown, more = parts[:5], len(parts) - 5
    also = f"; and {counted(more, 'more such line')}" if more > 0 else ""
    return f"{'; '.join(shown)}{also}." if parts else "All followers copied as they are set."


def _row(own: Tracked, names: Names) -> dict[str, object]:
    drift = own.drift_percent
    return {
        "Account": names.get(own.account_id, ""),
        "Set to": ratio_text(own.nominal_ratio),
        "Realised": ratio_text(own.realised_ratio),
        "Drift": "unknown" if drift is None else f"{drift:+.1f} %",
        "Days of the leader": own.days,
        "Missed": own.missed_days,
        "No data": own.unseen_days,
        "Alike": "unknown" if own.likeness is None else f"{100 * own.likeness:.1f} %",
        "Lag": "unknown" if own.lag is None else span_text(own.lag),
    }
