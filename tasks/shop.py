"""The seller's shop: orders and who placed them."""

from __future__ import annotations

from tasks.skin import make_call, skin


@skin("order.load")
def load(case: str, step: str, visit: str) -> None:
    """Reads the order, its payments and its parcels."""
    make_call(case, step, visit)


@skin("order.attach")
def attach(case: str, step: str, visit: str) -> None:
    """Ties the order that a colleague found to the case."""
    make_call(case, step, visit)


@skin("order.cancel")
def cancel(case: str, step: str, visit: str) -> None:
    """Stops an order before it ships."""
    make_call(case, step, visit)


@skin("customer.history")
def history(case: str, step: str, visit: str) -> None:
    """What this customer claimed and was given before."""
    make_call(case, step, visit)
