"""Loading: the shop is asked for many orders at once, and they are kept in one transaction."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from makegood.core.facts import Facts
from makegood.desk.actions import registry, shop
from makegood.desk.actions.orders import claimed, unit_refs
from makegood.desk.bulk.batch import Batch
from makegood.desk.bulk.calling import Calls
from makegood.desk.bulk.hands import Ask, BulkHand, Load
from makegood.desk.ports import Order
from makegood.store import cases, customers
from makegood.store.batch import journal, orders, reading
from makegood.store.customers import Contact
from makegood.store.errors import Erased
from makegood.store.models import Case
from makegood.store.models import Order as Kept
from makegood.store.transaction import Tx

Answers = dict[int, Facts | None]
"""By case; None where a case must ask by itself, and whatever is wrong is seen to there."""


def load(batch: Batch, wanted: Mapping[int, Load], calls: Calls) -> Answers:
    """As `order.load` does for one. Orders that are not as usual are left to their cases alone."""
    told = _told(batch, wanted, calls)
    kept: dict[int, Kept] = {}
    with batch.desk.store.begin() as tx:
        tx.share_keys(batch.keys)
        ours = journal.lock(tx, [batch.hands[case_id].end for case_id in told])
        told = {case_id: order for case_id, order in told.items() if case_id in ours}
        kept = _keep(tx, batch, told)
    return {c: _facts(batch.hands[c], told[c], kept[c]) if c in kept else None for c in wanted}


def _facts(hand: BulkHand, told: Order, kept: Kept) -> Facts | None:
    try:
        return shop.facts_of(hand, told, kept)
    except Exception:  # noqa: BLE001  # see Answers
        return None


def ask(batch: Batch, wanted: Mapping[int, Ask], calls: Calls) -> Answers:
    """Each case's own question to the world, many at once."""

    def answered(case_id: int) -> Facts | None:
        do = wanted[case_id].do
        try:
            return registry.query(do.action).answer(batch.hands[case_id], do.arguments)
        except Exception:  # noqa: BLE001  # see Answers
            return None

    return calls.each(answered, wanted)


def _told(batch: Batch, wanted: Mapping[int, Load], calls: Calls) -> dict[int, Order]:
    found = {case_id: _case(batch.hands[case_id]).order_ref for case_id in wanted}
    refs = {case_id: ref for case_id, ref in found.items() if ref is not None}

    def asked(case_id: int) -> Order | None:
        try:
            return batch.desk.shop.load(refs[case_id])
        except Exception:  # noqa: BLE001  # it goes wrong again for its case alone, and is seen to there
            return None

    answers = calls.each(asked, refs)
    return {case_id: order for case_id in refs if (order := answers[case_id]) is not None}


def _case(hand: BulkHand) -> Case:
    with hand.desk.store.begin() as tx:
        return cases.get(tx, hand.case_id)


def _keep(tx: Tx, batch: Batch, told: Mapping[int, Order]) -> dict[int, Kept]:
    hands = {case_id: batch.hands[case_id] for case_id in told}
    rows = {case_id: _case(hand) for case_id, hand in hands.items()}
    same = {case_id: order for case_id, order in told.items() if order.ref == rows[case_id].order_ref}
    _remember(tx, batch, {rows[case_id].customer_id: order for case_id, order in same.items()})
    made = orders.load(tx, [shop.order_facts(order) for order in same.values()], batch.desk.now())
    kept = {case_id: made[order.ref] for case_id, order in same.items() if order.ref in made}
    orders.claim(
        tx,
        [
            (case_id, unit.id)
            for case_id, order in kept.items()
            for unit in claimed(order, unit_refs(hands[case_id]))
        ],
    )
    orders.attach(
        tx, [(case_id, order) for case_id, order in kept.items() if rows[case_id].order_id != order.id]
    )
    for order in kept.values():
        batch.memory.keep("orders.get", order.id, answer=order)
    reading.cases(tx, batch.memory, list(kept))
    return kept


def _remember(tx: Tx, batch: Batch, told: Mapping[UUID, Order]) -> None:
    """What the shop knows of the customers beyond their messages, as for one."""
    changed: list[tuple[UUID, Contact]] = []
    tx.memory = batch.memory
    for customer, order in told.items():
        try:
            new = shop.told_of(customers.contact(tx, customer), order)
        except Erased:
            continue
        if new is not None:
            changed.append((customer, new))
            batch.memory.keep("customers.contact", customer, answer=new)
    tx.memory = None
    orders.change(tx, changed)
