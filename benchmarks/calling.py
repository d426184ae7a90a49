"""Calling: many calls at once over kept connections, cheap enough to measure the desk by."""

from __future__ import annotations

import asyncio
import json
from typing import Any, cast
from urllib.parse import urlsplit

from benchmarks.figures import Wrong

END = b"\r\n\r\n"


class Connection(asyncio.Protocol):
    """One kept HTTP/1.1 connection; one call at a time."""

    def __init__(self, host: str) -> None:
        self._host = host
        self._received = b""
        self._answer: asyncio.Future[tuple[int, bytes]] | None = None
        self._lost: Exception | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """It is open."""
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        """A part of an answer: the answer once it is whole."""
        self._received += data
        head, end, body = self._received.partition(END)
        if end and self._answer and len(body) >= (size := announced(head)):
            self._received = body[size:]
            if not self._answer.done():
                self._answer.set_result((int(head[9:12]), body[:size]))

    def connection_lost(self, error: Exception | None) -> None:
        """The desk hung up."""
        self._lost = error or ConnectionResetError("the desk hung up")
        if self._answer and not self._answer.done():
            self._answer.set_exception(self._lost)

    def ask(
        self, method: str, path: str, body: bytes = b"", kind: str = "application/json"
    ) -> asyncio.Future[tuple[int, bytes]]:
        """Status and body of the answer to come; the call is written when this returns."""
        if self._lost:
            raise self._lost
        head = (
            f"{method} {path} HTTP/1.1\r\nhost: {self._host}\r\ncontent-type: {kind}\r\n"
            f"content-length: {len(body)}\r\n\r\n"
        )
        self._answer = asyncio.get_running_loop().create_future()
        self._transport.write(head.encode() + body)
        return self._answer

    async def tell(self, method: str, path: str, body: object = None) -> Any:
        """The JSON answer under /api/v1; raises Wrong for any but a good one."""
        content = b"" if body is None else json.dumps(body).encode()
        status, answer = await self.ask(method, f"/api/v1{path}", content)
        if status >= 300:
            raise Wrong(f"{method} {path}: {status} {answer[:500].decode()}")
        return json.loads(answer) if answer else None

    def close(self) -> None:
        """Hang up."""
        self._transport.close()


def announced(head: bytes) -> int:
    """How long the body will be."""
    after = head.lower().partition(b"content-length:")[2]
    return int(after.split(b"\r\n", 1)[0] or 0)


async def connections(url: str, count: int) -> list[Connection]:
    """So many connections to the desk at `url`."""
    place = urlsplit(url)
    loop = asyncio.get_running_loop()
    opened = [
        await loop.create_connection(lambda: Connection(place.netloc), place.hostname, place.port)
        for _ in range(count)
    ]
    return [connection for _, connection in opened]
