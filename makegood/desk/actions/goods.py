"""Sending again: what lies where, a new shipment and its undo, and one that is given up for lost."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from makegood.core.decisions import Do
from makegood.core.errors import Surprise
from makegood.core.facts import Facts
from makegood.desk.actions.orders import claimed, made_by, order_of, ref_of, unit_refs
from makegood.desk.actions.shape import Done, Prepared
from makegood.desk.driving import Hand
from makegood.desk.goods import Shelf, Shipment
from makegood.desk.ports import Provider
from makegood.store import cases, effects
from makegood.store.effects import Allocation
from makegood.store.models import OrderUnit
from makegood.store.transaction import Tx
from makegood.store.words import Bucket, EffectStatus

SEND = "reship.send"
_NOWHERE: Facts = {"found": False, "place": "none", "warehouse": "", "delivery_days": 0}


class FindStock:
    """A warehouse that has all claimed units: one near the customer before the one at home."""

    def answer(self, hand: Hand, arguments: Facts) -> Facts:  # noqa: ARG002  (the protocol's signature)
        with hand.desk.store.begin() as tx:
            order = order_of(tx, hand)
        wanted = Counter(unit.sku for unit in claimed(order, unit_refs(hand)))
        shelves = {sku: hand.desk.stock.shelves(sku, order.market) for sku in sorted(wanted)}
        found = _having_all(wanted, shelves)
        if found is None:
            return dict(_NOWHERE)
        return {
            "found": True,
            "place": "overseas" if found.kind == "overseas" else "domestic",
            "warehouse": found.warehouse,
            "delivery_days": found.delivery_days or 0,
        }


def _having_all(wanted: Mapping[str, int], shelves: Mapping[str, Sequence[Shelf]]) -> Shelf | None:
    have = Counter(
        shelf.warehouse for sku, listed in shelves.items() for shelf in listed if shelf.on_hand >= wanted[sku]
    )
    full = [shelf for listed in shelves.values() for shelf in listed if have[shelf.warehouse] == len(wanted)]
    near = [shelf for shelf in full if shelf.kind == "overseas"]
    return next(iter(near or full), None)


class Send:
    """The ledger reserves each claimed unit at the price paid for it, as if it were paid back."""

    def provider(self, hand: Hand) -> Provider:
        return hand.desk.shipments

    def prepare(self, hand: Hand, do: Do) -> Prepared:
        with hand.desk.store.begin() as tx:
            order = order_of(tx, hand)
        units = claimed(order, unit_refs(hand))
        arguments = {"order": order.ref, "units": counted(units), "warehouse": do.arguments["warehouse"]}
        lines = tuple(
            Allocation(bucket=Bucket.UNIT, unit_id=unit.id, amount_minor=unit.paid_minor)
            for unit in units
            if unit.paid_minor
        )
        return Prepared(arguments, order.id, None, bool(lines), lines)

    def call(self, hand: Hand, arguments: Mapping[str, Any], key: str) -> Done:
        order, units, warehouse = arguments["order"], arguments["units"], arguments["warehouse"]
        return _sent(hand.desk.shipments.send(order, units, warehouse, key=key))

    def find(self, hand: Hand, arguments: Mapping[str, Any], key: str) -> Done | None:
        found = hand.desk.shipments.find(arguments["order"], key=key)
        return _sent(found) if found else None

    def after(self, tx: Tx, hand: Hand, arguments: Mapping[str, Any], key: str) -> None:
        """The ledger consumes the reservation; nothing else is kept."""


def counted(units: Sequence[OrderUnit]) -> dict[str, int]:
    """How many of each line, in the order of their names."""
    return dict(sorted(Counter(unit.line_ref for unit in units).items()))


def _sent(shipment: Shipment) -> Done:
    values: Facts = {"tracking": shipment.tracking, "shipment": shipment.ref}
    return Done(values, shipment.ref, {"ledger.shipped": True})


class CallBack:
    """Undo of sending, until the carrier has it: only then are its units free again."""

    def provider(self, hand: Hand) -> Provider:
        return hand.desk.shipments

    def prepare(self, hand: Hand, do: Do) -> Prepared:
        with hand.desk.store.begin() as tx:
            sent = made_by(tx, hand, SEND, "shipment", do.arguments["shipment"])
        if sent is None:
            raise Surprise(f"{hand.number} sent no shipment with that number")
        return Prepared({"order": ref_of(hand), "shipment": sent.provider_ref, "sent_by": sent.key})

    def call(self, hand: Hand, arguments: Mapping[str, Any], key: str) -> Done:
        hand.desk.shipments.cancel(arguments["shipment"], key=key)
        return Done()

    def find(self, hand: Hand, arguments: Mapping[str, Any], key: str) -> Done | None:  # noqa: ARG002
        found = hand.desk.shipments.find(arguments["order"], key=arguments["sent_by"])
        return Done() if found and found.status == "cancelled" else None

    def by_hand(self, hand: Hand, arguments: Mapping[str, Any]) -> Done:  # noqa: ARG002  (the protocol's signature)
        return Done()

    def is_begun(self, hand: Hand, arguments: Mapping[str, Any], key: str) -> bool:  # noqa: ARG002
        return False

    def after(self, tx: Tx, hand: Hand, arguments: Mapping[str, Any], key: str) -> None:  # noqa: ARG002
        effects.take_back(tx, arguments["sent_by"])


class WriteOff:
    """Frees the units of a shipment that its customer never got. Asked again it says the same."""

    def answer(self, hand: Hand, arguments: Facts) -> Facts:
        with hand.desk.store.begin() as tx:
            cases.lock(tx, hand.case_id, hand.fence)
            sent = made_by(tx, hand, SEND, "tracking", arguments["tracking"])
            if sent is None or sent.status is not EffectStatus.DONE:
                return {"released": False}
            effects.take_back(tx, sent.key)
        return {"released": True}
