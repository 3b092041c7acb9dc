"""Reports: what the sandbox's webhooks say, read as the web pages that take them read it."""

from __future__ import annotations

from makegood.core.contracts import EVENTS
from makegood.desk.hearing import Report
from makegood.web import webhooks
from tests.sandbox.serving import Delivery

READ_AS = {
    "/webhooks/parcel": webhooks.ParcelMoved,
    "/webhooks/payment": webhooks.PaymentMoved,
    "/webhooks/repair": webhooks.RepairMoved,
    "/webhooks/claim": webhooks.ClaimDecided,
}


def report_of(delivery: Delivery) -> Report | None:
    """None for what no procedure can wait for."""
    event = webhooks.Event.model_validate(delivery.event)
    if event.type not in EVENTS:
        return None
    kind = webhooks.LinkPaid if event.type == webhooks.LINK_PAID else READ_AS[delivery.path]
    data = kind.model_validate(event.data)
    return Report(
        source=delivery.path,
        id=event.id,
        name=event.type,
        order=data.order_id,
        match=data.match,
        facts={name: value for name, value in data.facts.items() if name in EVENTS[event.type]},
        occurred_at=event.occurred_at,
    )
