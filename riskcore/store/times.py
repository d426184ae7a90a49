"""Times at the border of the store: naive UTC inside, aware outside."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import numpy.typing as npt
import pandas as pd

from riskcore.domain.errors import InvalidValue


def stored(instant: datetime) -> datetime:
    """An aware instant as the store keeps it; raises InvalidValue for a naive one."""
    if instant.tzinfo is None:
        raise InvalidValue("an instant", "must have a zone", instant.isoformat())
    return instant.astimezone(UTC).replace(tzinfo=None)


def aware(instant: datetime) -> datetime:
    """A stored instant, aware."""
    return instant.replace(tzinfo=UTC)


def stored_column(instants: pd.Series) -> npt.NDArray[np.datetime64]:
    """Aware instants of a frame as the store keeps them, to the microsecond."""
    if not isinstance(instants.dtype, pd.DatetimeTZDtype):
        raise InvalidValue(str(instants.name), "must have a zone", instants.dtype)
    return instants.to_numpy(dtype="datetime64[us]")


def aware_column(instants: pd.Series) -> pd.Series:
    """Stored instants of a frame, aware, to the microsecond."""
    return pd.Series(instants.dt.as_unit("us").dt.tz_localize("UTC"))
