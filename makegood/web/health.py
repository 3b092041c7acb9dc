"""Health: whether this process can reach its database."""

from __future__ import annotations

import logging

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse

from makegood.store import outbox
from makegood.web.site import site_of

log = logging.getLogger(__name__)
router = APIRouter()


@router.get("/healthz")
@router.get("/health")
def healthz(request: Request) -> JSONResponse:
    """503 while the database does not answer; says no more than that to a stranger."""
    try:
        with site_of(request).desk.store.begin() as tx:
            outbox.unsent(tx)
    except Exception as error:  # noqa: BLE001  # whatever keeps us from the database, we are not well
        log.warning("the database does not answer: %s", type(error).__name__)
        return JSONResponse({"status": "down", "database": "does not answer"}, 503)
    return JSONResponse({"status": "ok"})
