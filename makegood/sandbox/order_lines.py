"""Some lines of an order, and how many units of each: what a label, a shipment or a repair is about."""

from collections.abc import Sequence

from pydantic import BaseModel, ConfigDict, Field

from makegood.sandbox.errors import Refused
from makegood.sandbox.orders import Line, Order


class UnitsOfLine(BaseModel):
    model_config = ConfigDict(frozen=True)

    id: str = Field(description="The id of a line of the order.")
    quantity: int = Field(1, ge=1, le=10_000)


def chosen(order: Order, wanted: Sequence[UnitsOfLine]) -> list[UnitsOfLine]:
    """None named: the whole order. Each line at most once, and never more than was sold."""
    sold = {line.id: line.quantity for line in order.lines}
    for line in wanted:
        if line.id not in sold:
            raise Refused(422, "unknown_line", f"Order {order.id} has no line {line.id!r}.", known=list(sold))
        if sum(other.quantity for other in wanted if other.id == line.id) > sold[line.id]:
            raise Refused(422, "too_many_units", f"Line {line.id} has {sold[line.id]} units.")
    return list(wanted) or [UnitsOfLine(id=line_id, quantity=units) for line_id, units in sold.items()]


def articles(order: Order, units: Sequence[UnitsOfLine]) -> list[tuple[Line, int]]:
    """Each chosen line with how many units of it."""
    by_id = {line.id: line for line in order.lines}
    return [(by_id[line.id], line.quantity) for line in units]
