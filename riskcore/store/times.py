"""Times at the border of the store: naive UTC inside, aware outside."""

from __future__ import annotations

from datetime import UTC, datetime

import pandas as pd


def stored(instant: datetime) -> datetime:
    """An aware instant as the store keeps it."""
    return instant.astimezone(UTC).replace(tzinfo=None)


def aware(instant: datetime) -> datetime:
    """A stored instant, aware."""
    return instant.replace(tzinfo=UTC)


def stored_column(instants: pd.Series) -> pd.Series:
    """Aware instants of a frame as the store keeps them, to the microsecond."""
    utc = pd.to_datetime(instants, utc=True)
    return pd.Series(utc.dt.tz_localize(None).dt.as_unit("us"))


def aware_column(instants: pd.Series) -> pd.Series:
    """Stored instants of a frame, aware, to the microsecond."""
    return pd.Series(instants.dt.as_unit("us").dt.tz_localize("UTC"))
