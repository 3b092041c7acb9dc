"""POST /intake: what a channel received from a customer becomes a case, or joins the open one."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse
from pydantic import Field, StringConstraints

from makegood.desk import intake
from makegood.web.parsing import Body, read
from makegood.web.signatures import IntakeBody
from makegood.web.site import site_of

router = APIRouter()

Word = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=64)]
Line = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)]
Mail = Annotated[
    str, StringConstraints(strip_whitespace=True, max_length=254, pattern=r"^$|^[^@\s]+@[^@\s]+$")
]


class Received(Body):
    """`external_id` is the channel's own number of the message; the same one again does nothing."""

    external_id: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
    channel: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_-]{0,31}$")]
    procedure: Word
    reason: Word
    text: Annotated[str, StringConstraints(max_length=100_000)]
    subject: Line = ""
    order: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)] | None = (
        None
    )
    email: Mail = ""
    name: Line = ""
    locale: Annotated[str, StringConstraints(pattern=r"^[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8})*$")] | None = None
    market: Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")] | None = None
    units: Annotated[tuple[Word, ...], Field(max_length=200)] = ()


@router.post("/intake")
def receive(request: Request, body: IntakeBody) -> JSONResponse:
    """201 for a new case, 200 for one that was open, or for the same message again."""
    desk = site_of(request).desk
    told = read(Received, body)
    received = intake.receive(desk, intake.Message(**dict(told)))
    answer = {"case": received.number, "fresh": received.fresh, "progress": desk.links.make(received.number)}
    if received.duplicate:
        answer["duplicate"] = True
    return JSONResponse(answer, 201 if received.fresh else 200)
