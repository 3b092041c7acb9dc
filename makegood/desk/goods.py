"""Ports for goods: what lies where, what is sent again or repaired, and what is claimed for it.

They keep the promises of `desk.ports`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, Protocol

from makegood.core.money import Money
from makegood.desk.ports import Provider
from makegood.gateways.goods import CarrierClaim, PaymentLink, Repair, Shelf, Shipment

__all__ = [
    "CarrierClaim",
    "CarrierClaims",
    "PaymentLink",
    "PaymentLinks",
    "Repair",
    "Repairs",
    "Shelf",
    "Shipment",
    "Shipments",
    "Stock",
]


class Stock(Protocol):
    """What lies in the seller's warehouses."""

    def shelves(self, sku: str, market: str) -> tuple[Shelf, ...]:
        """Of the warehouses that reach the market, the quickest first; none for an unknown article."""


class Shipments(Provider, Protocol):
    """Who sends units of an order once more."""

    def send(self, order: str, units: Mapping[str, int], warehouse: str, *, key: str) -> Shipment:
        """To the order's own address. `units` counts by line reference, none meaning the whole order.

        What is not there is `Refused("out_of_stock")`, and nothing is taken.
        """

    def cancel(self, shipment: str, *, key: str) -> Shipment:
        """Undo of `send`, its units back in stock; a parcel on its way is `Refused("shipped")`."""

    def find(self, order: str, *, key: str) -> Shipment | None:
        """The shipment made under this key, cancelled or not."""


class Repairs(Provider, Protocol):
    """Who repairs, and is told how to go on."""

    def open(
        self,
        order: str,
        units: Mapping[str, int],
        place: Literal["centre", "partner"],
        *,
        warranty: bool,
        key: str,
    ) -> Repair:
        """An RMA and a label to the repairer. Without `warranty` it will be quoted first.

        Goods or places that nobody serves are `Refused("no_service")`.
        """

    def approve(self, rma: str, *, key: str) -> Repair:
        """Go ahead with what was quoted; where nothing was it is `Refused("not_now")`."""

    def send_back(self, rma: str, *, key: str) -> Repair:
        """Give the goods back to the customer as they are."""

    def cancel(self, rma: str, *, key: str) -> Repair:
        """Undo of `open`; a parcel on its way is `Refused("received")`."""

    def find(self, order: str, *, key: str) -> Repair | None:
        """The repair opened under this key, in its present state."""


class PaymentLinks(Provider, Protocol):
    """Who asks customers for money on the seller's behalf."""

    def make(self, order: str, amount: Money, *, key: str) -> PaymentLink:
        """A link to pay just this amount, in the order's currency."""

    def find(self, order: str, *, key: str) -> PaymentLink | None:
        """The link made under this key, paid or not."""


class CarrierClaims(Provider, Protocol):
    """Where a carrier takes claims for what it lost or broke."""

    def file(
        self, tracking: str, kind: Literal["lost", "damaged"], amount: Money, *, key: str
    ) -> CarrierClaim:
        """Once for each parcel and kind (`Refused("already_claimed")`), and not `Refused("too_late")`."""

    def find(self, tracking: str, *, key: str) -> CarrierClaim | None:
        """The claim filed under this key, decided or not."""
