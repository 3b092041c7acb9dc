"""Stock, and shipments out of it, in memory."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from makegood.gateways.goods import Shelf, Shipment
from makegood.gateways.outcomes import Refused
from makegood.gateways.results import Order
from tests.fakes.carrier import FakeParcels
from tests.fakes.provider import FakeProvider
from tests.fakes.warehouse import SHIPPED

EUROPE = ("DE", "FR", "GB", "ES", "IT", "NL", "PL")
PLACES = {"DE-1": "DE", "CN-1": "CN"}


class FakeStock(FakeProvider):
    """`FakeStock({("DE-1", "MUG"): 3})`: units by warehouse, overseas in Germany or at home in China."""

    def __init__(self, units: Mapping[tuple[str, str], int] | None = None) -> None:
        super().__init__()
        self.units = Counter(dict(units or {}))

    def shelves(self, sku: str, market: str) -> tuple[Shelf, ...]:
        self.reach()
        listed = {place for place, known in self.units if known == sku}
        overseas = _shelf("DE-1", "overseas", self.units["DE-1", sku], 2 if market == "DE" else 4)
        home = _shelf("CN-1", "home", self.units["CN-1", sku], 2 if market == "CN" else 14)
        near = (overseas,) if market in EUROPE else ()
        return tuple(shelf for shelf in (*near, home) if shelf.warehouse in listed)

    def take(self, place: str, units: Mapping[str, int]) -> None:
        if any(self.units[place, sku] < number for sku, number in units.items()):
            raise Refused("out_of_stock")
        for sku, number in units.items():
            self.units[place, sku] -= number

    def put_back(self, place: str, units: Mapping[str, int]) -> None:
        for sku, number in units.items():
            self.units[place, sku] += number


def _shelf(place: str, kind: str, on_hand: int, days: int) -> Shelf:
    told = {"warehouse": place, "country": PLACES[place], "kind": kind, "on_hand": on_hand}
    return Shelf.model_validate({**told, "delivery_days": days})


class FakeShipments(FakeProvider):
    """Sends what `stock` has; where a parcel is, `parcels` says."""

    def __init__(
        self, stock: FakeStock, parcels: FakeParcels, orders: Mapping[str, Order], states: Mapping[str, str]
    ) -> None:
        super().__init__()
        self._stock, self._parcels, self._orders, self._states = stock, parcels, orders, states
        self.shipments: dict[str, Shipment] = {}
        self.sent: dict[str, dict[str, int]] = {}

    def send(self, order: str, units: Mapping[str, int], warehouse: str, *, key: str) -> Shipment:
        told = (order, dict(units), warehouse)
        return self.once("send", key, told, lambda: self._send(order, units, warehouse))

    def cancel(self, shipment: str, *, key: str) -> Shipment:
        return self.once("cancel", key, shipment, lambda: self._cancel(shipment))

    def find(self, order: str, *, key: str) -> Shipment | None:
        made: Shipment | None = self.done("send", key)
        return self.shipments[made.ref] if made else None

    def _send(self, order: str, units: Mapping[str, int], warehouse: str) -> Shipment:
        if warehouse not in PLACES:
            raise Refused("warehouse_not_found", known=sorted(PLACES))
        if self._states[order] not in SHIPPED:
            raise Refused("not_shipped")
        articles = self._articles(order, units)
        self._stock.take(warehouse, articles)
        number = len(self.shipments) + 1
        made = Shipment(ref=f"shipment-{number}", tracking=f"RS{number}", warehouse=warehouse, status="made")
        self.shipments[made.ref], self.sent[made.ref] = made, articles
        self._parcels.statuses[made.tracking] = "CREATED"
        return made

    def _cancel(self, ref: str) -> Shipment:
        if ref not in self.shipments:
            raise Refused("shipment_not_found")
        shipment = self.shipments[ref]
        if shipment.status == "cancelled":
            return shipment
        if self._parcels.statuses[shipment.tracking] != "CREATED":
            raise Refused("shipped")
        self._stock.put_back(shipment.warehouse, self.sent[ref])
        self._parcels.statuses[shipment.tracking] = "CANCELLED"
        self.shipments[ref] = shipment.model_copy(update={"status": "cancelled"})
        return self.shipments[ref]

    def _articles(self, order: str, units: Mapping[str, int]) -> dict[str, int]:
        articles: Counter[str] = Counter()
        for line in self._orders[order].lines:
            articles[line.sku] += units.get(line.ref, 0) if units else line.quantity
        return {sku: number for sku, number in articles.items() if number}
