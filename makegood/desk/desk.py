"""The desk's own things: the store, the procedures and every port, joined by `wiring`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from makegood.desk.engine import Forms, Legs
from makegood.desk.goods import CarrierClaims, PaymentLinks, Repairs, Shipments, Stock
from makegood.desk.links import Links
from makegood.desk.plans import Plans
from makegood.desk.ports import Blobs, Carrier, Clock, Mailbox, Parcels, Payments, Shop, Warehouse
from makegood.library import Library
from makegood.store.store import Store


@dataclass(frozen=True, slots=True)
class Desk:
    """`lease` must outlast the longest call to a port. `approvals_url` is that of Prefect's UI.

    `bulk_processes`: how many processes share a bulk run.
    """

    store: Store
    library: Library
    plans: Plans
    shop: Shop
    payments: Payments
    warehouse: Warehouse
    carrier: Carrier
    parcels: Parcels
    stock: Stock
    shipments: Shipments
    repairs: Repairs
    payment_links: PaymentLinks
    carrier_claims: CarrierClaims
    mailbox: Mailbox
    blobs: Blobs
    clock: Clock
    engine: Legs
    forms: Forms
    links: Links
    seller_name: str = "Northwind Outfitters"
    web_url: str = ""
    approvals_url: str = ""
    default_market: str = "GB"
    lease: timedelta = timedelta(seconds=60)
    call_time: timedelta = timedelta(seconds=15)
    bulk_processes: int = 1

    def now(self) -> datetime:
        return self.clock.now()
