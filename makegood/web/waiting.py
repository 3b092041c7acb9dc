"""The door at which Prefect's automation says that a run was suspended, so that supervisors are told."""

from __future__ import annotations

import hmac
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, PlainTextResponse, Response
from pydantic import BeforeValidator
from starlette.concurrency import run_in_threadpool

from makegood.desk import telling
from makegood.web.parsing import Body, read
from makegood.web.site import site_of

router = APIRouter()

_RESOURCE = "prefect.flow-run."


def _bare(value: object) -> object:
    return value.removeprefix(_RESOURCE) if isinstance(value, str) else value


class Suspended(Body):
    """`run` is the id, as it is or as Prefect's events name it."""

    run: Annotated[UUID, BeforeValidator(_bare)]


@router.post("/waiting")
async def waiting(request: Request) -> Response:
    """202 when somebody is told, or was; 200 when the run shows no question of ours. 404 to a stranger.

    A token is enough: all that it opens is a letter about a question that is open, once.
    """
    site = site_of(request)
    given = request.headers.get("authorization", "").removeprefix("Bearer ")
    if site.waiting_token is None or not hmac.compare_digest(given.encode(), site.waiting_token):
        return PlainTextResponse("not found", 404)
    told = read(Suspended, await request.body())
    is_ours = await run_in_threadpool(telling.run_waits, site.desk, told.run)
    return JSONResponse({"told": is_ours}, 202 if is_ours else 200)
