"""Orders of many cases, made or refreshed together, as `orders.load` does for one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import text

from makegood.store import customers, orders, plain, rows
from makegood.store.customers import Contact
from makegood.store.errors import OrderChanged
from makegood.store.flat import vars_of
from makegood.store.models import Order, Payment
from makegood.store.orders import ORDER_ANEW, PAYMENT_ANEW, UNIT_ANEW, OrderFacts, order_row, payment_row
from makegood.store.rows import array
from makegood.store.transaction import Tx

_REFS = text("select id, ref from orders where ref = any(cast(:refs as text[]))")
_ATTACH = text(
    "update cases set order_id = tied.order_id, currency = tied.currency from unnest("
    "cast(:id as bigint[]), cast(:order_id as bigint[]), cast(:currency as text[]))"
    " as tied (id, order_id, currency) where cases.id = tied.id"
)
_CHANGE = text(
    "update customers set email_index = t.email_index, phone_index = t.phone_index,"
    " fields_cipher = t.fields_cipher from unnest(cast(:id as uuid[]), cast(:email_index as bytea[]),"
    " cast(:phone_index as bytea[]),"
    " cast(:fields_cipher as bytea[])) as t (id, email_index, phone_index, fields_cipher)"
    " where customers.id = t.id"
)


def load(tx: Tx, told: Sequence[OrderFacts], now: datetime) -> dict[str, Order]:
    """By reference, with units and payments; locked. One that contradicts our books is missing."""
    fresh = {each.ref: each for each in sorted(told, key=lambda each: each.ref)}
    known = _known_payments(tx, fresh)
    sound = [each for each in fresh.values() if _fits(each, known[each.ref])]
    made = rows.insert(tx, "orders", [order_row(each, now) for each in sound], ORDER_ANEW)
    ids = {row.ref: row.id for row in made}
    units = [{"order_id": ids[ref], **vars_of(unit)} for ref in ids for unit in fresh[ref].units]
    rows.insert(tx, "order_units", units, UNIT_ANEW)
    payments = [
        payment_row(ids[ref], ref, payment, known[ref].get(payment.ref))
        for ref in ids
        for payment in fresh[ref].payments
    ]
    rows.insert(tx, "payments", payments, PAYMENT_ANEW)
    return {order.ref: order for order in orders.many(tx, sorted(ids.values()))}


def attach(tx: Tx, tied: Sequence[tuple[int, Order]]) -> None:
    """Ties locked cases to the order of the number that they have already."""
    if tied:
        values = {
            "id": array(case_id for case_id, _ in tied),
            "order_id": array(order.id for _, order in tied),
            "currency": array(order.currency for _, order in tied),
        }
        tx.session.execute(_ATTACH, values)


def claim(tx: Tx, claimed: Sequence[tuple[int, int]]) -> None:
    """`(case, unit)`: noted once."""
    found = [{"case_id": case_id, "unit_id": unit} for case_id, unit in claimed]
    rows.insert(tx, "claimed_units", found, "on conflict do nothing")


def change(tx: Tx, told: Sequence[tuple[UUID, Contact]]) -> None:
    """As `customers.change`."""
    if told:
        fields = [customers.fields_of(tx, customer, contact) for customer, contact in told]
        columns = {name: array(row[name] for row in fields) for name in fields[0]}
        tx.session.execute(_CHANGE, {"id": array(customer for customer, _ in told), **columns})


def _known_payments(tx: Tx, refs: Iterable[str]) -> dict[str, dict[str, Payment]]:
    known: dict[str, dict[str, Payment]] = defaultdict(dict)
    found = {row.id: row.ref for row in tx.session.execute(_REFS, {"refs": array(refs)}).all()}
    for payment in plain.among(tx, Payment, "order_id", found):
        known[found[payment.order_id]][payment.ref] = payment
    return known


def _fits(told: OrderFacts, known: Mapping[str, Payment]) -> bool:
    """Whether it can be true after what we did to the order."""
    try:
        for payment in told.payments:
            payment_row(0, told.ref, payment, known.get(payment.ref))
    except OrderChanged:
        return False
    return True
