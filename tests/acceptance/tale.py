"""A tale: one case told turn by turn, and what it must leave in the seller's books.

Where a `Story` names what people are like and has its books worked out by rules, a tale says who does what at
which step and lists every entry by hand. Neither knows makegood.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Literal

Answers = Mapping[str, bool | str]
Which = Literal["order", "return", "reship", "to-repairer", "from-repairer"]


# ---- what people do; each when its case has come to rest at a step ------------------------------------


@dataclass(frozen=True)
class Says:
    """The customer, on the progress page. `{order}` in a field stands for the number of the order."""

    fields: Answers = field(default_factory=dict)
    photos: int = 0
    dated: bool = True  # the files say when they were taken
    videos: int = 0
    copies: str = ""  # the name of the tale whose photographs these are, once they were sent there


@dataclass(frozen=True)
class Works:
    """A colleague does the open task. `mends`: what was broken for this case works again."""

    fields: Answers
    mends: bool = False


@dataclass(frozen=True)
class Decides:
    """Somebody whose limit is high enough answers the approval. `percent` of what is asked: an adjustment."""

    decision: Literal["approve", "adjust", "reject"] = "approve"
    percent: int = 100
    wrong_code_first: bool = False


@dataclass(frozen=True)
class Parcel:
    """The carrier moves the newest parcel of the order of that purpose (`status` in the sandbox's words)."""

    which: Which
    status: str


@dataclass(frozen=True)
class Repairer:
    """The newest repair of the order. `quote_minor` only with `quoted`."""

    state: Literal["received", "quoted", "done", "beyond_repair", "shipped"]
    quote_minor: int = 0


@dataclass(frozen=True)
class Pays:
    """The customer pays the newest payment link of the order: so much of it, or with 0 all of it."""

    minor: int = 0


@dataclass(frozen=True)
class CarrierAnswers:
    """The newest claim on the carrier about the order."""

    accepted: bool


@dataclass(frozen=True)
class Withdraws:
    """The customer writes that it is all taken back."""


@dataclass(frozen=True)
class Disputes:
    """The customer's bank opens a dispute about the order's payment."""


@dataclass(frozen=True)
class Warehouse:
    """Picks on: the state of the warehouse's work, and how an interception would end."""

    state: Literal["picking", "packed", "shipped"]
    interception: Literal["stopped", "too_late", ""] = ""


@dataclass(frozen=True)
class Shelves:
    """So many units of each of the order's articles lie there from now on."""

    overseas: int = 0
    home: int = 0


@dataclass(frozen=True)
class Breaks:
    """From now on the seller's system fails on these routes whenever it is asked about this case.

    `open-repair@open-centre` is the route `open-repair` while the case is at its step `open-centre`.
    """

    routes: tuple[str, ...]


@dataclass(frozen=True)
class Mends:
    """What was broken for this case works again."""


@dataclass(frozen=True)
class Writes:
    """The customer opens another case about the same, which counts among those that are called."""

    procedure: str
    reason: str


@dataclass(frozen=True)
class Both:
    """One after the other, at once."""

    acts: tuple[Act, ...]


Act = (
    Says
    | Works
    | Decides
    | Parcel
    | Repairer
    | Pays
    | CarrierAnswers
    | Withdraws
    | Disputes
    | Warehouse
    | Shelves
    | Breaks
    | Mends
    | Writes
    | Both
)
Turns = Act | tuple[Act | None, ...]
"""What is done at a step: once; or in turn, a turn being one visit of the step. None: nobody does anything,
and time passes until the step's time is over. When the turns are used up, nobody does anything either."""


# ---- what it happens to ----------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Bought:
    """An order that is put into the shop for this tale, its articles its own; unit prices in minor units.

    The claim is about the first `claimed` lines; 0: about the whole order. `days` since delivery (or since it
    was placed, where it is not delivered yet). `shelves` is the stock of its articles before the case.
    """

    state: Literal["delivered", "shipped", "picking", "not_started", "cancelled"] = "delivered"
    prices: tuple[int, ...] = (2_990,)
    quantity: int = 1
    claimed: int = 0
    days: int = 4
    category: str = "home"
    freight_minor: int = 0
    payment: Literal["captured", "authorised", "refunded", "voided"] = "captured"
    interception: Literal["stopped", "too_late", ""] = ""
    claims_before: int = 0  # of this customer in the last 90 days
    shelves: Shelves = Shelves(overseas=5, home=5)


# ---- what comes of it ----------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Ends:
    """Of one case: how it closes, and each letter it sends, a template as often as it is sent; any order."""

    outcome: str
    letters: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Leaves:
    """What the tale leaves in the seller's books, by hand. Money in minor units of the order's currency.

    refunds, voids   one amount for each
    labels           (who bears the freight, `made` or `void`)
    shipments        (`overseas` or `home`, its status in the end), of the claimed units
    repairs          (place, warranty, its status in the end)
    links            (amount, `open` or `paid`)
    claims           (`lost` or `damaged`, amount, its status in the end)
    recalls          whether the carrier accepted
    holds            (result, released or not)
    releases, intercepts, cancellations   their results
    """

    refunds: tuple[int, ...] = ()
    voids: tuple[int, ...] = ()
    labels: tuple[tuple[str, str], ...] = ()
    shipments: tuple[tuple[str, str], ...] = ()
    repairs: tuple[tuple[str, bool, str], ...] = ()
    links: tuple[tuple[int, str], ...] = ()
    claims: tuple[tuple[str, int, str], ...] = ()
    recalls: tuple[bool, ...] = ()
    holds: tuple[tuple[str, bool], ...] = ()
    releases: tuple[str, ...] = ()
    intercepts: tuple[str, ...] = ()
    cancellations: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Tale:
    """One case. `acts` are by step; those of a case that it calls by `procedure/step`.

    `called` says how each called case ends, by procedure; the same procedure twice is a sequence.
    `broken` are routes of the seller's systems that fail from the beginning, as in `Breaks`.
    `typo`: the customer gives a number that no order has. `proves` names ways through the procedure that
    this tale is there for, for its reader.
    """

    name: str
    procedure: Literal["refund", "cancel", "reship", "repair", "damage_claim"]
    reason: str
    market: str
    order: Bought = Bought()
    acts: Mapping[str, Turns] = field(default_factory=lambda: MappingProxyType({}))
    broken: tuple[str, ...] = ()
    typo: bool = False
    ends: Ends
    leaves: Leaves = Leaves()
    called: Mapping[str, Ends | Sequence[Ends]] = field(default_factory=lambda: MappingProxyType({}))
    proves: str = ""


Json = dict[str, Any]
