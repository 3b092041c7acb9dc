"""A shop in memory, which shows its orders as payments and warehouse have them now."""

from __future__ import annotations

from makegood.gateways.outcomes import Refused
from makegood.gateways.results import Cancellation, Claim, History, Order
from tests.fakes.payments import FakePayments
from tests.fakes.provider import FakeProvider
from tests.fakes.warehouse import SHIPPED, FakeWarehouse


class FakeShop(FakeProvider):
    def __init__(self, payments: FakePayments, warehouse: FakeWarehouse, *orders: Order) -> None:
        super().__init__()
        self._payments = payments
        self._warehouse = warehouse
        self.orders = {order.ref: order for order in orders}
        self.claims: dict[str, tuple[Claim, ...]] = {}

    def load(self, order: str) -> Order | None:
        self.reach()
        return self._now(self.orders[order]) if order in self.orders else None

    def orders_of(self, email: str | None, limit: int = 20) -> tuple[Order, ...]:
        self.reach()
        theirs = [
            each
            for each in self.orders.values()
            if email is None or each.customer.email.lower() == email.lower()
        ]
        theirs.sort(key=lambda each: each.placed_at, reverse=True)
        return tuple(self._now(each) for each in theirs[:limit])

    def cancel(self, order: str, *, key: str) -> Cancellation:
        return self.once("cancel", key, order, lambda: self._cancel(order))

    def find_cancellation(self, order: str, *, key: str) -> Cancellation | None:
        if made := self.done("cancel", key):
            return made  # type: ignore[no-any-return]
        found = self.load(order)
        return Cancellation(result="already_cancelled") if found and found.status == "cancelled" else None

    def history(self, order: str, email: str) -> History | None:
        """All of `claims[email]` count as recent."""
        found = self.load(order)
        if found is None or found.customer.email.lower() != email.lower():
            return None
        claims = self.claims.get(email.lower(), ())
        return History(claims=claims, claims_90d=len(claims))

    def _cancel(self, order: str) -> Cancellation:
        if order not in self.orders:
            raise Refused("order_not_found", known=sorted(self.orders))
        match self._warehouse.states[order]:
            case "cancelled":
                return Cancellation(result="already_cancelled")
            case "not_started" | "held":
                self._warehouse.states[order] = "cancelled"
                return Cancellation(result="cancelled")
            case _:
                return Cancellation(result="too_late")

    def _now(self, order: Order) -> Order:
        state = self._warehouse.states[order.ref]
        status = state if state in (*SHIPPED, "cancelled") else "placed"
        payments = tuple(self._payments.payments[payment.ref] for payment in order.payments)
        return order.model_copy(update={"fulfilment": state, "status": status, "payments": payments})
