"""A claim and the words of an answer to it: reasons, bases, whys, and the ground that names its figures."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from pydantic import BaseModel, ConfigDict

from makegood.core.statutes import Figure


class Reason(StrEnum):
    """Why the customer claims; the words of `case.reason`, and a cancellation."""

    CHANGED_MIND = "changed_mind"
    DEFECTIVE = "defective"
    DAMAGED = "damaged"
    NOT_AS_DESCRIBED = "not_as_described"
    WRONG_ITEM = "wrong_item"
    MISSING_ITEM = "missing_item"
    NOT_DELIVERED = "not_delivered"
    CANCELLED_BEFORE_SHIPMENT = "cancelled_before_shipment"
    OTHER = "other"


SELLERS_FAULT = frozenset(
    {
        Reason.DEFECTIVE,
        Reason.DAMAGED,
        Reason.NOT_AS_DESCRIBED,
        Reason.WRONG_ITEM,
        Reason.MISSING_ITEM,
        Reason.NOT_DELIVERED,
    }
)


class Basis(StrEnum):
    """Which right a claim rests on."""

    WITHDRAWAL = "withdrawal"
    CONFORMITY = "conformity"
    SHORT_TERM_REJECT = "short_term_reject"
    HOUSE = "house"
    NON_DELIVERY = "non_delivery"
    NONE = "none"


class Why(StrEnum):
    """The verdict in one word: a key of `messages/_reasons/<locale>.yaml`."""

    WITHDRAWAL_OPEN = "withdrawal-open"
    BEFORE_DELIVERY = "before-delivery"
    NOT_INFORMED = "not-informed"
    NOT_CONFIRMED = "not-confirmed"
    HOUSE_WINDOW_OPEN = "house-window-open"
    WINDOW_CLOSED = "window-closed"
    CATEGORY_EXCEPTED = "category-excepted"
    NO_RIGHT_IN_LAW = "no-right-in-law"
    GOODS_FAULTY = "goods-faulty"
    FAULT_TOO_LATE = "fault-too-late"
    NOT_DELIVERED = "not-delivered"
    NOT_DELIVERED_YET = "not-delivered-yet"
    CARRIER_SAYS_DELIVERED = "carrier-says-delivered"
    CANCELLED_BEFORE_SHIPMENT = "cancelled-before-shipment"
    NEEDS_A_PERSON = "needs-a-person"


class Failure(StrEnum):
    """How grave a fault is. Nobody has said so yet: as if it were major, where that helps the customer."""

    UNSAID = "unsaid"
    MINOR = "minor"
    MAJOR = "major"


class Claim(BaseModel):
    """One claim about one order. Dates are days in the customer's own zone.

    `disclosed`: the seller stated its return policy and who pays freight before the sale. `informed`:
    the customer was told of the right of withdrawal. `confirmed`: the purchase was confirmed in writing.
    `promised_on`: the stated day of delivery or dispatch.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    market: str
    reason: Reason
    category: str = ""
    ordered_on: date
    opened_on: date
    delivered_on: date | None = None
    promised_on: date | None = None
    disclosed: bool = True
    informed: bool = True
    confirmed: bool = True
    failure: Failure = Failure.UNSAID


NamedFigures = tuple[tuple[str, Figure[Any]], ...]


@dataclass(frozen=True, slots=True)
class Ground:
    """A yes or a no, the named figures that it rests on, and whether they leave no doubt."""

    granted: bool
    basis: Basis
    why: Why
    closes_on: date | None = None
    figures: NamedFigures = ()
    cure_first: bool = False
    certain: bool = True

    @property
    def verified(self) -> bool:
        return all(figure.verified for _, figure in self.figures)
