"""Errors as RFC 9457 problem details: one table from what went wrong to an HTTP status."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError, WebSocketRequestValidationError
from pydantic import BaseModel
from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection, Request
from starlette.responses import Response

from riskcore.api.rule_bodies import BODIES
from riskcore.domain.errors import (
    Conflict,
    InvalidValue,
    Missing,
    RiskError,
    StoreUnavailable,
)

log = logging.getLogger(__name__)

STATUS_OF: Mapping[type[RiskError], int] = {
    Missing: 404,
    Conflict: 409,
    InvalidValue: 422,
    StoreUnavailable: 503,
    RiskError: 422,
}
"""The HTTP status of each refusal; that of its nearest ancestor for those not named."""

MEDIA_TYPE = "application/problem+json"
MOST_FIELDS = 100
RETRY_SECONDS = "1"
"""When to call again after a 503 (a whole number, as HTTP has it)."""
SHAPES = frozenset({"one", "list", "batch", *BODIES})
"""Parts of a validation error's place that name an alternative, not a field."""


class FieldProblem(BaseModel):
    """One field that is not as allowed, and why."""

    field: str
    detail: str


class Problem(BaseModel):
    """What went wrong (RFC 9457), in words for a person."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    errors: list[FieldProblem] = []


class ProblemResponse(Response):
    """A problem as it is sent: ASCII, so that no text a caller sent can break it."""

    media_type = MEDIA_TYPE

    def __init__(self, problem: Problem, headers: Mapping[str, str] | None = None) -> None:
        content = json.dumps(problem.model_dump(), ensure_ascii=True)
        super().__init__(content, status_code=problem.status, headers=headers)


def problem(status: int, detail: str, errors: Sequence[FieldProblem] = ()) -> Problem:
    """A problem under the usual name of its HTTP status."""
    title = HTTPStatus(status).phrase
    return Problem(title=title, status=status, detail=detail, errors=list(errors))


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The problems a route answers, as OpenAPI says them."""
    return {
        status: {"model": Problem, "description": HTTPStatus(status).phrase} for status in statuses
    }


ANY_PROBLEM: dict[int | str, dict[str, Any]] = {
    "default": {"model": Problem, "description": "Any other problem"}
}


def as_problem_json(document: dict[str, Any]) -> dict[str, Any]:
    """An OpenAPI document whose problems have their media type; changed in place."""
    for operation in (o for path in document["paths"].values() for o in path.values()):
        for status, response in operation["responses"].items():
            if status == "default" or int(status) >= 400:
                content = response["content"]
                response["content"] = {
                    MEDIA_TYPE: content.pop("application/json", None) or content[MEDIA_TYPE]
                }
    return document


def answer_problems(application: FastAPI) -> None:
    """Let every error of `application` go out as a problem."""
    handlers: Mapping[type[Exception], Any] = {
        RiskError: refused,
        HTTPException: failed,
        RequestValidationError: misshapen,
        WebSocketRequestValidationError: misnamed,
        Exception: broken,
    }
    for error, handler in handlers.items():
        application.add_exception_handler(error, handler)


async def refused(connection: HTTPConnection, error: RiskError) -> ProblemResponse:
    """Something the desk refuses: its own sentence."""
    status = next(STATUS_OF[kind] for kind in type(error).__mro__ if kind in STATUS_OF)
    fields = []
    if isinstance(error, InvalidValue):
        # "payout amount" is the amount of a payout: the last word names the field.
        field = error.field.rpartition(" ")[2]
        fields = [FieldProblem(field=field, detail=str(error))]
    headers = {"retry-after": RETRY_SECONDS} if status == 503 else None
    return ProblemResponse(problem(status, str(error), fields), headers)


async def failed(connection: HTTPConnection, error: HTTPException) -> ProblemResponse:
    """No such route, a method it does not have, a body too large or not readable."""
    details = {
        404: f"there is nothing at {connection.scope['path']}",
        405: f"{connection.scope.get('method')} is not allowed here",
    }
    usual = error.detail == HTTPStatus(error.status_code).phrase
    detail = details.get(error.status_code, error.detail) if usual else error.detail
    return ProblemResponse(problem(error.status_code, detail), error.headers)


async def misshapen(request: Request, error: RequestValidationError) -> ProblemResponse:
    """A request that is not of the route's shape: a sentence for each field."""
    if _is_not_json(request, error):
        sentence = "send JSON, with Content-Type: application/json"
        return ProblemResponse(problem(415, sentence))
    fields = [_field_problem(found) for found in error.errors()]
    more = f" (and {len(fields) - 1} more)" if len(fields) > 1 else ""
    detail = fields[0].detail + more
    return ProblemResponse(problem(422, detail, fields[:MOST_FIELDS]))


async def misnamed(
    connection: HTTPConnection, error: WebSocketRequestValidationError
) -> ProblemResponse:
    """A socket for a group whose id is none: there is no such group."""
    return ProblemResponse(problem(404, "there is no such group"))


async def broken(connection: HTTPConnection, error: Exception) -> ProblemResponse:
    """Our own mistake: nothing of it goes out; the server logs it."""
    sentence = "the desk made a mistake; it is in the log"
    return ProblemResponse(problem(500, sentence))


def _is_not_json(request: Request, error: RequestValidationError) -> bool:
    """Whether a body was sent that its Content-Type does not call JSON."""
    return isinstance(error.body, bytes) and bool(error.body)


def _field_problem(found: Mapping[str, Any]) -> FieldProblem:
    place = [part for part in found["loc"][1:] if part not in SHAPES]
    if found["type"] == "json_invalid":
        return FieldProblem(field="", detail=f"the body is not JSON: {found['ctx']['error']}")
    field = ".".join(str(part) for part in place)
    return FieldProblem(field=field, detail=f"{field or 'the body'} {_sentence(found)}")


def _sentence(found: Mapping[str, Any]) -> str:
    """What is wrong with a field, to be read after its name."""
    known = {"missing": "is needed", "extra_forbidden": "is not a field here"}
    if found["type"] in known:
        return known[found["type"]]
    if found["type"] == "value_error":
        return str(found["ctx"]["error"])
    message = str(found["msg"]).replace("Input should", "must").replace("String should", "must")
    return message[:1].lower() + message[1:]
