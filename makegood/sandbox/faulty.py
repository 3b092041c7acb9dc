"""A route that asks the switchboard, before and after its work, what goes wrong this time."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any
from urllib.parse import unquote

from fastapi import Request, Response
from fastapi.routing import APIRoute

from makegood.sandbox.errors import ErrorBody, answer
from makegood.sandbox.faults import Switchboard

SELLER = "Seller API"
CONTROLS = "Sandbox controls"
LOOK_MS = 100  # how often a hanging answer looks whether its client has gone
Handler = Callable[[Request], Coroutine[Any, Any, Response]]


class FaultyRoute(APIRoute):
    def get_route_handler(self) -> Handler:
        handle = super().get_route_handler()

        async def handle_with_faults(request: Request) -> Response:
            switchboard: Switchboard = request.app.state.world.switchboard
            said = await _said(request) if switchboard.listens else ""
            hit = switchboard.draw(self.name, said, wildcard=SELLER in self.tags)
            request.state.hit = hit
            await asyncio.sleep(hit.latency_ms / 1000)
            if hit.error:
                return answer(500, ErrorBody(code="unavailable", message="A fault switch: nothing was done."))
            response = await handle(request)
            if response.status_code >= 400:
                return response
            await _hang(request, hit.hang_ms)
            if hit.error_after:
                return answer(500, ErrorBody(code="unavailable", message="A fault switch: it was done."))
            return response

        return handle_with_faults


async def _said(request: Request) -> str:
    """All that a request may name an order or a case in."""
    url = unquote(f"{request.url.path}?{request.url.query}")
    body = (await request.body()).decode("utf-8", "replace")
    return "\n".join((url, request.headers.get("Idempotency-Key", ""), body))


async def _hang(request: Request, hang_ms: int) -> None:
    waited = 0
    while waited < hang_ms and not await request.is_disconnected():
        await asyncio.sleep(LOOK_MS / 1000)
        waited += LOOK_MS
