"""What the desk needs of the outside world: small ports, their results, and the three bad endings.

Every call returns its typed result or raises `Refused` (final, not done), `Unavailable` (not done, try
again) or `Unknown` (may have been done). An effect takes `key`, its idempotency key, which is also the
reference it is found by. The same key with the same arguments returns the first result; with others it
is `Refused("idempotency_mismatch")`. Looking up never raises `Refused` or `Unknown` for an absent thing:
it returns None.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Literal, Protocol

from makegood.core.money import Money
from makegood.gateways.outcomes import Outcome, Refused, Unavailable, Unknown
from makegood.gateways.results import (
    Address,
    Buyer,
    Cancellation,
    Claim,
    History,
    Hold,
    Interception,
    Label,
    Order,
    OrderLine,
    Parcel,
    ParcelRef,
    Payment,
    Recall,
    Refund,
    Release,
    Scan,
    Sent,
    Void,
)

__all__ = [
    "Address",
    "Blobs",
    "Buyer",
    "Cancellation",
    "Carrier",
    "Claim",
    "Clock",
    "History",
    "Hold",
    "Interception",
    "Label",
    "Mailbox",
    "Order",
    "OrderLine",
    "Outcome",
    "Parcel",
    "ParcelRef",
    "Parcels",
    "Payment",
    "Payments",
    "Provider",
    "Recall",
    "Refund",
    "Refused",
    "Release",
    "Scan",
    "Sent",
    "Shop",
    "Unavailable",
    "Unknown",
    "Void",
    "Warehouse",
]


class Provider(Protocol):
    """What is true of every port that has effects."""

    @property
    def key_lifetime(self) -> timedelta:
        """For how long a repeated key is still recognised (Stripe 24 h, PayPal 45 days).

        After it, repeating a call is a second effect. `timedelta.max` means for ever: compare ages
        with it, do not add it to an instant.
        """

    @property
    def can_look_up(self) -> bool:
        """Whether `find` can find an effect by its key; if not, an unknown effect goes to a person."""

    @property
    def absent_after(self) -> timedelta:
        """How long after the call "not found" is proof that it did not happen."""


class Shop(Provider, Protocol):
    """The seller's shop."""

    def load(self, order: str) -> Order | None:
        """The order with this reference, None when the shop has no such order."""

    def orders_of(self, email: str | None, limit: int = 20) -> tuple[Order, ...]:
        """The latest orders of an e-mail address, newest first; of everybody for None."""

    def cancel(self, order: str, *, key: str) -> Cancellation:
        """Stop an order before it ships. Moves no money. `too_late` is a result, not a refusal."""

    def find_cancellation(self, order: str, *, key: str) -> Cancellation | None:
        """What came of the cancellation under this key; `already_cancelled` if somebody else's came first."""

    def history(self, order: str, email: str) -> History | None:
        """What the order's buyer has claimed before; None if the order is not of this e-mail address."""


class Payments(Provider, Protocol):
    """The acquirer or wallet that took the customer's money."""

    def refund(self, payment: str, amount: Money, *, reason: str, key: str) -> Refund:
        """Give captured money back. More than is left is `Refused("over_refund")`."""

    def void(self, payment: str, *, key: str) -> Void:
        """Give up an authorisation that was never captured."""

    def find_refund(self, payment: str, *, key: str) -> Refund | None:
        """The refund made under this key. Some providers can only list by payment, so it is needed."""

    def find_void(self, payment: str, *, key: str) -> Void | None:
        """The void made under this key."""


class Warehouse(Provider, Protocol):
    """Where orders are picked and returns come in."""

    def hold(self, order: str, *, key: str) -> Hold:
        """Keep an order from being picked."""

    def release(self, order: str, *, key: str) -> Release:
        """Undo of `hold`."""

    def intercept(self, order: str, *, key: str) -> Interception:
        """Stop an order whose pick has begun; the warehouse may win the race."""

    def find(self, order: str, *, key: str) -> Hold | Release | Interception | None:
        """What came of the hold, release or interception made under this key."""


class Carrier(Provider, Protocol):
    """Who sells return labels."""

    def issue_label(
        self, order: str, units: Mapping[str, int], freight_on: Literal["seller", "customer"], *, key: str
    ) -> Label:
        """A label from the customer to the returns address.

        `units` counts what will come back per line reference, none meaning the whole order; `freight_on`
        says who pays the carrier. An order that has not left is `Refused("not_shipped")`.
        """

    def void_label(self, label: str, *, key: str) -> Label:
        """Undo of `issue_label`; a label that was used is `Refused("label_used")`, a void one stays void."""

    def find_label(self, order: str, *, key: str) -> Label | None:
        """The label issued under this key, voided or not."""


class Parcels(Provider, Protocol):
    """Who carries parcels, and can be asked where they are."""

    def recall(self, tracking: str, *, key: str) -> Recall:
        """Ask for a parcel to be turned round."""

    def find_recall(self, tracking: str, *, key: str) -> Recall | None:
        """The recall asked under this key."""

    def track(self, tracking: str) -> Parcel | None:
        """Where a parcel is, None when nobody knows the number."""


class Mailbox(Provider, Protocol):
    """Who delivers messages to customers, by whatever channel."""

    def send(
        self,
        to: str,
        *,
        channel: str,
        locale: str,
        subject: str,
        body: str,
        case: str,
        template: str | None,
        key: str,
    ) -> Sent:
        """Hand over one message. The contact guard has been asked before."""

    def find(self, *, key: str) -> Sent | None:
        """The message handed over under this key."""


class Blobs(Protocol):
    """Where evidence lies. `secret` is 32 bytes of the caller's; the store keeps no key of its own."""

    def put(self, name: str, content: bytes, *, secret: bytes) -> None:
        """Keep content under a name; the same name again replaces it whole, never in part."""

    def get(self, name: str, *, secret: bytes) -> bytes:
        """Raises `BlobMissing`, or `BlobDamaged` when the bytes are not those that were put."""

    def delete(self, name: str) -> None:
        """Forget it; a name that is not there is no error."""


class Clock(Protocol):
    """The time by which promises are kept. Leases and one-time codes use real time instead."""

    def now(self) -> datetime:
        """Aware, UTC."""
