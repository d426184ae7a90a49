"""The API as one application, and the routes that mount it."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

from fastapi import APIRouter, Depends, FastAPI
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route

import riskcore
from riskcore.api import (
    accounts,
    copying,
    events,
    groups,
    health,
    presets,
    snapshots,
    sockets,
    uploads,
)
from riskcore.api.bodies import names_each_field_once
from riskcore.api.documentation import add_documentation
from riskcore.api.gate import BodyLimit, HostGate
from riskcore.api.identity import from_same_host
from riskcore.api.problems import ANY_PROBLEM, answer_problems, as_problem_json
from riskcore.services.desk import Desk

DESCRIPTION = """How much can be lost before one of several accounts breaks a rule.

Money is in JSON numbers with at most two decimals, times are ISO 8601 in UTC, `null` is
unknown and never zero. Errors are problem details (RFC 9457). Changes are pushed on
WebSockets at `/api/v1/groups/{group_id}/ws` and `/api/v1/ws`: see docs/api.md.
"""


class Application(FastAPI):
    """FastAPI whose OpenAPI document says that errors are problem details."""

    def openapi(self) -> dict[str, Any]:
        """The OpenAPI document."""
        return as_problem_json(super().openapi())


def routes(desk_getter: Callable[[], Desk], allowed_hosts: Collection[str] = ()) -> list[BaseRoute]:
    """What app.py mounts: the API under /api, and /api itself leading to its page.

    `allowed_hosts`: the names this desk goes by, beside addresses and local names.
    """
    return [
        Route("/api", to_documentation),
        Mount("/api", app=api_application(desk_getter, allowed_hosts)),
    ]


def api_application(
    desk_getter: Callable[[], Desk], allowed_hosts: Collection[str] = ()
) -> FastAPI:
    """The API over the desk that `desk_getter` returns when a call comes."""
    application = Application(
        title="Weakest Link",
        version=riskcore.__version__,
        description=DESCRIPTION,
        servers=[{"url": "/api"}],
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        generate_unique_id_function=lambda route: route.name,
        form_limits={"max_files": 1, "max_fields": 7, "max_part_size": 4_096},
        middleware=[Middleware(HostGate, allowed_hosts=allowed_hosts), Middleware(BodyLimit)],
    )
    application.state.desk = desk_getter
    application.include_router(first_version())
    answer_problems(application)
    add_documentation(application)
    return application


def first_version() -> APIRouter:
    """The routes under /v1."""
    router = APIRouter(
        prefix="/v1",
        dependencies=[Depends(from_same_host), Depends(names_each_field_once)],
        responses=ANY_PROBLEM,
    )
    for noun in (groups, copying, accounts, events, presets, snapshots, uploads, health, sockets):
        router.include_router(noun.router)
    return router


async def to_documentation(request: Request) -> Response:
    """From /api to its page."""
    return RedirectResponse(f"{request.scope.get('root_path', '')}/api/docs")
