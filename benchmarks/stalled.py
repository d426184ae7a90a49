"""Stalled: a subscriber to all groups that has stopped reading."""

from __future__ import annotations

import asyncio
import socket
from pathlib import Path
from time import perf_counter
from urllib.parse import urlsplit

from benchmarks.figures import Wrong

PATIENCE_SECONDS = 15
SMALL_WINDOW = 4_096


class Stalled:
    """A subscriber to all groups that has stopped reading."""

    def __init__(self, url: str) -> None:
        place = urlsplit(url)
        self._socket = socket.socket()
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, SMALL_WINDOW)
        self._socket.connect((place.hostname, place.port))
        self._socket.sendall(
            f"GET /api/v1/ws HTTP/1.1\r\nHost: {place.netloc}\r\nUpgrade: websocket\r\n"
            "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
            "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n".encode()
        )
        if b" 101 " not in self._socket.recv(64):
            raise Wrong("the desk refused a socket")
        self._began = perf_counter()

    async def seconds_until_closed(self) -> float:
        """How long the desk bore with it; at most PATIENCE_SECONDS, if it still does then."""
        port = self._socket.getsockname()[1]
        while is_connected(port) and perf_counter() - self._began < PATIENCE_SECONDS:
            await asyncio.sleep(0.05)
        return perf_counter() - self._began

    def close(self) -> None:
        """Go."""
        self._socket.close()


def is_connected(port: int) -> bool:
    """Whether the other end of the connection from the local `port` is still open; Linux."""
    lines = Path("/proc/net/tcp").read_text().splitlines()[1:]
    ends = [line.split()[2:4] for line in lines]
    return any(int(far.rpartition(":")[2], 16) == port and state == "01" for far, state in ends)
