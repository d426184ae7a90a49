"""What is turned away before any route: unknown hosts and bodies too large (pure ASGI)."""

from __future__ import annotations

from collections.abc import Collection

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from riskcore.api.identity import is_known_host
from riskcore.api.problems import ProblemResponse, problem
from riskcore.api.uploads import LARGEST_FILE, UPLOADS

MEBIBYTE = 1024 * 1024
LARGEST_JSON = MEBIBYTE
LARGEST_UPLOAD = LARGEST_FILE + MEBIBYTE


class HostGate:
    """Answers only to names that are ours, so that no stranger's name can be pointed here."""

    def __init__(self, app: ASGIApp, allowed_hosts: Collection[str] = ()) -> None:
        self.app = app
        self.allowed_hosts = frozenset(host.lower() for host in allowed_hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        host = Headers(scope=scope).get("host", "") if scope["type"] != "lifespan" else "localhost"
        if is_known_host(host, self.allowed_hosts):
            await self.app(scope, receive, send)
            return
        sentence = "this desk does not go by that name: add it to its allowed hosts"
        await ProblemResponse(problem(403, sentence))(scope, receive, send)


class BodyLimit:
    """Refuses a body over 1 MiB, a file over 100, by its announced or its counted size.

    Starlette's RequestBodyLimitMiddleware would do, but answers in plain text.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        limit = LARGEST_UPLOAD if scope["path"].endswith(UPLOADS) else LARGEST_JSON
        if _announced_size(scope) > limit:
            await ProblemResponse(problem(413, _too_large(limit)))(scope, receive, send)
            return
        await self.app(scope, _counted(receive, limit), send)


def _announced_size(scope: Scope) -> int:
    length = Headers(scope=scope).get("content-length", "")
    return int(length) if length.isascii() and length.isdigit() else 0


def _counted(receive: Receive, limit: int) -> Receive:
    read = 0

    async def counted() -> Message:
        nonlocal read
        message = await receive()
        read += len(message.get("body", b""))
        if read > limit:
            raise HTTPException(413, _too_large(limit))
        return message

    return counted


def _too_large(limit: int) -> str:
    return f"the body must have at most {limit // MEBIBYTE} MiB"
