"""Tales of reships: the second parcel on its way, and the first that turns up."""

from __future__ import annotations

from tests.acceptance.tale import (
    Both,
    Bought,
    Breaks,
    Ends,
    Leaves,
    Mends,
    Parcel,
    Says,
    Shelves,
    Tale,
    Works,
)

SHOWN = Says(photos=1)
HERE = Says({"address_ok": True})
SEND_AGAIN, MONEY, WAIT = Says({"wish": "send_again"}), Says({"wish": "refund"}), Says({"wish": "wait"})
THERE, GONE, BACK = (Parcel("reship", status) for status in ("DELIVERED", "LOST", "RETURNED"))
PICKED_UP = Parcel("reship", "PICKED_UP")
FIRST_LOST, FIRST_FOUND = Parcel("order", "LOST"), Parcel("order", "IN_TRANSIT")
TRACED_AS_LOST = Both((FIRST_LOST, Works({"outcome": "lost"})))
LOST, CAME_BACK = Works({"outcome": "lost"}), Works({"outcome": "came_back"})
WITH_CUSTOMER, KEEP_WAITING = Works({"outcome": "with_customer"}), Works({"outcome": "keep_waiting"})
NOT_DONE = Works({"outcome": "did_not_happen"})
NEAR, AT_HOME = ("overseas", "made"), ("home", "made")
EMPTY = Shelves()
NOT_WORTH_IT = Ends(outcome="not_worth_it")
SHOWN_AND_SENT = ("acknowledgement", "evidence-request", "address-confirmation", "reship-sent")
TRACED_AND_SENT = ("acknowledgement", "address-confirmation", "reship-sent")
FROM_HOME = ("acknowledgement", "reship-from-home", "address-confirmation", "reship-sent")

THE_SECOND = (
    Tale(
        name="the second is not heard of for weeks, nobody hurries, and the customer has it",
        procedure="reship",
        reason="missing_item",
        market="DE",
        order=Bought(prices=(1_450,)),
        acts={"evidence": SHOWN, "address": HERE, "trace-second": (None, WITH_CUSTOMER)},
        ends=Ends(outcome="resolved", letters=SHOWN_AND_SENT),
        leaves=Leaves(shipments=(NEAR,)),
    ),
    Tale(
        name="the second is not heard of for weeks, and is lost",
        procedure="reship",
        reason="missing_item",
        market="FR",
        order=Bought(prices=(870,), freight_minor=490),
        acts={"evidence": SHOWN, "address": HERE, "trace-second": LOST},
        ends=Ends(outcome="refunded", letters=(*SHOWN_AND_SENT, "reship-lost", "refund-confirmed")),
        leaves=Leaves(shipments=(NEAR,), refunds=(1_360,)),
        called={"carrier_claim": NOT_WORTH_IT},
    ),
    Tale(
        name="the second is not heard of for weeks, came back, and goes out once more",
        procedure="reship",
        reason="defective",
        market="ES",
        order=Bought(prices=(2_190,)),
        acts={
            "evidence": SHOWN,
            "address": (HERE, HERE),
            "await-second": (None, THERE),
            "trace-second": CAME_BACK,
            "came-back-choice": SEND_AGAIN,
        },
        ends=Ends(
            outcome="resolved",
            letters=(*SHOWN_AND_SENT, "reship-came-back", "address-confirmation", "reship-sent"),
        ),
        leaves=Leaves(shipments=(NEAR, NEAR)),
    ),
    Tale(
        name="the second is not heard of for weeks, and arrives",
        procedure="reship",
        reason="missing_item",
        market="PL",
        order=Bought(prices=(10_900,)),
        acts={
            "evidence": SHOWN,
            "address": HERE,
            "trace-second": KEEP_WAITING,
            "await-longer": THERE,
        },
        ends=Ends(outcome="resolved", letters=SHOWN_AND_SENT),
        leaves=Leaves(shipments=(NEAR,)),
    ),
    Tale(
        name="the second is not heard of for months, and then the carrier has lost it",
        procedure="reship",
        reason="not_as_described",
        market="IT",
        order=Bought(prices=(1_290,)),
        acts={
            "evidence": SHOWN,
            "address": HERE,
            "trace-second": (KEEP_WAITING, KEEP_WAITING),
            "await-longer": (None, GONE),
        },
        ends=Ends(outcome="refunded", letters=(*SHOWN_AND_SENT, "reship-lost", "refund-confirmed")),
        leaves=Leaves(shipments=(NEAR,), refunds=(1_290,), claims=(("lost", 1_290, "accepted"),)),
        called={"carrier_claim": Ends(outcome="recovered")},
    ),
    Tale(
        name="the second comes back after weeks, and the customer does not say what they want",
        procedure="reship",
        reason="missing_item",
        market="GB",
        order=Bought(prices=(1_660,)),
        acts={
            "evidence": SHOWN,
            "address": HERE,
            "trace-second": KEEP_WAITING,
            "await-longer": BACK,
        },
        ends=Ends(
            outcome="refunded",
            letters=(*SHOWN_AND_SENT, "reship-came-back", "reminder", "refund-confirmed"),
        ),
        leaves=Leaves(shipments=(NEAR,), refunds=(1_660,)),
    ),
    Tale(
        name="both are lost, and the money goes back",
        procedure="reship",
        reason="not_delivered",
        market="NL",
        order=Bought(state="shipped", days=35, prices=(940,)),
        acts={"trace": LOST, "address": HERE, "await-second": GONE},
        ends=Ends(outcome="refunded", letters=(*TRACED_AND_SENT, "reship-lost", "refund-confirmed")),
        leaves=Leaves(shipments=(NEAR,), refunds=(940,)),
        called={"carrier_claim": (NOT_WORTH_IT, NOT_WORTH_IT)},
    ),
    Tale(
        name="the second comes back, and the customer would rather have the money",
        procedure="reship",
        reason="wrong_item",
        market="JP",
        order=Bought(prices=(3_900,)),
        acts={
            "evidence": SHOWN,
            "choice": SEND_AGAIN,
            "address": HERE,
            "await-second": BACK,
            "came-back-choice": MONEY,
        },
        ends=Ends(
            outcome="refunded",
            letters=(
                "acknowledgement",
                "evidence-request",
                "reship-from-home",
                "address-confirmation",
                "reship-sent",
                "reship-came-back",
                "refund-confirmed",
            ),
        ),
        leaves=Leaves(shipments=(AT_HOME,), refunds=(3_900,)),
    ),
)

THE_FIRST_TURNS_UP = (
    Tale(
        name="the first turns up before the second is picked up",
        procedure="reship",
        reason="not_delivered",
        market="US",
        order=Bought(state="shipped", days=6, prices=(2_800,)),
        acts={
            "first-parcel": FIRST_LOST,
            "choice": SEND_AGAIN,
            "address": HERE,
            "await-second": FIRST_FOUND,
            "first-is-coming": Parcel("order", "DELIVERED"),
            "carrier_claim/take-back": Works({"done": True}),
        },
        ends=Ends(
            outcome="arrived",
            letters=(
                "acknowledgement",
                "person-looking",
                "reship-from-home",
                "address-confirmation",
                "reship-sent",
                "first-parcel-found",
            ),
        ),
        leaves=Leaves(shipments=(("home", "cancelled"),), claims=(("lost", 2_800, "filed"),)),
        called={"carrier_claim": Ends(outcome="not_lost")},
    ),
    Tale(
        name="the first turns up when the second has left, and the second is refused at the door",
        procedure="reship",
        reason="not_delivered",
        market="FR",
        order=Bought(state="shipped", days=13, prices=(980,)),
        acts={
            "trace": TRACED_AS_LOST,
            "address": HERE,
            "await-second": Both((PICKED_UP, FIRST_FOUND)),
            "second-back": BACK,
        },
        ends=Ends(outcome="not_needed", letters=(*TRACED_AND_SENT, "refuse-second")),
        leaves=Leaves(shipments=(NEAR,), recalls=(True,)),
        called={"carrier_claim": NOT_WORTH_IT},
    ),
    Tale(
        name="the first turns up, the carrier cannot be asked, and both arrive; nobody hurries",
        procedure="reship",
        reason="not_delivered",
        market="CN",
        order=Bought(state="shipped", days=13, prices=(7_500,)),
        broken=("recall-parcel",),
        acts={
            "trace": TRACED_AS_LOST,
            "choice": SEND_AGAIN,
            "address": HERE,
            "await-second": Both((PICKED_UP, FIRST_FOUND)),
            "recall-second": NOT_DONE,
            "second-back": THERE,
            "second-desk": (None, Works({"outcome": "kept"})),
        },
        ends=Ends(outcome="not_needed", letters=(*FROM_HOME, "refuse-second")),
        leaves=Leaves(shipments=(AT_HOME,)),
        called={"carrier_claim": NOT_WORTH_IT},
    ),
    Tale(
        name="the first is said to turn up, and never does",
        procedure="reship",
        reason="not_delivered",
        market="AU",
        order=Bought(state="shipped", days=8, prices=(1_500,)),
        acts={"first-parcel": FIRST_LOST, "choice": FIRST_FOUND, "trace": WITH_CUSTOMER},
        ends=Ends(
            outcome="declined",
            letters=(
                "acknowledgement",
                "person-looking",
                "reship-from-home",
                "first-parcel-found",
                "claim-declined",
            ),
        ),
        called={"carrier_claim": NOT_WORTH_IT},
    ),
    Tale(
        name="the first turns up and comes back to us, and the second goes out",
        procedure="reship",
        reason="not_delivered",
        market="BR",
        order=Bought(state="shipped", days=16, prices=(5_900,)),
        acts={
            "trace": TRACED_AS_LOST,
            "choice": (FIRST_FOUND, SEND_AGAIN),
            "first-is-coming": Parcel("order", "RETURNED"),
            "address": HERE,
            "await-second": THERE,
        },
        ends=Ends(
            outcome="resolved",
            letters=(
                "acknowledgement",
                "reship-from-home",
                "first-parcel-found",
                "reship-from-home",
                "address-confirmation",
                "reship-sent",
            ),
        ),
        leaves=Leaves(shipments=(AT_HOME,)),
        called={"carrier_claim": NOT_WORTH_IT},
    ),
    Tale(
        name="the second comes back, and then the first turns up",
        procedure="reship",
        reason="not_delivered",
        market="DE",
        order=Bought(state="shipped", days=14, prices=(960,)),
        acts={
            "trace": TRACED_AS_LOST,
            "address": HERE,
            "await-second": BACK,
            "came-back-choice": Parcel("order", "OUT_FOR_DELIVERY"),
            "first-is-coming": Parcel("order", "DELIVERED"),
        },
        ends=Ends(outcome="arrived", letters=(*TRACED_AND_SENT, "reship-came-back", "first-parcel-found")),
        leaves=Leaves(shipments=(NEAR,)),
        called={"carrier_claim": NOT_WORTH_IT},
    ),
    Tale(
        name="the first turns up after the money went back, and nobody hurries",
        procedure="reship",
        reason="not_delivered",
        market="JP",
        order=Bought(state="shipped", days=8, prices=(1_480,), freight_minor=500, shelves=EMPTY),
        acts={
            "first-parcel": FIRST_LOST,
            "no-stock": Both((Breaks(("send-message",)), MONEY)),
            "confirm-refund": Both((FIRST_FOUND, Mends())),
            "found-and-paid": (None, Works({"outcome": "kept"})),
        },
        ends=Ends(
            outcome="refunded",
            letters=("acknowledgement", "person-looking", "reship-no-stock", "refund-confirmed"),
        ),
        leaves=Leaves(refunds=(1_980,)),
        called={"carrier_claim": NOT_WORTH_IT},
    ),
    Tale(
        name="the right thing is there, and then what was missing turns up as well; nobody hurries",
        procedure="reship",
        reason="wrong_item",
        market="DE",
        order=Bought(prices=(4_150,)),
        broken=("make-label",),
        acts={
            "evidence": SHOWN,
            "address": HERE,
            "await-second": THERE,
            "fetch-back": Both((FIRST_LOST, FIRST_FOUND, Mends())),
            "found-and-sent": (None, Works({"outcome": "comes_back"})),
        },
        ends=Ends(outcome="resolved", letters=SHOWN_AND_SENT),
        leaves=Leaves(shipments=(NEAR,), labels=(("seller", "made"),)),
    ),
    Tale(
        name="no label can be made for the wrong thing: it is not worth a quarrel",
        procedure="reship",
        reason="wrong_item",
        market="NL",
        order=Bought(prices=(4_200,)),
        broken=("make-label",),
        acts={"evidence": SHOWN, "address": HERE, "await-second": THERE, "fetch-back": NOT_DONE},
        ends=Ends(outcome="resolved", letters=SHOWN_AND_SENT),
        leaves=Leaves(shipments=(NEAR,)),
    ),
)

TALES: tuple[Tale, ...] = (*THE_SECOND, *THE_FIRST_TURNS_UP)
