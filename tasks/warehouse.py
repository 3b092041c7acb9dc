"""Where orders are picked and returns come in."""

from __future__ import annotations

from tasks.skin import make_call, skin


@skin("warehouse.hold")
def hold(case: str, step: str, visit: str) -> None:
    """Keeps an order from being picked."""
    make_call(case, step, visit)


@skin("warehouse.release")
def release(case: str, step: str, visit: str) -> None:
    """Undo of hold."""
    make_call(case, step, visit)


@skin("warehouse.intercept")
def intercept(case: str, step: str, visit: str) -> None:
    """Stops an order whose pick has begun."""
    make_call(case, step, visit)
