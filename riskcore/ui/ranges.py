"""Ranges: which part of the past a visitor wants to see, kept in the URL."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

import streamlit as st

from riskcore.services.desk import Desk
from riskcore.services.history import GroupHistory, group_history

SPANS = {
    "day": timedelta(days=1),
    "week": timedelta(days=7),
    "month": timedelta(days=31),
}
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

ALL, CUSTOM = "all", "custom"


def ask_range(now: datetime) -> tuple[datetime | None, datetime]:
    """Ask from when (None: from the first snapshot on) to when; aware, UTC."""
    picked = st.segmented_control(
        "Time range, up to now",
        [*SPANS, ALL, CUSTOM],
        default="month",
        required=True,
        key="range",
        bind="query-params",
    )
    if picked == CUSTOM:
        return _ask_days(now.date())
    span = SPANS.get(picked or ALL)
    return (None if span is None else now - span), now


def _ask_days(today: date) -> tuple[datetime, datetime]:
    with st.container(horizontal=True):
        first = _ask_day("From (UTC)", today - timedelta(days=7), "from")
        last = _ask_day("To, that day included (UTC)", today, "to")
    return _midnight(first), _midnight(last) + timedelta(days=1)


def _ask_day(label: str, value: date, key: str) -> date:
    return st.date_input(
        label, value, key=key, bind="query-params", required=True, format="YYYY-MM-DD", width=200
    )


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(0), UTC)


def history_of(
    desk: Desk, user_id: str, group_id: UUID, start: datetime | None, end: datetime
) -> GroupHistory:
    """The group's history from `start` (None: its first snapshot) to `end`. Raises Missing."""
    if start is not None:
        return group_history(desk, user_id, group_id, start, end)
    whole = group_history(desk, user_id, group_id, EPOCH, end)
    if whole.day_lows.empty:
        return whole
    # The days' lows tell when it began; buckets as wide as the years before would hide it.
    began = whole.day_lows["taken_at"].min() - timedelta(days=1)
    return group_history(desk, user_id, group_id, began, end)
