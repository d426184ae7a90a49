"""Values as JSON writes them: instants, money, clock times, status words."""

from __future__ import annotations

import math
import re
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from typing import Annotated, Any, Literal, TypeAlias
from uuid import UUID

from pydantic import AfterValidator, BeforeValidator, Field, PlainSerializer, WithJsonSchema

from riskcore.domain.status import Status

MONEY_BOUND = 1e13
CONTRACTS_BOUND = 1e11
FACTOR_BOUND = 1e6
FIRST_YEAR, LAST_YEAR = 1970, 2199

INSTANT = re.compile(
    r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d{1,6})?)?(?P<zone>Z|[+-]\d\d:\d\d)?", re.ASCII
)
DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
CLOCK_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d(:[0-5]\d)?", re.ASCII)
SPELLED_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII | re.IGNORECASE)


def instant(value: Any) -> datetime:
    """`value` as an instant in UTC: ISO 8601 with its zone, or an aware datetime."""
    moment = value if isinstance(value, datetime) else _spelled_instant(value)
    if moment.tzinfo is None:
        raise ValueError("must say its zone: end with Z or an offset such as +02:00")
    if not FIRST_YEAR <= moment.year <= LAST_YEAR:
        raise ValueError(f"must be in the years {FIRST_YEAR} to {LAST_YEAR}")
    return moment.astimezone(UTC)


def _spelled_instant(value: Any) -> datetime:
    found = INSTANT.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        raise ValueError("must be a time in ISO 8601, such as 2026-03-02T14:30:00Z")
    if found["zone"] is None:
        raise ValueError("must say its zone: end with Z or an offset such as +02:00")
    try:
        return datetime.fromisoformat(value)
    except ValueError as error:
        raise ValueError(f"must be a time that exists: {error}") from error


def number(value: Any) -> float:
    """`value`, if it is a JSON number and finite."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise ValueError("must be a number")
    if not abs(value) < math.inf:  # isfinite cannot take a whole number of 400 digits
        raise ValueError("must be finite")
    return value


def money(value: Any) -> float:
    """`value` as an amount in account money: a JSON number, finite, to the cent."""
    amount = number(value)
    if not abs(amount) < MONEY_BOUND:
        raise ValueError("must have at most 13 digits before the point")
    if round(amount, 2) != amount:
        raise ValueError(f"must have at most 2 decimals, was {amount!r}")
    return float(amount) + 0.0  # -0 is 0


def contracts(value: Any) -> float:
    """`value` as open contracts: a JSON number, not negative, to four decimals."""
    count = number(value)
    if not 0 <= count < CONTRACTS_BOUND:
        raise ValueError(f"must be 0 or more, below {CONTRACTS_BOUND:,.0f}, was {count!r}")
    if round(count, 4) != count:
        raise ValueError(f"must have at most 4 decimals, was {count!r}")
    return float(count) + 0.0


def whole(value: Any) -> int:
    """`value` as a whole number: 5 and 5.0 are the same JSON number."""
    count = number(value)
    if count != int(count):
        raise ValueError(f"must be a whole number, was {count!r}")
    return int(count)


def calendar_day(value: Any) -> date:
    """`value` as a day of the calendar: YYYY-MM-DD."""
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    if not (isinstance(value, str) and DAY.fullmatch(value)):
        raise ValueError("must be a day such as 2026-03-02")
    try:
        return date.fromisoformat(value)
    except ValueError as error:
        raise ValueError(f"must be a day that exists: {error}") from error


def clock_time(value: Any) -> time:
    """`value` as a local time of day: HH:MM or HH:MM:SS, without a zone."""
    if isinstance(value, time):
        return value
    if not (isinstance(value, str) and CLOCK_TIME.fullmatch(value)):
        raise ValueError("must be a local time of day such as 17:00")
    return time.fromisoformat(value)


def spelled_uuid(value: Any) -> Any:
    """`value`, if it is an id in its usual spelling, so that an id has one name only."""
    if isinstance(value, UUID) or (isinstance(value, str) and SPELLED_UUID.fullmatch(value)):
        return value
    raise ValueError("must be a UUID")


def status_word(value: Any) -> Any:
    """The word of a status; anything else as it is."""
    return value.word if isinstance(value, Status) else value


def known_number(value: Any) -> Any:
    """None where a number is unknown (NaN) or has no end; anything else as it is."""
    return None if isinstance(value, float) and not math.isfinite(value) else value


def whole_seconds(value: Any) -> Any:
    """A duration as seconds; anything else as it is."""
    return int(value.total_seconds()) if isinstance(value, timedelta) else value


Id: TypeAlias = Annotated[UUID, BeforeValidator(spelled_uuid)]

Instant: TypeAlias = Annotated[
    datetime,
    BeforeValidator(instant),
    WithJsonSchema({"type": "string", "format": "date-time"}),
]

Money: TypeAlias = Annotated[
    float,
    BeforeValidator(money),
    WithJsonSchema(
        {
            "type": "number",
            "exclusiveMinimum": -MONEY_BOUND,
            "exclusiveMaximum": MONEY_BOUND,
            "description": "Money: at most two decimals",
        }
    ),
]

Contracts: TypeAlias = Annotated[
    float,
    BeforeValidator(contracts),
    WithJsonSchema(
        {
            "type": "number",
            "minimum": 0,
            "exclusiveMaximum": CONTRACTS_BOUND,
            "description": "Contracts or lots: at most four decimals",
        }
    ),
]

Lots: TypeAlias = Annotated[
    float,
    BeforeValidator(money),
    WithJsonSchema({"type": "number", "description": "Contracts or lots: at most two decimals"}),
]

Whole: TypeAlias = Annotated[int, BeforeValidator(whole), WithJsonSchema({"type": "integer"})]

Day: TypeAlias = Annotated[
    date, BeforeValidator(calendar_day), WithJsonSchema({"type": "string", "format": "date"})
]

ClockTime: TypeAlias = Annotated[
    time,
    BeforeValidator(clock_time),
    PlainSerializer(lambda value: value.isoformat(timespec="seconds"), return_type=str),
    WithJsonSchema({"type": "string", "pattern": f"^{CLOCK_TIME.pattern}$"}),
]

Fraction: TypeAlias = Annotated[float, Field(strict=True, ge=0, le=1)]


def _percent(value: float) -> float:
    if round(value, 4) != value:
        raise ValueError(f"must have at most 4 decimals, was {value!r}")
    return value


Percent: TypeAlias = Annotated[
    float, Field(strict=True, allow_inf_nan=False), AfterValidator(_percent)
]

StatusWord: TypeAlias = Annotated[
    Literal["safe", "unknown", "caution", "critical", "violated"], BeforeValidator(status_word)
]

Number: TypeAlias = Annotated[float | None, BeforeValidator(known_number)]
"""A number out: null where it is unknown."""

Seconds: TypeAlias = Annotated[int, BeforeValidator(whole_seconds)]


def factor(value: Any, decimals: int) -> float:
    """`value` as a plain factor or a size: a JSON number above zero, to so many decimals."""
    plain = float(number(value))
    if not 0 < plain <= FACTOR_BOUND:
        raise ValueError(f"must be above 0, at most {FACTOR_BOUND:,.0f}, was {value!r}")
    if round(plain, decimals) != plain:
        raise ValueError(f"must have at most {decimals} decimals, was {value!r}")
    return plain


FACTOR_SCHEMA = {"type": "number", "exclusiveMinimum": 0, "maximum": FACTOR_BOUND}

Factor: TypeAlias = Annotated[
    float, BeforeValidator(partial(factor, decimals=4)), WithJsonSchema(FACTOR_SCHEMA)
]
"""A plain factor or a size: above zero, at most four decimals."""

Rate: TypeAlias = Annotated[
    float, BeforeValidator(partial(factor, decimals=6)), WithJsonSchema(FACTOR_SCHEMA)
]
"""An exchange rate: above zero, at most six decimals."""
