"""Time zones by their IANA names."""

from __future__ import annotations

from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from riskcore.domain.errors import InvalidValue


def check_zone(name: str, field: str = "time_zone") -> None:
    """Raise unless `name` is an IANA zone."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise InvalidValue(
            field, "must be an IANA zone such as America/New_York", repr(name)
        ) from error
