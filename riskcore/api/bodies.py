"""JSON bodies: a field named twice is refused, where a parser would take the last."""

from __future__ import annotations

import json
from typing import Any

from starlette.requests import HTTPConnection, Request

from riskcore.domain.errors import InvalidValue


async def names_each_field_once(connection: HTTPConnection) -> None:
    """Raise InvalidValue for a JSON body in which an object has a field twice."""
    if isinstance(connection, Request) and _is_json(connection):
        body = await connection.body()
        if body:
            json.loads(body, object_pairs_hook=_once)


def _is_json(request: Request) -> bool:
    return request.headers.get("content-type", "").startswith("application/json")


def _once(pairs: list[tuple[str, Any]]) -> None:
    if len(dict(pairs)) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise InvalidValue(twice, "must be given once", "given twice")
