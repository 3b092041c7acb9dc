"""A repairer in memory; `receive`, `quote` and so on are what they do next."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from makegood.core.money import Money
from makegood.gateways.goods import Repair
from makegood.gateways.outcomes import Refused
from makegood.gateways.results import Order
from tests.fakes.carrier import FakeParcels
from tests.fakes.provider import FakeProvider
from tests.fakes.warehouse import SHIPPED

MENDED = ("apparel", "electronics", "home", "sport", "toys")
BY_PARTNERS = ("apparel", "electronics", "home", "toys")
PARTNERS = ("DE", "FR", "GB", "US", "JP")


class FakeRepairs(FakeProvider):
    """Knows from `states` which orders have left."""

    def __init__(self, parcels: FakeParcels, orders: Mapping[str, Order], states: Mapping[str, str]) -> None:
        super().__init__()
        self._parcels, self._orders, self._states = parcels, orders, states
        self.repairs: dict[str, Repair] = {}

    def open(
        self,
        order: str,
        units: Mapping[str, int],
        place: Literal["centre", "partner"],
        *,
        warranty: bool,
        key: str,
    ) -> Repair:
        told = (order, dict(units), place, warranty)
        return self.once("open", key, told, lambda: self._open(order, units, place))

    def approve(self, rma: str, *, key: str) -> Repair:
        return self.once("approve", key, rma, lambda: self._become(rma, "approved", ("quoted", "approved")))

    def send_back(self, rma: str, *, key: str) -> Repair:
        from_ = ("received", "quoted", "approved", "beyond_repair", "returning")
        return self.once("send_back", key, rma, lambda: self._become(rma, "returning", from_))

    def cancel(self, rma: str, *, key: str) -> Repair:
        return self.once("cancel", key, rma, lambda: self._cancel(rma))

    def find(self, order: str, *, key: str) -> Repair | None:
        made: Repair | None = self.done("open", key)
        return self.repairs[made.ref] if made else None

    def advance(self, rma: str, state: str, quote: Money | None = None) -> Repair:
        """What the repairer does next; tells nobody."""
        self.repairs[rma] = self.repairs[rma].model_copy(update={"status": state, "quote": quote})
        return self.repairs[rma]

    def _open(self, order: str, units: Mapping[str, int], place: str) -> Repair:
        if self._states[order] not in SHIPPED:
            raise Refused("not_shipped")
        known = self._orders[order]
        chosen = [line for line in known.lines if not units or line.ref in units]
        if any(line.category not in (BY_PARTNERS if place == "partner" else MENDED) for line in chosen):
            raise Refused("no_service")
        if place == "partner" and known.market not in PARTNERS:
            raise Refused("no_service")
        number = len(self.repairs) + 1
        made = Repair(ref=f"RMA-{number}", tracking=f"RP{number}", status="opened")
        self.repairs[made.ref] = made
        self._parcels.statuses[made.tracking] = "CREATED"
        return made

    def _cancel(self, rma: str) -> Repair:
        repair = self._of(rma)
        if repair.status == "cancelled":
            return repair
        if repair.status != "opened" or self._parcels.statuses[repair.tracking] != "CREATED":
            raise Refused("received")
        self._parcels.statuses[repair.tracking] = "CANCELLED"
        return self.advance(rma, "cancelled")

    def _become(self, rma: str, state: str, from_: tuple[str, ...]) -> Repair:
        repair = self._of(rma)
        if repair.status not in from_:
            raise Refused("not_now")
        return self.advance(rma, state, repair.quote)

    def _of(self, rma: str) -> Repair:
        if rma not in self.repairs:
            raise Refused("repair_not_found")
        return self.repairs[rma]
