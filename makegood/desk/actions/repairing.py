"""Repairing: whether it is free, the way to the repairer and back, and what the customer is asked to pay."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from makegood.core import warranty
from makegood.core.calendars import local_day
from makegood.core.decisions import Do
from makegood.core.facts import Facts
from makegood.core.money import Money
from makegood.desk.actions.goods import counted
from makegood.desk.actions.judging import claim_of
from makegood.desk.actions.orders import claimed, order_of, unit_refs
from makegood.desk.actions.shape import Done, Prepared
from makegood.desk.driving import Hand
from makegood.desk.goods import PaymentLink, Repair
from makegood.desk.ports import Provider
from makegood.store import cases
from makegood.store.transaction import Tx


class CheckWarranty:
    """Law and house on this day, for a fault, whatever the reason of the case."""

    def answer(self, hand: Hand, arguments: Facts) -> Facts:  # noqa: ARG002  (the protocol's signature)
        with hand.desk.store.begin() as tx:
            case, order = cases.get(tx, hand.case_id), order_of(tx, hand)
        claim = claim_of(hand, order, case.zone, str(hand.state.facts["case.reason"]))
        found = warranty.check(hand.desk.library.policies, claim, local_day(hand.now(), case.zone))
        return {
            "in_warranty": found.in_warranty,
            "basis": found.basis,
            "ends_on": found.ends_on.isoformat() if found.ends_on else "",
            "repair_days": found.repair_days,
            "verified": found.verified,
        }


class _AtTheRepairer:
    def provider(self, hand: Hand) -> Provider:
        return hand.desk.repairs

    def after(self, tx: Tx, hand: Hand, arguments: Mapping[str, Any], key: str) -> None:
        """Nothing is kept beside the result."""


class Open(_AtTheRepairer):
    def prepare(self, hand: Hand, do: Do) -> Prepared:
        with hand.desk.store.begin() as tx:
            order = order_of(tx, hand)
        units = counted(claimed(order, unit_refs(hand)))
        told = {"place": do.arguments["place"], "warranty": do.arguments["warranty"]}
        return Prepared({"order": order.ref, "units": units, **told})

    def call(self, hand: Hand, arguments: Mapping[str, Any], key: str) -> Done:
        order, units, place = arguments["order"], arguments["units"], arguments["place"]
        return _opened(hand.desk.repairs.open(order, units, place, warranty=arguments["warranty"], key=key))

    def find(self, hand: Hand, arguments: Mapping[str, Any], key: str) -> Done | None:
        found = hand.desk.repairs.find(arguments["order"], key=key)
        return _opened(found) if found else None


def _opened(repair: Repair) -> Done:
    return Done({"rma": repair.ref, "tracking": repair.tracking}, repair.ref)


class _Answer(_AtTheRepairer):
    """What the repairer is told about an RMA; telling it again under its key is the look-up."""

    def prepare(self, hand: Hand, do: Do) -> Prepared:  # noqa: ARG002  (the protocol's signature)
        return Prepared({"rma": do.arguments["rma"]})

    def find(self, hand: Hand, arguments: Mapping[str, Any], key: str) -> Done | None:  # noqa: ARG002
        return None

    def by_hand(self, hand: Hand, arguments: Mapping[str, Any]) -> Done:  # noqa: ARG002  (the protocol's signature)
        return Done(ref=arguments["rma"])

    def is_begun(self, hand: Hand, arguments: Mapping[str, Any], key: str) -> bool:  # noqa: ARG002
        return False


class Approve(_Answer):
    def call(self, hand: Hand, arguments: Mapping[str, Any], key: str) -> Done:
        return Done(ref=hand.desk.repairs.approve(arguments["rma"], key=key).ref)


class SendBack(_Answer):
    def call(self, hand: Hand, arguments: Mapping[str, Any], key: str) -> Done:
        return Done(ref=hand.desk.repairs.send_back(arguments["rma"], key=key).ref)


class CallOff(_Answer):
    def call(self, hand: Hand, arguments: Mapping[str, Any], key: str) -> Done:
        return Done(ref=hand.desk.repairs.cancel(arguments["rma"], key=key).ref)


class MakeLink:
    """Asks for money and gives none: nothing of the ledger moves."""

    def provider(self, hand: Hand) -> Provider:
        return hand.desk.payment_links

    def prepare(self, hand: Hand, do: Do) -> Prepared:
        with hand.desk.store.begin() as tx:
            order = order_of(tx, hand)
        return Prepared(
            {"order": order.ref, "minor": do.arguments["amount_minor"], "currency": order.currency}
        )

    def call(self, hand: Hand, arguments: Mapping[str, Any], key: str) -> Done:
        amount = Money(minor=arguments["minor"], currency=arguments["currency"])
        return _linked(hand.desk.payment_links.make(arguments["order"], amount, key=key))

    def find(self, hand: Hand, arguments: Mapping[str, Any], key: str) -> Done | None:
        found = hand.desk.payment_links.find(arguments["order"], key=key)
        return _linked(found) if found else None

    def after(self, tx: Tx, hand: Hand, arguments: Mapping[str, Any], key: str) -> None:
        """Nothing is kept beside the result."""


def _linked(link: PaymentLink) -> Done:
    return Done({"link": link.ref, "url": link.url}, link.ref)
