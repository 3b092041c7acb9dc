"""Sample orders: fourteen markets, every state that a procedure can meet, the same for the same seed."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from faker import Faker

from makegood.sandbox.markets import MARKETS, Market
from makegood.sandbox.new_orders import NewClaim, NewLine, NewOrder, NewPayment
from makegood.sandbox.orders import Address, Customer, Fulfilment
from makegood.sandbox.warehouses import HOME, OVERSEAS

MAIN_MARKETS = ("DE", "FR", "GB", "US", "JP", "BR")


@dataclass(frozen=True)
class Article:
    sku: str
    title: str
    category: str
    euro_cents: int
    overseas: int = 0
    home: int = 0


ARTICLES = {
    article.sku: article
    for article in (
        Article("TSHIRT-M-NAVY", "T-shirt, navy, M", "apparel", 1999, overseas=40, home=80),
        Article("JACKET-L-GREEN", "Rain jacket, green, L", "apparel", 8990, overseas=14),
        Article("HEADPHONES-BT", "Wireless headphones", "electronics", 12900, home=33),
        Article("TABLET-11", "Tablet, 11 inch", "electronics", 64900, home=6),
        Article("TOOTHBRUSH-EL", "Electric toothbrush", "hygiene", 5990, overseas=10, home=30),
        Article("MUG-ENGRAVED", "Mug, engraved with a name", "custom", 2490),
        Article("KETTLE-17", "Kettle, 1.7 litres", "home", 4490, overseas=21),
        Article("YOGA-MAT", "Yoga mat", "sport", 3290, overseas=15, home=40),
    )
}


@dataclass(frozen=True)
class Pattern:
    """One kind of order: what was bought, how it was paid, and how far it has come. Ages in hours."""

    nr: int
    lines: tuple[tuple[str, int], ...]
    fulfilment: Fulfilment
    placed: int
    shipped: int | None = None
    delivered: int | None = None
    paid: tuple[NewPayment, ...] = field(default=(NewPayment(),))
    tier: str = "standard"
    claims: int = 0
    lost_race: bool = False


AUTHORISED = (NewPayment(state="authorised"),)
DAY = 24

COMMON = (
    Pattern(1001, (("TSHIRT-M-NAVY", 2), ("JACKET-L-GREEN", 1)), "delivered", 8 * DAY, 6 * DAY, 3 * DAY + 5),
    Pattern(1002, (("HEADPHONES-BT", 1),), "not_started", 2, paid=AUTHORISED),
    Pattern(1003, (("KETTLE-17", 1), ("YOGA-MAT", 2)), "picking", 20),
    Pattern(1004, (("HEADPHONES-BT", 1), ("TSHIRT-M-NAVY", 3)), "shipped", 4 * DAY, 2 * DAY),
    Pattern(1005, (("JACKET-L-GREEN", 1),), "delivered", 52 * DAY, 49 * DAY, 45 * DAY),
)
SPECIAL = {
    "DE": (
        Pattern(
            1006, (("TABLET-11", 1),), "delivered", 9 * DAY, 7 * DAY, 5 * DAY, tier="vip"
        ),  # above any limit
        Pattern(
            1007, (("TOOTHBRUSH-EL", 1), ("MUG-ENGRAVED", 2)), "delivered", 7 * DAY, 5 * DAY, 2 * DAY
        ),  # both exempt from withdrawal
        Pattern(1008, (("YOGA-MAT", 1),), "picking", 6, paid=AUTHORISED, lost_race=True),
    ),
    "FR": (
        Pattern(1006, (("KETTLE-17", 1),), "delivered", 12 * DAY, 10 * DAY, 6 * DAY, claims=3),
        Pattern(1007, (("YOGA-MAT", 1),), "held", 5),
    ),
    "GB": (
        Pattern(
            1006,
            (("HEADPHONES-BT", 1),),
            "delivered",
            11 * DAY,
            9 * DAY,
            4 * DAY,
            paid=(NewPayment(kind="gift_card", amount_minor=5000), NewPayment(kind="card")),
        ),
    ),
    "US": (
        Pattern(1006, (("KETTLE-17", 1),), "cancelled", 6 * DAY, paid=(NewPayment(state="refunded"),)),
        Pattern(1007, (("TSHIRT-M-NAVY", 1),), "packed", 30, paid=(NewPayment(kind="paypal"),)),
    ),
}
# names and streets come from Faker's locale; the rest is ours
FAKER_LOCALES = {code: market.locale.replace("-", "_") for code, market in MARKETS.items()}


def stock(seed: int) -> list[tuple[str, str, str, int]]:
    """The same for every seed: procedures are written against it. Some lie only overseas, some only at
    home, one nowhere."""
    del seed
    return [
        (place.code, article.sku, article.title, units)
        for article in ARTICLES.values()
        for place, units in ((OVERSEAS, article.overseas), (HOME, article.home))
    ]


def orders(seed: int, now: datetime) -> list[NewOrder]:
    """Ids, people and amounts depend on the seed alone; dates are counted back from `now`."""
    return [order for market in MARKETS.values() for order in _of_market(market, seed, now)]


def _of_market(market: Market, seed: int, now: datetime) -> Iterator[NewOrder]:
    fake = Faker(FAKER_LOCALES[market.code])
    fake.seed_instance(f"{seed}:{market.code}")
    patterns = COMMON if market.code in MAIN_MARKETS else COMMON[:2]
    for pattern in (*patterns, *SPECIAL.get(market.code, ())):
        yield _order(market, pattern, _customer(market, pattern.nr, fake), now)


def _order(market: Market, pattern: Pattern, customer: Customer, now: datetime) -> NewOrder:
    lines = [
        NewLine(
            sku=sku,
            title=ARTICLES[sku].title,
            category=ARTICLES[sku].category,
            quantity=quantity,
            unit_paid_minor=_price(market, ARTICLES[sku].euro_cents),
        )
        for sku, quantity in pattern.lines
    ]
    freight = _price(market, 495)
    total = sum(line.quantity * line.unit_paid_minor for line in lines) + freight
    return NewOrder(
        id=f"{market.code}-{pattern.nr}",
        market=market.code,
        tier=pattern.tier,
        customer=customer,
        lines=lines,
        freight_paid_minor=freight,
        payments=_split(pattern.paid, total),
        fulfilment=pattern.fulfilment,
        interception="too_late" if pattern.lost_race else None,
        placed_at=_ago(now, pattern.placed),
        shipped_at=_ago(now, pattern.shipped),
        delivered_at=_ago(now, pattern.delivered),
        claims=[
            NewClaim(amount_minor=_price(market, 2000), at=now - timedelta(days=20 * nth))
            for nth in range(1, pattern.claims + 1)
        ],
    )


def _ago(now: datetime, hours: int | None) -> datetime | None:
    return None if hours is None else now - timedelta(hours=hours)


def _price(market: Market, euro_cents: int) -> int:
    """In the market's minor units, rounded down; yen and won get whole ones."""
    return euro_cents * market.price_percent // 100


def _split(paid: Sequence[NewPayment], total: int) -> list[NewPayment]:
    """The last payment bears what the others leave."""
    rest = total - sum(payment.amount_minor or 0 for payment in paid[:-1])
    return [*paid[:-1], paid[-1].model_copy(update={"amount_minor": rest})]


def _customer(market: Market, nr: int, fake: Faker) -> Customer:
    customer_id = f"cus-{market.code.lower()}-{nr}"
    return Customer(
        id=customer_id,
        name=fake.name(),
        email=f"{customer_id}.{fake.random_int(100, 999)}@example.com",
        phone=fake.phone_number(),
        address=Address(
            line1=fake.street_address().replace("\n", ", "),
            city=fake.city(),
            postcode=fake.postcode(),
            country=market.code,
        ),
    )
