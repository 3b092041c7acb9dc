"""Two worlds with the same ports: the fakes in memory, and the sandbox over HTTP."""

from __future__ import annotations

import itertools
from datetime import timedelta
from typing import Any, Literal, Protocol

import httpx

from makegood.core.money import Money
from makegood.desk.ports import (
    Carrier,
    Mailbox,
    Order,
    OrderLine,
    ParcelRef,
    Parcels,
    Payment,
    Payments,
    Shop,
    Warehouse,
)
from makegood.gateways.seller.api import seller_api
from makegood.gateways.seller.carrier import SellerCarrier
from makegood.gateways.seller.mailbox import SellerMailbox
from makegood.gateways.seller.parcels import SellerParcels
from makegood.gateways.seller.payments import SellerPayments
from makegood.gateways.seller.shop import SellerShop
from makegood.gateways.seller.warehouse import SellerWarehouse
from tests.fakes import FakeWorld, order

Fulfilment = Literal["not_started", "picking", "shipped", "delivered"]
Effect = Literal["refund", "void", "cancel", "hold", "release", "intercept", "issue", "recall", "send"]

_numbers = itertools.count(1)


class World(Protocol):
    """What a contract test may use. Two mugs at 19.99 and freight of 4.90, paid by card in Germany."""

    shop: Shop
    payments: Payments
    warehouse: Warehouse
    carrier: Carrier
    parcels: Parcels
    mailbox: Mailbox

    def place(self, fulfilment: Fulfilment, *, loses_race: bool = False) -> Order:
        """A new order; it is captured when it ships. `loses_race`: an interception comes too late."""

    def lose_answer(self, effect: Effect, key: str) -> None:
        """The next such call is done, but its answer is lost."""


class MemoryWorld:
    """The fakes."""

    def __init__(self) -> None:
        self._fakes = FakeWorld()
        self.shop: Shop = self._fakes.shop
        self.payments: Payments = self._fakes.payments
        self.warehouse: Warehouse = self._fakes.warehouse
        self.carrier: Carrier = self._fakes.carrier
        self.parcels: Parcels = self._fakes.parcels
        self.mailbox: Mailbox = self._fakes.mailbox

    def place(self, fulfilment: Fulfilment, *, loses_race: bool = False) -> Order:
        ref = f"A-{next(_numbers)}"
        left = fulfilment in ("shipped", "delivered")
        paid, nothing = Money(minor=4488, currency="EUR"), Money(minor=0, currency="EUR")
        captured = paid if left else nothing
        payment = Payment(
            ref=f"pay-{ref}",
            kind="card",
            authorised=paid,
            captured=captured,
            refunded=nothing,
            voided=nothing,
        )
        status = "DELIVERED" if fulfilment == "delivered" else "IN_TRANSIT"
        parcel = ParcelRef(tracking=f"OUT-{ref}", status=status, direction="outbound")
        self._fakes.add(
            order(
                ref,
                fulfilment=fulfilment,
                payments=(payment,),
                parcels=(parcel,) if left else (),
                customer=order(ref).customer.model_copy(update={"email": f"{ref.lower()}@example.test"}),
            )
        )
        if loses_race:
            self._fakes.warehouse.wins.add(ref)
        found = self.shop.load(ref)
        assert found
        return found

    def lose_answer(self, effect: Effect, key: str) -> None:
        fakes = self._fakes
        provider = {
            "refund": fakes.payments,
            "void": fakes.payments,
            "cancel": fakes.shop,
            "issue": fakes.carrier,
            "recall": fakes.parcels,
            "send": fakes.mailbox,
        }.get(effect, fakes.warehouse)
        provider.lose_answer(key)


class HttpWorld:
    """The sandbox, through the gateways."""

    def __init__(self, client: httpx.Client, address: str) -> None:
        self._address = address
        api = seller_api(client, address, patience=timedelta(seconds=2))
        self.shop: Shop = SellerShop(api)
        self.payments: Payments = SellerPayments(api)
        self.warehouse: Warehouse = SellerWarehouse(api)
        self.carrier: Carrier = SellerCarrier(api)
        self.parcels: Parcels = SellerParcels(api)
        self.mailbox: Mailbox = SellerMailbox(api)

    def place(self, fulfilment: Fulfilment, *, loses_race: bool = False) -> Order:
        ref = f"A-{next(_numbers)}"
        plain = order(ref)
        self._control(
            "POST",
            "/orders",
            {
                "id": ref,
                "market": "DE",
                "customer": {
                    "id": f"buyer-of-{ref}",
                    "name": plain.customer.name,
                    "email": f"{ref.lower()}@example.test",
                    "phone": plain.customer.phone,
                    "address": plain.customer.address.model_dump(),
                },
                "lines": [_line(line) for line in plain.lines],
                "freight_paid_minor": plain.freight_paid.minor,
                "payments": [
                    {"state": "captured" if fulfilment in ("shipped", "delivered") else "authorised"}
                ],
                "fulfilment": fulfilment,
                "interception": "too_late" if loses_race else None,
            },
        )
        found = self.shop.load(ref)
        assert found
        return found

    def lose_answer(self, effect: Effect, key: str) -> None:
        route = {
            "refund": "refund-payment",
            "void": "void-payment",
            "issue": "make-label",
            "recall": "recall-parcel",
            "send": "send-message",
        }.get(effect, f"{effect}-order")
        self._control("PUT", f"/faults/{route}", {"timeout_after_success_rate": 1, "remaining": 1})

    def books(self) -> dict[str, Any]:
        """What really happened."""
        found: dict[str, Any] = httpx.get(f"{self._address}/books").raise_for_status().json()
        return found

    def _control(self, method: str, path: str, body: dict[str, Any]) -> None:
        httpx.request(method, f"{self._address}{path}", json=body).raise_for_status()


def _line(line: OrderLine) -> dict[str, Any]:
    return {
        "sku": line.sku,
        "title": line.title,
        "category": line.category,
        "quantity": line.quantity,
        "unit_paid_minor": line.unit_paid.minor,
    }
