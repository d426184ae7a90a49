"""Who is calling, and from where."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from ipaddress import ip_address
from typing import Annotated, TypeAlias
from urllib.parse import urlsplit

from fastapi import Depends
from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection

from riskcore.services.desk import LOCAL_USER, Desk

HOST = re.compile(r"(?P<name>[\w.-]+|\[[0-9a-f:.]+\])(:\d{1,5})?", re.ASCII | re.IGNORECASE)
LOCAL_SUFFIXES = (".localhost", ".local")
"""Names that no stranger can register."""


async def current_user(connection: HTTPConnection) -> str:
    """The owner this call acts for: the one local user, until there is sign-in."""
    return LOCAL_USER


async def current_desk(connection: HTTPConnection) -> Desk:
    """The desk this process runs."""
    desk: Callable[[], Desk] = connection.app.state.desk
    return desk()


User: TypeAlias = Annotated[str, Depends(current_user)]
TheDesk: TypeAlias = Annotated[Desk, Depends(current_desk)]


def refuse_other_site(connection: HTTPConnection) -> None:
    """Refuse a call that a page of another site makes a browser send.

    Without Origin it is no browser's cross-site call; "null" and a second Origin are.
    """
    origins = connection.headers.getlist("origin")
    host = connection.headers.get("host", "").lower()
    if origins and [urlsplit(origin).netloc.lower() for origin in origins] != [host]:
        raise HTTPException(403, "a page of another site may not call this desk")


@lru_cache(maxsize=64)
def is_known_host(host: str, allowed_hosts: frozenset[str]) -> bool:
    """Whether a Host header names this desk, rather than a name somebody points at it.

    An address, a name without a dot and a local name are always ours; others must be among
    `allowed_hosts` (lower case, without port; "*" is any).
    """
    found = HOST.fullmatch(host)
    if found is None:
        return False
    name = found["name"].lower().removesuffix(".")
    return (
        "*" in allowed_hosts
        or name in allowed_hosts
        or not {".", ":"} & set(name)
        or name.endswith(LOCAL_SUFFIXES)
        or _is_address(name)
    )


def _is_address(name: str) -> bool:
    try:
        ip_address(name.strip("[]"))
    except ValueError:
        return False
    return True
