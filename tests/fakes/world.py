"""All the fakes around some orders, and a plain order to begin with."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from makegood.core.money import Money
from makegood.gateways.results import Address, Buyer, Order, OrderLine, ParcelRef, Payment
from tests.fakes.blobs import MemoryBlobs
from tests.fakes.carrier import FakeCarrier, FakeParcels
from tests.fakes.claims import FakeCarrierClaims, FakePaymentLinks
from tests.fakes.clock import FakeClock
from tests.fakes.goods import FakeShipments, FakeStock
from tests.fakes.mailbox import FakeMailbox
from tests.fakes.payments import FakePayments
from tests.fakes.repairs import FakeRepairs
from tests.fakes.shop import FakeShop
from tests.fakes.warehouse import FakeWarehouse


def order(ref: str = "A-1", **changes: Any) -> Order:
    """Two mugs at 19.99 and 4.90 of freight, paid by card in Germany and delivered."""
    plain = Order(
        ref=ref,
        market="DE",
        currency="EUR",
        locale="de",
        zone="Europe/Berlin",
        tier="standard",
        ships_from="DE",
        placed_at=datetime(2026, 2, 20, 10, 0, tzinfo=UTC),
        shipped_at=datetime(2026, 2, 21, 10, 0, tzinfo=UTC),
        delivered_at=datetime(2026, 2, 24, 10, 0, tzinfo=UTC),
        status="delivered",
        fulfilment="delivered",
        payment_status="captured",
        customer=Buyer(
            ref=f"buyer-of-{ref}",
            name="Jana Beispiel",
            email="jana@example.test",
            phone="+4930123456",
            address=Address(country="DE", line1="Musterweg 1", city="Berlin", postcode="10115"),
        ),
        lines=(
            OrderLine(
                ref=f"{ref}-1",
                sku="MUG",
                title="Mug",
                category="home",
                quantity=2,
                unit_paid=_euro(1999),
                tax_minor=638,
            ),
        ),
        freight_paid=_euro(490),
        payments=(
            Payment(
                ref=f"pay-{ref}",
                kind="card",
                authorised=_euro(4488),
                captured=_euro(4488),
                refunded=_euro(0),
                voided=_euro(0),
            ),
        ),
        parcels=(ParcelRef(tracking=f"OUT-{ref}", status="DELIVERED", direction="outbound"),),
    )
    return plain.model_copy(update=changes)


class FakeWorld:
    """One of each. The books to compare with are `payments.refunds`, `mailbox.letters` and so on."""

    def __init__(self, *orders: Order) -> None:
        self.clock = FakeClock()
        self.payments = FakePayments()
        self.warehouse = FakeWarehouse({})
        self.shop = FakeShop(self.payments, self.warehouse)
        self.carrier = FakeCarrier(self.warehouse.states)
        self.parcels = FakeParcels()
        self.stock = FakeStock()
        self.shipments = FakeShipments(self.stock, self.parcels, self.shop.orders, self.warehouse.states)
        self.repairs = FakeRepairs(self.parcels, self.shop.orders, self.warehouse.states)
        self.payment_links = FakePaymentLinks(self.shop.orders)
        self.carrier_claims = FakeCarrierClaims(self.parcels)
        self.mailbox = FakeMailbox()
        self.blobs = MemoryBlobs()
        for each in orders:
            self.add(each)

    def add(self, order: Order) -> None:
        """One more order in the shop."""
        self.payments.payments |= {payment.ref: payment for payment in order.payments}
        self.warehouse.states[order.ref] = order.fulfilment
        self.shop.orders[order.ref] = order
        self.parcels.statuses |= {parcel.tracking: parcel.status for parcel in order.parcels}


def _euro(minor: int) -> Money:
    return Money(minor=minor, currency="EUR")
