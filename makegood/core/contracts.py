"""Action contracts: what a `run` step may call, with typed arguments, results and error codes.

A contract's version enters the version of every procedure that names the action, so a case under
way never meets an action with another shape than the one it was checked against.
"""

from __future__ import annotations

from collections.abc import Iterable

from makegood.core import goods
from makegood.core.contract import Contract, Kind
from makegood.core.facts import (
    BOOL,
    CODE,
    INT,
    MONEY,
    PERCENT,
    REASONS,
    TEXT,
    Field,
    enum,
)

__all__ = [
    "CONTRACTS",
    "ERROR_CODES",
    "EVENTS",
    "MESSAGE_SEND",
    "REMEDIES",
    "Contract",
    "Kind",
    "versions",
]

REMEDIES = ("refund", "keep_offer", "partial_refund", "reship", "exchange", "repair", "coupon", "none")

ORDER = {
    "status": enum("placed", "shipped", "delivered", "cancelled"),
    "fulfilment": enum("not_started", "picking", "packed", "shipped", "delivered", "held", "cancelled"),
    "payment": enum("authorised", "captured", "refunded", "partially_refunded", "voided"),
    "currency": CODE,
    "paid_minor": MONEY,
    "claim_minor": MONEY,
    "claim_house_minor": MONEY,
    "units": INT,
    "whole": BOOL,
    "category": CODE,
    "delivered": BOOL,
    "days_since_delivery": INT,
    "outbound_tracking": CODE,
}

CONTRACTS: dict[str, Contract] = {
    c.name: c
    for c in (
        Contract(
            "order.load",
            1,
            Kind.QUERY,
            result=ORDER,
            errors=("not_found",),
            title="Reads the order, its payments and its parcels from the shop",
        ),
        Contract(
            "order.attach",
            1,
            Kind.QUERY,
            arguments={"order_number": TEXT},
            result={"found": BOOL},
            title="Ties the order that a colleague found to the case",
        ),
        Contract(
            "customer.history",
            1,
            Kind.QUERY,
            result={"claims_90d": INT, "given_90d_house_minor": MONEY},
            title="What this customer claimed and was given in the last 90 days",
        ),
        Contract(
            "policy.judge",
            1,
            Kind.PURE,
            arguments={"reason": enum(*REASONS, "cancelled_before_shipment")},
            optional=frozenset({"reason"}),
            result={
                "entitled": BOOL,
                "goodwill": BOOL,
                "verified": BOOL,
                "basis": CODE,
                "return_freight": enum("seller", "customer"),
                "outbound_freight_refunded": BOOL,
                "fault": enum("seller", "customer"),
                "window_closes_on": CODE,
                "why": CODE,
                "source": TEXT,
            },
            title="Statute and house rules on this day, for the reason of the case or the one given",
        ),
        Contract(
            "remedy.quote",
            1,
            Kind.PURE,
            arguments={
                "kind": enum(*REMEDIES),
                "share": PERCENT,
                "return_required": BOOL,
                "outbound_freight": BOOL,
            },
            optional=frozenset({"return_required", "outbound_freight"}),
            result={
                "amount_minor": MONEY,
                "goods_minor": MONEY,
                "freight_minor": MONEY,
                "house_minor": MONEY,
                "needs_approval": BOOL,
            },
            title="What a remedy gives, line by line, in the order's and the house currency",
        ),
        Contract(
            "remedy.deduct",
            1,
            Kind.PURE,
            arguments={"amount_minor": MONEY, "percent": PERCENT, "freight_minor": MONEY},
            optional=frozenset({"freight_minor"}),
            result={"amount_minor": MONEY, "deducted_minor": MONEY},
            title="Takes a recorded share off an amount, though not off the freight in it; rounded up",
        ),
        Contract(
            "payment.refund",
            1,
            Kind.EFFECT,
            arguments={"amount_minor": MONEY, "freight_minor": MONEY},
            optional=frozenset({"freight_minor"}),
            result={"refunded_minor": MONEY, "refunds": INT},
            errors=("refused", "no_approval", "over_compensated"),
            money=True,
            title="Pays back to the means of payment that were charged",
        ),
        Contract(
            "payment.void",
            1,
            Kind.EFFECT,
            arguments={},
            result={"voided_minor": MONEY},
            errors=("refused", "captured", "no_approval", "over_compensated"),
            money=True,
            title="Releases an authorisation that was never captured",
        ),
        Contract(
            "payment.by_hand",
            1,
            Kind.EFFECT,
            arguments={"amount_minor": MONEY, "freight_minor": MONEY},
            optional=frozenset({"freight_minor"}),
            result={"recorded_minor": MONEY},
            errors=("refused", "over_compensated"),
            title="Writes down what a colleague has paid back outside of the line; moves no money",
        ),
        Contract(
            "order.cancel",
            1,
            Kind.EFFECT,
            result={"result": enum("cancelled", "already_cancelled", "too_late")},
            errors=("refused",),
            title="Cancels the order in the shop",
        ),
        Contract(
            "warehouse.hold",
            1,
            Kind.EFFECT,
            result={"result": enum("held", "picking", "shipped")},
            errors=("refused",),
            title="Asks the warehouse not to start picking",
        ),
        Contract(
            "warehouse.release",
            1,
            Kind.EFFECT,
            errors=("refused",),
            title="Lets a held order go on: the undo of a hold",
        ),
        Contract(
            "warehouse.intercept",
            1,
            Kind.EFFECT,
            result={"result": enum("stopped", "too_late")},
            errors=("refused",),
            title="Tries to stop a parcel that is being picked or packed",
        ),
        Contract(
            "parcel.return_label",
            1,
            Kind.EFFECT,
            arguments={"freight_on": enum("seller", "customer")},
            result={"tracking": CODE, "cost_minor": MONEY},
            errors=("refused", "no_service"),
            title="Makes a return label",
        ),
        Contract(
            "parcel.void_label",
            1,
            Kind.EFFECT,
            arguments={"tracking": CODE},
            errors=("refused", "used"),
            title="Voids a label that was not used: the undo of a return label",
        ),
        Contract(
            "parcel.recall",
            1,
            Kind.EFFECT,
            arguments={"tracking": CODE},
            result={"accepted": BOOL},
            errors=("refused",),
            title="Asks the carrier to bring a parcel back to the sender",
        ),
        *goods.CONTRACTS,
    )
}

MESSAGE_SEND = Contract(
    "message.send", 1, Kind.EFFECT, errors=("refused",), title="Sends a letter through the contact guard"
)

EVENTS: dict[str, dict[str, Field]] = {
    "customer.withdrew": {},
    "customer.replied": {"photos": INT},
    "dispute.opened": {"amount_minor": MONEY},
    "parcel.received": {"units": INT},
    "parcel.delivered": {},
    "parcel.lost": {},
    "parcel.returned": {},
    "parcel.damaged": {},
    "parcel.found": {},
    "payment.captured": {"amount_minor": MONEY},
    **goods.EVENTS,
    "case.closed": {"outcome": CODE},
    "erasure.requested": {},
}
"""Events that may be awaited or may interrupt, with the facts they carry."""

ERROR_CODES = ("unavailable", "stale", "crashed")
"""Codes that any action may end in once its retries are used up."""


def versions(names: Iterable[str], contracts: dict[str, Contract]) -> dict[str, int]:
    """The contract versions that enter a procedure's digest, by action name."""
    return {name: contracts[name].version for name in sorted(set(names)) if name in contracts}
