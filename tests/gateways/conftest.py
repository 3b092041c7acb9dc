"""A provider that answers as the test scripts it: a real server on loopback, no patching."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx
import pytest

from makegood.gateways.http import Endpoint, open_client


@dataclass
class Script:
    """What the provider does next; `seen` is what it was asked."""

    status: int = 200
    body: Any = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    hang: float = 0.0
    drop: bool = False
    drip: float = 0.0
    seen: list[tuple[str, str, dict[str, str], bytes]] = field(default_factory=list)


@dataclass(frozen=True)
class Provider:
    address: str
    script: Script


class _Handler(BaseHTTPRequestHandler):
    script: Script

    def do_GET(self) -> None:
        script = self.script
        length = int(self.headers.get("Content-Length") or 0)
        script.seen.append((self.command, self.path, dict(self.headers), self.rfile.read(length)))
        time.sleep(script.hang)
        if script.drop:
            self.close_connection = True
            return
        raw = script.body if isinstance(script.body, bytes) else json.dumps(script.body).encode()
        self.send_response(script.status)
        for name, value in script.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        for place in range(len(raw)):
            time.sleep(script.drip)
            self.wfile.write(raw[place : place + 1])

    do_POST = do_GET  # noqa: N815  # http.server's name

    def log_message(self, *_: Any) -> None:
        """Silent."""


@pytest.fixture
def provider() -> Iterator[Provider]:
    script = Script()
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"script": script}))
    server.daemon_threads = True
    server.handle_error = lambda *_: None  # type: ignore[method-assign]  # clients that hang up are the point
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    yield Provider(f"http://127.0.0.1:{server.server_address[1]}", script)
    server.shutdown()
    server.server_close()


@pytest.fixture
def client() -> Iterator[httpx.Client]:
    with open_client(timedelta(seconds=2)) as opened:
        yield opened


@pytest.fixture
def endpoint(provider: Provider, client: httpx.Client) -> Endpoint:
    return Endpoint(
        client,
        provider.address,
        who="the test provider",
        mend="Start it",
        token="secret-token",
        patience=timedelta(seconds=1),
    )


@pytest.fixture
def nobody(client: httpx.Client, free_port: int) -> Callable[[], Endpoint]:
    """An address at which nothing listens."""
    return lambda: Endpoint(
        client,
        f"http://127.0.0.1:{free_port}",
        who="the test provider",
        mend="Start it with `makegood sandbox`",
    )
