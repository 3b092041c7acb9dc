"""The world outside: orders are placed, parcels move, carriers decide, time passes, and things go wrong."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from tests.torture.stories import Story, order_of

Json = dict[str, Any]
MISHAPS = {
    "error_rate": 0.04,
    "error_after_rate": 0.05,
    "timeout_after_success_rate": 0.01,
    "hang_ms": 7_000,  # a client waits 6 s for an answer
    "lookup_lag_ms": 400,
}
TOLD_TWICE = ("advance-parcel", "refund-payment", "void-payment", "decide-claim")
OPENS = 8  # o'clock UTC: nobody in MARKETS sleeps


class World:
    """The sandbox's controls."""

    def __init__(self, address: str) -> None:
        self.address = address
        self._client = httpx.Client(base_url=address, timeout=10)

    def close(self) -> None:
        self._client.close()

    def now(self) -> datetime:
        return datetime.fromisoformat(self._get("/clock")["now"])

    def travel(self, by: timedelta) -> None:
        self._post("/clock/advance", {"seconds": int(by.total_seconds())})

    def travel_to(self, to: datetime) -> None:
        if to > self.now():
            self._post("/clock/advance", {"to": to.isoformat()})

    def next_morning(self) -> None:
        """The beginning of the next day on which offices work."""
        now = self.now().astimezone(UTC)
        to = now.replace(hour=OPENS, minute=0, second=0, microsecond=0)
        while to <= now or to.weekday() >= 5:
            to += timedelta(days=1)
        self.travel_to(to)

    def plant(self, nr: int, story: Story) -> str:
        """The order's id. Told again after a lost answer, it is there already."""
        order = order_of(nr, story, self.now())
        answer = self._client.post("/orders", json=order)
        if answer.status_code not in (201, 409):
            answer.raise_for_status()
        if story.shipments:
            sku = order["lines"][0]["sku"]
            shelf = {"warehouse": "DE-1", "on_hand": 100_000, "title": "Lamp"}
            self._client.put(f"/stock/{sku}", json=shelf).raise_for_status()
        return str(order["id"])

    def parcel(self, order: str, purpose: str) -> str | None:
        """Tracking number of the newest parcel of this purpose: `order`, `return`, `reship`."""
        parcels = self._get(f"/orders/{order}")["parcels"]
        found = [str(parcel["tracking"]) for parcel in parcels if parcel["purpose"] == purpose]
        return found[-1] if found else None

    def move(self, tracking: str, status: str) -> None:
        self._post(f"/parcels/{tracking}/advance", {"status": status})

    def accept_claim(self, order: str) -> None:
        for claim in self.books()["carrier_claims"]:
            if claim["order_id"] == order and claim["status"] == "filed":
                self._post(f"/carrier-claims/{claim['id']}/decide", {"accepted": True})

    def mishaps(self, seed: int) -> None:
        """From now on calls fail before and after they are done, and webhooks come twice and out of order."""
        self.fault("*", MISHAPS | {"seed": seed})
        for nr, route in enumerate(TOLD_TWICE):
            told = {"duplicate_webhooks": True, "reorder_webhooks": True, "hold_back_ms": 500}
            self.fault(route, (MISHAPS if "payment" in route else {}) | told | {"seed": seed + nr})

    def fault(self, route: str, fault: Json) -> None:
        self._client.put(f"/faults/{route}", json=fault).raise_for_status()

    def calm(self) -> None:
        self._client.delete("/faults").raise_for_status()

    def books(self) -> Json:
        return self._get("/books")

    def _get(self, path: str) -> Any:
        return self._client.get(path).raise_for_status().json()

    def _post(self, path: str, body: Json) -> Any:
        return self._client.post(path, json=body).raise_for_status().json()
