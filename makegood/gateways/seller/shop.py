"""Orders in the seller's shop."""

from __future__ import annotations

from makegood.gateways.http import Query
from makegood.gateways.results import Cancellation, History, Order
from makegood.gateways.seller.api import SellerClient


class SellerShop(SellerClient):
    """Implements the `Shop` port."""

    def load(self, order: str) -> Order | None:
        """None when the shop has no such order."""
        return self._api.find(Order, "/orders/{}", order)

    def orders_of(self, email: str | None, limit: int = 20) -> tuple[Order, ...]:
        """Newest first; of everybody for None."""
        query: Query = {"limit": limit} if email is None else {"email": email, "limit": limit}
        return self._api.get(tuple[Order, ...], "/orders", query=query)

    def cancel(self, order: str, *, key: str) -> Cancellation:
        """Moves no money; a second call finds `already_cancelled`, the same key the first answer."""
        return self._api.post(Cancellation, "/orders/{}/cancel", order, key=key, body={"reference": key})

    def find_cancellation(self, order: str, *, key: str) -> Cancellation | None:
        """By the key, else by the order's own state."""
        query = {"reference": key}
        for cancellation in self._api.get(tuple[Cancellation, ...], "/cancellations", query=query):
            return cancellation
        found = self.load(order)
        cancelled = found is not None and found.status == "cancelled"
        return Cancellation(result="already_cancelled") if cancelled else None

    def history(self, order: str, email: str) -> History | None:
        """None if the order is not of this e-mail address, or is not there at all."""
        return self._api.find(History, "/orders/{}/history", order, query={"email": email})
