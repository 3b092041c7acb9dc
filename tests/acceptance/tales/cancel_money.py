"""Tales of cancellations about the money: who approves, who pays, and what the bank does meanwhile."""

from __future__ import annotations

from tests.acceptance.tale import (
    Both,
    Bought,
    Decides,
    Disputes,
    Ends,
    Leaves,
    Mends,
    Parcel,
    Says,
    Tale,
    Withdraws,
    Works,
    Writes,
)

NOTHING_DONE = Works({"outcome": "did_not_happen"})
ASK_AGAIN, DECLINE = Works({"outcome": "ask_again"}), Works({"outcome": "decline"})
PAID, NOT_PAID = Works({"settled": "paid"}), Works({"settled": "not_paid"})
TAKEN_OVER = Works({"taken_over": True})
APPROVES, REJECTS = Decides(), Decides("reject")
RETURNED = Parcel("order", "RETURNED")
REFUSE = ("acknowledgement", "cancel-too-late-refuse-delivery")
TO_RETURN = ("acknowledgement", "cancel-too-late-return")
PAID_BACK = (*REFUSE, "cancel-confirmed")

APPROVALS = (
    Tale(
        name="cancelled before, dear, and not approved",
        procedure="cancel",
        reason="changed_mind",
        market="KR",
        order=Bought(state="cancelled", days=4, prices=(129_000,)),
        acts={"approval": REJECTS},
        ends=Ends(outcome="declined", letters=("acknowledgement", "refund-declined")),
    ),
    Tale(
        name="not approved, and the warehouse does not hear that it may go on",
        procedure="cancel",
        reason="changed_mind",
        market="GB",
        order=Bought(state="not_started", days=1, prices=(7_900,)),
        broken=("release-order",),
        acts={
            "approval": REJECTS,
            "release": NOTHING_DONE,
            "release-refused": (None, Works({"released": True})),
        },
        ends=Ends(outcome="declined", letters=("acknowledgement", "refund-declined")),
        leaves=Leaves(holds=(("held", False),)),
    ),
    Tale(
        name="nobody approves, asked again, and nobody approves",
        procedure="cancel",
        reason="changed_mind",
        market="AU",
        order=Bought(state="not_started", days=1, prices=(9_900,)),
        acts={"approval-overdue": (None, ASK_AGAIN, DECLINE)},
        ends=Ends(
            outcome="declined",
            letters=("acknowledgement", "person-looking", "person-looking", "refund-declined"),
        ),
        leaves=Leaves(holds=(("held", True),), releases=("released",)),
    ),
    Tale(
        name="it came back, rejected twice, and approved for it is owed",
        procedure="cancel",
        reason="changed_mind",
        market="DE",
        order=Bought(state="shipped", days=2, prices=(8_900,), freight_minor=490),
        acts={
            "refuse-delivery": RETURNED,
            "approval-after": REJECTS,
            "approval-again": (REJECTS, APPROVES),
            "money-desk": NOT_PAID,
        },
        ends=Ends(outcome="resolved", letters=PAID_BACK),
        leaves=Leaves(refunds=(9_390,), recalls=(True,)),
    ),
    Tale(
        name="it came back, nobody answers twice, and less is granted",
        procedure="cancel",
        reason="changed_mind",
        market="US",
        order=Bought(state="shipped", days=2, prices=(9_000,)),
        acts={
            "refuse-delivery": RETURNED,
            "approval-again": (None, Decides("adjust", percent=90)),
            "money-desk": NOT_PAID,
        },
        ends=Ends(outcome="resolved", letters=PAID_BACK),
        leaves=Leaves(refunds=(8_100,), recalls=(True,)),
    ),
    Tale(
        name="it came back, and less is granted at once",
        procedure="cancel",
        reason="changed_mind",
        market="CN",
        order=Bought(state="shipped", days=2, prices=(60_000,)),
        acts={"refuse-delivery": RETURNED, "approval-after": Decides("adjust", percent=75)},
        ends=Ends(outcome="resolved", letters=PAID_BACK),
        leaves=Leaves(refunds=(45_000,), recalls=(True,)),
    ),
)

THE_BANK = (
    Tale(
        name="cancelled before, the bank is down, and two colleagues pay",
        procedure="cancel",
        reason="changed_mind",
        market="MX",
        order=Bought(state="cancelled", days=4, prices=(41_900,)),
        broken=("refund-payment",),
        acts={
            "refund": NOTHING_DONE,
            "money-desk": (Both((Mends(), Writes("refund", "changed_mind"))), PAID),
        },
        ends=Ends(outcome="resolved", letters=("acknowledgement", "cancel-confirmed")),
        leaves=Leaves(refunds=(41_900,)),
        called={"refund": Ends(outcome="resolved", letters=("acknowledgement", "refund-confirmed"))},
    ),
    Tale(
        name="reserved, and the bank does not let it go",
        procedure="cancel",
        reason="changed_mind",
        market="ES",
        order=Bought(state="not_started", days=1, payment="authorised"),
        broken=("void-payment",),
        acts={
            "void": (NOTHING_DONE, NOTHING_DONE),
            "void-desk": (None, Works({"settled": "not_released"}), Works({"settled": "released"})),
        },
        ends=Ends(outcome="resolved", letters=("acknowledgement", "cancel-confirmed")),
        leaves=Leaves(holds=(("held", False),), cancellations=("cancelled",)),
    ),
    Tale(
        name="wanted after all, when the money has gone and the letter has not",
        procedure="cancel",
        reason="changed_mind",
        market="PL",
        order=Bought(state="not_started", days=1, prices=(9_900,)),
        broken=("send-message@confirm",),
        acts={"confirm": Both((Withdraws(), Mends()))},
        ends=Ends(outcome="resolved", letters=("acknowledgement", "cancel-confirmed", "already-cancelled")),
        leaves=Leaves(refunds=(9_900,), holds=(("held", False),), cancellations=("cancelled",)),
    ),
)

DISPUTES = (
    Tale(
        name="disputed; what is sent back under it is paid in part, after a while",
        procedure="cancel",
        reason="changed_mind",
        market="GB",
        order=Bought(prices=(3_000,)),
        acts={
            "delivered": Disputes(),
            "dispute-desk": (Writes("refund", "changed_mind"), TAKEN_OVER),
            "refund/await-parcel": Parcel("return", "DELIVERED"),
            "refund/inspection": Works({"condition": "as_new", "note": ""}),
            "refund/approval-again": (None, Decides("adjust", percent=50)),
            "refund/money-desk": NOT_PAID,
        },
        ends=Ends(outcome="moved_to_dispute", letters=(*TO_RETURN, "person-looking")),
        leaves=Leaves(refunds=(1_500,), labels=(("customer", "made"),)),
        called={
            "refund": Ends(
                outcome="resolved", letters=("acknowledgement", "return-instructions", "refund-confirmed")
            )
        },
        proves="the bank may give the same money back: nobody's limit covers that",
    ),
    Tale(
        name="disputed; what is missing is paid with a supervisor's word",
        procedure="cancel",
        reason="changed_mind",
        market="JP",
        order=Bought(prices=(2_600,)),
        acts={
            "delivered": Disputes(),
            "dispute-desk": (Writes("refund", "missing_item"), TAKEN_OVER),
            "refund/evidence": Says(photos=1),
            "refund/approval-again": APPROVES,
        },
        ends=Ends(outcome="moved_to_dispute", letters=(*TO_RETURN, "person-looking")),
        leaves=Leaves(refunds=(2_600,)),
        called={
            "refund": Ends(
                outcome="resolved", letters=("acknowledgement", "evidence-request", "refund-confirmed")
            )
        },
    ),
    Tale(
        name="disputed; what is sent back under it is refused, and goes back in the end",
        procedure="cancel",
        reason="changed_mind",
        market="NL",
        order=Bought(prices=(3_300,)),
        acts={
            "delivered": Disputes(),
            "dispute-desk": (Writes("refund", "changed_mind"), TAKEN_OVER),
            "refund/await-parcel": Parcel("return", "DELIVERED"),
            "refund/inspection": Works({"condition": "as_new", "note": ""}),
            "refund/approval-again": REJECTS,
            "refund/send-back": (None, Works({"sent": True})),
        },
        ends=Ends(outcome="moved_to_dispute", letters=(*TO_RETURN, "person-looking")),
        leaves=Leaves(labels=(("seller", "made"),)),
        called={
            "refund": Ends(
                outcome="declined", letters=("acknowledgement", "return-instructions", "refund-declined")
            )
        },
    ),
    Tale(
        name="disputed; what is missing is refused, and there is nothing to send back",
        procedure="cancel",
        reason="changed_mind",
        market="BR",
        order=Bought(prices=(9_900,)),
        acts={
            "delivered": Disputes(),
            "dispute-desk": (Writes("refund", "missing_item"), TAKEN_OVER),
            "refund/evidence": Says(photos=1),
            "refund/approval-again": REJECTS,
        },
        ends=Ends(outcome="moved_to_dispute", letters=(*TO_RETURN, "person-looking")),
        called={
            "refund": Ends(
                outcome="declined", letters=("acknowledgement", "evidence-request", "refund-declined")
            )
        },
    ),
)

TALES: tuple[Tale, ...] = (*APPROVALS, *THE_BANK, *DISPUTES)
