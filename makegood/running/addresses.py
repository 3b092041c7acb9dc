"""Addresses: which port a part gets, and whether anything answers there."""

from __future__ import annotations

import http.client
import socket
from urllib.parse import urlsplit

HOST = "127.0.0.1"


def choose_port(wish: int, taken: set[int]) -> int:
    """The wish, or a free one when something else listens there; added to `taken`."""
    port = wish if wish not in taken and is_free(wish) else _any_free(taken)
    taken.add(port)
    return port


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
        return True


def answers(url: str, timeout: float = 2.0) -> bool:
    """Whether a web server answers, with whatever but an error of its own (5xx)."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or HOST, parts.port, timeout=timeout)
    try:
        connection.request("GET", parts.path or "/")
        return connection.getresponse().status < 500
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _any_free(taken: set[int]) -> int:
    while True:
        with socket.socket() as probe:
            probe.bind((HOST, 0))
            port = int(probe.getsockname()[1])
        if port not in taken:
            return port
