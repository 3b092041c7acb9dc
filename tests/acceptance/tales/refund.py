"""Tales of refunds: the order, who decides, and what a colleague leaves lying; more beside this one."""

from __future__ import annotations

from tests.acceptance.tale import Both, Bought, Breaks, Decides, Ends, Leaves, Parcel, Says, Tale, Works
from tests.acceptance.tales import refund_parcels, refund_stopped

NOTHING_DONE = Works({"outcome": "did_not_happen"})
REPAIRED = Works({"retry": True}, mends=True)
NOT_FOUND = Works({"order_number": "", "no_such_order": True})
FOUND = Works({"order_number": "{order}", "no_such_order": False})
ANOTHER = Works({"order_number": "nobody-has-this", "no_such_order": False})
ASK_AGAIN, DECLINE = Works({"outcome": "ask_again"}), Works({"outcome": "decline"})
BACK = Parcel("return", "DELIVERED")
RETURN = ("acknowledgement", "return-instructions")
REJECTS = Decides("reject")

THE_ORDER = (
    Tale(
        name="no reason, a shop that is down, a label from elsewhere, and nobody looks",
        procedure="refund",
        reason="other",
        market="ES",
        order=Bought(prices=(2_490,), freight_minor=490),
        broken=("read-history",),
        acts={
            "sort-out": (None, Works({"fault": "customer", "evidence": False, "in_hand": True})),
            "system-down": (None, Both((REPAIRED, Breaks(("make-label",))))),
            "return-label": NOTHING_DONE,
            "label-by-hand": (None, Works({"tracking": "PX{order}"})),
            "await-parcel": Parcel("order", "RETURNED"),
        },
        ends=Ends(outcome="resolved", letters=(*RETURN, "refund-confirmed")),
        leaves=Leaves(refunds=(2_490,)),
        proves="our delay with the inspection costs the customer nothing",
    ),
    Tale(
        name="a number that nobody knows, another one, and the right one while the shop is down",
        procedure="refund",
        reason="changed_mind",
        market="KR",
        order=Bought(prices=(29_900,)),
        typo=True,
        broken=("read-order",),
        acts={
            "find-order": (None, ANOTHER, NOT_FOUND, FOUND),
            "ask-number": Says({"order_number": "{order}"}),
            "system-down": (None, REPAIRED),
            "await-parcel": BACK,
            "inspection": Works({"condition": "as_new", "note": ""}),
        },
        ends=Ends(
            outcome="resolved",
            letters=("acknowledgement", "order-unknown", "return-instructions", "refund-confirmed"),
        ),
        leaves=Leaves(refunds=(29_900,), labels=(("customer", "made"),)),
    ),
    Tale(
        name="a number that nobody knows, and another one that nobody knows",
        procedure="refund",
        reason="defective",
        market="MX",
        typo=True,
        acts={
            "find-order": (NOT_FOUND, NOT_FOUND),
            "ask-number": Says({"order_number": "it was a birthday present"}),
        },
        ends=Ends(
            outcome="no_order", letters=("acknowledgement", "order-unknown", "order-unknown", "reminder")
        ),
    ),
)

WHO_DECIDES = (
    Tale(
        name="too late by a rule that nobody has verified, and a supervisor is kind, after a while",
        procedure="refund",
        reason="changed_mind",
        market="IT",
        order=Bought(days=20, prices=(3_500,)),
        acts={
            "person-decides": (None, Works({"outcome": "proceed"})),
            "await-parcel": BACK,
            "inspection": Works({"condition": "used", "note": "worn"}),
        },
        ends=Ends(outcome="resolved", letters=(*RETURN, "refund-confirmed")),
        leaves=Leaves(refunds=(2_800,), labels=(("seller", "made"),)),
    ),
    Tale(
        name="made to measure where no rule is verified; it arrives, and a supervisor says no",
        procedure="refund",
        reason="changed_mind",
        market="PL",
        order=Bought(state="shipped", days=3, prices=(11_900,), category="custom"),
        acts={
            "await-delivery": Parcel("order", "DELIVERED"),
            "person-decides": DECLINE,
        },
        ends=Ends(
            outcome="declined",
            letters=("acknowledgement", "cancel-too-late-refuse-delivery", "refund-declined"),
        ),
    ),
    Tale(
        name="rejected, left lying, rejected again, and granted in part, for the goods are with us",
        procedure="refund",
        reason="changed_mind",
        market="DE",
        order=Bought(state="not_started", days=1, prices=(8_900,)),
        acts={
            "approval": REJECTS,
            "refused-yet-owed": (None, ASK_AGAIN, ASK_AGAIN, ASK_AGAIN),
            "approval-once-more": (None, REJECTS, Decides("adjust", percent=80)),
        },
        ends=Ends(outcome="resolved", letters=("acknowledgement", "cancel-confirmed")),
        leaves=Leaves(refunds=(7_120,), holds=(("held", False),), cancellations=("cancelled",)),
    ),
    Tale(
        name="lost and dear: nobody answers, a team lead says no, and then it is granted",
        procedure="refund",
        reason="not_delivered",
        market="FR",
        order=Bought(state="shipped", days=12, prices=(7_000,)),
        acts={
            "await-delivery": Parcel("order", "LOST"),
            "approval-overdue": (None, DECLINE),
            "refused-yet-owed": ASK_AGAIN,
            "approval-once-more": Decides(),
        },
        ends=Ends(
            outcome="resolved",
            letters=("acknowledgement", "person-looking", "person-looking", "refund-confirmed"),
        ),
        leaves=Leaves(refunds=(7_000,), claims=(("lost", 7_000, "accepted"),)),
        called={"carrier_claim": Ends(outcome="recovered")},
    ),
    Tale(
        name="lost, the third claim within weeks, and refused twice",
        procedure="refund",
        reason="not_delivered",
        market="AU",
        order=Bought(state="shipped", days=12, prices=(1_500,), claims_before=2),
        acts={
            "await-delivery": Parcel("order", "LOST"),
            "approval": REJECTS,
            "refused-yet-owed": DECLINE,
        },
        ends=Ends(outcome="declined", letters=("acknowledgement", "person-looking", "refund-declined")),
        called={"carrier_claim": Ends(outcome="not_worth_it")},
    ),
)

TALES: tuple[Tale, ...] = (
    *THE_ORDER,
    *WHO_DECIDES,
    *refund_parcels.TALES,
    *refund_stopped.TALES,
)
