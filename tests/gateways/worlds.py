"""Two worlds with the same ports: the fakes in memory, and the sandbox over HTTP."""

from __future__ import annotations

import itertools
from datetime import timedelta
from typing import Any, Literal, Protocol

import httpx

from makegood.core.money import Money
from makegood.desk.goods import CarrierClaims, PaymentLinks, Repairs, Shipments, Stock
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
from makegood.gateways.seller.carrier_claims import SellerCarrierClaims
from makegood.gateways.seller.mailbox import SellerMailbox
from makegood.gateways.seller.parcels import SellerParcels
from makegood.gateways.seller.payment_links import SellerPaymentLinks
from makegood.gateways.seller.payments import SellerPayments
from makegood.gateways.seller.repairs import SellerRepairs
from makegood.gateways.seller.shipments import SellerShipments
from makegood.gateways.seller.shop import SellerShop
from makegood.gateways.seller.stock import SellerStock
from makegood.gateways.seller.warehouse import SellerWarehouse
from tests.fakes import FakeWorld, order

Fulfilment = Literal["not_started", "picking", "shipped", "delivered"]
Effect = Literal[
    "refund",
    "void",
    "cancel",
    "hold",
    "release",
    "intercept",
    "issue",
    "recall",
    "send",
    "ship",
    "call_back",
    "open_repair",
    "approve",
    "send_back",
    "call_off",
    "ask_to_pay",
    "claim",
]

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

    stock: Stock
    shipments: Shipments
    repairs: Repairs
    payment_links: PaymentLinks
    carrier_claims: CarrierClaims

    def shelve(self, sku: str, warehouse: str, on_hand: int) -> None:
        """So many lie there from now on."""

    def scan(self, tracking: str, status: str) -> None:
        """The carrier has moved a parcel on."""

    def quote(self, rma: str) -> None:
        """The repairer has the goods and asks for 12.00."""

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
        self.stock: Stock = self._fakes.stock
        self.shipments: Shipments = self._fakes.shipments
        self.repairs: Repairs = self._fakes.repairs
        self.payment_links: PaymentLinks = self._fakes.payment_links
        self.carrier_claims: CarrierClaims = self._fakes.carrier_claims

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

    def shelve(self, sku: str, warehouse: str, on_hand: int) -> None:
        self._fakes.stock.units[warehouse, sku] = on_hand

    def scan(self, tracking: str, status: str) -> None:
        self._fakes.parcels.statuses[tracking] = status

    def quote(self, rma: str) -> None:
        self._fakes.repairs.advance(rma, "quoted", Money(minor=1200, currency="EUR"))

    def lose_answer(self, effect: Effect, key: str) -> None:
        fakes = self._fakes
        provider = {
            "refund": fakes.payments,
            "void": fakes.payments,
            "cancel": fakes.shop,
            "issue": fakes.carrier,
            "recall": fakes.parcels,
            "send": fakes.mailbox,
            "ship": fakes.shipments,
            "call_back": fakes.shipments,
            "open_repair": fakes.repairs,
            "approve": fakes.repairs,
            "send_back": fakes.repairs,
            "call_off": fakes.repairs,
            "ask_to_pay": fakes.payment_links,
            "claim": fakes.carrier_claims,
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
        self.stock: Stock = SellerStock(api)
        self.shipments: Shipments = SellerShipments(api)
        self.repairs: Repairs = SellerRepairs(api)
        self.payment_links: PaymentLinks = SellerPaymentLinks(api)
        self.carrier_claims: CarrierClaims = SellerCarrierClaims(api)

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

    def shelve(self, sku: str, warehouse: str, on_hand: int) -> None:
        self._control("PUT", f"/stock/{sku}", {"warehouse": warehouse, "on_hand": on_hand})

    def scan(self, tracking: str, status: str) -> None:
        self._control("POST", f"/parcels/{tracking}/advance", {"status": status})

    def quote(self, rma: str) -> None:
        quote = {"minor": 1200, "currency": "EUR"}
        self._control("POST", f"/repairs/{rma}/advance", {"state": "received"})
        self._control("POST", f"/repairs/{rma}/advance", {"state": "quoted", "quote": quote})

    def lose_answer(self, effect: Effect, key: str) -> None:
        route = {
            "refund": "refund-payment",
            "void": "void-payment",
            "issue": "make-label",
            "recall": "recall-parcel",
            "send": "send-message",
            "ship": "send-shipment",
            "call_back": "cancel-shipment",
            "open_repair": "open-repair",
            "approve": "approve-repair",
            "send_back": "return-repair",
            "call_off": "cancel-repair",
            "ask_to_pay": "make-payment-link",
            "claim": "file-carrier-claim",
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
