"""The API as one application, and the routes that mount it."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

from fastapi import APIRouter, Depends, FastAPI
from starlette.middleware import Middleware
from starlette.requests import HTTPConnection, Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

import riskcore
from riskcore.api import (
    accounts,
    copying,
    events,
    exports,
    groups,
    health,
    presets,
    snapshots,
    sockets,
    uploads,
)
from riskcore.api.bodies import names_each_field_once
from riskcore.api.documentation import add_documentation
from riskcore.api.fast_lane import FastLane
from riskcore.api.front import API, ApiFirst
from riskcore.api.gate import BodyLimit, HostGate
from riskcore.api.identity import refuse_other_site
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


def routes() -> list[BaseRoute]:
    """What app.py has beside its pages: /api itself leads to the page about it."""
    return [Route(API, to_documentation)]


def middleware(
    desk_getter: Callable[[], Desk], allowed_hosts: Collection[str] = ()
) -> list[Middleware]:
    """What app.py puts before its pages: the API.

    `allowed_hosts`: the names this desk goes by, beside addresses and local names.
    """
    return [Middleware(ApiFirst, api=api_application(desk_getter, allowed_hosts))]


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
        form_limits={"max_files": 1, "max_fields": 14, "max_part_size": 4_096},
        middleware=[
            Middleware(HostGate, allowed_hosts=allowed_hosts),
            Middleware(BodyLimit),
            Middleware(FastLane, desk=desk_getter),
        ],
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
        dependencies=[Depends(admit)],
        responses=ANY_PROBLEM,
    )
    # Routes are tried in this order for each call: what is called most comes first.
    nouns = (
        snapshots,
        groups,
        accounts,
        events,
        copying,
        presets,
        uploads,
        exports,
        health,
        sockets,
    )
    for noun in nouns:
        router.include_router(noun.router)
    return router


async def admit(connection: HTTPConnection) -> None:
    """What every call is held to; one dependency, since each costs a call some time."""
    refuse_other_site(connection)
    await names_each_field_once(connection)


async def to_documentation(request: Request) -> Response:
    """From /api to its page."""
    return RedirectResponse(f"{request.scope.get('root_path', '')}/api/docs")
