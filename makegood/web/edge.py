"""The edge: what holds for every request before any door is reached, and after it has answered."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Mapping

from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

log = logging.getLogger(__name__)

KILOBYTE, MEGABYTE = 1_000, 1_000_000
LIMITS: Mapping[str, int] = {
    "/intake": 500 * KILOBYTE,
    "/webhooks/reply": 60 * MEGABYTE,  # base64 takes a third more than the files
    "/webhooks/": 100 * KILOBYTE,
    "/progress/": 120 * MEGABYTE,  # one long video, or many photographs
    "/desk/": 500 * KILOBYTE,
}
"""By the first beginning of the path that fits."""
ELSEWHERE = 10 * KILOBYTE

POLICY = "; ".join(
    (
        "default-src 'none'",
        "style-src 'self'",
        "img-src 'self' data:",  # the style sheet's own little pictures are data
        "font-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    )
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",  # the address of a progress page is a secret
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "X-Robots-Tag": "noindex, nofollow",
}


class Edge:
    """Bodies are bounded, answers carry their headers, and a defect's own words reach no log."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        begun = False

        async def send_on(message: Message) -> None:
            nonlocal begun
            if message["type"] == "http.response.start":
                begun = True
                _add_headers(scope, MutableHeaders(scope=message))
            await send(message)

        try:
            await self.app(scope, _bounded(scope, receive), send_on)
        except Exception as error:  # noqa: BLE001  # its text may name a customer: only where it happened is told
            log.error("%s at %s", type(error).__name__, _places(error))
            if not begun:
                await PlainTextResponse("This is our mistake, and it was noted.", 500)(
                    scope, receive, send_on
                )


def _add_headers(scope: Scope, headers: MutableHeaders) -> None:
    for name, value in HEADERS.items():
        headers.setdefault(name, value)
    if not scope["path"].startswith("/static/"):
        headers.setdefault("Cache-Control", "no-store")


def _bounded(scope: Scope, receive: Receive) -> Receive:
    path = scope["path"]
    limit = next((limit for start, limit in LIMITS.items() if path.startswith(start)), ELSEWHERE)
    told = dict(scope["headers"]).get(b"content-length", b"0")
    had = 0

    async def receive_on() -> Message:
        nonlocal had
        if told.isdigit() and int(told) > limit:
            raise _too_large(limit)
        message = await receive()
        had += len(message.get("body", b""))
        if had > limit:
            raise _too_large(limit)
        return message

    return receive_on


def _too_large(limit: int) -> HTTPException:
    return HTTPException(413, f"more than {limit // KILOBYTE} kB were sent", {"Connection": "close"})


def _places(error: BaseException) -> str:
    frames = traceback.extract_tb(error.__traceback__)[-6:]
    return " < ".join(f"{frame.filename.rpartition('/')[2]}:{frame.lineno}" for frame in reversed(frames))
