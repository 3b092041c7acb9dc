"""The warehouse's actions: hold an order, let it go again, stop it on its way out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from makegood.core.decisions import Do
from makegood.desk.actions.orders import ref_of
from makegood.desk.actions.shape import Done, Prepared
from makegood.desk.driving import Hand
from makegood.desk.ports import Hold as Held
from makegood.desk.ports import Interception, Provider
from makegood.desk.ports import Release as Released
from makegood.store.transaction import Tx


class _AtTheWarehouse:
    """All three name the order, and nothing else."""

    def provider(self, hand: Hand) -> Provider:
        return hand.desk.warehouse

    def prepare(self, hand: Hand, do: Do) -> Prepared:  # noqa: ARG002  (the protocol's signature)
        return Prepared({"order": ref_of(hand)})

    def after(self, tx: Tx, hand: Hand, arguments: Mapping[str, Any], key: str) -> None:
        """Nothing is kept beside the result."""


class Hold(_AtTheWarehouse):
    def call(self, hand: Hand, arguments: Mapping[str, Any], key: str) -> Done:
        return Done({"result": hand.desk.warehouse.hold(arguments["order"], key=key).result})

    def find(self, hand: Hand, arguments: Mapping[str, Any], key: str) -> Done | None:
        found = hand.desk.warehouse.find(arguments["order"], key=key)
        return Done({"result": found.result}) if isinstance(found, Held) else None


class Release(_AtTheWarehouse):
    def call(self, hand: Hand, arguments: Mapping[str, Any], key: str) -> Done:
        hand.desk.warehouse.release(arguments["order"], key=key)
        return Done()

    def find(self, hand: Hand, arguments: Mapping[str, Any], key: str) -> Done | None:
        found = hand.desk.warehouse.find(arguments["order"], key=key)
        return Done() if isinstance(found, Released) else None


class Intercept(_AtTheWarehouse):
    def call(self, hand: Hand, arguments: Mapping[str, Any], key: str) -> Done:
        return Done({"result": hand.desk.warehouse.intercept(arguments["order"], key=key).result})

    def find(self, hand: Hand, arguments: Mapping[str, Any], key: str) -> Done | None:
        found = hand.desk.warehouse.find(arguments["order"], key=key)
        return Done({"result": found.result}) if isinstance(found, Interception) else None
