"""The page at /api/docs: Swagger UI from files of our own, so that it works offline."""

from __future__ import annotations

from pathlib import Path

from fastapi import FastAPI
from fastapi.openapi.docs import get_swagger_ui_html
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.staticfiles import StaticFiles

STATIC = Path(__file__).parent / "static"


def add_documentation(application: FastAPI) -> None:
    """Let `application` answer at /docs, and lead there from its root."""
    application.mount("/static", StaticFiles(directory=STATIC))
    application.add_route("/docs", documentation, include_in_schema=False)
    application.add_route("/", lambda request: RedirectResponse("docs"), include_in_schema=False)


async def documentation(request: Request) -> Response:
    """Swagger UI over the OpenAPI document beside it."""
    return get_swagger_ui_html(
        openapi_url="openapi.json",
        title="Weakest Link API",
        swagger_js_url="static/swagger-ui-bundle.js",
        swagger_css_url="static/swagger-ui.css",
        swagger_favicon_url="static/favicon-32x32.png",
        # The validator would send the document to a stranger.
        swagger_ui_parameters={"validatorUrl": None, "docExpansion": "list"},
    )
