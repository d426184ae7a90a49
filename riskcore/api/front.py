"""Front: calls of the API go straight to it, past what pages need (pure ASGI).

Streamlit wraps every route in sessions, compression and checks of file paths. The API uses
none of them, and at a thousand calls a second they cost more than the calls themselves.
"""

from __future__ import annotations

from starlette.types import ASGIApp, Receive, Scope, Send

API = "/api"


class ApiFirst:
    """Answers what is below /api with `api`, and leaves the rest to `app`."""

    def __init__(self, app: ASGIApp, api: ASGIApp) -> None:
        self.app, self.api = app, api

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        root = scope.get("root_path", "")
        if scope.get("path", "").removeprefix(root).startswith(f"{API}/"):
            await self.api({**scope, "root_path": f"{root}{API}"}, receive, send)
        else:
            await self.app(scope, receive, send)
