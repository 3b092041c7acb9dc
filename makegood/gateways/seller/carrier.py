"""Return labels of the seller's carrier."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from makegood.gateways.results import Label
from makegood.gateways.seller.api import SellerClient, lines_of


class SellerCarrier(SellerClient):
    """Implements the `Carrier` port."""

    def issue_label(
        self, order: str, units: Mapping[str, int], freight_on: Literal["seller", "customer"], *, key: str
    ) -> Label:
        """None named: the whole order."""
        body = {"order_id": order, "lines": lines_of(units), "freight_on": freight_on, "reference": key}
        return self._api.post(Label, "/labels", key=key, body=body)

    def void_label(self, label: str, *, key: str) -> Label:
        """A label that was used cannot be voided."""
        return self._api.post(Label, "/labels/{}/void", label, key=key, body={"reference": key})

    def find_label(self, order: str, *, key: str) -> Label | None:  # noqa: ARG002  # keys are unique without it
        """The label issued under this key, with the state that it is in now."""
        return next(iter(self._api.get(tuple[Label, ...], "/labels", query={"reference": key})), None)
