"""The same work with each effect as an HTTP call to the sandbox, for every engine."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx

from bench import measure
from bench.measure import Server
from bench.refund8.seller import made

_SERVE = "from makegood.sandbox.serve import run; run('127.0.0.1', {port})"


@contextmanager
def sandbox(server: Server, port: int, folder: Path) -> Iterator[str]:
    """host:port of a sandbox with a database of its own."""
    database = server.fresh("bench_sandbox").replace("postgresql://", "postgresql+psycopg://")
    env = {"MAKEGOOD_SANDBOX_DATABASE_URL": database, "MAKEGOOD_HOME": str(folder / "sandbox")}
    command = [sys.executable, "-c", _SERVE.format(port=port)]
    process = measure.spawn(command, folder / "sandbox.log", **env)
    try:
        deadline = time.monotonic() + 60
        while not _answers(port):
            assert time.monotonic() < deadline, (folder / "sandbox.log").read_text()[-800:]
            time.sleep(0.1)
        yield f"127.0.0.1:{port}"
    finally:
        measure.end(process)


def plant(address: str, refs: Sequence[str]) -> None:
    """An order that was paid and delivered, for each case."""
    with httpx.Client(base_url=f"http://{address}") as client:
        for ref in refs:
            order = made(ref)
            buyer = order.customer
            body = {
                "id": ref,
                "market": order.market,
                "customer": {
                    "id": buyer.ref,
                    "name": buyer.name,
                    "email": buyer.email,
                    "address": buyer.address.model_dump(),
                },
                "lines": [{"sku": "MUG", "title": "Mug", "unit_paid_minor": order.lines[0].unit_paid.minor}],
                "fulfilment": "delivered",
            }
            client.post("/orders", json=body).raise_for_status()


def _answers(port: int) -> bool:
    with suppress(httpx.TransportError):
        return httpx.get(f"http://127.0.0.1:{port}/health", timeout=2).status_code == 200
    return False
