"""Where goods are sent again from, and who repairs them."""

from __future__ import annotations

from tasks.skin import make_call, skin


@skin("stock.find")
def find_stock(case: str, step: str, visit: str) -> None:
    """The warehouse that has all claimed units."""
    make_call(case, step, visit)


@skin("reship.send")
def send(case: str, step: str, visit: str) -> None:
    """Sends the claimed units again."""
    make_call(case, step, visit)


@skin("reship.cancel")
def call_back(case: str, step: str, visit: str) -> None:
    """Undo of send."""
    make_call(case, step, visit)


@skin("reship.write_off")
def write_off(case: str, step: str, visit: str) -> None:
    """Gives a new shipment up for lost."""
    make_call(case, step, visit)


@skin("repair.open")
def open_repair(case: str, step: str, visit: str) -> None:
    """An RMA, with a label to the repairer."""
    make_call(case, step, visit)


@skin("repair.cancel")
def call_off(case: str, step: str, visit: str) -> None:
    """Undo of open_repair."""
    make_call(case, step, visit)


@skin("repair.approve")
def approve(case: str, step: str, visit: str) -> None:
    """Tells the repairer to go ahead."""
    make_call(case, step, visit)


@skin("repair.return_unrepaired")
def return_unrepaired(case: str, step: str, visit: str) -> None:
    """Has the goods sent back as they are."""
    make_call(case, step, visit)
