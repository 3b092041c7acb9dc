"""Orders in the seller's shop."""

from __future__ import annotations

from makegood.gateways.results import Cancellation, History, Order
from makegood.gateways.seller.api import SellerClient


class SellerShop(SellerClient):
    """Implements the `Shop` port."""

    def load(self, order: str) -> Order | None:
        """None when the shop has no such order."""
        return self._api.find(Order, "/orders/{}", order)

    def orders_of(self, email: str, limit: int = 20) -> tuple[Order, ...]:
        """Newest first."""
        return self._api.get(tuple[Order, ...], "/orders", query={"email": email, "limit": limit})

    def cancel(self, order: str, *, key: str) -> Cancellation:
        """Moves no money; a second call finds `already_cancelled`, the same key the first answer."""
        return self._api.post(Cancellation, "/orders/{}/cancel", order, key=key, body={"reference": key})

    def find_cancellation(self, order: str, *, key: str) -> Cancellation | None:  # noqa: ARG002  # a state, not a record
        """The order's own state is the proof, whoever cancelled it."""
        found = self.load(order)
        if found is None or found.status != "cancelled":
            return None
        return Cancellation(result="cancelled")

    def history(self, order: str, email: str) -> History | None:
        """None if the order is not of this e-mail address, or is not there at all."""
        return self._api.find(History, "/orders/{}/history", order, query={"email": email})
