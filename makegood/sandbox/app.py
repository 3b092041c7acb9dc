"""The sandbox as a web application: its parts joined, its routes named, its documentation served."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from fastapi import FastAPI
from fastapi.routing import APIRoute

from makegood.sandbox import data, errors, pages, schema
from makegood.sandbox.database import Database
from makegood.sandbox.faults import Switchboard
from makegood.sandbox.faulty import CONTROLS, SELLER
from makegood.sandbox.routes import (
    books,
    carrier,
    claims,
    controls,
    faults,
    goods,
    happenings,
    mailbox,
    payments,
    repairs,
    shop,
    warehouse,
)
from makegood.sandbox.sender import Sender
from makegood.sandbox.setup import Setup, from_environment
from makegood.sandbox.world import World

SELLER_ROUTES = (shop, payments, warehouse, goods, carrier, repairs, claims, mailbox)
CONTROL_ROUTES = (controls, happenings, faults, books)
ROUTERS = [module.router for module in (*SELLER_ROUTES, *CONTROL_ROUTES)]
DESCRIPTION = """What makegood asks of a seller's systems. An in-house ERP can implement the routes under
*Seller API* and be used in the sandbox's place; *Sandbox controls* exist only here.

Money is integer minor units. Times are RFC 3339, UTC. Every effect takes an `Idempotency-Key`: the same
key and body again returns the first answer with `Idempotent-Replayed: true`, another body is refused with
`409 idempotency_mismatch`, and a refused effect leaves the key unused. Errors from 400 upwards have one
shape, `{"error": {"code", "message", "known"?, "remaining"?}}`; a 4xx says that nothing was done, a 5xx
leaves it open.
"""
TAGS = [
    {"name": SELLER, "description": "What a seller's own systems would implement."},
    {"name": CONTROLS, "description": "What moves the little world; no real vendor offers these."},
]


def make_app(
    *,
    database_url: str | None = None,
    webhook_url: str | None = None,
    webhook_secret: str | bytes = b"",
    token: str | None = None,
    sample: bool = True,
    data_dir: Path | None = None,
    seed: int = 0,
) -> FastAPI:
    """With a `database_url` just what is given; without, what the environment says: a uvicorn factory.

    `webhook_url` is the desk's address, without a path. Tables and data are made at start-up.
    """
    if database_url is None:
        return open_app(from_environment())
    secret = webhook_secret.encode() if isinstance(webhook_secret, str) else webhook_secret
    return open_app(Setup(database_url, webhook_url, secret, token, sample, data_dir, seed))


def open_app(setup: Setup) -> FastAPI:
    database = Database(setup.database_url)
    sender = Sender(database, setup.webhook_url, setup.webhook_secret)
    return _assemble(World(setup, database, Switchboard(), sender))


def _assemble(world: World) -> FastAPI:
    app = FastAPI(
        title="makegood Seller API",
        version="1",
        description=DESCRIPTION,
        openapi_tags=TAGS,
        lifespan=_lifespan,
        docs_url=None,  # the stock pages fetch their scripts from a CDN
        redoc_url=None,
    )
    app.state.world = world
    errors.install(app)
    for router in ROUTERS:
        app.include_router(router)
    app.state.route_names = sorted(
        {route.name for router in ROUTERS for route in router.routes if isinstance(route, APIRoute)}
        - {route.name for route in faults.router.routes if isinstance(route, APIRoute)}
    )
    pages.install(app)
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    world: World = app.state.world
    with world.database.connection() as connection:
        schema.create(connection)
    with world.database.begin() as tx:
        data.load(tx, world.setup)
    world.sender.start()
    try:
        yield
    finally:
        world.sender.stop()
        world.database.close()
