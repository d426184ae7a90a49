"""Bare: a route that takes a body apart and answers, and nothing else; the limit of any route.

Served by the same server with the same settings as the desk.
"""

from __future__ import annotations

import json
import sys

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route


async def take(request: Request) -> Response:
    """As many snapshots as the body has, which go nowhere."""
    rows = json.loads(await request.body())
    taken = len(rows) if isinstance(rows, list) else 1
    return JSONResponse({"taken": taken, "duplicates": 0, "corrected": 0}, 201)


async def is_there(request: Request) -> Response:
    """It answers."""
    return JSONResponse({"status": "ok"})


app = Starlette(
    routes=[
        Route("/api/v1/snapshots", take, methods=["POST"]),
        Route("/api/v1/health", is_there),
    ]
)


def serve_bare(port: int) -> list[str]:
    """The command that serves it on `port`."""
    command = [sys.executable, "-m", "uvicorn", "benchmarks.bare:app", "--host=127.0.0.1"]
    return [*command, f"--port={port}", "--no-access-log", "--ws=websockets-sansio"]
