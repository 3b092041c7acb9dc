"""A provider that answers as the test scripts it, and the sandbox: real servers on loopback, no patching."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx
import pytest
import uvicorn

from makegood import databases, postgres
from makegood.gateways.http import Endpoint, open_client
from makegood.sandbox.app import make_app
from tests.gateways.worlds import HttpWorld, MemoryWorld, World


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


@contextmanager
def served(postgres_server: postgres.Server, name: str, token: str | None = None) -> Iterator[str]:
    """The real sandbox under uvicorn, without sample orders."""
    databases.create_database(postgres_server.url, name, owner=databases.OWNER)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = postgres_server.database(name, databases.OWNER)
        app = make_app(database_url=url, sample=False, token=token)
        server = uvicorn.Server(uvicorn.Config(app, log_level="warning", timeout_graceful_shutdown=1))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        while not server.started and thread.is_alive():
            time.sleep(0.02)
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        server.should_exit = True
        thread.join(10)
    databases.drop_database(postgres_server.url, name)


@pytest.fixture(scope="module")
def sandbox_address(postgres_server: postgres.Server) -> Iterator[str]:
    """One for a file of tests."""
    with served(postgres_server, "gateways_sandbox") as address:
        yield address


@pytest.fixture
def token_address(postgres_server: postgres.Server) -> Iterator[str]:
    """A sandbox that wants the token `right`."""
    with served(postgres_server, "gateways_token", token="right") as address:
        yield address


@pytest.fixture
def sandbox(sandbox_address: str, client: httpx.Client) -> HttpWorld:
    return HttpWorld(client, sandbox_address)


@pytest.fixture(params=["fakes", "sandbox"])
def world(request: pytest.FixtureRequest) -> World:
    """The same contract for both."""
    if request.param == "fakes":
        return MemoryWorld()
    found: HttpWorld = request.getfixturevalue("sandbox")
    return found
