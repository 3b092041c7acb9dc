"""Repairs at the seller's repair centre and its local partners."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from makegood.gateways.goods import Repair
from makegood.gateways.seller.api import SellerClient, lines_of


class SellerRepairs(SellerClient):
    """Implements the `Repairs` port."""

    def open(
        self,
        order: str,
        units: Mapping[str, int],
        place: Literal["centre", "partner"],
        *,
        warranty: bool,
        key: str,
    ) -> Repair:
        """With a label to the repairer."""
        body = {
            "order_id": order,
            "lines": lines_of(units),
            "place": place,
            "warranty": warranty,
            "reference": key,
        }
        return self._api.post(Repair, "/repairs", key=key, body=body)

    def approve(self, rma: str, *, key: str) -> Repair:
        """Only what was quoted."""
        return self._answer("/repairs/{}/approve", rma, key)

    def send_back(self, rma: str, *, key: str) -> Repair:
        """As it is."""
        return self._answer("/repairs/{}/return", rma, key)

    def cancel(self, rma: str, *, key: str) -> Repair:
        """Until its parcel is on its way."""
        return self._answer("/repairs/{}/cancel", rma, key)

    def find(self, order: str, *, key: str) -> Repair | None:  # noqa: ARG002  # keys are unique without it
        """The repair opened under this key, with the state that it is in now."""
        return next(iter(self._api.get(tuple[Repair, ...], "/repairs", query={"reference": key})), None)

    def _answer(self, route: str, rma: str, key: str) -> Repair:
        return self._api.post(Repair, route, rma, key=key, body={"reference": key})
