"""Cancellations: the race with the warehouse, won and lost."""

from __future__ import annotations

from makegood.core.world import Done, Failed, Happening
from tests.core.stories.telling import BUSY, LATER, NEEDS_APPROVAL, WITHDREW, Story, came
from tests.core.worlds import AUTHORISED, DAY, PLACED, SHIPPED, answer, approved, script

CONFIRMED = ("acknowledgement", "cancel-confirmed")
TOO_LATE_TO_STOP = ("acknowledgement", "cancel-too-late-refuse-delivery")

STORIES = [
    Story(
        "not sent and only authorised",
        script({"order.load": Done(AUTHORISED)}),
        "resolved",
        CONFIRMED,
        ("hold", "cancel-order", "void"),
    ),
    Story("not sent and charged", script({"order.load": Done(PLACED)}), "resolved", CONFIRMED, ("refund",)),
    Story(
        "the pick had begun and is stopped",
        script({"order.load": Done(PLACED), "warehouse.hold": Done({"result": "picking"})}),
        "resolved",
        CONFIRMED,
        ("intercept", "cancel-order", "refund"),
    ),
    Story(
        "the pick had begun and the warehouse wins the race",
        script(
            {
                "order": Done(PLACED),
                "order.load": Done(SHIPPED),
                "warehouse.hold": Done({"result": "picking"}),
                "warehouse.intercept": Done({"result": "too_late"}),
            },
            {},
            came("parcel.returned"),
        ),
        "resolved",
        (*TOO_LATE_TO_STOP, "cancel-confirmed"),
        ("intercept", "recall", "refuse-delivery", "order-back", "refund"),
    ),
    Story(
        "the warehouse stops it and the shop says that it is too late",
        script(
            {
                "order": Done(PLACED),
                "order.load": Done(SHIPPED),
                "order.cancel": Done({"result": "too_late"}),
                "parcel.recall": Failed("refused"),
            },
            {},
            came("parcel.received"),
        ),
        "resolved",
        (*TOO_LATE_TO_STOP, "cancel-confirmed"),
        ("cancel-order", "order-sent", "recall", "refuse-delivery", "refund"),
    ),
    Story(
        "cancelled twice",
        script({"order.load": Done(PLACED | {"status": "cancelled", "payment": "refunded"})}),
        "already_cancelled",
        ("acknowledgement", "already-cancelled"),
        ("already-cancelled",),
    ),
    Story(
        "cancelled by somebody else at this moment, and paid back by them",
        script(
            {
                "order": Done(PLACED),
                "order-again": Done(PLACED | {"status": "cancelled", "payment": "voided"}),
                "order.cancel": Done({"result": "already_cancelled"}),
            }
        ),
        "already_cancelled",
        ("acknowledgement", "already-cancelled"),
        ("cancel-order", "order-again"),
    ),
    Story(
        "cancelled before, but never paid back",
        script({"order.load": Done(PLACED | {"status": "cancelled"})}),
        "resolved",
        CONFIRMED,
        ("pay", "refund"),
    ),
    Story(
        "above the limit a person approves before anything is cancelled",
        script({"order.load": Done(PLACED), "remedy.quote": NEEDS_APPROVAL}, {"approval": approved()}),
        "resolved",
        CONFIRMED,
        ("hold", "quote", "approval", "cancel-order", "refund"),
    ),
    Story(
        "the approval is refused and the order goes on",
        script(
            {"order.load": Done(PLACED), "remedy.quote": NEEDS_APPROVAL},
            {"approval": approved(0, "rejected")},
        ),
        "declined",
        ("acknowledgement", "refund-declined"),
        ("approval", "release", "declined-by-person"),
    ),
    Story(
        "withdrawn while approval is open: the hold is let go",
        script({"order.load": Done(PLACED), "remedy.quote": NEEDS_APPROVAL}, {}, WITHDREW),
        "withdrawn",
        ("acknowledgement", "withdrawal-noted"),
        ("approval", "withdrawn"),
    ),
    Story(
        "withdrawn after an interception, and the warehouse must be told by hand",
        script(
            {
                "order.load": Done(PLACED),
                "warehouse.hold": Done({"result": "picking"}),
                "remedy.quote": NEEDS_APPROVAL,
                "warehouse.release": Failed("refused"),
            },
            {"release-by-hand/2": answer(released=True)},
            WITHDREW,
        ),
        "withdrawn",
        ("acknowledgement", "withdrawal-noted"),
        ("intercept", "approval", "release-by-hand", "release-by-hand", "withdrawn"),
    ),
    Story(
        "withdrawn while the parcel is coming back",
        script(
            {"order.load": Done(SHIPPED)}, {"parcel-wanted": answer(outcome="will_be_delivered")}, WITHDREW
        ),
        "withdrawn",
        (*TOO_LATE_TO_STOP, "withdrawal-noted"),
        ("refuse-delivery", "parcel-wanted"),
    ),
    Story(
        "withdrawn after the money went back",
        script({"order.load": Done(PLACED), "confirm": BUSY}, {}, Happening(LATER, "customer.withdrew")),
        "resolved",
        ("acknowledgement", "cancel-confirmed", "already-cancelled"),
        ("refund", "too-late-to-keep"),
    ),
    Story(
        "delivered after all, and sent back as a refund",
        script(
            {"order.load": Done(SHIPPED)},
            {"delivered": answer(send_back=True), "as-refund": answer(40 * DAY, outcome="resolved")},
            came("parcel.delivered"),
        ),
        "resolved",
        (*TOO_LATE_TO_STOP, "cancel-too-late-return"),
        ("refuse-delivery", "delivered", "as-refund"),
    ),
    Story(
        "delivered before, and kept",
        script({}, {"delivered": answer(send_back=False)}),
        "kept",
        ("acknowledgement", "cancel-too-late-return"),
        ("delivered", "kept"),
    ),
    Story(
        "delivered before, and the customer is silent",
        script(),
        "unanswered",
        ("acknowledgement", "cancel-too-late-return", "reminder", "closed-unanswered"),
        ("delivered",),
    ),
    Story(
        "delivered, and the return never ends",
        script({}, {"delivered": answer(send_back=True), "sibling-late": answer(seen=True)}),
        "continued_as_refund",
        ("acknowledgement", "cancel-too-late-return"),
        ("as-refund", "sibling-late"),
    ),
    Story(
        "on its way and never seen again",
        script({"order.load": Done(SHIPPED)}, {"parcel-missing": answer(outcome="lost")}),
        "resolved",
        (*TOO_LATE_TO_STOP, "cancel-confirmed"),
        ("parcel-missing", "order-back", "refund"),
    ),
    Story(
        "the order is not known to anybody",
        script({"order": Failed("not_found")}, {"find-order": answer(order_number="", no_such_order=True)}),
        "no_order",
        ("acknowledgement", "order-unknown", "reminder"),
    ),
    Story(
        "a dispute is opened while it is on its way",
        script(
            {"order.load": Done(SHIPPED)},
            {"dispute-desk": answer(taken_over=True)},
            Happening(DAY, "dispute.opened"),
        ),
        "moved_to_dispute",
        (*TOO_LATE_TO_STOP, "person-looking"),
    ),
    Story(
        "called by a reship of what was never sent",
        script({"order.load": Done(PLACED)}),
        "resolved",
        CONFIRMED[1:],
        ("hold", "cancel-order", "refund"),
        {"reason": "not_delivered", "about": "not-sent"},
    ),
    Story(
        "lost on its way: the carrier is asked, and nobody waits for it",
        script({"order.load": Done(SHIPPED)}, {}, came("parcel.lost")),
        "resolved",
        (*TOO_LATE_TO_STOP, "cancel-confirmed"),
        ("refuse-delivery", "claim-lost", "order-back", "refund"),
    ),
    Story(
        "refused, and the warehouse must be told by hand, late",
        script(
            {
                "order.load": Done(PLACED),
                "remedy.quote": NEEDS_APPROVAL,
                "warehouse.release": Failed("refused"),
            },
            {"approval": approved(0, "rejected"), "release-refused/2": answer(released=True)},
        ),
        "declined",
        ("acknowledgement", "refund-declined"),
        ("release", "release-refused", "release-refused", "declined-by-person"),
    ),
    Story(
        "cancelled by somebody else, and the shop is down when we look whether it was paid back",
        script(
            {
                "order": Done(PLACED),
                "order.cancel": Done({"result": "already_cancelled"}),
                "order-again/1": Failed("unavailable"),
                "order.load": Done(PLACED | {"status": "cancelled", "payment": "voided"}),
            },
            {"order-desk/2": answer(retry=True)},
        ),
        "already_cancelled",
        ("acknowledgement", "already-cancelled"),
        ("order-again", "order-desk", "order-desk", "order-again"),
    ),
    Story(
        "withdrawn while approval is open, and what was held must be let go by hand",
        script(
            {
                "order.load": Done(PLACED),
                "remedy.quote": NEEDS_APPROVAL,
                "warehouse.release": Failed("refused"),
            },
            {"release-by-hand": answer(released=True)},
            WITHDREW,
        ),
        "withdrawn",
        ("acknowledgement", "withdrawal-noted"),
        ("hold", "approval", "release-by-hand"),
    ),
]
