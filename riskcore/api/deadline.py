"""Deadline: the kernel closes a connection whose other end takes nothing for too long.

A server can stop writing to a client that does not read, but what it has written already
keeps the connection open for as long as the client likes. Linux only; elsewhere the pings of
the server are all there is.
"""

from __future__ import annotations

import os
import socket
import stat
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

OPEN_FILES = Path("/proc/self/fd")


def set_deadline(client: tuple[str, int], seconds: float) -> bool:
    """Close the connection from `client` when it takes nothing for so long; whether it will be.

    Counted while there is something to take.
    """
    option = getattr(socket, "TCP_USER_TIMEOUT", None)
    if option is None:
        return False
    for connection in _connections():
        with connection:
            if _far_end(connection) == client:
                connection.setsockopt(socket.IPPROTO_TCP, option, round(seconds * 1_000))
                return True
    return False


def _connections() -> Iterator[socket.socket]:
    """The sockets of this process, each as a copy to be closed."""
    for name in os.listdir(OPEN_FILES):
        with suppress(OSError):  # closed meanwhile
            if stat.S_ISSOCK(os.fstat(int(name)).st_mode):
                yield socket.socket(fileno=os.dup(int(name)))


def _far_end(connection: socket.socket) -> tuple[str, int] | None:
    """Address and port of the other end, one of IPv4 as such; None where there is none."""
    if connection.family not in (socket.AF_INET, socket.AF_INET6):
        return None
    try:
        host, port, *_ = connection.getpeername()
    except OSError:  # it listens, or is closed already
        return None
    return host.removeprefix("::ffff:"), port
