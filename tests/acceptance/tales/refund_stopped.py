"""Tales of refunds of what was not sent yet: the race with the warehouse, part of an order, a reservation."""

from __future__ import annotations

from tests.acceptance.tale import (
    Both,
    Bought,
    Breaks,
    Disputes,
    Ends,
    Leaves,
    Mends,
    Parcel,
    Tale,
    Warehouse,
    Withdraws,
    Works,
    Writes,
)

NOTHING_DONE = Works({"outcome": "did_not_happen"})
RETRY = Works({"retry": True})
REPAIRED = Works({"retry": True}, mends=True)
STOPPED, GONE = Works({"result": "stopped"}), Works({"result": "gone"})
CANCELLED, TOO_LATE = Works({"result": "cancelled"}), Works({"result": "too_late"})
SHIPPED = Warehouse("shipped")
NOT_WORTH_IT = Ends(outcome="not_worth_it")
REFUSE = ("acknowledgement", "cancel-too-late-refuse-delivery")

THE_WAREHOUSE = (
    Tale(
        name="stopped at the ramp by hand, charged by then: the money goes back",
        procedure="refund",
        reason="changed_mind",
        market="NL",
        order=Bought(state="not_started", payment="authorised", days=1, freight_minor=450),
        broken=("hold-order", "cancel-order"),
        acts={
            "hold": NOTHING_DONE,
            "stop-by-hand": (None, Both((SHIPPED, STOPPED))),
            "cancel-order": NOTHING_DONE,
            "cancel-by-hand": (None, CANCELLED),
        },
        ends=Ends(outcome="resolved", letters=("acknowledgement", "cancel-confirmed")),
        leaves=Leaves(refunds=(3_440,)),
        proves="void failed refund: the shop takes the money when goods leave",
    ),
    Tale(
        name="caught while it is picked; the bank does not let the amount go",
        procedure="refund",
        reason="changed_mind",
        market="FR",
        order=Bought(state="picking", payment="authorised", days=1, interception="stopped"),
        broken=("void-payment",),
        acts={
            "void": (NOTHING_DONE, NOTHING_DONE),
            "void-desk": (None, Works({"settled": "not_released"}), Works({"settled": "released"})),
        },
        ends=Ends(outcome="resolved", letters=("acknowledgement", "cancel-confirmed")),
        leaves=Leaves(holds=(("picking", False),), intercepts=("stopped",), cancellations=("cancelled",)),
    ),
    Tale(
        name="nobody can be reached, and it goes out; late, but it arrives",
        procedure="refund",
        reason="not_delivered",
        market="BR",
        order=Bought(state="picking", days=5, prices=(9_900,)),
        broken=("intercept-order",),
        acts={
            "intercept": NOTHING_DONE,
            "stop-by-hand": Both((SHIPPED, GONE)),
            "await-delivery": Parcel("order", "DELIVERED"),
        },
        ends=Ends(outcome="resolved", letters=("acknowledgement", "person-looking")),
        leaves=Leaves(holds=(("picking", False),)),
    ),
    Tale(
        name="it leaves while we ask; delivered, the shop is down, and no label can be bought",
        procedure="refund",
        reason="changed_mind",
        market="IT",
        order=Bought(state="not_started", days=1),
        broken=("hold-order",),
        acts={
            "hold": Both((SHIPPED, Mends())),
            "await-delivery": Both((Breaks(("read-order",)), Parcel("order", "DELIVERED"))),
            "system-down": Both((REPAIRED, Breaks(("make-label",)))),
            "return-label": NOTHING_DONE,
            "label-by-hand": Works({"tracking": "HAND-{order}"}),
        },
        ends=Ends(
            outcome="unanswered",
            letters=(*REFUSE, "return-instructions", "reminder", "return-not-received"),
        ),
        leaves=Leaves(holds=(("shipped", False),)),
        proves="a label that a colleague bought elsewhere is not ours to void",
    ),
    Tale(
        name="the shop says that it is too late; it is refused at the door",
        procedure="refund",
        reason="changed_mind",
        market="US",
        order=Bought(state="not_started", days=1, prices=(3_990,), freight_minor=600),
        broken=("hold-order",),
        acts={
            "hold": NOTHING_DONE,
            "stop-by-hand": Both((SHIPPED, STOPPED)),
            "await-delivery": Parcel("order", "RETURNED"),
        },
        ends=Ends(outcome="resolved", letters=(*REFUSE, "refund-confirmed")),
        leaves=Leaves(refunds=(4_590,), cancellations=("too_late",)),
    ),
    Tale(
        name="made to measure, and gone before anybody could cancel it",
        procedure="refund",
        reason="changed_mind",
        market="GB",
        order=Bought(state="not_started", days=1, category="custom"),
        broken=("hold-order", "cancel-order"),
        acts={
            "hold": NOTHING_DONE,
            "stop-by-hand": STOPPED,
            "cancel-order": NOTHING_DONE,
            "cancel-by-hand": Both((SHIPPED, TOO_LATE)),
            "await-delivery": Parcel("order", "DELIVERED"),
        },
        ends=Ends(outcome="declined", letters=(*REFUSE, "refund-declined")),
    ),
    Tale(
        name="wanted after all, and the warehouse does not hear that it may go on",
        procedure="refund",
        reason="changed_mind",
        market="ES",
        order=Bought(state="not_started", days=1),
        broken=("cancel-order", "release-order"),
        acts={
            "cancel-order": NOTHING_DONE,
            "cancel-by-hand": Withdraws(),
            "withdrawn": NOTHING_DONE,
            "release-by-hand": (None, Works({"released": True})),
        },
        ends=Ends(outcome="withdrawn", letters=("acknowledgement", "withdrawal-noted")),
        leaves=Leaves(holds=(("held", False),)),
    ),
    Tale(
        name="wanted after all, caught while it was picked",
        procedure="refund",
        reason="changed_mind",
        market="JP",
        order=Bought(state="picking", days=1, prices=(4_800,), interception="stopped"),
        broken=("cancel-order", "release-order"),
        acts={
            "cancel-order": NOTHING_DONE,
            "cancel-by-hand": Withdraws(),
            "withdrawn": NOTHING_DONE,
            "release-by-hand": Works({"released": True}),
        },
        ends=Ends(outcome="withdrawn", letters=("acknowledgement", "withdrawal-noted")),
        leaves=Leaves(holds=(("picking", False),), intercepts=("stopped",)),
    ),
)

PART_OF_AN_ORDER = (
    Tale(
        name="one of two things is taken out of the box, and paid back",
        procedure="refund",
        reason="changed_mind",
        market="AU",
        order=Bought(state="not_started", days=1, prices=(3_300, 4_500), claimed=1, freight_minor=900),
        acts={"part-of-order": (None, Works({"outcome": "taken_out"}))},
        ends=Ends(outcome="resolved", letters=("acknowledgement", "refund-confirmed")),
        leaves=Leaves(refunds=(3_300,)),
    ),
    Tale(
        name="one of two things is taken out, and was only reserved",
        procedure="refund",
        reason="changed_mind",
        market="MX",
        order=Bought(state="not_started", days=1, prices=(49_900, 39_900), claimed=1, payment="authorised"),
        acts={"part-of-order": Works({"outcome": "taken_out"})},
        ends=Ends(outcome="resolved", letters=("acknowledgement",)),
        proves="what is sent is charged, so nothing is let go",
    ),
    Tale(
        name="one of two things goes out with the other, the shop is down, and both are lost",
        procedure="refund",
        reason="changed_mind",
        market="KR",
        order=Bought(state="not_started", days=1, prices=(15_000, 24_000), claimed=1),
        acts={
            "part-of-order": Both((SHIPPED, Breaks(("read-order",)), Works({"outcome": "goes_out"}))),
            "system-down": (
                RETRY,
                Both((Parcel("order", "LOST"), Parcel("order", "IN_TRANSIT"))),
                REPAIRED,
            ),
        },
        ends=Ends(outcome="resolved", letters=(*REFUSE, "refund-confirmed")),
        leaves=Leaves(refunds=(15_000,)),
        called={"carrier_claim": NOT_WORTH_IT},
        proves="a parcel that is found before anybody was told of its loss changes nothing",
    ),
)

CANCELLED_BEFORE = (
    Tale(
        name="cancelled and never paid back: the bank is down, and two colleagues pay",
        procedure="refund",
        reason="changed_mind",
        market="PL",
        order=Bought(state="cancelled", days=6, prices=(12_900,)),
        broken=("refund-payment",),
        acts={
            "refund": (NOTHING_DONE, NOTHING_DONE),
            "money-desk": (
                Withdraws(),
                Works({"settled": "not_paid"}),
                Both((Mends(), Writes("cancel", "changed_mind"))),
                Works({"settled": "paid"}),
            ),
        },
        ends=Ends(outcome="resolved", letters=("acknowledgement", "refund-confirmed")),
        leaves=Leaves(refunds=(12_900,)),
        called={
            "cancel": Ends(outcome="resolved", letters=("acknowledgement", "cancel-confirmed")),
        },
        proves="what was paid by hand beside the line is not paid twice in the ledger",
    ),
    Tale(
        name="the bank opens a dispute while it is on its way",
        procedure="refund",
        reason="changed_mind",
        market="CN",
        order=Bought(state="shipped", days=2, prices=(16_800,)),
        acts={"await-delivery": Disputes(), "dispute-desk": (None, Works({"taken_over": True}))},
        ends=Ends(outcome="moved_to_dispute", letters=(*REFUSE, "person-looking")),
    ),
)

TALES: tuple[Tale, ...] = (*THE_WAREHOUSE, *PART_OF_AN_ORDER, *CANCELLED_BEFORE)
