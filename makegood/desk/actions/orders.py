"""A case's order: as the store keeps it, and as figures for quotes and allocations."""

from __future__ import annotations

from collections.abc import Sequence

from makegood.core.errors import Surprise
from makegood.desk.driving import Hand
from makegood.store import cases, effects, orders
from makegood.store.models import Case, Effect, Order, OrderUnit
from makegood.store.transaction import Tx


def case_of(hand: Hand) -> Case:
    with hand.desk.store.begin() as tx:
        return cases.get(tx, hand.case_id)


def ref_of(hand: Hand) -> str:
    """The order's number in the shop."""
    ref = case_of(hand).order_ref
    if ref is None:
        raise Surprise(f"{hand.number} has no order; its procedure must find one first")
    return ref


def order_of(tx: Tx, hand: Hand) -> Order:
    """With units and payments."""
    order_id = cases.get(tx, hand.case_id).order_id
    if order_id is None:
        raise Surprise(f"{hand.number}: its order was never loaded")
    return orders.get(tx, order_id)


def made_by(tx: Tx, hand: Hand, action: str, name: str, value: object) -> Effect | None:
    """The case's effect of an action whose result has the value: what an undo takes back."""
    for row in effects.of_case(tx, hand.case_id):
        result = effects.result(tx, row) if row.action == action else None
        if result and result[name] == value:
            return row
    return None


def unit_refs(hand: Hand) -> tuple[str, ...]:
    """What the claim is about: `line` or `line/unit`; empty means all of the order."""
    refs = str(hand.state.facts.get("case.unit_refs", ""))
    return tuple(filter(None, refs.split(",")))


def ref_of_unit(unit: OrderUnit) -> str:
    return f"{unit.line_ref}/{unit.unit_no}"


def claimed(order: Order, refs: Sequence[str]) -> list[OrderUnit]:
    """The claimed units, all when none is named."""
    return [u for u in order.units if not refs or u.line_ref in refs or ref_of_unit(u) in refs]
