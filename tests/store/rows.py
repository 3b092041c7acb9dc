"""Rows that tests start from: a customer, an order of two mugs and a lamp, a case about it."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TypeVar
from uuid import UUID

from makegood.core.events import CaseOpened, Noted
from makegood.core.money import Money
from makegood.store import Store, cases, customers, journal, orders, procedures
from makegood.store.cases import NewCase
from makegood.store.customers import Contact, Profile
from makegood.store.effects import Allocation, Intent
from makegood.store.models import Case, Order
from makegood.store.orders import OrderFacts, PaymentFacts, UnitFacts
from makegood.store.words import Bucket, PaymentKind

MASTER_KEY = bytes(range(32))
NOW = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)
LATER = NOW + timedelta(days=3)
VERSION = "refund-1a2b3c"
OPENED = CaseOpened(go="acknowledge", procedure="refund", version=VERSION)

R = TypeVar("R")
_numbers = itertools.count(1)


class Maker:
    """Each call makes new rows in a transaction of its own."""

    def __init__(self, store: Store) -> None:
        self.store = store
        with store.begin() as tx:
            procedures.publish(tx, VERSION, "refund", "procedure: refund\n", {}, {}, NOW)

    def customer(self, email: str | None = None) -> UUID:
        contact = Contact(
            name="Jana Weiß",
            email=email or f"jana{next(_numbers)}@example.org",
            phone="+49 30 1234567",
            address={"city": "Köln"},
        )
        with self.store.begin() as tx:
            return customers.ensure(tx, contact, Profile("de-DE", "Europe/Berlin", "DE"), NOW).id

    def new_case(
        self, customer: UUID | None = None, order: Order | None = None, **changes: object
    ) -> NewCase:
        new = NewCase(
            customer_id=customer or self.customer(),
            procedure="refund",
            version=VERSION,
            problem="refund",
            reason="defective",
            market="DE",
            locale="de-DE",
            zone="Europe/Berlin",
            channel="email",
            order_ref=None if order is None else order.ref,
            order_id=None if order is None else order.id,
        )
        return replace(new, **changes)  # type: ignore[arg-type]

    def case(self, customer: UUID | None = None, order: Order | None = None, **changes: object) -> Case:
        with self.store.begin() as tx:
            return cases.open(tx, self.new_case(customer, order, **changes), NOW).case

    def journalled(self, events: int = 3) -> Case:
        """A case with that many events in its journal."""
        case = self.case()
        noted = [(Noted(what=f"note {n}"), NOW + timedelta(seconds=n)) for n in range(1, events)]
        with self.store.begin() as tx:
            journal.append(tx, case.id, [(OPENED, NOW), *noted], fence=0)
        return case

    def order(self, **changes: object) -> Order:
        with self.store.begin() as tx:
            return orders.load(tx, order_facts(**changes), NOW)


def order_facts(**changes: object) -> OrderFacts:
    """Paid 50.00 by card and 10.00 by gift card: two mugs at 15.00, a lamp at 25.00, freight 5.00."""
    told = OrderFacts(
        ref=f"#W{next(_numbers):07d}",
        market="DE",
        currency="EUR",
        placed_at=NOW - timedelta(days=9),
        units=(
            UnitFacts(line_ref="1", unit_no=1, sku="MUG", title="Mug", category="home", paid_minor=1500),
            UnitFacts(line_ref="1", unit_no=2, sku="MUG", title="Mug", category="home", paid_minor=1500),
            UnitFacts(line_ref="2", unit_no=1, sku="LAMP", title="Lamp", category="home", paid_minor=2500),
        ),
        payments=(
            PaymentFacts(ref="card-1", kind=PaymentKind.CARD, authorised_minor=5000, captured_minor=5000),
            PaymentFacts(
                ref="gift-1", kind=PaymentKind.GIFT_CARD, authorised_minor=1000, captured_minor=1000
            ),
        ),
        freight_paid_minor=500,
        goodwill_cap_minor=600,
    )
    return replace(told, **changes)  # type: ignore[arg-type]


def refund(case: Case, order: Order, minor: int, visit: int = 1, step: str = "refund") -> Intent:
    return Intent(
        key=f"{case.number}:{step}:{visit}",
        step=step,
        visit=visit,
        action="payment.refund",
        arguments={"payment": order.payments[0].ref, "minor": minor, "reason": "defective"},
        money=Money(minor=minor, currency="EUR"),
    )


def for_unit(order: Order, minor: int, unit: int = 0, payment: int | None = 0) -> Allocation:
    return Allocation(
        bucket=Bucket.UNIT,
        amount_minor=minor,
        unit_id=order.units[unit].id,
        payment_id=None if payment is None else order.payments[payment].id,
    )


def freight(order: Order, minor: int) -> Allocation:
    return Allocation(bucket=Bucket.FREIGHT, amount_minor=minor, payment_id=order.payments[0].id)


def goodwill(order: Order, minor: int) -> Allocation:
    return Allocation(bucket=Bucket.GOODWILL, amount_minor=minor, payment_id=order.payments[0].id)


def at_once(*work: Callable[[], R]) -> list[R | Exception]:
    """Runs each in a thread of its own, all from the same instant; what one raises is its result."""
    barrier = threading.Barrier(len(work))

    def run(job: Callable[[], R]) -> R | Exception:
        barrier.wait(timeout=30)
        try:
            return job()
        except Exception as error:  # noqa: BLE001  (the test looks at it)
            return error

    with ThreadPoolExecutor(len(work)) as pool:
        return list(pool.map(run, work))
