"""A carrier in memory: labels, and parcels that are where the test says."""

from __future__ import annotations

from collections.abc import Mapping, Set
from datetime import UTC, datetime
from typing import Literal

from makegood.core.money import Money
from makegood.gateways.outcomes import Refused
from makegood.gateways.results import Label, Parcel, Recall, Scan
from tests.fakes.provider import FakeProvider
from tests.fakes.warehouse import SHIPPED

BEYOND_RECALL = {"DELIVERED", "RETURNING", "RETURNED", "LOST", "DESTROYED", "CANCELLED"}


class FakeCarrier(FakeProvider):
    """Knows from `states` which orders have left; labels that were used cannot be voided."""

    def __init__(self, states: Mapping[str, str] | None = None, cost: Money | None = None) -> None:
        super().__init__()
        self._states = {} if states is None else states  # an empty one may fill up
        self.cost = cost or Money(minor=490, currency="EUR")
        self.labels: dict[str, Label] = {}
        self.used: set[str] = set()

    def issue_label(
        self, order: str, units: Mapping[str, int], freight_on: Literal["seller", "customer"], *, key: str
    ) -> Label:
        return self.once("issue", key, (order, dict(units), freight_on), lambda: self._issue(order))

    def void_label(self, label: str, *, key: str) -> Label:
        return self.once("void", key, label, lambda: self._void(label))

    def find_label(self, order: str, *, key: str) -> Label | None:
        label: Label | None = self.done("issue", key)
        return self.labels[label.ref] if label else None

    def use(self, label: str) -> None:
        """The customer has dropped the parcel off."""
        self.used.add(label)

    def _issue(self, order: str) -> Label:
        if self._states.get(order, "shipped") not in SHIPPED:
            raise Refused("not_shipped")
        number = len(self.labels) + 1
        label = Label(
            ref=f"label-{number}",
            tracking=f"RT{number}",
            cost=self.cost,
            url=f"https://labels.test/{number}",
            status="made",
        )
        self.labels[label.ref] = label
        return label

    def _void(self, ref: str) -> Label:
        if ref not in self.labels:
            raise Refused("label_not_found")
        if ref in self.used:
            raise Refused("label_used")
        self.labels[ref] = self.labels[ref].model_copy(update={"status": "void"})
        return self.labels[ref]


class FakeParcels(FakeProvider):
    """`FakeParcels({"PX1": "IN_TRANSIT"}, lost={"PX2"})`; a lost or delivered parcel cannot be recalled."""

    def __init__(self, parcels: Mapping[str, str] | None = None, lost: Set[str] = frozenset()) -> None:
        super().__init__()
        self.statuses = dict(parcels or {}) | dict.fromkeys(lost, "LOST")

    def recall(self, tracking: str, *, key: str) -> Recall:
        return self.once("recall", key, tracking, lambda: self._recall(tracking))

    def find_recall(self, tracking: str, *, key: str) -> Recall | None:
        return self.done("recall", key)  # type: ignore[no-any-return]

    def track(self, tracking: str) -> Parcel | None:
        self.reach()
        if tracking not in self.statuses:
            return None
        status = self.statuses[tracking]
        return Parcel(
            tracking=tracking,
            status=status,
            events=(Scan(status=status, at=datetime(2026, 3, 2, 9, 0, tzinfo=UTC)),),
        )

    def _recall(self, tracking: str) -> Recall:
        if tracking not in self.statuses:
            raise Refused("parcel_not_found", known=sorted(self.statuses))
        accepted = self.statuses[tracking] not in BEYOND_RECALL
        if accepted:
            self.statuses[tracking] = "RETURNING"
        return Recall(accepted=accepted)
