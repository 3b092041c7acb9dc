"""Tales of refunds whose parcels go astray: on the way to the customer, and on the way back."""

from __future__ import annotations

from tests.acceptance.tale import (
    Both,
    Bought,
    Disputes,
    Ends,
    Leaves,
    Mends,
    Parcel,
    Says,
    Tale,
    Withdraws,
    Works,
)

NOTHING_DONE = Works({"outcome": "did_not_happen"})
LOST, KEEP_WAITING = Works({"outcome": "lost"}), Works({"outcome": "keep_waiting"})
WITH_CUSTOMER = Works({"outcome": "with_customer"})
PAY, DECLINE = Works({"outcome": "pay"}), Works({"outcome": "decline"})
UNDER_WAY, BACK = Parcel("return", "IN_TRANSIT"), Parcel("return", "DELIVERED")
OUT_LOST, FOUND = Parcel("order", "LOST"), Parcel("order", "IN_TRANSIT")
NOT_WORTH_IT = Ends(outcome="not_worth_it")
RETURN = ("acknowledgement", "return-instructions")
LOOKING = ("acknowledgement", "person-looking")
WRONG_ITEM = Works({"condition": "wrong_item", "note": "a brick"})

TO_THE_CUSTOMER = (
    Tale(
        name="lost, found, not seen again, and with the neighbour in the end",
        procedure="refund",
        reason="not_delivered",
        market="DE",
        order=Bought(state="shipped", days=9, prices=(990,)),
        broken=("refund-payment",),
        acts={
            "await-delivery": (OUT_LOST, None),
            "refund": NOTHING_DONE,
            "money-desk": FOUND,
            "trace": (KEEP_WAITING, WITH_CUSTOMER),
        },
        ends=Ends(outcome="resolved", letters=(*LOOKING, "first-parcel-found")),
        called={"carrier_claim": NOT_WORTH_IT},
    ),
    Tale(
        name="lost, found and delivered: the claim on the carrier is taken back, too",
        procedure="refund",
        reason="not_delivered",
        market="GB",
        order=Bought(state="shipped", days=9, prices=(2_400,)),
        broken=("refund-payment",),
        acts={
            "await-delivery": OUT_LOST,
            "refund": NOTHING_DONE,
            "money-desk": FOUND,
            "found-again": Parcel("order", "DELIVERED"),
            "carrier_claim/take-back": Works({"done": True}),
        },
        ends=Ends(outcome="resolved", letters=(*LOOKING, "first-parcel-found")),
        leaves=Leaves(claims=(("lost", 2_400, "filed"),)),
        called={"carrier_claim": Ends(outcome="not_lost")},
    ),
    Tale(
        name="lost, found and on its way back; finance pays by hand",
        procedure="refund",
        reason="not_delivered",
        market="MX",
        order=Bought(state="shipped", days=9, prices=(17_900,)),
        broken=("refund-payment",),
        acts={
            "await-delivery": OUT_LOST,
            "refund": (NOTHING_DONE, NOTHING_DONE),
            "money-desk": (FOUND, Works({"settled": "paid"})),
            "found-again": Parcel("order", "RETURNED"),
        },
        ends=Ends(outcome="resolved", letters=(*LOOKING, "first-parcel-found", "refund-confirmed")),
        called={"carrier_claim": NOT_WORTH_IT},
    ),
    Tale(
        name="said to be delivered; nobody asks the carrier at first, then it is lost",
        procedure="refund",
        reason="not_delivered",
        market="JP",
        order=Bought(days=3, prices=(700,), freight_minor=500),
        acts={"trace": (None, LOST)},
        ends=Ends(outcome="resolved", letters=("acknowledgement", "refund-confirmed")),
        leaves=Leaves(refunds=(1_200,)),
        called={"carrier_claim": NOT_WORTH_IT},
    ),
)

ON_THE_WAY_BACK = (
    Tale(
        name="the race is lost, it is delivered, sent back, and lost on the way",
        procedure="refund",
        reason="changed_mind",
        market="US",
        order=Bought(state="picking", days=1, prices=(3_100,), interception="too_late"),
        acts={
            "await-delivery": Parcel("order", "DELIVERED"),
            "await-parcel": Parcel("return", "PICKED_UP"),
            "lost-on-the-way-back": (None, PAY),
        },
        ends=Ends(
            outcome="resolved",
            letters=(
                "acknowledgement",
                "cancel-too-late-refuse-delivery",
                "return-instructions",
                "reminder",
                "refund-confirmed",
            ),
        ),
        leaves=Leaves(
            refunds=(3_100,),
            labels=(("customer", "made"),),
            holds=(("picking", False),),
            intercepts=("too_late",),
        ),
    ),
    Tale(
        name="lost on the way back, and the customer bears it",
        procedure="refund",
        reason="changed_mind",
        market="MX",
        order=Bought(days=2, prices=(45_000,)),
        acts={"await-parcel": UNDER_WAY, "lost-on-the-way-back": DECLINE},
        ends=Ends(outcome="declined", letters=(*RETURN, "reminder", "refund-declined")),
        leaves=Leaves(labels=(("customer", "made"),)),
    ),
    Tale(
        name="sent back at the last moment, another thing in the box, and paid all the same",
        procedure="refund",
        reason="changed_mind",
        market="GB",
        order=Bought(prices=(2_990,), freight_minor=350),
        acts={
            "await-parcel": UNDER_WAY,
            "late-return": BACK,
            "inspection": WRONG_ITEM,
            "inspection-disputed": (None, Works({"outcome": "pay_all"})),
        },
        ends=Ends(outcome="resolved", letters=(*RETURN, "reminder", "refund-confirmed")),
        leaves=Leaves(refunds=(3_340,), labels=(("customer", "made"),)),
    ),
    Tale(
        name="another thing in the box, sent back to its owner after a while",
        procedure="refund",
        reason="changed_mind",
        market="KR",
        order=Bought(days=2, prices=(38_000,)),
        acts={
            "await-parcel": BACK,
            "inspection": WRONG_ITEM,
            "inspection-disputed": Works({"outcome": "send_back"}),
            "send-other-item-back": (None, Works({"sent": True})),
        },
        ends=Ends(outcome="declined", letters=(*RETURN, "refund-declined")),
        leaves=Leaves(labels=(("customer", "made"),)),
    ),
    Tale(
        name="taken back although it is under way, and it never comes",
        procedure="refund",
        reason="changed_mind",
        market="AU",
        order=Bought(prices=(4_700,)),
        acts={"await-parcel": Both((UNDER_WAY, Withdraws()))},
        ends=Ends(outcome="withdrawn", letters=(*RETURN, "withdrawal-noted")),
        leaves=Leaves(labels=(("seller", "made"),)),
    ),
    Tale(
        name="taken back although it is under way; it comes, and goes back",
        procedure="refund",
        reason="changed_mind",
        market="CN",
        order=Bought(days=3, prices=(21_000,)),
        acts={
            "await-parcel": Both((UNDER_WAY, Withdraws())),
            "parcel-underway": BACK,
            "goods-are-here": (None, Works({"outcome": "sent_back"})),
        },
        ends=Ends(outcome="withdrawn", letters=(*RETURN, "withdrawal-noted")),
        leaves=Leaves(labels=(("customer", "made"),)),
    ),
)

NOTHING_TO_GIVE = (
    Tale(
        name="what is missing was a present",
        procedure="refund",
        reason="missing_item",
        market="BR",
        order=Bought(prices=(0, 9_900), claimed=1),
        acts={"evidence": Says(photos=2)},
        ends=Ends(
            outcome="already_refunded", letters=("acknowledgement", "evidence-request", "refund-declined")
        ),
    ),
    Tale(
        name="photographs are asked for, and the bank is asked instead",
        procedure="refund",
        reason="not_as_described",
        market="NL",
        order=Bought(prices=(2_600,)),
        acts={"evidence": Disputes(), "dispute-desk": Works({"taken_over": True})},
        ends=Ends(
            outcome="moved_to_dispute", letters=("acknowledgement", "evidence-request", "person-looking")
        ),
    ),
    Tale(
        name="the bank is down for a cheap thing that came broken, and comes back",
        procedure="refund",
        reason="damaged",
        market="IT",
        order=Bought(prices=(1_450,), freight_minor=390),
        broken=("refund-payment",),
        acts={"evidence": Says(photos=1), "refund": Mends()},
        ends=Ends(outcome="resolved", letters=("acknowledgement", "evidence-request", "refund-confirmed")),
        leaves=Leaves(refunds=(1_840,)),
        proves="nobody has to look at what was mended within the hour",
    ),
)

TALES: tuple[Tale, ...] = (*TO_THE_CUSTOMER, *ON_THE_WAY_BACK, *NOTHING_TO_GIVE)
