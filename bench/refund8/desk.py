"""A desk whose seller is the peers' business database, and cases of refund-8 in its store."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

from bench.refund8.seller import Books, Mailbox, Payments, Shop, made
from makegood import wiring
from makegood.desk.desk import Desk
from makegood.desk.opening import Problem, open_case
from makegood.settings import Settings
from makegood.store import schema
from makegood.store.customers import Contact, Profile

SOPS = Path(__file__).parent / "sops"
KEY = "5e" * 32


def settings(store: str, seller: str = "") -> Settings:
    """`store` is the ticket store's address, `seller` that of a Seller API, if one takes the effects."""
    config = Settings(database_url=store, master_key=KEY, sops=SOPS, clock="system")
    return config.model_copy(update={"seller_api_url": seller}) if seller else config


class OfficeHours:
    """Real time moved by a fixed span, so that no letter waits for the morning while we measure."""

    def __init__(self, ahead: timedelta) -> None:
        self._ahead = ahead

    def now(self) -> datetime:
        return datetime.now(UTC) + self._ahead


def until_noon() -> timedelta:
    """From now to the noon of a Wednesday to come."""
    now = datetime.now(UTC)
    day = now.date() + timedelta(days=(2 - now.weekday()) % 7 + 7)
    return datetime.combine(day, time(12), UTC) - now


def make(config: Settings, books: str, ahead: timedelta, seller: str = "") -> Desk:
    """`seller` is a Seller API that takes the effects; without one the books take them."""
    desk = dataclasses.replace(wiring.make_desk(config), clock=OfficeHours(ahead))
    kept = Books(books)
    desk = dataclasses.replace(desk, shop=Shop(kept))
    if seller:
        return desk
    return dataclasses.replace(desk, payments=Payments(kept), mailbox=Mailbox(kept))


def prepare(store: str, books: str) -> None:
    """Tables in both databases."""
    schema.upgrade(store.replace("postgresql://", "postgresql+psycopg://"))
    Books(books).make()


def accept(desk: Desk, refs: Sequence[str]) -> list[str]:
    """A case for each order, each of a customer of its own; its number."""
    numbers = []
    for ref in refs:
        order = made(ref)
        contact = Contact(order.customer.name, order.customer.email)
        profile = Profile(order.locale, order.zone, order.market, order.tier)
        problem = Problem(
            procedure="refund8",
            reason="changed_mind",
            channel="email",
            order_ref=ref,
            currency=order.currency,
        )
        with desk.store.begin() as tx:
            numbers.append(open_case(tx, desk, contact, profile, problem, desk.now()).case.number)
    return numbers
