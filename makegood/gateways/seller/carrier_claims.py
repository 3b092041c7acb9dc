"""Claims on the seller's carrier."""

from __future__ import annotations

from typing import Literal

from makegood.core.money import Money
from makegood.gateways.goods import CarrierClaim
from makegood.gateways.seller.api import SellerClient, amount_of


class SellerCarrierClaims(SellerClient):
    """Implements the `CarrierClaims` port."""

    def file(
        self, tracking: str, kind: Literal["lost", "damaged"], amount: Money, *, key: str
    ) -> CarrierClaim:
        """Once for each parcel and kind, and in time."""
        body = {"tracking": tracking, "kind": kind, "amount": amount_of(amount), "reference": key}
        return self._api.post(CarrierClaim, "/carrier-claims", key=key, body=body)

    def find(self, tracking: str, *, key: str) -> CarrierClaim | None:  # noqa: ARG002  # keys are unique without it
        """The claim filed under this key, decided or not."""
        found = self._api.get(tuple[CarrierClaim, ...], "/carrier-claims", query={"reference": key})
        return next(iter(found), None)
