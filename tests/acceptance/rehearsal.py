"""The rehearsal's stage: a desk in this process, the sandbox over HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from makegood.desk.desk import Desk
from makegood.desk.links import Links
from makegood.desk.plans import compile_all
from makegood.desk.ports import Clock
from makegood.gateways.blobs import FolderBlobs
from makegood.gateways.http import Endpoint, open_client
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
from makegood.library import open_library
from makegood.sandbox.app import make_app
from makegood.store.store import Store
from tests.acceptance.moved_clock import MovedClock
from tests.acceptance.rehearsal_line import Rehearsal
from tests.desk.bench import DEFINITIONS, KEY, NoEngine
from tests.sandbox.serving import listening, serving


def make_desk(store_url: str, api: Endpoint, clock: Clock, folder: Path) -> Desk:
    """As `wiring` makes it, over a sandbox that is served somewhere."""
    library = open_library(DEFINITIONS)
    plans, findings = compile_all(library)
    assert not findings, "\n".join(map(str, findings))
    return Desk(
        store=Store(store_url, KEY),
        library=library,
        plans=plans,
        shop=SellerShop(api),
        payments=SellerPayments(api),
        warehouse=SellerWarehouse(api),
        carrier=SellerCarrier(api),
        parcels=SellerParcels(api),
        stock=SellerStock(api),
        shipments=SellerShipments(api),
        repairs=SellerRepairs(api),
        payment_links=SellerPaymentLinks(api),
        carrier_claims=SellerCarrierClaims(api),
        mailbox=SellerMailbox(api),
        blobs=FolderBlobs(folder),
        clock=clock,
        engine=NoEngine(),
        forms=NoEngine(),
        links=Links(KEY, "http://127.0.0.1:8600"),
        web_url="http://127.0.0.1:8600",
    )


@contextmanager
def rehearsing(store_url: str, database_url: str, folder: Path, data: Path | None) -> Iterator[Rehearsal]:
    """A sandbox with the orders of `data`, or none, and a desk over it."""
    with listening() as listener:
        app = make_app(
            database_url=database_url,
            webhook_url=listener.address,
            webhook_secret="nobody checks it here",
            sample=False,
            data_dir=data,
        )
        with serving(app) as address, httpx.Client(base_url=address, timeout=30) as sandbox:
            api = seller_api(open_client(), address)
            clock = MovedClock(api)
            desk = make_desk(store_url, api, clock, folder)
            line = Rehearsal(desk, clock, sandbox, listener, database_url)
            try:
                yield line
            finally:
                line.close()
