"""Refunds and voids at the seller's payment provider."""

from __future__ import annotations

from makegood.core.money import Money
from makegood.gateways.results import Refund, Void
from makegood.gateways.seller.api import SellerClient, amount_of


class SellerPayments(SellerClient):
    """Implements the `Payments` port."""

    def refund(self, payment: str, amount: Money, *, reason: str, key: str) -> Refund:
        """The same key again returns the first refund; more than is left is `Refused("over_refund")`."""
        body = {"amount": amount_of(amount), "reference": key, "reason": reason}
        return self._api.post(Refund, "/payments/{}/refunds", payment, key=key, body=body)

    def void(self, payment: str, *, key: str) -> Void:
        """Only before capture."""
        return self._api.post(Void, "/payments/{}/void", payment, key=key, body={"reference": key})

    def find_refund(self, payment: str, *, key: str) -> Refund | None:  # noqa: ARG002  # keys are unique without it
        """The refund made under this key."""
        return next(iter(self._api.get(tuple[Refund, ...], "/refunds", query={"reference": key})), None)

    def find_void(self, payment: str, *, key: str) -> Void | None:  # noqa: ARG002  # keys are unique without it
        """The void made under this key."""
        return next(iter(self._api.get(tuple[Void, ...], "/voids", query={"reference": key})), None)
