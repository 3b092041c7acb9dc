"""The contracts of what is done with goods: reships, repairs, evidence, and claims on carriers."""

from __future__ import annotations

from makegood.core.contract import Contract, Kind
from makegood.core.facts import BOOL, CODE, INT, MONEY, TEXT, Field, enum

_RESHIPS = (
    Contract(
        "stock.find",
        1,
        Kind.QUERY,
        result={
            "found": BOOL,
            "place": enum("overseas", "domestic", "none"),
            "warehouse": CODE,
            "delivery_days": INT,
        },
        title="The warehouse that has all claimed units: in or next to the customer's market, else at home",
    ),
    Contract(
        "reship.send",
        1,
        Kind.EFFECT,
        arguments={"warehouse": CODE},
        result={"tracking": CODE, "shipment": CODE},
        errors=("out_of_stock", "refused", "over_compensated", "no_approval"),
        goods=True,
        ships=True,
        title="Sends the claimed units again; the ledger reserves each at the price paid for it",
    ),
    Contract(
        "reship.cancel",
        1,
        Kind.EFFECT,
        arguments={"shipment": CODE},
        errors=("refused", "shipped"),
        title="Calls a new shipment back before it is picked up, and frees its units: the undo of a reship",
    ),
    Contract(
        "reship.write_off",
        1,
        Kind.QUERY,
        arguments={"tracking": CODE},
        result={"released": BOOL},
        title="The new shipment never reached the customer: its units may be given again",
    ),
)

_REPAIRS = (
    Contract(
        "warranty.check",
        1,
        Kind.PURE,
        result={
            "in_warranty": BOOL,
            "basis": CODE,
            "ends_on": CODE,
            "repair_days": INT,
            "verified": BOOL,
        },
        title="Whether the repair is free on this day, and within how many days the law wants it done",
    ),
    Contract(
        "repair.open",
        1,
        Kind.EFFECT,
        arguments={"place": enum("centre", "partner"), "warranty": BOOL},
        result={"rma": CODE, "tracking": CODE},
        errors=("refused", "no_service"),
        title="Opens a repair (RMA) with a label to the repair centre or to a local partner",
    ),
    Contract(
        "repair.cancel",
        1,
        Kind.EFFECT,
        arguments={"rma": CODE},
        errors=("refused", "received"),
        title="Calls a repair off before the goods are there: the undo of opening one",
    ),
    Contract(
        "repair.approve",
        1,
        Kind.EFFECT,
        arguments={"rma": CODE},
        errors=("refused",),
        title="Tells the repairer to go ahead with what was quoted",
    ),
    Contract(
        "repair.return_unrepaired",
        1,
        Kind.EFFECT,
        arguments={"rma": CODE},
        errors=("refused",),
        title="Has the goods sent back to the customer as they are",
    ),
    Contract(
        "payment.link",
        1,
        Kind.EFFECT,
        arguments={"amount_minor": MONEY},
        result={"link": CODE, "url": TEXT},
        errors=("refused",),
        title="Makes a link by which the customer pays a quote; it asks for money and gives none",
    ),
)

_CLAIMS = (
    Contract(
        "evidence.check",
        1,
        Kind.QUERY,
        arguments={"within_days": INT},
        result={
            "files": INT,
            "dated_by_file": INT,
            "dated_by_word": INT,
            "in_window": BOOL,
            "seen_elsewhere": BOOL,
        },
        title="How many files there are, when they were made, and whether we saw them before",
    ),
    Contract(
        "claims.repeat",
        1,
        Kind.QUERY,
        result={"sku_30d": INT, "lane_30d": INT, "repeats": BOOL},
        title="Whether this article or this lane has had the same claim too often in 30 days",
    ),
    Contract(
        "claim.file",
        1,
        Kind.EFFECT,
        arguments={"tracking": CODE, "kind": enum("lost", "damaged"), "amount_minor": MONEY},
        result={"claim": CODE, "answer_by_days": INT},
        errors=("refused", "too_late"),
        title="Files a claim with the carrier",
    ),
)

CONTRACTS: tuple[Contract, ...] = (*_RESHIPS, *_REPAIRS, *_CLAIMS)

EVENTS: dict[str, dict[str, Field]] = {
    "repair.received": {},
    "repair.quoted": {"amount_minor": MONEY},
    "repair.done": {},
    "repair.beyond_repair": {},
    "repair.shipped": {"tracking": CODE},
    "payment.received": {"amount_minor": MONEY},
    "claim.accepted": {"amount_minor": MONEY},
    "claim.rejected": {},
}
"""`repair.*` match by RMA, `payment.received` by link, `claim.*` by the carrier's claim number."""
