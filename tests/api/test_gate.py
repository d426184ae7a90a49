"""What is turned away at the door: other sites, other names, too much."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from riskcore.api.application import middleware, routes
from riskcore.api.identity import is_known_host

GROUPS = "/api/v1/groups"
MEBIBYTE = 1024 * 1024


@pytest.mark.parametrize("origin", [None, "http://localhost", "http://LOCALHOST"])
def test_a_page_of_the_desk_and_a_program_may_call(client, origin):
    headers = {"origin": origin} if origin else {}
    assert client.post(GROUPS, json={"name": "Funded"}, headers=headers).status_code == 201


@pytest.mark.parametrize(
    "origin",
    [
        "http://evil.example",
        "http://localhost.evil.example",
        "http://localhost:9999",
        "http://localhost@evil.example",
        "null",
        "",
        "localhost",
    ],
)
def test_a_page_of_another_site_may_not_call(client, origin):
    refused = client.post(GROUPS, json={"name": "Funded"}, headers={"origin": origin})
    assert refused.status_code == 403
    file = {"file": ("day.csv", b"account,time,balance,equity\n")}
    assert client.post("/api/v1/uploads", files=file, headers={"origin": origin}).status_code == 403
    assert client.get(GROUPS).json()["items"] == []


def test_two_origins_are_refused(client):
    headers = [("origin", "http://localhost"), ("origin", "http://evil.example")]
    assert client.get(GROUPS, headers=headers).status_code == 403


@pytest.mark.parametrize(
    "host",
    [
        "localhost",
        "localhost:8501",
        "127.0.0.1:8501",
        "[::1]:8501",
        "desk",
        "desk.local",
        "desk.example.com",
        "DESK.example.com:443",
        "desk.example.com.",
    ],
)
def test_the_desk_answers_to_its_names(host):
    assert is_known_host(host, frozenset({"desk.example.com"}))


@pytest.mark.parametrize(
    "host",
    [
        "",
        ":8501",
        "evil.example",
        "evil.example:8501",
        "desk.example.com.evil.example",
        "127.0.0.1.nip.io",
        "localhost@evil.example",
        "evil.example@localhost",
        "evil.example#localhost",
        "localhost, evil.example",
        "a/?x=",
        "[::1",
        "[evil]",
    ],
)
def test_the_desk_answers_to_no_other_name(host):
    assert not is_known_host(host, frozenset({"desk.example.com"}))


def test_any_name_may_be_allowed():
    assert is_known_host("evil.example", frozenset({"*"}))


def test_a_name_somebody_points_here_gets_nothing(client):
    for path in (GROUPS, "/api/docs", "/api/openapi.json"):
        refused = client.get(path, headers={"host": "evil.example"})
        assert refused.status_code == 403
        assert refused.headers["content-type"] == "application/problem+json"


def test_a_name_of_its_own_is_given_to_the_desk(desk):
    application = Starlette(
        routes=routes(), middleware=middleware(lambda: desk, ["desk.example.com"])
    )
    with TestClient(application, base_url="https://desk.example.com") as client:
        assert client.get("/api/v1/health").status_code == 200


def pieces(size: int) -> Iterator[bytes]:
    yield b'{"name": "'
    for _ in range(size // 65_536):
        yield b"x" * 65_536
    yield b'"}'


def test_a_large_body_is_refused_by_its_announced_size(client):
    refused = client.post(GROUPS, json={"name": "x" * MEBIBYTE})
    assert refused.status_code == 413
    assert refused.headers["content-type"] == "application/problem+json"
    assert refused.json()["detail"] == "the body must have at most 1 MiB"


@pytest.mark.parametrize(("size", "status"), [(MEBIBYTE, 422), (MEBIBYTE + 1, 413)])
def test_a_body_may_have_one_mebibyte(desk, client, size, status):
    """Counted as it comes and announced, the limit is the same."""
    body = b'{"name": "' + b"x" * (size - 12) + b'"}'
    headers = {"content-type": "application/json"}
    assert len(body) == size
    assert client.post(GROUPS, content=body, headers=headers).status_code == status
    assert post_in_pieces(desk, GROUPS, "application/json", [body], None)[0] == status


@pytest.mark.parametrize("length", [None, "10", "-1", "many"])
def test_a_large_body_is_refused_while_it_comes(desk, length):
    """Sent in pieces, with a length that is missing or a lie."""
    sent = list(pieces(2 * MEBIBYTE))
    status, taken = post_in_pieces(desk, GROUPS, "application/json", sent, length)
    assert status == 413
    assert taken < MEBIBYTE + 2 * 65_536


def test_a_large_upload_is_refused_while_it_comes(desk):
    part = b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n'
    sent = [part, *[b"x" * MEBIBYTE] * 102, b"\r\n--b--\r\n"]
    kind = "multipart/form-data; boundary=b"
    status, taken = post_in_pieces(desk, "/api/v1/uploads", kind, sent, None)
    assert status == 413
    assert taken < 103 * MEBIBYTE


def test_a_file_may_have_100_mebibytes(client):
    file = {"file": ("a.csv", b"x" * (100 * MEBIBYTE + 1))}
    refused = client.post("/api/v1/uploads", files=file)
    assert refused.status_code == 413
    assert refused.json()["detail"] == "the file must have at most 100 MiB"


def post_in_pieces(desk, path, kind, sent, length):
    """The status a POST gets, and how many bytes of it were read (ASGI, by hand)."""
    headers = [(b"host", b"localhost"), (b"content-type", kind.encode())]
    if length is not None:
        headers.append((b"content-length", length.encode()))
    scope = {
        "type": "http",
        "method": "POST",
        "path": path,
        "raw_path": path.encode(),
        "root_path": "",
        "scheme": "http",
        "query_string": b"",
        "headers": headers,
        "client": ("127.0.0.1", 1),
        "server": ("localhost", 80),
    }
    left, taken, statuses = list(sent), 0, []

    async def receive():
        nonlocal taken
        body = left.pop(0)
        taken += len(body)
        return {"type": "http.request", "body": body, "more_body": bool(left)}

    async def send(message):
        if message["type"] == "http.response.start":
            statuses.append(message["status"])

    application = Starlette(routes=routes(), middleware=middleware(lambda: desk))
    asyncio.run(application(scope, receive, send))
    return statuses[0], taken
