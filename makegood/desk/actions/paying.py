"""Paying: which cent goes back for which unit, through which payment; and voids of what was never taken."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from makegood.core.decisions import Do
from makegood.core.facts import Facts
from makegood.core.money import Money
from makegood.desk.actions.allocating import allocate, through, void_lines
from makegood.desk.actions.orders import claimed, order_of, unit_refs
from makegood.desk.actions.shape import Done, Prepared
from makegood.desk.driving import Hand
from makegood.desk.ports import Outcome, Provider, Refused, Unavailable, Unknown
from makegood.desk.ports import Refund as Refunded
from makegood.desk.ports import Void as Voided
from makegood.store.models import Order
from makegood.store.transaction import Tx

_CAPTURED = "captured"
_BY_HAND = "by-hand"


class _ThroughPayments:
    """`parts` are the calls to the acquirer, one per payment, each under a key of its own."""

    def provider(self, hand: Hand) -> Provider:
        return hand.desk.payments

    def after(self, tx: Tx, hand: Hand, arguments: Mapping[str, Any], key: str) -> None:
        """The ledger consumes the reservation; nothing else is kept."""


Look = Callable[[str, str], Refunded | Voided | None]
Make = Callable[[dict[str, Any], str], Refunded | Voided]


def _each(parts: list[dict[str, Any]], key: str, look: Look, make: Make) -> list[str]:
    """The provider's references, part by part.

    Of several parts some may have gone out before: each is looked up first, for its key may be forgotten
    by now. Once one part is out, or a look-up has failed, no other part's failure means "not done".
    """
    refs: list[str] = []
    for number, part in enumerate(parts):
        payment, own = part["payment"], part_key(key, number)
        try:
            done = _looked(look, payment, own) if len(parts) > 1 else None
            refs.append((done or make(part, own)).ref)
        except (Refused, Unavailable) as error:
            if not refs:
                raise
            raise Unknown("payments", payment, f"part {number + 1}: {error.code}") from error
    return refs


def _looked(look: Look, payment: str, key: str) -> Refunded | Voided | None:
    try:
        return look(payment, key)
    except Outcome as error:
        raise Unknown("payments", payment, "cannot be looked up") from error


class Refund(_ThroughPayments):
    """Gives back for the claimed units, and the freight where it is asked for."""

    def prepare(self, hand: Hand, do: Do) -> Prepared:
        amount, freight = do.arguments["amount_minor"], do.arguments.get("freight_minor", 0)
        assert isinstance(amount, int)
        assert isinstance(freight, int)
        with hand.desk.store.begin() as tx:
            order = order_of(tx, hand)
        reason = str(hand.state.facts["case.reason"])
        if amount == 0:  # all was given back before: nothing moves, and that is no failure
            return Prepared({"currency": order.currency, "parts": [], "reason": reason}, order.id)
        lines = allocate(order, claimed(order, unit_refs(hand)), amount, min(freight, amount))
        parts = through(order, lines)
        money = Money(minor=amount, currency=order.currency)
        arguments = {"currency": order.currency, "parts": parts, "reason": reason}
        return Prepared(arguments, order.id, money, True, lines)

    def call(self, hand: Hand, arguments: Mapping[str, Any], key: str) -> Done:
        payments, currency, reason = hand.desk.payments, arguments["currency"], arguments["reason"]

        def look(payment: str, key: str) -> Refunded | None:
            return payments.find_refund(payment, key=key)

        def make(part: dict[str, Any], key: str) -> Refunded:
            money = Money(minor=part["minor"], currency=currency)
            return payments.refund(part["payment"], money, reason=reason, key=key)

        return _refunded(hand, arguments, _each(arguments["parts"], key, look, make))

    def find(self, hand: Hand, arguments: Mapping[str, Any], key: str) -> Done | None:
        """Found only when every part is."""
        refs: list[str] = []
        for number, part in enumerate(arguments["parts"]):
            found = hand.desk.payments.find_refund(part["payment"], key=part_key(key, number))
            if found is None:
                return None
            refs.append(found.ref)
        return _refunded(hand, arguments, refs)

    def by_hand(self, hand: Hand, arguments: Mapping[str, Any]) -> Done:
        return _refunded(hand, arguments, [_BY_HAND])

    def is_begun(self, hand: Hand, arguments: Mapping[str, Any], key: str) -> bool:
        find, parts = hand.desk.payments.find_refund, enumerate(arguments["parts"])
        return any(find(part["payment"], key=part_key(key, number)) for number, part in parts)


def part_key(key: str, number: int) -> str:
    """The first part carries the effect's own key, so that a refund of one payment is found by it."""
    return key if number == 0 else f"{key}:{number + 1}"


def _refunded(hand: Hand, arguments: Mapping[str, Any], refs: list[str]) -> Done:
    minor = sum(part["minor"] for part in arguments["parts"])
    before = hand.state.facts["ledger.paid_minor"]
    assert isinstance(before, int)
    ledger: Facts = {"ledger.paid": True, "ledger.paid_minor": before + minor} if minor else {}
    return Done({"refunded_minor": minor, "refunds": len(refs)}, ",".join(refs), ledger)


class Void(_ThroughPayments):
    """Releases every authorisation of the order that was not captured; part of an order is never released."""

    def prepare(self, hand: Hand, do: Do) -> Prepared:  # noqa: ARG002  (the protocol's signature)
        with hand.desk.store.begin() as tx:
            order = order_of(tx, hand)
        lines = void_lines(order)
        parts = through(order, lines)
        total = sum(part["minor"] for part in parts)
        money = Money(minor=total, currency=order.currency) if total else None
        told = {
            "currency": order.currency,
            "parts": parts,
            "refused": _no_void(order, parts),
            "part_of": "" if len(claimed(order, unit_refs(hand))) == len(order.units) else order.ref,
        }
        return Prepared(told, order.id, money, bool(total), lines)

    def call(self, hand: Hand, arguments: Mapping[str, Any], key: str) -> Done:
        payments = hand.desk.payments
        if code := arguments.get("refused"):
            raise Refused(code)
        if part_of := arguments.get("part_of"):
            _must_be_cancelled(hand, part_of)

        def look(payment: str, key: str) -> Voided | None:
            return payments.find_void(payment, key=key)

        def make(part: dict[str, Any], key: str) -> Voided:
            try:
                return payments.void(part["payment"], key=key)
            except Refused as error:
                raise (Refused(_CAPTURED) if error.code == "already_captured" else error) from error

        return _voided(arguments, _each(arguments["parts"], key, look, make))

    def find(self, hand: Hand, arguments: Mapping[str, Any], key: str) -> Done | None:
        if arguments.get("refused"):
            return None
        refs: list[str] = []
        for number, part in enumerate(arguments["parts"]):
            found = hand.desk.payments.find_void(part["payment"], key=part_key(key, number))
            if found is None:
                return None
            refs.append(found.ref)
        return _voided(arguments, refs)

    def by_hand(self, hand: Hand, arguments: Mapping[str, Any]) -> Done:  # noqa: ARG002
        return _voided(arguments, [_BY_HAND])

    def is_begun(self, hand: Hand, arguments: Mapping[str, Any], key: str) -> bool:
        find, parts = hand.desk.payments.find_void, enumerate(arguments["parts"])
        return any(find(part["payment"], key=part_key(key, number)) for number, part in parts)


def _no_void(order: Order, parts: list[dict[str, Any]]) -> str:
    """Why there is nothing to release: the money was taken meanwhile, and has to be given back instead."""
    taken = any(payment.captured_minor > 0 and payment.left_minor > 0 for payment in order.payments)
    return _CAPTURED if taken and not parts else ""


def _must_be_cancelled(hand: Hand, order: str) -> None:
    """Pieces that still go out are paid by the same authorisation."""
    known = hand.desk.shop.load(order)
    if known is None or known.status != "cancelled":
        raise Refused("part_of_an_order")


def _voided(arguments: Mapping[str, Any], refs: list[str]) -> Done:
    minor = sum(part["minor"] for part in arguments["parts"])
    return Done({"voided_minor": minor}, ",".join(refs))
