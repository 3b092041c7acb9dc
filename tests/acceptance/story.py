"""A story: which order it happens to, and what customer, carrier, warehouse and colleagues do in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Literal

Json = dict[str, Any]
EVERYWHERE = ("DE", "FR", "GB", "US", "JP", "BR")
Answers = Mapping[str, bool | str]


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """Which order will do. `days` since delivery; `cents` is the claim's worth in euro cents.

    `one_line`: the claim is about one line of several; else about the whole order. `payment` is
    `authorised` or `captured`; empty takes either.
    """

    state: Literal["delivered", "shipped", "picking", "not_started", "cancelled"]
    payment: Literal["authorised", "captured", ""] = ""
    days: tuple[int, int] = (1, 11)
    cents: tuple[int, int] = (0, 900_000)
    one_line: bool = False


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What a supervisor answers. `percent` of the asked amount is what an adjustment allows.

    `wrong_code_first`: a made-up code, then the right one. `junior_first`: somebody whose limit is too low.
    """

    decision: Literal["approve", "adjust", "reject"] = "approve"
    percent: int = 100
    wrong_code_first: bool = False
    junior_first: bool = False
    after_silence: bool = False


@dataclass(frozen=True, kw_only=True)
class Story:
    """One line of the table; a case for each of `markets`. What is left out does not happen.

    photos        what the customer uploads when asked; none: never answers
    offers        to each keep-offer in turn, `accept` or `refuse`; none: silence
    verdict       of whoever is asked for approval
    sends_back    whether the customer uses the return label
    at_night      the return arrives at night, so that letters about it wait for the morning
    condition     what the warehouse finds in the return
    parcel        what becomes of the outbound parcel: RETURNED, DELIVERED or LOST; empty: nobody knows
    interception  how the race with the warehouse ends
    tasks         what colleagues answer, by step
    typo          the customer gives a number that no order has; `found_by` colleague, customer or nobody
    withdraws_at  the step at which the customer takes it all back
    wish          to "it was delivered; do you want to return it?"; None: never answers
    one_customer  all cases of the story are one customer's
    again         once it is closed, the customer writes the same once more: a new case
    """

    name: str
    procedure: Literal["refund", "cancel"]
    order: Wanted
    outcome: str
    markets: tuple[str, ...]
    reason: str = "changed_mind"
    photos: int = 0
    offers: tuple[str, ...] = ()
    verdict: Verdict = Verdict()
    sends_back: bool = True
    at_night: bool = False
    condition: str = "as_new"
    parcel: str = ""
    interception: Literal["stopped", "too_late", ""] = ""
    tasks: Mapping[str, Answers] = field(default_factory=lambda: MappingProxyType({}))
    typo: bool = False
    found_by: Literal["colleague", "customer", ""] = ""
    withdraws_at: str = ""
    wish: bool | None = None
    one_customer: bool = False
    again: bool = False


@dataclass(frozen=True)
class Plot:
    """A story that happens to one order. `line` is the claimed line, empty for the whole order.

    `claims_before` counts this customer's claims in the last 90 days, without this one.
    """

    nr: int
    story: Story
    order: Json
    line: str = ""
    claims_before: int = 0

    @property
    def market(self) -> str:
        return str(self.order["market"])

    @property
    def email(self) -> str:
        return str(self.order["customer"]["email"])
