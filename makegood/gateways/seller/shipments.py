"""Units of an order sent once more, out of the seller's stock."""

from __future__ import annotations

from collections.abc import Mapping

from makegood.gateways.goods import Shipment
from makegood.gateways.seller.api import SellerClient, lines_of


class SellerShipments(SellerClient):
    """Implements the `Shipments` port."""

    def send(self, order: str, units: Mapping[str, int], warehouse: str, *, key: str) -> Shipment:
        """What is not there is `Refused("out_of_stock")`."""
        body = {"order_id": order, "lines": lines_of(units), "warehouse": warehouse, "reference": key}
        return self._api.post(Shipment, "/shipments", key=key, body=body)

    def cancel(self, shipment: str, *, key: str) -> Shipment:
        """Until the carrier has it."""
        return self._api.post(Shipment, "/shipments/{}/cancel", shipment, key=key, body={"reference": key})

    def find(self, order: str, *, key: str) -> Shipment | None:  # noqa: ARG002  # keys are unique without it
        """The shipment made under this key, with the state that it is in now."""
        return next(iter(self._api.get(tuple[Shipment, ...], "/shipments", query={"reference": key})), None)
