"""The gateways against the sandbox: what only shows over a real connection."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from makegood.core.money import Money
from makegood.desk.ports import Refund, Unavailable, Unknown
from makegood.gateways import signing
from makegood.gateways.http import open_client
from makegood.gateways.seller.api import seller_api
from makegood.gateways.seller.clock import SandboxClock
from makegood.gateways.seller.payments import SellerPayments
from makegood.gateways.seller.shop import SellerShop
from makegood.sandbox import sender
from tests.gateways.worlds import HttpWorld

KEY = "MG-2026-900001:refund:1"
SEVEN = Money(minor=700, currency="EUR")


def refunds(world: HttpWorld, key: str) -> list[int]:
    return [each["amount"]["minor"] for each in world.books()["refunds"] if each["reference"] == key]


def set_fault(address: str, route: str, **fault: float) -> None:
    httpx.put(f"{address}/faults/{route}", json=fault).raise_for_status()


def test_one_key_in_many_hands_is_one_refund(sandbox: HttpWorld) -> None:
    payment = sandbox.place("delivered").payments[0].ref

    def refund(_: int) -> Refund:
        return sandbox.payments.refund(payment, SEVEN, reason="damaged", key=KEY)

    with ThreadPoolExecutor(8) as hands:
        made = list(hands.map(refund, range(16)))
    assert len({each.ref for each in made}) == 1
    assert refunds(sandbox, KEY) == [700]


@pytest.mark.parametrize(("fault", "done"), [("error_rate", []), ("error_after_rate", [700])])
def test_a_500_may_or_may_not_have_happened(
    sandbox: HttpWorld, sandbox_address: str, fault: str, done: list[int]
) -> None:
    payment, key = sandbox.place("delivered").payments[0].ref, f"MG-2026-900002:{fault}:1"
    set_fault(sandbox_address, "refund-payment", **{fault: 1, "remaining": 1})
    with pytest.raises(Unknown):
        sandbox.payments.refund(payment, SEVEN, reason="damaged", key=key)
    assert refunds(sandbox, key) == done
    assert bool(sandbox.payments.find_refund(payment, key=key)) == bool(done)
    sandbox.payments.refund(payment, SEVEN, reason="damaged", key=key)
    assert refunds(sandbox, key) == [700]


def test_books_that_lag_show_a_refund_late(sandbox: HttpWorld, sandbox_address: str) -> None:
    payment, key = sandbox.place("delivered").payments[0].ref, "MG-2026-900003:refund:1"
    set_fault(sandbox_address, "find-refunds", lookup_lag_ms=60_000, remaining=1)
    sandbox.payments.refund(payment, SEVEN, reason="damaged", key=key)
    assert sandbox.payments.find_refund(payment, key=key) is None, "so absence is proof only `absent_after`"
    assert sandbox.payments.find_refund(payment, key=key)


@pytest.mark.parametrize("ref", ["", " ", ".", "..", "../clock", "a/b", "a\\b", "#", "?", "%2e%2e", "ß"])
def test_no_order_number_reaches_another_route(sandbox: HttpWorld, ref: str) -> None:
    assert sandbox.shop.load(ref) is None


def test_a_sandbox_that_is_down_is_named_with_how_to_start_it(free_port: int) -> None:
    address = f"http://127.0.0.1:{free_port}"
    with open_client() as client:
        payments = SellerPayments(seller_api(client, address))
        with pytest.raises(Unavailable) as caught:
            payments.refund("PAY-1", SEVEN, reason="x", key=KEY)
        assert address in str(caught.value)
        assert "`makegood sandbox`" in str(caught.value)
        with pytest.raises(Unavailable, match="makegood sandbox"):
            payments.find_refund("PAY-1", key=KEY)


def test_the_clock_moves_with_the_sandbox(
    sandbox_address: str, sandbox: HttpWorld, client: httpx.Client
) -> None:
    clock = SandboxClock(seller_api(client, sandbox_address), fresh_for=timedelta(0))
    before = clock.now()
    httpx.post(f"{sandbox_address}/clock/advance", json={"seconds": 86_400}).raise_for_status()
    assert timedelta(days=1) <= clock.now() - before < timedelta(days=1, minutes=1)


def test_webhooks_of_the_sandbox_are_signed_as_we_verify() -> None:
    now = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
    stamp = int(now.timestamp())
    signature = sender.sign(b"secret", stamp, b"{}")
    signing.verify(b"secret", str(stamp), signature, b"{}", now=now)


def test_a_wrong_token_is_for_a_person_to_mend(token_address: str, client: httpx.Client) -> None:
    with pytest.raises(Unavailable, match="token") as caught:
        SellerShop(seller_api(client, token_address, token="wrong")).load("A-1")
    assert caught.value.lasting
    assert SellerShop(seller_api(client, token_address, token="right")).load("A-1") is None
