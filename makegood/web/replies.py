"""POST /webhooks/reply: what a customer wrote back, with its files."""

from __future__ import annotations

import base64
import binascii
import logging
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from makegood.core.errors import BadInput
from makegood.core.facts import Facts
from makegood.desk import answering, evidence, intake
from makegood.desk.evidence import EvidenceRefused, SentFile
from makegood.web.parsing import read, read_part
from makegood.web.signatures import WebhookBody
from makegood.web.site import site_of
from makegood.web.webhooks import Event, ignored

log = logging.getLogger(__name__)
router = APIRouter()

MOST_FILES = 20


class Attachment(BaseModel):
    """`base64` is RFC 4648 with padding; `content_base64` is the same under its longer name."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True, populate_by_name=True)

    name: Annotated[str, StringConstraints(max_length=300)] = ""
    media_type: Annotated[str, StringConstraints(max_length=200)] = ""
    content: str = Field(alias="base64")

    @model_validator(mode="before")
    @classmethod
    def _longer_name(cls, given: Any) -> Any:
        if isinstance(given, dict) and "content_base64" in given and "base64" not in given:
            return {**given, "base64": given["content_base64"]}
        return given


class Reply(BaseModel):
    """`facts` are what a channel has understood of it; they count only for what is asked just now."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    case: Annotated[str, StringConstraints(pattern=r"(?i)^MG-\d{4}-\d{6,}$")]
    text: Annotated[str, StringConstraints(max_length=100_000)] = ""
    channel: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_-]{0,31}$")] = "email"
    intent: Literal["withdraw", ""] | None = None
    attachments: Annotated[tuple[Attachment, ...], Field(max_length=MOST_FILES)] = ()
    facts: dict[str, bool | int | str] = Field(default_factory=dict)


@router.post("/webhooks/reply")
def reply(request: Request, body: WebhookBody) -> JSONResponse:
    """A file that we cannot keep does not hold up the message: it is named in the answer."""
    event = read(Event, body)
    if event.type != "customer.replied":
        return ignored("reply", event)
    desk, told = site_of(request).desk, read_part(Reply, event.data, "data")
    facts: Facts = answering.admitted(desk, told.case, told.facts)
    files, refused = _sorted(told.attachments)
    received = intake.reply(
        desk,
        told.case,
        text=told.text,
        channel=told.channel,
        external_id=event.id,
        facts=facts,
        intent=told.intent or "",
        files=files,
    )
    answer: dict[str, Any] = {"case": received.number, "duplicate": received.duplicate}
    return JSONResponse(answer | ({"refused": refused} if refused else {}))


def _sorted(attachments: tuple[Attachment, ...]) -> tuple[list[SentFile], list[dict[str, str]]]:
    """What is kept, and what is not, by its place: names of files are the customer's own affair."""
    kept: list[SentFile] = []
    refused: list[dict[str, str]] = []
    for at, attachment in enumerate(attachments):
        file = SentFile(f"data.attachments.{at}", _decoded(attachment, at))
        try:
            evidence.check(file)
        except EvidenceRefused as error:
            refused.append({"place": error.place, "problem": error.problem, "expected": error.expected})
        else:
            kept.append(file)
    return kept, refused


def _decoded(attachment: Attachment, at: int) -> bytes:
    try:
        return base64.b64decode(attachment.content, validate=True)
    except (binascii.Error, ValueError):
        place = f"data.attachments.{at}.base64"
        raise BadInput(place, "is not base64", "RFC 4648 with padding", "Encode the file's bytes") from None
