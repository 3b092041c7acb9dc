"""What the Seller API promises to all of its clients."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, ClassVar

import httpx

from makegood.core.money import Money
from makegood.gateways.http import PATIENCE, Endpoint


def seller_api(
    client: httpx.Client, address: str, token: str | None = None, patience: timedelta = PATIENCE
) -> Endpoint:
    """The Seller API at `address`. `token` is sent as a bearer, if there is one."""
    return Endpoint(
        client,
        address,
        who="the Seller API",
        mend="Start the sandbox with `makegood sandbox` (or everything with `make up`), "
        "or set MAKEGOOD_SELLER_API_URL to the shop's own",
        token=token,
        patience=patience,
    )


def lines_of(units: Mapping[str, int]) -> list[dict[str, Any]]:
    """Units by line reference, in the order of their names: the same key needs the same bytes."""
    return [{"id": line, "quantity": quantity} for line, quantity in sorted(units.items())]


def amount_of(money: Money) -> dict[str, Any]:
    return {"minor": money.minor, "currency": money.currency}


class SellerClient:
    """One noun of the Seller API. Keys are kept for ever, and are found as `reference`."""

    key_lifetime: ClassVar[timedelta] = timedelta.max
    can_look_up: ClassVar[bool] = True

    def __init__(self, api: Endpoint, absent_after: timedelta = timedelta(seconds=60)) -> None:
        """`absent_after`: when "not found" is proof. Longer than a call may take, plus the books' lag."""
        self._api = api
        self.absent_after = absent_after
