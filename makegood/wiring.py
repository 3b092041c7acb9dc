"""The one file that joins: settings, clients, procedures and store become the desk."""

from __future__ import annotations

import functools
import os
from datetime import timedelta
from pathlib import Path

from makegood.core.errors import Refusal
from makegood.core.findings import Finding, Unsound
from makegood.desk.desk import Desk
from makegood.desk.links import Links
from makegood.desk.plans import Plans, compile_all
from makegood.desk.ports import Clock
from makegood.gateways.blobs import FolderBlobs
from makegood.gateways.clock import SystemClock
from makegood.gateways.http import PATIENCE, open_client
from makegood.gateways.prefect import Prefect
from makegood.gateways.seller.api import seller_api
from makegood.gateways.seller.carrier import SellerCarrier
from makegood.gateways.seller.carrier_claims import SellerCarrierClaims
from makegood.gateways.seller.clock import SandboxClock
from makegood.gateways.seller.mailbox import SellerMailbox
from makegood.gateways.seller.parcels import SellerParcels
from makegood.gateways.seller.payment_links import SellerPaymentLinks
from makegood.gateways.seller.payments import SellerPayments
from makegood.gateways.seller.repairs import SellerRepairs
from makegood.gateways.seller.shipments import SellerShipments
from makegood.gateways.seller.shop import SellerShop
from makegood.gateways.seller.stock import SellerStock
from makegood.gateways.seller.warehouse import SellerWarehouse
from makegood.library import Library, load
from makegood.settings import Settings
from makegood.store.store import Store

_MOST_PROCESSES = 4  # unless told: more compete with the database for its cores

DEFINITIONS = Path(__file__).resolve().parent.parent / "sop_definitions"


@functools.cache
def settings() -> Settings:
    return Settings()


@functools.cache
def desk() -> Desk:
    """This process's desk. Raises Unsound when a definition is not: every finding, with file and line."""
    return make_desk(settings())


def definitions(config: Settings) -> tuple[Library, Plans]:
    """All of sop_definitions, read, checked and compiled. Raises Unsound."""
    library, findings = load(DEFINITIONS, config.sops)
    if library is None:
        raise Unsound(findings)
    plans, wrong = compile_all(library)
    if wrong:
        raise Unsound(wrong)
    return library, plans


def findings(config: Settings) -> list[Finding]:
    """What is wrong with the definitions; empty when they can be used."""
    try:
        definitions(config)
    except Unsound as error:
        return list(error.findings)
    return []


def make_desk(config: Settings, patience: timedelta = PATIENCE) -> Desk:
    """`patience` is for one call to the outside; the desk's lease must outlast it."""
    library, plans = definitions(config)
    client = open_client(patience)
    token = config.seller_token.get_secret_value() if config.seller_token else None
    api = seller_api(client, config.seller_api_url, token)
    clock: Clock = SandboxClock(api) if config.clock == "sandbox" else SystemClock()
    prefect = Prefect(client, config.prefect_api_url, config.prefect_password)
    return Desk(
        store=Store(_store_url(config), config.master_bytes(), pool=config.worker_limit + 2),
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
        blobs=FolderBlobs(config.home / "evidence"),
        clock=clock,
        engine=prefect,
        forms=prefect,
        links=Links(config.link_bytes(), config.web_url),
        web_url=config.web_url,
        approvals_url=config.prefect_ui_url,
        bulk_processes=config.bulk_processes or min(os.cpu_count() or 1, _MOST_PROCESSES),
    )


def _store_url(config: Settings) -> str:
    """Raises NoDatabase while nothing runs and none is named."""
    if config.database_url is None:
        raise NoDatabase
    return config.database_url


class NoDatabase(Refusal):
    """Nothing runs here, which the command line tells apart from bad input."""

    exit_code = 3

    def __init__(self) -> None:
        super().__init__("no database: start one with `make up`, or name yours in MAKEGOOD_DATABASE_URL")
