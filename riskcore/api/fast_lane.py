"""Fast lane: the usual call of a feed, one good snapshot, past the machinery of routes (ASGI).

Finding a route, its dependencies and its error handlers costs several times what the call
itself does. Whatever is unusual about a call, or wrong with it, goes on to the route, which
says so: the lane refuses nothing and answers nothing but what was stored.
"""

from __future__ import annotations

import json
from asyncio import wrap_future
from collections.abc import Callable
from typing import Any

from pydantic import ValidationError
from starlette.datastructures import Headers
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from riskcore.api import schemas
from riskcore.api.identity import current_user
from riskcore.api.snapshots import named_at_once
from riskcore.domain.errors import RiskError
from riskcore.domain.model import Snapshot
from riskcore.services import snapshots
from riskcore.services.desk import Desk
from riskcore.services.snapshots import Recorded

PATH = "/v1/snapshots"
LARGEST = 4_096


class FastLane:
    """Takes single snapshots to the store, and leaves every other call to `app`."""

    def __init__(self, app: ASGIApp, desk: Callable[[], Desk]) -> None:
        self.app, self.desk = app, desk

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if not _is_usual(scope):
            await self.app(scope, receive, send)
            return
        message = await receive()
        recorded = await self._recorded(scope, message)
        if recorded is None:
            await self.app(scope, _again(message, receive), send)
        else:
            await _answer(recorded, send)

    async def _recorded(self, scope: Scope, message: Message) -> Recorded | None:
        """What became of the one snapshot in `message`; None where there is none to take."""
        body = None if message.get("more_body") else _one_body(message.get("body", b""))
        if body is None:
            return None
        desk, user_id = self.desk(), await current_user(HTTPConnection(scope))
        snapshot = named_at_once(desk, user_id, body)
        return None if snapshot is None else await _stored(desk, user_id, snapshot)


def _is_usual(scope: Scope) -> bool:
    """Whether a program posts JSON of a size that one snapshot may have."""
    if scope["type"] != "http" or scope["method"] != "POST" or not scope["path"].endswith(PATH):
        return False
    headers = Headers(scope=scope)
    length = headers.get("content-length", "")
    return (
        headers.get("content-type") == "application/json"
        and "origin" not in headers
        and length.isascii()
        and length.isdigit()
        and int(length) <= LARGEST
    )


def _one_body(text: bytes) -> schemas.Snapshot | None:
    """The one snapshot that `text` holds, each of its fields named once."""
    try:
        pairs = json.loads(text, object_pairs_hook=_Object)
        fields: dict[str, Any] = dict(pairs)
        is_plain = isinstance(pairs, _Object) and len(fields) == len(pairs)
        return schemas.Snapshot.model_validate(fields) if is_plain else None
    except (ValueError, TypeError, RecursionError, ValidationError):
        return None


class _Object(list[tuple[str, Any]]):
    """The fields of a JSON object, those named twice too."""


async def _stored(desk: Desk, user_id: str, snapshot: Snapshot) -> Recorded | None:
    try:
        return await wrap_future(snapshots.submit_snapshots(desk, user_id, [snapshot]))
    except RiskError:
        return None


def _again(message: Message, receive: Receive) -> Receive:
    """`receive`, with `message` before what comes next."""
    waiting = [message]

    async def received() -> Message:
        return waiting.pop() if waiting else await receive()

    return received


async def _answer(recorded: Recorded, send: Send) -> None:
    body = schemas.Recorded.model_validate(recorded).model_dump_json().encode()
    status = 201 if recorded.taken or recorded.corrected else 200
    headers = [
        (b"content-length", str(len(body)).encode()),
        (b"content-type", b"application/json"),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
