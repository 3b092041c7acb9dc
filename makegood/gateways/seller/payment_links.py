"""Links by which customers pay a quote, at the seller's payment provider."""

from __future__ import annotations

from makegood.core.money import Money
from makegood.gateways.goods import PaymentLink
from makegood.gateways.seller.api import SellerClient, amount_of


class SellerPaymentLinks(SellerClient):
    """Implements the `PaymentLinks` port."""

    def make(self, order: str, amount: Money, *, key: str) -> PaymentLink:
        """The same key again returns the first link."""
        body = {"order_id": order, "amount": amount_of(amount), "reference": key}
        return self._api.post(PaymentLink, "/payment-links", key=key, body=body)

    def find(self, order: str, *, key: str) -> PaymentLink | None:  # noqa: ARG002  # keys are unique without it
        """The link made under this key, paid or not."""
        found = self._api.get(tuple[PaymentLink, ...], "/payment-links", query={"reference": key})
        return next(iter(found), None)
