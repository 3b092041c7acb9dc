"""Money that a person has given back outside of the line: it is not paid again, and it counts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from makegood.core.decisions import Do
from makegood.core.facts import Facts
from makegood.core.money import Money
from makegood.desk.actions.allocating import allocate_by_hand
from makegood.desk.actions.orders import claimed, order_of, unit_refs
from makegood.desk.actions.shape import Done, Prepared
from makegood.desk.driving import Hand
from makegood.desk.ports import Provider
from makegood.store.transaction import Tx


class OwnLedger:
    """The ledger itself as provider: what was intended has happened, for a person has said so."""

    key_lifetime = timedelta.max
    can_look_up = True
    absent_after = timedelta()


class RecordPayment:
    """Uses up what is left of the claimed units (and the freight) as a refund would, and calls nobody."""

    def provider(self, hand: Hand) -> Provider:  # noqa: ARG002  (the protocol's signature)
        return OwnLedger()

    def prepare(self, hand: Hand, do: Do) -> Prepared:
        amount, freight = do.arguments["amount_minor"], do.arguments.get("freight_minor", 0)
        assert isinstance(amount, int)
        assert isinstance(freight, int)
        with hand.desk.store.begin() as tx:
            order = order_of(tx, hand)
        arguments = {"currency": order.currency, "minor": amount}
        if amount == 0:
            return Prepared(arguments, order.id)
        lines = allocate_by_hand(claimed(order, unit_refs(hand)), amount, min(freight, amount))
        return Prepared(arguments, order.id, Money(minor=amount, currency=order.currency), True, lines)

    def call(self, hand: Hand, arguments: Mapping[str, Any], key: str) -> Done:  # noqa: ARG002
        return _recorded(hand, arguments)

    def find(self, hand: Hand, arguments: Mapping[str, Any], key: str) -> Done | None:  # noqa: ARG002
        return _recorded(hand, arguments)

    def after(self, tx: Tx, hand: Hand, arguments: Mapping[str, Any], key: str) -> None:
        """The ledger consumes the reservation; nothing else is kept."""


def _recorded(hand: Hand, arguments: Mapping[str, Any]) -> Done:
    minor, before = arguments["minor"], hand.state.facts["ledger.paid_minor"]
    assert isinstance(before, int)
    ledger: Facts = {"ledger.paid": True, "ledger.paid_minor": before + minor} if minor else {}
    return Done({"recorded_minor": minor}, "by-hand", ledger)
