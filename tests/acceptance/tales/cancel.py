"""Tales of cancellations: the order, parts of it, and what has left or has arrived; more beside this one."""

from __future__ import annotations

from tests.acceptance.tale import (
    Both,
    Bought,
    Breaks,
    Ends,
    Leaves,
    Parcel,
    Says,
    Tale,
    Warehouse,
    Withdraws,
    Works,
    Writes,
)
from tests.acceptance.tales import cancel_money, cancel_stopped

NOTHING_DONE = Works({"outcome": "did_not_happen"})
RETRY, REPAIRED = Works({"retry": True}), Works({"retry": True}, mends=True)
NOT_FOUND = Works({"order_number": "", "no_such_order": True})
FOUND = Works({"order_number": "{order}", "no_such_order": False})
ANOTHER = Works({"order_number": "nobody-has-this", "no_such_order": False})
TAKEN_OUT, GOES_OUT = Works({"outcome": "taken_out"}), Works({"outcome": "goes_out"})
KEEP_WAITING = Works({"outcome": "keep_waiting"})
SHIPPED, RETURNED = Warehouse("shipped"), Parcel("order", "RETURNED")
REFUSE = ("acknowledgement", "cancel-too-late-refuse-delivery")
TO_RETURN = ("acknowledgement", "cancel-too-late-return")
SEND_BACK = Says({"send_back": True})
ONE_OF_TWO = Bought(state="not_started", days=1, prices=(1_900, 2_500), claimed=1, freight_minor=500)

THE_ORDER = (
    Tale(
        name="a number that nobody knows, another one, and the right one while the shop is down",
        procedure="cancel",
        reason="changed_mind",
        market="KR",
        order=Bought(state="not_started", days=1, prices=(29_900,), payment="authorised"),
        typo=True,
        broken=("read-order",),
        acts={
            "find-order": (None, ANOTHER, NOT_FOUND, FOUND),
            "ask-number": Says({"order_number": "{order}"}),
            "system-down": (None, REPAIRED),
        },
        ends=Ends(outcome="resolved", letters=("acknowledgement", "order-unknown", "cancel-confirmed")),
        leaves=Leaves(voids=(29_900,), holds=(("held", False),), cancellations=("cancelled",)),
    ),
    Tale(
        name="a number that nobody knows, and no other one",
        procedure="cancel",
        reason="changed_mind",
        market="BR",
        typo=True,
        acts={"find-order": NOT_FOUND},
        ends=Ends(outcome="no_order", letters=("acknowledgement", "order-unknown", "reminder")),
    ),
    Tale(
        name="a number that nobody knows, and a second one that nobody knows",
        procedure="cancel",
        reason="other",
        market="CN",
        typo=True,
        acts={
            "find-order": (NOT_FOUND, NOT_FOUND),
            "ask-number": Says({"order_number": "the red one"}),
        },
        ends=Ends(
            outcome="no_order", letters=("acknowledgement", "order-unknown", "order-unknown", "reminder")
        ),
    ),
    Tale(
        name="one of two things goes out with the other while the shop is down, and comes back",
        procedure="cancel",
        reason="changed_mind",
        market="US",
        order=ONE_OF_TWO,
        acts={
            "part-of-order": Both((SHIPPED, Breaks(("read-order",)), GOES_OUT)),
            "system-down": (RETRY, None, REPAIRED),
            "refuse-delivery": RETURNED,
        },
        ends=Ends(outcome="resolved", letters=(*REFUSE, "refund-confirmed")),
        leaves=Leaves(refunds=(1_900,), recalls=(True,)),
    ),
    Tale(
        name="one of two things is to go out, and nobody ever scans it",
        procedure="cancel",
        reason="changed_mind",
        market="CN",
        order=Bought(state="not_started", days=1, prices=(9_900, 12_000), claimed=1),
        acts={
            "part-of-order": GOES_OUT,
            "parcel-missing": Works({"outcome": "with_customer"}),
        },
        ends=Ends(
            outcome="unanswered",
            letters=(*REFUSE, "cancel-too-late-return", "reminder", "closed-unanswered"),
        ),
    ),
    Tale(
        name="one of two things is taken out, and was only reserved",
        procedure="cancel",
        reason="changed_mind",
        market="IT",
        order=Bought(state="not_started", days=1, prices=(1_900, 2_500), claimed=1, payment="authorised"),
        acts={"part-of-order": (None, TAKEN_OUT)},
        ends=Ends(outcome="resolved", letters=("acknowledgement",)),
    ),
    Tale(
        name="one of two things is taken out; the bank is down, and a change of mind comes too late",
        procedure="cancel",
        reason="changed_mind",
        market="DE",
        order=ONE_OF_TWO,
        broken=("refund-payment",),
        acts={
            "part-of-order": TAKEN_OUT,
            "refund": NOTHING_DONE,
            "money-desk": (Withdraws(), Works({"settled": "not_paid"}, mends=True)),
        },
        ends=Ends(outcome="resolved", letters=("acknowledgement", "refund-confirmed")),
        leaves=Leaves(refunds=(1_900,)),
    ),
)

IT_HAS_LEFT = (
    Tale(
        name="wanted after all, and it will still be delivered",
        procedure="cancel",
        reason="changed_mind",
        market="BR",
        order=Bought(state="shipped", days=2, prices=(15_500,)),
        acts={
            "refuse-delivery": Withdraws(),
            "parcel-wanted": Works({"outcome": "will_be_delivered"}),
        },
        ends=Ends(outcome="withdrawn", letters=(*REFUSE, "withdrawal-noted")),
        leaves=Leaves(recalls=(True,)),
    ),
    Tale(
        name="it comes back, and another case of the customer has been paid when we look",
        procedure="cancel",
        reason="not_delivered",
        market="AU",
        order=Bought(state="shipped", days=2, prices=(4_100,)),
        acts={
            "refuse-delivery": Writes("refund", "not_delivered"),
            "refund/await-delivery": Both((Breaks(("read-order",)), RETURNED)),
            "order-back-desk": REPAIRED,
        },
        ends=Ends(outcome="already_cancelled", letters=(*REFUSE, "already-cancelled")),
        leaves=Leaves(refunds=(4_100,), recalls=(True,)),
        called={
            "refund": Ends(
                outcome="resolved", letters=("acknowledgement", "person-looking", "refund-confirmed")
            )
        },
    ),
)

IT_HAS_ARRIVED = (
    Tale(
        name="said to have arrived; the search takes longer than anybody waits",
        procedure="cancel",
        reason="not_delivered",
        market="ES",
        order=Bought(days=5, prices=(2_600,)),
        acts={
            "delivered": SEND_BACK,
            "refund/trace": (
                KEEP_WAITING,
                KEEP_WAITING,
                KEEP_WAITING,
                Works({"outcome": "with_customer"}),
            ),
            "sibling-late": (None, Works({"seen": True})),
        },
        ends=Ends(outcome="continued_as_refund", letters=TO_RETURN),
        called={"refund": Ends(outcome="resolved", letters=("acknowledgement",))},
    ),
    Tale(
        name="it has arrived, and is made to measure",
        procedure="cancel",
        reason="changed_mind",
        market="DE",
        order=Bought(days=5, category="custom"),
        acts={"delivered": SEND_BACK},
        ends=Ends(outcome="continued_as_refund", letters=TO_RETURN),
        called={
            "refund": Ends(outcome="declined", letters=("acknowledgement", "refund-declined")),
        },
    ),
    Tale(
        name="it has arrived, is to be sent back, and is kept in the end",
        procedure="cancel",
        reason="changed_mind",
        market="FR",
        order=Bought(days=3),
        acts={"delivered": SEND_BACK, "refund/await-parcel": Withdraws()},
        ends=Ends(outcome="kept", letters=TO_RETURN),
        leaves=Leaves(labels=(("customer", "void"),)),
        called={
            "refund": Ends(
                outcome="withdrawn",
                letters=("acknowledgement", "return-instructions", "withdrawal-noted"),
            )
        },
    ),
)

TALES: tuple[Tale, ...] = (
    *THE_ORDER,
    *IT_HAS_LEFT,
    *IT_HAS_ARRIVED,
    *cancel_money.TALES,
    *cancel_stopped.TALES,
)
