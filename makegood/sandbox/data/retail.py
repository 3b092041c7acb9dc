"""A shop's own files (orders.json, users.json, products.json), overlaid with what they lack.

Kept as they are: order ids, people, addresses, articles, prices, payments and tracking numbers. Made up
from a digest of the seed and the id, so that any two runs agree: market, dates, tax, stock, category, tier.
"""

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal

from makegood.sandbox.data.categories import category
from makegood.sandbox.markets import MARKETS
from makegood.sandbox.money import exact_minor
from makegood.sandbox.new_orders import NewLine, NewOrder, NewPayment
from makegood.sandbox.orders import Address, Customer, Fulfilment
from makegood.sandbox.parcels import ParcelStatus
from makegood.sandbox.warehouses import HOME, OVERSEAS, Warehouse

# One market per customer, each as likely as its share here.
OVERLAY_MARKETS = ("DE", "DE", "DE", "FR", "FR", "GB", "GB", "US", "US", "JP", "BR")
KINDS = {"credit_card": "card", "gift_card": "gift_card", "paypal": "paypal"}
FILES = ("orders.json", "users.json", "products.json")
Json = dict[str, Any]


class DataUnreadable(ValueError):
    """A file of the data folder is missing or not what it should be; says which, and what was expected."""


@dataclass(frozen=True)
class Shop:
    orders: Json
    users: Json
    products: Json


@dataclass(frozen=True)
class Progress:
    """What the overlay adds to one order's status."""

    fulfilment: Fulfilment
    placed_at: datetime
    shipped_at: datetime | None = None
    delivered_at: datetime | None = None
    parcel: ParcelStatus | None = None


def read(folder: Path) -> Shop:
    """Prices become Decimals, never floats."""
    return Shop(*(_parse(folder / name) for name in FILES))


def stock(shop: Shop, seed: int) -> list[tuple[str, str, str, int]]:
    """Articles marked unavailable have none; the others 3 to 42: all overseas, all at home, or shared."""
    return [
        (place.code, item_id, product["name"], units)
        for product in shop.products.values()
        for item_id, variant in product["variants"].items()
        for place, units in _shared_out(item_id, variant["available"], seed)
    ]


def _shared_out(item_id: str, available: bool, seed: int) -> list[tuple[Warehouse, int]]:
    units = _draw(seed, item_id, "stock", 3, 42) if available else 0
    overseas = (units, 0, units // 3)[_draw(seed, item_id, "place", 0, 2)]
    return [(OVERSEAS, overseas), (HOME, units - overseas)]


def orders(shop: Shop, seed: int, now: datetime) -> list[NewOrder]:
    try:
        return [_order(shop, order, seed, now) for order in shop.orders.values()]
    except KeyError as missing:
        raise DataUnreadable(f"the files do not fit together: {missing} was expected") from missing


def market_of(user_id: str, seed: int) -> str:
    return OVERLAY_MARKETS[_draw(seed, user_id, "market", 0, len(OVERLAY_MARKETS) - 1)]


def _parse(path: Path) -> Json:
    try:
        content = json.loads(path.read_text(encoding="utf-8"), parse_float=Decimal)
    except OSError as problem:
        raise DataUnreadable(f"{path}: {problem.strerror}; expected one of {', '.join(FILES)}") from problem
    except json.JSONDecodeError as problem:
        raise DataUnreadable(f"{path}, line {problem.lineno}: not JSON: {problem.msg}") from problem
    if not isinstance(content, dict):
        raise DataUnreadable(f"{path}: expected an object of objects by id")
    return content


def _order(shop: Shop, order: Json, seed: int, now: datetime) -> NewOrder:
    order_id: str = order["order_id"]
    user_id: str = order["user_id"]
    progress = _progress(order["status"], order_id, seed, now)
    tracking = [number for part in order["fulfillments"] for number in part["tracking_id"]]
    return NewOrder(
        id=order_id,
        market=market_of(user_id, seed),
        tier="vip" if _draw(seed, user_id, "tier", 1, 10) == 1 else "standard",
        customer=_customer(shop.users[user_id], seed),
        lines=[_line(item) for item in order["items"]],
        payments=[_payment(order, seed)],
        fulfilment=progress.fulfilment,
        placed_at=progress.placed_at,
        shipped_at=progress.shipped_at,
        delivered_at=progress.delivered_at,
        tracking=tracking[0] if tracking else None,
        parcel_status=progress.parcel,
    )


def _line(item: Json) -> NewLine:
    """The digits of the price stay: 503.51 is 50351 minor units in each currency, so 50,351 yen in Japan."""
    return NewLine(
        sku=item["item_id"],
        title=item["name"],
        category=category(item["name"]),
        quantity=1,
        unit_paid_minor=exact_minor(Decimal(item["price"])),
    )


def _payment(order: Json, seed: int) -> NewPayment:
    """Gift cards and PayPal are captured at once, cards when the goods leave or in one of three orders."""
    paid, *later = order["payment_history"]
    kind = KINDS[paid["payment_method_id"].rsplit("_", 1)[0]]
    waits = order["status"] == "pending" and _draw(seed, order["order_id"], "capture", 1, 3) > 1
    state: Literal["authorised", "captured", "refunded"]
    state = "refunded" if later else "authorised" if kind == "card" and waits else "captured"
    return NewPayment(kind=kind, amount_minor=exact_minor(Decimal(paid["amount"])), state=state)


def _progress(status: str, order_id: str, seed: int, now: datetime) -> Progress:
    def ago(what: str, low_hours: int, high_hours: int) -> timedelta:
        return timedelta(minutes=_draw(seed, order_id, what, low_hours * 60, high_hours * 60))

    match status:
        case "pending":
            return Progress("not_started", now - ago("placed", 1, 60))
        case "processed" if _draw(seed, order_id, "picking", 0, 1):
            return Progress("picking", now - ago("placed", 24, 96), parcel="CREATED")
        case "processed":
            shipped = now - ago("shipped", 6, 72)
            return Progress("shipped", shipped - ago("work", 12, 60), shipped, parcel="IN_TRANSIT")
        case "delivered":
            # a third within a week, a third within a month, a third up to ten weeks ago
            span = ((6, 168), (168, 720), (720, 1680))[_draw(seed, order_id, "age", 0, 2)]
            delivered = now - ago("delivered", *span)
            shipped = delivered - ago("transit", 24, 144)
            return Progress("delivered", shipped - ago("work", 12, 60), shipped, delivered, "DELIVERED")
        case "cancelled":
            return Progress("cancelled", now - ago("placed", 72, 720), parcel="CANCELLED")
        case _:
            raise DataUnreadable(
                f"order {order_id}: status {status!r} is none of pending, processed, delivered, cancelled"
            )


def _customer(user: Json, seed: int) -> Customer:
    """The street stays; the country follows the market, since that is what the law asks."""
    user_id: str = user["user_id"]
    address = user["address"]
    market = MARKETS[market_of(user_id, seed)]
    return Customer(
        id=user_id,
        name=f"{user['name']['first_name']} {user['name']['last_name']}",
        email=user["email"],
        phone=f"+1555{_draw(seed, user_id, 'phone', 0, 9_999_999):07d}",
        address=Address(
            line1=address["address1"],
            line2=address["address2"] or None,
            city=address["city"],
            region=address["state"],
            postcode=address["zip"],
            country=market.code,
        ),
    )


def _draw(seed: int, name: str, what: str, low: int, high: int) -> int:
    """Between low and high, both included, and the same on every machine."""
    digest = hashlib.sha256(f"{seed}:{what}:{name}".encode()).digest()
    return low + int.from_bytes(digest[:8]) % (high - low + 1)
