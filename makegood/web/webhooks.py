"""Webhooks: what carrier and acquirer report, and what customers reply by way of a channel."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from makegood.core.contracts import EVENTS
from makegood.core.facts import Facts
from makegood.core.money import Money
from makegood.desk import hearing
from makegood.desk.hearing import Report
from makegood.web.parsing import Body, read, read_part
from makegood.web.signatures import WebhookBody
from makegood.web.site import site_of

log = logging.getLogger(__name__)
router = APIRouter()
LINK_PAID = "payment.received"

Ref = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]


class Event(Body):
    """`id` is the sender's own: the same one again does nothing."""

    id: Ref
    type: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_.-]{0,63}$")]
    occurred_at: AwareDatetime
    data: dict[str, Any]


class _Data(BaseModel):
    """Senders add fields as they please; what we do not read is not looked at."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    order_id: Ref


class ParcelMoved(_Data):
    tracking: Ref
    units: int | None = Field(default=None, ge=0)

    @property
    def match(self) -> str:
        return self.tracking

    @property
    def facts(self) -> Facts:
        return {} if self.units is None else {"units": self.units}


class PaymentMoved(_Data):
    payment_id: Ref
    amount: Money | None = None

    @property
    def match(self) -> str:
        return self.payment_id

    @property
    def facts(self) -> Facts:
        return {} if self.amount is None else {"amount_minor": self.amount.minor}


class LinkPaid(_Data):
    link_id: Ref
    amount: Money

    @property
    def match(self) -> str:
        return self.link_id

    @property
    def facts(self) -> Facts:
        return {"amount_minor": self.amount.minor}


class RepairMoved(_Data):
    """`amount` is a quote's, `tracking` that of the parcel back."""

    repair_id: Ref
    amount: Money | None = None
    tracking: Ref | None = None

    @property
    def match(self) -> str:
        return self.repair_id

    @property
    def facts(self) -> Facts:
        quoted: Facts = {} if self.amount is None else {"amount_minor": self.amount.minor}
        return quoted if self.tracking is None else quoted | {"tracking": self.tracking}


class ClaimDecided(_Data):
    """`amount` is what the carrier pays."""

    claim_id: Ref
    amount: Money | None = None

    @property
    def match(self) -> str:
        return self.claim_id

    @property
    def facts(self) -> Facts:
        return {} if self.amount is None else {"amount_minor": self.amount.minor}


Moved = ParcelMoved | PaymentMoved | LinkPaid | RepairMoved | ClaimDecided


@router.post("/webhooks/parcel")
def parcel(request: Request, body: WebhookBody) -> JSONResponse:
    """Carriers invent codes: a type that no procedure can wait for is taken and let go."""
    return _hear(request, body, "parcel", lambda name: name.startswith("parcel."), ParcelMoved)


@router.post("/webhooks/payment")
def payment(request: Request, body: WebhookBody) -> JSONResponse:
    """Refunds and voids are let go: ours are in the ledger, and those of others come with the order."""
    kind = LinkPaid if read(Event, body).type == LINK_PAID else PaymentMoved
    return _hear(request, body, "payment", lambda name: name.startswith(("payment.", "dispute.")), kind)


@router.post("/webhooks/repair")
def repair(request: Request, body: WebhookBody) -> JSONResponse:
    """What the repairer does with an RMA of ours."""
    return _hear(request, body, "repair", lambda name: name.startswith("repair."), RepairMoved)


@router.post("/webhooks/claim")
def claim(request: Request, body: WebhookBody) -> JSONResponse:
    """What a carrier says to a claim of ours."""
    return _hear(request, body, "claim", lambda name: name.startswith("claim."), ClaimDecided)


def _hear(
    request: Request,
    body: bytes,
    source: str,
    fits: Callable[[str], bool],
    kind: type[Moved],
) -> JSONResponse:
    event = read(Event, body)
    if event.type not in EVENTS or not fits(event.type):
        return ignored(source, event)
    data = read_part(kind, event.data, "data")
    facts = {name: value for name, value in data.facts.items() if name in EVENTS[event.type]}
    report = Report(
        source=source,
        id=event.id,
        name=event.type,
        order=data.order_id,
        match=data.match,
        facts=facts,
        occurred_at=event.occurred_at,
    )
    heard = hearing.hear(site_of(request).desk, report)
    return JSONResponse({"duplicate": heard.duplicate, "cases": heard.cases})


def ignored(source: str, event: Event) -> JSONResponse:
    log.info("%s webhook of type %s is not waited for", source, event.type)
    return JSONResponse({"ignored": True}, 202)
