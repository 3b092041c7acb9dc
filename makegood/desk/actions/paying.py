"""Paying: which cent goes back for which unit, through which payment; and voids of what was never taken."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from makegood.core.decisions import Do
from makegood.core.money import Money
from makegood.desk.actions.allocating import allocate, through, void_lines
from makegood.desk.actions.orders import claimed, order_of, unit_refs
from makegood.desk.actions.shape import Done, Prepared
from makegood.desk.driving import Hand
from makegood.desk.ports import Provider, Refused, Unknown
from makegood.store.transaction import Tx


class _ThroughPayments:
    """`parts` are the calls to the acquirer, one per payment, each under a key of its own."""

    def provider(self, hand: Hand) -> Provider:
        return hand.desk.payments

    def after(self, tx: Tx, hand: Hand, arguments: Mapping[str, Any], key: str) -> None:
        """The ledger consumes the reservation; nothing else is kept."""


class Refund(_ThroughPayments):
    """Gives back for the claimed units, and the freight where it is asked for."""

    def prepare(self, hand: Hand, do: Do) -> Prepared:
        amount, freight = do.arguments["amount_minor"], do.arguments.get("freight_minor", 0)
        assert isinstance(amount, int)
        assert isinstance(freight, int)
        with hand.desk.store.begin() as tx:
            order = order_of(tx, hand)
        lines = allocate(order, claimed(order, unit_refs(hand)), amount, min(freight, amount))
        parts = through(order, lines)
        money = Money(minor=amount, currency=order.currency)
        arguments = {
            "currency": order.currency,
            "parts": parts,
            "reason": str(hand.state.facts["case.reason"]),
        }
        return Prepared(arguments, order.id, money, True, lines)

    def call(self, hand: Hand, arguments: Mapping[str, Any], key: str) -> Done:
        refs: list[str] = []
        for number, part in enumerate(arguments["parts"]):
            money = Money(minor=part["minor"], currency=arguments["currency"])
            try:
                refund = hand.desk.payments.refund(
                    part["payment"], money, reason=arguments["reason"], key=part_key(key, number)
                )
            except Refused as error:
                if not refs:
                    raise
                raise Unknown("payments", part["payment"], f"part {number + 1}: {error.code}") from error
            refs.append(refund.ref)
        return _refunded(hand, arguments, refs)

    def find(self, hand: Hand, arguments: Mapping[str, Any], key: str) -> Done | None:
        """Found only when every part is."""
        refs: list[str] = []
        for number, part in enumerate(arguments["parts"]):
            found = hand.desk.payments.find_refund(part["payment"], key=part_key(key, number))
            if found is None:
                return None
            refs.append(found.ref)
        return _refunded(hand, arguments, refs)


def part_key(key: str, number: int) -> str:
    """The first part carries the effect's own key, so that a refund of one payment is found by it."""
    return key if number == 0 else f"{key}:{number + 1}"


def _refunded(hand: Hand, arguments: Mapping[str, Any], refs: list[str]) -> Done:
    minor = sum(part["minor"] for part in arguments["parts"])
    before = hand.state.facts["ledger.paid_minor"]
    assert isinstance(before, int)
    ledger = {"ledger.paid": True, "ledger.paid_minor": before + minor}
    return Done({"refunded_minor": minor, "refunds": len(refs)}, ",".join(refs), dict(ledger))


class Void(_ThroughPayments):
    """Releases every authorisation of the order that was not captured."""

    def prepare(self, hand: Hand, do: Do) -> Prepared:  # noqa: ARG002  (the protocol's signature)
        with hand.desk.store.begin() as tx:
            order = order_of(tx, hand)
        lines = void_lines(order)
        parts = through(order, lines)
        total = sum(part["minor"] for part in parts)
        money = Money(minor=total, currency=order.currency) if total else None
        return Prepared({"currency": order.currency, "parts": parts}, order.id, money, bool(total), lines)

    def call(self, hand: Hand, arguments: Mapping[str, Any], key: str) -> Done:
        refs: list[str] = []
        for number, part in enumerate(arguments["parts"]):
            try:
                refs.append(hand.desk.payments.void(part["payment"], key=part_key(key, number)).ref)
            except Refused as error:
                if not refs:
                    raise
                raise Unknown("payments", part["payment"], f"part {number + 1}: {error.code}") from error
        return _voided(arguments, refs)

    def find(self, hand: Hand, arguments: Mapping[str, Any], key: str) -> Done | None:
        refs: list[str] = []
        for number, part in enumerate(arguments["parts"]):
            found = hand.desk.payments.find_void(part["payment"], key=part_key(key, number))
            if found is None:
                return None
            refs.append(found.ref)
        return _voided(arguments, refs)


def _voided(arguments: Mapping[str, Any], refs: list[str]) -> Done:
    minor = sum(part["minor"] for part in arguments["parts"])
    return Done({"voided_minor": minor}, ",".join(refs))
