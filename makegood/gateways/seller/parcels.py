"""Parcels on their way, and turning them round."""

from __future__ import annotations

from makegood.gateways.results import Parcel, Recall
from makegood.gateways.seller.api import SellerClient


class SellerParcels(SellerClient):
    """Implements the `Parcels` port."""

    def recall(self, tracking: str, *, key: str) -> Recall:
        """Whether the carrier takes the request; the parcel's return is told by its scans."""
        return self._api.post(Recall, "/parcels/{}/recall", tracking, key=key, body={"reference": key})

    def find_recall(self, tracking: str, *, key: str) -> Recall | None:  # noqa: ARG002  # keys are unique without it
        """The recall asked under this key."""
        return next(iter(self._api.get(tuple[Recall, ...], "/recalls", query={"reference": key})), None)

    def track(self, tracking: str) -> Parcel | None:
        """None when the carrier does not know the number."""
        return self._api.find(Parcel, "/parcels/{}", tracking)
