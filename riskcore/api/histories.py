"""A group's history as JSON writes it."""

from __future__ import annotations

from typing import Any

import pandas as pd

from riskcore.api import risk_bodies
from riskcore.services.history import GroupHistory


def history_body(history: GroupHistory) -> risk_bodies.GroupHistory:
    """`history` with what is unknown (NaN, NaT) as null."""
    return risk_bodies.GroupHistory(
        group_id=history.group_id,
        start=history.start,
        end=history.end,
        bucket_seconds=int(history.bucket.total_seconds()),
        minima=[risk_bodies.BufferMinimum(**row) for row in _rows(history.minima)],
        day_lows=[risk_bodies.DayLow(**row) for row in _rows(history.day_lows)],
    )


def _rows(frame: pd.DataFrame) -> list[dict[str, Any]]:
    known = frame.astype(object).where(frame.notna(), None)
    return [{str(name): value for name, value in row.items()} for row in known.to_dict("records")]
