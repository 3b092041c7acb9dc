"""A sandbox that starts: tables, sample orders, documentation."""

import httpx


def test_a_fresh_database_is_filled_with_sample_orders(sandbox: httpx.Client) -> None:
    assert sandbox.get("/health").status_code == 200
    orders = sandbox.get("/orders", params={"limit": 1000}).json()
    assert 40 <= len(orders) <= 55
    assert len({order["market"] for order in orders}) >= 10
