"""The outside world of refund-8: the peers' business tables, one small statement with its own commit a call.

The peers' `common.py` does the same: a SELECT to load the case, an INSERT under a unique key for the
refund, an INSERT for the notice. Ours carry their keys, so that a repeat is seen.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg

from makegood.core.money import Money
from makegood.gateways.results import Address, Buyer, History, Order, OrderLine, Payment, Refund, Sent

BY_RULE, BY_PERSON = 4200, 14200
"""What an order cost: within the automatic limit of authority.yaml, or above it."""

_DDL = (
    "create table if not exists cases(id text primary key, status text not null, policy text, evidence text,"
    " decision text)",
    "create table if not exists refunds(key text primary key, case_id text not null,"
    " attempts int not null default 1)",
    "create table if not exists notes(case_id text not null, key text)",
    "alter table notes add column if not exists key text",
)
_PLACED = datetime(2026, 11, 1, 9, 0, tzinfo=UTC)


@dataclass
class Books:
    """The business database; each thread has a connection of its own, every statement commits."""

    address: str
    _mine: threading.local = field(default_factory=threading.local)

    def run(self, statement: str, *values: Any) -> Any:
        connection = getattr(self._mine, "connection", None)
        if connection is None:
            connection = self._mine.connection = psycopg.connect(self.address, autocommit=True)
        return connection.execute(statement, values)

    def make(self) -> None:
        for statement in _DDL:
            self.run(statement)

    def add(self, refs: list[str]) -> None:
        self.run("insert into cases(id, status) select unnest(%s::text[]), 'new'", refs)


@dataclass
class _Port:
    books: Books
    key_lifetime: timedelta = timedelta.max
    can_look_up: bool = True
    absent_after: timedelta = timedelta(seconds=60)


class Shop(_Port):
    """Orders are what their number says: `p-17` is dear and needs a person, any other is within the rule."""

    def load(self, order: str) -> Order | None:
        found = self.books.run("select id from cases where id = %s", order).fetchone()
        return made(order) if found else None

    def orders_of(self, email: str | None, limit: int = 20) -> tuple[Order, ...]:
        return ()

    def history(self, order: str, email: str) -> History | None:
        return None


class Payments(_Port):
    """A refund is a row under its key."""

    def refund(self, payment: str, amount: Money, *, reason: str, key: str) -> Refund:
        self.books.run(
            "insert into refunds(key, case_id) values (%s, %s)"
            " on conflict (key) do update set attempts = refunds.attempts + 1",
            key,
            order_of(payment),
        )
        return _refunded(payment, amount, key)

    def find_refund(self, payment: str, *, key: str) -> Refund | None:
        found = self.books.run("select 1 from refunds where key = %s", key).fetchone()
        return _refunded(payment, made(order_of(payment)).payments[0].captured, key) if found else None


class Mailbox(_Port):
    """A notice is a row, too."""

    def send(self, to: str, *, case: str, key: str, **_: Any) -> Sent:
        self.books.run("insert into notes(case_id, key) values (%s, %s)", case, key)
        return Sent(ref=key)

    def find(self, *, key: str) -> Sent | None:
        found = self.books.run("select 1 from notes where key = %s", key).fetchone()
        return Sent(ref=key) if found else None


def payment_of(ref: str) -> str:
    """As the sandbox names it."""
    return f"PAY-{ref}-1"


def order_of(payment: str) -> str:
    return payment.removeprefix("PAY-").removesuffix("-1")


def made(ref: str) -> Order:
    minor = BY_PERSON if ref.startswith("p") else BY_RULE
    paid = _euro(minor)
    return Order(
        ref=ref,
        market="DE",
        currency="EUR",
        locale="de",
        zone="Europe/Berlin",
        tier="standard",
        ships_from="DE",
        placed_at=_PLACED,
        shipped_at=_PLACED + timedelta(days=1),
        delivered_at=datetime.now(UTC).replace(microsecond=0) - timedelta(days=3),
        status="delivered",
        fulfilment="delivered",
        payment_status="captured",
        customer=Buyer(
            ref=f"b-{ref}",
            name=f"Buyer of {ref}",
            email=f"{ref}@example.test",
            phone=None,
            address=Address(country="DE", line1="Musterweg 1", city="Berlin", postcode="10115"),
        ),
        lines=(OrderLine(ref="1", sku="MUG", title="Mug", category="home", quantity=1, unit_paid=paid),),
        freight_paid=_euro(0),
        payments=(
            Payment(
                ref=payment_of(ref),
                kind="card",
                authorised=paid,
                captured=paid,
                refunded=_euro(0),
                voided=_euro(0),
            ),
        ),
    )


def _refunded(payment: str, amount: Money, key: str) -> Refund:
    now = datetime.now(UTC)
    return Refund(ref=key, amount=amount, status="succeeded", reference=payment, created_at=now)


def _euro(minor: int) -> Money:
    return Money(minor=minor, currency="EUR")
