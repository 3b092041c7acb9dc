"""The retail orders: real third-party orders beside the repository, which does not hold them itself."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest

from tests.acceptance.story import Json

RETAIL = Path(__file__).resolve().parents[3] / "shared" / "data" / "retail"
ABSENT = f"no retail orders: expected orders.json, users.json and products.json in {RETAIL}"


def is_here() -> bool:
    return (RETAIL / "orders.json").is_file()


needs_retail = pytest.mark.skipif(not is_here(), reason=ABSENT)


def orders_in(sandbox: httpx.Client) -> list[Json]:
    """The shop's retail orders; the sandbox's own samples have other numbers."""
    books = sandbox.get("/books").raise_for_status().json()
    return [order for order in books["orders"] if str(order["id"]).startswith("#W")]
