"""The sandbox for its tests: served over HTTP from a database without rows."""

from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from makegood.sandbox.app import make_app
from tests.sandbox.serving import Listener, listening, serving

SECRET = "webhook-secret"


@pytest.fixture
def sandbox_url(books_url: str) -> Iterator[str]:
    """A sandbox with the sample data that sends its webhooks nowhere."""
    with serving(make_app(database_url=books_url)) as address:
        yield address


@pytest.fixture
def sandbox(sandbox_url: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=sandbox_url, timeout=10) as client:
        yield client


@pytest.fixture
def listener() -> Iterator[Listener]:
    with listening() as heard:
        yield heard


@pytest.fixture
def telling(books_url: str, listener: Listener) -> Iterator[httpx.Client]:
    """A sandbox that sends its webhooks to the listener."""
    app = make_app(database_url=books_url, webhook_url=listener.address, webhook_secret=SECRET, sample=True)
    with serving(app) as address, httpx.Client(base_url=address, timeout=10) as client:
        yield client


@pytest.fixture
def post(sandbox: httpx.Client) -> Callable[..., httpx.Response]:
    """`post(path, key, **body)`."""

    def send(path: str, key: str, **body: Any) -> httpx.Response:
        return sandbox.post(path, json=body, headers={"Idempotency-Key": key})

    return send
