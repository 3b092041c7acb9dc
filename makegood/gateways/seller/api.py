"""What the Seller API promises to all of its clients."""

from __future__ import annotations

from datetime import timedelta
from typing import ClassVar

import httpx

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


class SellerClient:
    """One noun of the Seller API. Keys are kept for ever, and are found as `reference`."""

    key_lifetime: ClassVar[timedelta] = timedelta.max
    can_look_up: ClassVar[bool] = True

    def __init__(self, api: Endpoint, absent_after: timedelta = timedelta(seconds=60)) -> None:
        """`absent_after`: when "not found" is proof. Longer than a call may take, plus the books' lag."""
        self._api = api
        self.absent_after = absent_after
