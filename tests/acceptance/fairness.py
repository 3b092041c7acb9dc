"""Fairness: whether anybody was given the same twice, told from the seller's books alone."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping

from tests.acceptance.story import Json

NEVER_ARRIVED = {"LOST", "DAMAGED", "DESTROYED", "RETURNING", "RETURNED", "CANCELLED"}
Scans = Mapping[str, Iterable[str]]
"""Each status that a parcel has ever had, by its tracking number."""


def given_twice(seller: Json, scans: Scans) -> Iterator[str]:
    """A sentence for each order whose buyer got more than was paid, in money and goods together."""
    refunded: Counter[str] = Counter()
    for refund in seller["refunds"]:
        refunded[refund["order_id"]] += int(refund["amount"]["minor"])
    sent = _sent(seller, scans)
    for order in seller["orders"]:
        number = order["id"]
        captured = sum(int(payment["captured"]["minor"]) for payment in order["payments"])
        prices = {line["id"]: int(line["unit_paid"]["minor"]) for line in order["lines"]}
        if refunded[number] > captured:
            yield f"{number}: {refunded[number]} was paid back of {captured}"
        goods = sum(prices[line] * units for line, units in sent[number].items())
        if goods and refunded[number] + goods > captured:
            yield f"{number}: {refunded[number]} was paid back of {captured}, and goods of {goods} sent again"
        for line in order["lines"]:
            if sent[number][line["id"]] > int(line["quantity"]):
                yield f"{number}: {sent[number][line['id']]} units of {line['id']} were sent again"


def missing_stock(seller: Json) -> Iterator[str]:
    for article in seller["stock"]:
        for shelf in article["warehouses"]:
            if shelf["on_hand"] < 0:
                yield f"{article['sku']}: {shelf['on_hand']} in {shelf['warehouse']}"


def _sent(seller: Json, scans: Scans) -> defaultdict[str, Counter[str]]:
    """Units by order and line that were sent again and arrived, and were never given up for lost."""
    sent: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for shipment in seller["shipments"]:
        seen = set(scans[shipment["tracking"]])
        if shipment["status"] == "made" and "DELIVERED" in seen and not NEVER_ARRIVED & seen:
            for line in shipment["lines"]:
                sent[shipment["order_id"]][line["id"]] += int(line["quantity"])
    return sent
