"""One effect's row: locked in the order case, order, effect, which every writer keeps to."""

from __future__ import annotations

from makegood.store import orders, plain
from makegood.store.cases.rows import lock as lock_case
from makegood.store.errors import Missing
from makegood.store.models import Effect
from makegood.store.transaction import Tx


def lock(tx: Tx, key: str) -> Effect:
    """Raises Missing."""
    effect = plain.one(tx, Effect, "key = :key", key=key)
    if effect is None:
        raise Missing("effect", key)
    lock_case(tx, effect.case_id)
    if effect.pays and effect.order_id is not None:
        orders.lock_row(tx, effect.order_id)
    return plain.find(tx, Effect, "key = :key", key=key)[0]  # as it is under the locks


def bound(key: str, column: str) -> str:
    return f"effect|{key}|{column}"
