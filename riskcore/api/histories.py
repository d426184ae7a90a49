"""A group's history as JSON writes it."""

from __future__ import annotations

from typing import Any

import pandas as pd

from riskcore.api import schemas
from riskcore.services.history import GroupHistory


def history_body(history: GroupHistory) -> schemas.GroupHistory:
    """`history` with what is unknown (NaN, NaT) as null."""
    return schemas.GroupHistory(
        group_id=history.group_id,
        start=history.start,
        end=history.end,
        bucket_seconds=int(history.bucket.total_seconds()),
        minima=[schemas.BufferMinimum(**row) for row in _rows(history.minima)],
        day_lows=[schemas.DayLow(**row) for row in _rows(history.day_lows)],
    )


def _rows(frame: pd.DataFrame) -> list[dict[str, Any]]:
    known = frame.astype(object).where(frame.notna(), None)
    return [{str(name): value for name, value in row.items()} for row in known.to_dict("records")]
