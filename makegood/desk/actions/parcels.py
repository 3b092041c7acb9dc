"""The carrier's actions: a return label and its undo, and a parcel called back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from makegood.core.decisions import Do
from makegood.core.facts import Facts
from makegood.desk.actions.goods import counted
from makegood.desk.actions.orders import claimed, made_by, order_of, ref_of, unit_refs
from makegood.desk.actions.shape import Done, Prepared
from makegood.desk.driving import Hand
from makegood.desk.ports import Label, Provider, Refused
from makegood.store.transaction import Tx

NOT_OURS = ""
"""Instead of a label that was not made here: a colleague may have arranged the return by hand."""


class _AtTheCarrier:
    def provider(self, hand: Hand) -> Provider:
        return hand.desk.carrier

    def after(self, tx: Tx, hand: Hand, arguments: Mapping[str, Any], key: str) -> None:
        """Nothing is kept beside the result."""


class ReturnLabel(_AtTheCarrier):
    def prepare(self, hand: Hand, do: Do) -> Prepared:
        with hand.desk.store.begin() as tx:
            units = claimed(order_of(tx, hand), unit_refs(hand))
        freight_on = do.arguments["freight_on"]
        return Prepared({"order": ref_of(hand), "units": counted(units), "freight_on": freight_on})

    def call(self, hand: Hand, arguments: Mapping[str, Any], key: str) -> Done:
        order, units, freight_on = arguments["order"], arguments["units"], arguments["freight_on"]
        return _label(hand.desk.carrier.issue_label(order, units, freight_on, key=key))

    def find(self, hand: Hand, arguments: Mapping[str, Any], key: str) -> Done | None:
        found = hand.desk.carrier.find_label(arguments["order"], key=key)
        return _label(found) if found else None


def _label(label: Label) -> Done:
    values: Facts = {"tracking": label.tracking, "cost_minor": label.cost.minor}
    return Done(values, label.ref)


class VoidLabel(_AtTheCarrier):
    def prepare(self, hand: Hand, do: Do) -> Prepared:
        with hand.desk.store.begin() as tx:
            made = made_by(tx, hand, "parcel.return_label", "tracking", do.arguments["tracking"])
        return Prepared({"label": made.provider_ref if made else NOT_OURS})

    def call(self, hand: Hand, arguments: Mapping[str, Any], key: str) -> Done:
        if arguments["label"] == NOT_OURS:
            raise Refused("not_ours", "A colleague arranged this return elsewhere")
        try:
            hand.desk.carrier.void_label(arguments["label"], key=key)
        except Refused as error:
            raise (Refused("used", error.message) if error.code == "label_used" else error) from error
        return Done()

    def find(self, hand: Hand, arguments: Mapping[str, Any], key: str) -> Done | None:  # noqa: ARG002
        """Voiding a void label keeps it void: asking again is the look-up."""
        return None


class Recall:
    def provider(self, hand: Hand) -> Provider:
        return hand.desk.parcels

    def prepare(self, hand: Hand, do: Do) -> Prepared:  # noqa: ARG002  (the protocol's signature)
        return Prepared({"tracking": do.arguments["tracking"]})

    def call(self, hand: Hand, arguments: Mapping[str, Any], key: str) -> Done:
        return Done({"accepted": hand.desk.parcels.recall(arguments["tracking"], key=key).accepted})

    def find(self, hand: Hand, arguments: Mapping[str, Any], key: str) -> Done | None:
        found = hand.desk.parcels.find_recall(arguments["tracking"], key=key)
        return Done({"accepted": found.accepted}) if found else None

    def after(self, tx: Tx, hand: Hand, arguments: Mapping[str, Any], key: str) -> None:
        """Nothing is kept beside the result."""
