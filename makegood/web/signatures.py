"""Signed bodies: read whole, believed only when their signature holds."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Annotated

from fastapi import Depends, Request

from makegood.gateways.signing import verify
from makegood.web.site import Site, site_of

TIMESTAMP, SIGNATURE = "Makegood-Timestamp", "Makegood-Signature"


def _signed(secret: Callable[[Site], bytes]) -> Callable[[Request], Awaitable[bytes]]:
    async def read(request: Request) -> bytes:
        """Raises BadSignature. The one thing here that awaits: a body comes as it comes."""
        site, body, headers = site_of(request), await request.body(), request.headers
        verify(secret(site), headers.get(TIMESTAMP), headers.get(SIGNATURE), body, now=site.real_now())
        return body

    return read


IntakeBody = Annotated[bytes, Depends(_signed(lambda site: site.intake_secret))]
WebhookBody = Annotated[bytes, Depends(_signed(lambda site: site.webhook_secret))]
