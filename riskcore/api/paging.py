"""Lists in parts: a cursor is the place after which the next part begins."""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Iterable
from typing import Annotated, Any, TypeAlias, TypedDict, TypeVar

from fastapi import Query

from riskcore.domain.errors import InvalidValue

Item = TypeVar("Item")
Place: TypeAlias = tuple[str | int, ...]

Limit: TypeAlias = Annotated[int, Query(ge=1, le=500, description="At most so many items")]
Cursor: TypeAlias = Annotated[
    str | None, Query(max_length=2_000, description="`next_cursor` of the part before")
]


class PageOf(TypedDict):
    """The part of a list that fits the schema `Page`."""

    items: list[Any]
    next_cursor: str | None


def page(
    items: Iterable[Item], place: Callable[[Item], Place], limit: int, cursor: str | None
) -> PageOf:
    """At most `limit` of `items` after `cursor`, in rising order of their `place`.

    An item that appears or goes between two parts moves no other.
    """
    after = None if cursor is None else _place(cursor)
    try:
        rest = sorted((i for i in items if after is None or place(i) > after), key=place)
    except TypeError as error:
        raise _unknown_cursor(cursor) from error
    part = rest[:limit]
    more = len(rest) > limit
    return {"items": part, "next_cursor": _cursor(place(part[-1])) if more else None}


def _cursor(place: Place) -> str:
    return urlsafe_b64encode(json.dumps(place).encode()).decode().rstrip("=")


def _place(cursor: str) -> Place:
    try:
        parts = json.loads(urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except ValueError as error:
        raise _unknown_cursor(cursor) from error
    if not isinstance(parts, list):
        raise _unknown_cursor(cursor)
    return tuple(parts)


def _unknown_cursor(cursor: str | None) -> InvalidValue:
    return InvalidValue("cursor", "must be the next_cursor of a list", repr(cursor))
