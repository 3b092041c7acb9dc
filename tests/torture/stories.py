"""The stories of the torture: what happens in a case, and what it must have left in the books, by hand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Literal

Facts = Mapping[str, bool | str]
MARKETS = ("DE", "FR", "GB")  # the amounts below are on the same side of each limit in all three


@dataclass(frozen=True, kw_only=True)
class Story:
    """`price` is what the order cost; all amounts are minor units. The books hold exactly what is said here.

    letters   each once; reminders may come besides, each once
    claims    cases on the carrier that this case calls
    parcel    what becomes of the parcel on its way
    """

    name: str
    procedure: str
    reason: str
    order: Literal["not_started", "shipped", "delivered"]
    price: int
    outcome: str
    letters: tuple[str, ...]
    authorised: bool = False
    refunded: int = 0
    voided: int = 0
    labels: int = 0
    shipments: int = 0
    claims: int = 0
    parcel: str = ""


STORIES = (
    Story(
        name="sent back, no approval",
        procedure="refund",
        reason="changed_mind",
        order="delivered",
        price=3_000,
        refunded=3_000,
        labels=1,
        letters=("acknowledgement", "return-instructions", "refund-confirmed"),
        outcome="resolved",
    ),
    Story(
        name="called off, reserved on the card",
        procedure="cancel",
        reason="changed_mind",
        order="not_started",
        price=9_000,
        authorised=True,
        voided=9_000,
        letters=("acknowledgement", "cancel-confirmed"),
        outcome="resolved",
    ),
    Story(
        name="sent back, approved",
        procedure="refund",
        reason="changed_mind",
        order="delivered",
        price=12_001,
        refunded=12_001,
        labels=1,
        letters=("acknowledgement", "return-instructions", "refund-confirmed"),
        outcome="resolved",
    ),
    Story(
        name="lost, sent again",
        procedure="reship",
        reason="not_delivered",
        order="shipped",
        price=7_500,
        shipments=1,
        claims=1,
        letters=("acknowledgement", "address-confirmation", "reship-sent"),
        outcome="resolved",
    ),
    Story(
        name="called off, charged",
        procedure="cancel",
        reason="changed_mind",
        order="not_started",
        price=1_999,
        refunded=1_999,
        letters=("acknowledgement", "cancel-confirmed"),
        outcome="resolved",
    ),
    Story(
        name="broken, kept for a fifth",
        procedure="refund",
        reason="defective",
        order="delivered",
        price=4_000,
        refunded=800,
        letters=("acknowledgement", "evidence-request", "keep-offer", "refund-confirmed"),
        outcome="resolved",
    ),
    Story(
        name="lost, paid back",
        procedure="refund",
        reason="not_delivered",
        order="shipped",
        price=8_050,
        refunded=8_050,
        claims=1,
        parcel="LOST",
        letters=("acknowledgement", "person-looking", "refund-confirmed"),
        outcome="resolved",
    ),
    Story(
        name="broken, not worth a return",
        procedure="refund",
        reason="damaged",
        order="delivered",
        price=1_500,
        refunded=1_500,
        letters=("acknowledgement", "evidence-request", "refund-confirmed"),
        outcome="resolved",
    ),
)


def _frozen(**answers: Facts) -> Mapping[str, Facts]:
    return MappingProxyType({name.replace("_", "-"): facts for name, facts in answers.items()})


CUSTOMERS = _frozen(evidence={}, keep_offer={"accepted": True}, address={"address_ok": True})
COLLEAGUES = _frozen(
    inspection={"condition": "as_new", "note": "as seen"},
    money={"outcome": "received"},
    # what follows is asked only when a fault lasted longer than the retries
    system_down={"retry": True},
    order_desk={"retry": True},
    money_desk={"settled": "not_paid"},
    void_desk={"settled": "not_released"},
    send_desk={"outcome": "try_again"},
    approval_overdue={"outcome": "ask_again"},
    refused_yet_owed={"outcome": "ask_again"},
    trace={"outcome": "lost"},
    chase={"outcome": "accepted"},
    stop_by_hand={"result": "stopped"},
    cancel_by_hand={"result": "cancelled"},
    stock_by_hand={"found": True, "warehouse": "DE-1"},
)
"""What people answer, by step."""


def order_of(nr: int, story: Story, now: Any) -> dict[str, Any]:
    """The order that case `nr` is about, as the sandbox takes it; `now` is the sandbox's time."""
    from datetime import timedelta

    market = MARKETS[nr % len(MARKETS)]
    order: dict[str, Any] = {
        "id": f"TT-{nr:05d}",
        "market": market,
        "customer": {
            "id": f"torture-{nr}",
            "name": f"Buyer Number {nr}",
            "email": f"buyer-{nr}@example.com",
            "address": {"line1": f"{nr} Long Road", "city": "Town", "postcode": "10115", "country": market},
        },
        "lines": [{"sku": f"TORTURE-{nr % 7}", "title": "Lamp", "unit_paid_minor": story.price}],
        "payments": [{"state": "authorised" if story.authorised else "captured"}],
        "fulfilment": story.order,
        "placed_at": (now - timedelta(days=8)).isoformat(),
    }
    if story.order != "not_started":
        order["shipped_at"] = (now - timedelta(days=4 if story.order == "delivered" else 1)).isoformat()
    if story.order == "delivered":
        order["delivered_at"] = (now - timedelta(days=2)).isoformat()
    return order
