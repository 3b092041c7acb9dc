"""Choosing: which order of the shop each story happens to. The same shop gives the same choice."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from tests.acceptance.figures import euro_cents
from tests.acceptance.story import Json, Plot, Story, Wanted

Claim = tuple[Json, str]  # an order and the line that is claimed


class NoSuchOrder(LookupError):
    """The shop has no order left for a story: its rule asks for too much."""

    def __init__(self, story: Story, market: str) -> None:
        super().__init__(f"no order in {market} for {story.name!r}: {story.order}")


def cast(stories: Sequence[Story], orders: Sequence[Json], now: datetime) -> list[Plot]:
    """A plot for each case. A customer is in one story only."""
    ranked = sorted(orders, key=lambda order: str(order["id"]))
    taken: set[str] = set()
    plots: list[Plot] = []
    for story in stories:
        free = [order for order in ranked if _buyer(order) not in taken]
        chosen = _of_one_customer(story, free, now) if story.one_customer else _one_each(story, free, now)
        for before, (order, line) in enumerate(chosen):
            plots.append(Plot(len(plots) + 1, story, order, line, before if story.one_customer else 0))
            taken.add(_buyer(order))
    return plots


def _one_each(story: Story, free: Sequence[Json], now: datetime) -> list[Claim]:
    """For each market the first order that will do, of a customer not yet in the story."""
    chosen: list[Claim] = []
    for market in story.markets:
        mine = {_buyer(order) for order, _ in chosen}
        found = (
            (order, line)
            for order in free
            if order["market"] == market and _buyer(order) not in mine
            for line in fitting(story.order, order, now)
        )
        claim = next(found, None)
        if claim is None:
            raise NoSuchOrder(story, market)
        chosen.append(claim)
    return chosen


def _of_one_customer(story: Story, free: Sequence[Json], now: datetime) -> list[Claim]:
    """Claims of the first customer who can make enough of them, be it of one order or of several."""
    by_customer: dict[str, list[Claim]] = {}
    for order in free:
        if order["market"] == story.markets[0]:
            claims = [(order, line) for line in fitting(story.order, order, now)]
            by_customer.setdefault(_buyer(order), []).extend(claims)
    for claims in by_customer.values():
        if len(claims) >= len(story.markets):
            return claims[: len(story.markets)]
    raise NoSuchOrder(story, story.markets[0])


def _buyer(order: Json) -> str:
    return str(order["customer"]["email"])


def fitting(wanted: Wanted, order: Json, now: datetime) -> list[str]:
    """The lines that may be claimed, `""` for the whole order; none when this order will not do."""
    if state(order) != wanted.state or (wanted.payment and order["payment_status"] != wanted.payment):
        return []
    if wanted.state == "delivered":
        days = (now - datetime.fromisoformat(order["delivered_at"])).total_seconds() / 86_400
        if not wanted.days[0] <= days <= wanted.days[1]:
            return []
    if not wanted.one_line:
        return [""] if _worth(wanted, sum(map(paid, order["lines"])), order) else []
    several = len(order["lines"]) > 1
    return [str(line["id"]) for line in order["lines"] if several and _worth(wanted, paid(line), order)]


def state(order: Json) -> str:
    """The word of a story for where an order is; packed and held orders have none."""
    fulfilment = str(order["fulfilment"])
    return fulfilment if fulfilment in ("not_started", "picking", "cancelled") else str(order["status"])


def paid(line: Json) -> int:
    return int(line["unit_paid"]["minor"]) * int(line["quantity"])


def _worth(wanted: Wanted, minor: int, order: Json) -> bool:
    return wanted.cents[0] <= euro_cents(minor, str(order["currency"])) <= wanted.cents[1]
