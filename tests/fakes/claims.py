"""Payment links, and claims on a carrier, in memory."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from makegood.core.money import Money
from makegood.gateways.goods import CarrierClaim, PaymentLink
from makegood.gateways.outcomes import Refused
from makegood.gateways.results import Order
from tests.fakes.carrier import FakeParcels
from tests.fakes.provider import FakeProvider


class FakePaymentLinks(FakeProvider):
    """`links` shows who was asked for what."""

    def __init__(self, orders: Mapping[str, Order]) -> None:
        super().__init__()
        self._orders = orders
        self.links: dict[str, PaymentLink] = {}

    def make(self, order: str, amount: Money, *, key: str) -> PaymentLink:
        return self.once("make", key, (order, amount), lambda: self._make(order, amount))

    def find(self, order: str, *, key: str) -> PaymentLink | None:
        made: PaymentLink | None = self.done("make", key)
        return self.links[made.ref] if made else None

    def pay(self, link: str) -> None:
        """The customer has paid; tells nobody."""
        self.links[link] = self.links[link].model_copy(update={"status": "paid"})

    def _make(self, order: str, amount: Money) -> PaymentLink:
        if order not in self._orders:
            raise Refused("order_not_found", known=sorted(self._orders))
        if amount.currency != self._orders[order].currency:
            raise Refused("currency_mismatch")
        number = len(self.links) + 1
        url = f"https://pay.test/{number}"
        made = PaymentLink(ref=f"link-{number}", amount=amount, url=url, status="open")
        self.links[made.ref] = made
        return made


class FakeCarrierClaims(FakeProvider):
    """`late` are parcels whose time for a claim is over."""

    def __init__(self, parcels: FakeParcels) -> None:
        super().__init__()
        self._parcels = parcels
        self.late: set[str] = set()
        self.claims: dict[str, CarrierClaim] = {}
        self.asked: dict[str, tuple[str, str, Money]] = {}

    def file(
        self, tracking: str, kind: Literal["lost", "damaged"], amount: Money, *, key: str
    ) -> CarrierClaim:
        return self.once("file", key, (tracking, kind, amount), lambda: self._file(tracking, kind, amount))

    def find(self, tracking: str, *, key: str) -> CarrierClaim | None:
        made: CarrierClaim | None = self.done("file", key)
        return self.claims[made.ref] if made else None

    def _file(self, tracking: str, kind: str, amount: Money) -> CarrierClaim:
        if tracking not in self._parcels.statuses:
            raise Refused("parcel_not_found")
        if tracking in self.late:
            raise Refused("too_late")
        if any(asked[:2] == (tracking, kind) for asked in self.asked.values()):
            raise Refused("already_claimed")
        number = len(self.claims) + 1
        made = CarrierClaim(ref=f"claim-{number}", tracking=tracking, status="filed", answer_by_days=30)
        self.claims[made.ref], self.asked[made.ref] = made, (tracking, kind, amount)
        return made
