"""The site: what every door and page is given."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from fastapi import Request

from makegood.desk.desk import Desk


def _real_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Site:
    """`real_now` is the time by which signatures, links, sessions and one-time codes are judged.

    `waiting_token` is what Prefect's automation brings along; without one its door is closed.
    `secure` marks cookies for https only. Without a `metrics_token` only this machine may read metrics.
    """

    desk: Desk
    intake_secret: bytes
    webhook_secret: bytes
    session_secret: bytes
    secure: bool = False
    metrics_token: bytes | None = None
    waiting_token: bytes | None = None
    real_now: Callable[[], datetime] = _real_now


def site_of(request: Request) -> Site:
    site: Site = request.app.state.site
    return site
