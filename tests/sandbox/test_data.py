"""What the sandbox begins with: sample orders, and a shop's own files."""

import json
import shutil
from collections import Counter
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest

from makegood import databases, postgres
from makegood.sandbox.app import make_app
from makegood.sandbox.data import retail
from makegood.sandbox.money import exact_minor, included_tax
from tests.sandbox.serving import serving

SHARED = Path(__file__).parents[2].parent / "shared" / "data" / "retail"
needs_shared = pytest.mark.skipif(not SHARED.exists(), reason="../shared/data/retail is not beside the repo")


def test_the_samples_cover_ten_markets_and_every_state(sandbox: httpx.Client) -> None:
    orders = sandbox.get("/orders", params={"limit": 1000}).json()
    assert 40 <= len(orders) <= 55
    assert len({order["market"] for order in orders}) >= 10
    states = {order["fulfilment"] for order in orders}
    assert states == {"not_started", "picking", "packed", "shipped", "delivered", "held", "cancelled"}
    assert {order["payment_status"] for order in orders} == {"authorised", "captured", "refunded"}
    assert all(
        sum(line["quantity"] * line["unit_paid"]["minor"] for line in order["lines"])
        + order["freight_paid"]["minor"]
        == sum(payment["authorised"]["minor"] for payment in order["payments"])
        for order in orders
    )


def test_the_samples_are_the_same_for_the_same_seed(new_database: Callable[[], str]) -> None:
    def people(seed: int) -> list[tuple[str, str, int]]:
        with (
            serving(make_app(database_url=new_database(), seed=seed)) as address,
            httpx.Client(base_url=address) as sandbox,
        ):
            orders = sandbox.get("/books").json()["orders"]
        return [(o["id"], o["customer"]["name"], o["payments"][0]["captured"]["minor"]) for o in orders]

    assert people(0) == people(0)
    assert people(0) != people(1)


def test_a_second_start_loads_nothing_twice(database_url: str) -> None:
    counts = []
    for _ in range(2):
        with serving(make_app(database_url=database_url)) as address:
            counts.append(len(httpx.get(f"{address}/books").json()["orders"]))
    assert counts[0] == counts[1]


def test_tables_of_an_older_edition_give_way_and_the_clock_stays(database_url: str) -> None:
    with psycopg.connect(database_url.replace("postgresql+psycopg://", "postgresql://")) as older:
        older.execute("CREATE TABLE clock (one boolean PRIMARY KEY DEFAULT true, offset_seconds bigint)")
        older.execute("INSERT INTO clock VALUES (true, 86400)")
        older.execute("CREATE TABLE orders (id text PRIMARY KEY)")
    with serving(make_app(database_url=database_url)) as address:
        assert httpx.get(f"{address}/orders/DE-1001").json()["ships_from"] == "DE"
        assert httpx.get(f"{address}/clock").json()["offset_seconds"] == 86_400


@pytest.mark.parametrize(
    ("text", "minor"), [("503.51", 50351), ("100", 10000), ("0.1", 10), ("19.990", 1999)]
)
def test_a_price_becomes_minor_units_exactly(text: str, minor: int) -> None:
    assert exact_minor(Decimal(text)) == minor


def test_a_price_finer_than_a_minor_unit_is_refused() -> None:
    with pytest.raises(ValueError, match="more than two decimals"):
        exact_minor(Decimal("1.005"))


def test_included_tax_is_rounded_half_up() -> None:
    assert included_tax(1999, 19) == 319  # 319.17
    assert included_tax(11, 10) == 1
    assert included_tax(1999, 0) == 0
    assert included_tax(42, 20) == 7


@pytest.fixture(scope="module")
def shop() -> dict[str, Any]:
    """The folder as another program reads it."""
    parsed: dict[str, Any] = json.loads((SHARED / "orders.json").read_text(), parse_float=Decimal)
    return parsed


@pytest.fixture(scope="module")
def books(postgres_server: postgres.Server) -> dict[str, Any]:
    """What a sandbox says that began with the folder."""
    databases.create_database(postgres_server.url, "shops_own")
    app = make_app(database_url=postgres_server.database("shops_own"), sample=False, data_dir=SHARED)
    with serving(app) as address:
        told: dict[str, Any] = httpx.get(f"{address}/books", timeout=30).json()
    databases.drop_database(postgres_server.url, "shops_own")
    return told


@needs_shared
def test_the_shops_own_orders_keep_their_people_prices_and_state(
    books: dict[str, Any], shop: dict[str, Any]
) -> None:
    users = json.loads((SHARED / "users.json").read_text())
    assert [order["id"] for order in books["orders"]] == list(shop)
    for order in books["orders"]:
        source = shop[order["id"]]
        user = users[source["user_id"]]
        assert order["customer"]["email"] == user["email"]
        assert order["customer"]["name"] == f"{user['name']['first_name']} {user['name']['last_name']}"
        assert order["customer"]["address"]["line1"] == user["address"]["address1"]
        assert [line["unit_paid"]["minor"] for line in order["lines"]] == [
            item["price"] * 100 for item in source["items"]
        ]
        paid = source["payment_history"][0]["amount"] * 100
        assert [payment["authorised"]["minor"] for payment in order["payments"]] == [paid]
        states = {
            "pending": {"not_started"},
            "processed": {"picking", "shipped"},
            "delivered": {"delivered"},
            "cancelled": {"cancelled"},
        }
        assert order["fulfilment"] in states[source["status"]]


@needs_shared
def test_the_overlay_adds_markets_dates_tax_and_stock(books: dict[str, Any]) -> None:
    markets = Counter(order["market"] for order in books["orders"])
    assert set(markets) == {"DE", "FR", "GB", "US", "JP", "BR"}
    assert min(markets.values()) > 50
    by_customer: dict[str, set[str]] = {}
    for order in books["orders"]:
        by_customer.setdefault(order["customer"]["id"], set()).add(order["market"])
        delivered = order["delivered_at"]
        assert (delivered is not None) == (order["fulfilment"] == "delivered")
        if delivered:
            moments = [order["placed_at"], order["shipped_at"], delivered]
            assert moments == sorted(moments, key=datetime.fromisoformat)
        if order["market"] != "US":
            assert all(line["tax_minor"] > 0 for line in order["lines"])
    assert all(len(found) == 1 for found in by_customer.values())
    shelf = {entry["sku"]: entry["on_hand"] for entry in books["stock"]}
    products = json.loads((SHARED / "products.json").read_text())
    variants = {key: v["available"] for p in products.values() for key, v in p["variants"].items()}
    assert {key: units > 0 for key, units in shelf.items()} == variants
    places = Counter(
        tuple(lying["warehouse"] for lying in entry["warehouses"] if lying["on_hand"])
        for entry in books["stock"]
    )
    assert set(places) == {(), ("CN-1",), ("DE-1",), ("CN-1", "DE-1")}


@needs_shared
def test_cancelled_orders_come_with_their_old_refunds(books: dict[str, Any], shop: dict[str, Any]) -> None:
    cancelled = [order_id for order_id, order in shop.items() if order["status"] == "cancelled"]
    assert [refund["reference"] for refund in books["refunds"]] == [f"history:{name}" for name in cancelled]


@needs_shared
def test_an_id_with_a_hash_is_found_with_and_without_it(database_url: str) -> None:
    app = make_app(database_url=database_url, sample=False, data_dir=SHARED)
    with serving(app) as address, httpx.Client(base_url=address) as sandbox:
        for name in ("%23W1006327", "W1006327"):
            order = sandbox.get(f"/orders/{name}").json()
            assert order["id"] == "#W1006327"
        assert order["payments"][0]["id"] == "PAY-W1006327-1"
        key = {"Idempotency-Key": "K"}
        held = sandbox.post("/warehouse/orders/%23W1006327/hold", headers=key).json()
        assert (held["order_id"], held["result"]) == ("#W1006327", "held")


@needs_shared
@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (lambda folder: (folder / "users.json").unlink(), "users.json"),
        (lambda folder: (folder / "orders.json").write_text("{"), "orders.json, line 1"),
        (lambda folder: (folder / "orders.json").write_text("[]"), "expected an object"),
    ],
)
def test_a_spoilt_folder_is_named(tmp_path: Path, spoil: Callable[[Path], object], says: str) -> None:
    folder = tmp_path / "retail"
    folder.mkdir()
    for name in retail.FILES:
        shutil.copyfile(SHARED / name, folder / name)
    spoil(folder)
    with pytest.raises(retail.DataUnreadable, match=says):
        retail.read(folder)
