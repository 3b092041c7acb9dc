"""Holding, releasing and intercepting orders in the seller's warehouse."""

from __future__ import annotations

from makegood.gateways.results import Hold, Interception, Release
from makegood.gateways.seller.api import SellerClient


class SellerWarehouse(SellerClient):
    """Implements the `Warehouse` port. A cancelled order is `Refused("order_cancelled")`."""

    def hold(self, order: str, *, key: str) -> Hold:
        """Only before picking begins."""
        return self._api.post(Hold, "/warehouse/orders/{}/hold", order, key=key, body={"reference": key})

    def release(self, order: str, *, key: str) -> Release:
        """All holds of the order end."""
        return self._api.post(
            Release, "/warehouse/orders/{}/release", order, key=key, body={"reference": key}
        )

    def intercept(self, order: str, *, key: str) -> Interception:
        """Stopped, the order is held; too late, it leaves."""
        route = "/warehouse/orders/{}/intercept"
        return self._api.post(Interception, route, order, key=key, body={"reference": key})

    def find(self, order: str, *, key: str) -> Hold | Release | Interception | None:  # noqa: ARG002  # keys are unique without it
        """One key is one of the three, so the first book that knows it answers."""
        query = {"reference": key}
        for hold in self._api.get(tuple[Hold, ...], "/warehouse/holds", query=query):
            return hold
        for release in self._api.get(tuple[Release, ...], "/warehouse/releases", query=query):
            return release
        for interception in self._api.get(tuple[Interception, ...], "/warehouse/intercepts", query=query):
            return interception
        return None
