"""Tales of reships: customers who think again, and banks that are asked."""

from __future__ import annotations

from tests.acceptance.tale import (
    Both,
    Bought,
    Disputes,
    Ends,
    Leaves,
    Parcel,
    Says,
    Shelves,
    Tale,
    Withdraws,
    Works,
)

SHOWN = Says(photos=1)
HERE = Says({"address_ok": True})
SEND_AGAIN, MONEY, WAIT = Says({"wish": "send_again"}), Says({"wish": "refund"}), Says({"wish": "wait"})
THERE, GONE, BACK = (Parcel("reship", status) for status in ("DELIVERED", "LOST", "RETURNED"))
PICKED_UP = Parcel("reship", "PICKED_UP")
LOST, CAME_BACK = Works({"outcome": "lost"}), Works({"outcome": "came_back"})
WITH_CUSTOMER, KEEP_WAITING = Works({"outcome": "with_customer"}), Works({"outcome": "keep_waiting"})
IN_STOCK = Both((Shelves(home=3), Works({"outcome": "in_stock"})))
NEAR, AT_HOME = ("overseas", "made"), ("home", "made")
CALLED_BACK = ("overseas", "cancelled")
EMPTY = Shelves()
NOT_WORTH_IT = Ends(outcome="not_worth_it")
SHOWN_AND_SENT = ("acknowledgement", "evidence-request", "address-confirmation", "reship-sent")
TRACED_AND_SENT = ("acknowledgement", "address-confirmation", "reship-sent")
FROM_HOME = ("acknowledgement", "reship-from-home", "address-confirmation", "reship-sent")

THOUGHT_AGAIN = (
    Tale(
        name="withdrawn before the second is picked up",
        procedure="reship",
        reason="not_delivered",
        market="GB",
        order=Bought(state="shipped", days=15, prices=(790,)),
        acts={"trace": LOST, "address": HERE, "await-second": Withdraws()},
        ends=Ends(outcome="withdrawn", letters=(*TRACED_AND_SENT, "withdrawal-noted")),
        leaves=Leaves(shipments=(CALLED_BACK,)),
        called={"carrier_claim": NOT_WORTH_IT},
    ),
    Tale(
        name="withdrawn when the second has left, and it is never heard of again",
        procedure="reship",
        reason="not_delivered",
        market="KR",
        order=Bought(state="shipped", days=15, prices=(14_000,)),
        acts={
            "trace": LOST,
            "choice": SEND_AGAIN,
            "address": HERE,
            "await-second": Both((PICKED_UP, Withdraws())),
            "second-desk": Works({"outcome": "written_off"}),
        },
        ends=Ends(outcome="not_needed", letters=(*FROM_HOME, "refuse-second")),
        leaves=Leaves(shipments=(AT_HOME,), recalls=(True,)),
        called={"carrier_claim": NOT_WORTH_IT},
    ),
    Tale(
        name="withdrawn when the second has come back",
        procedure="reship",
        reason="missing_item",
        market="ES",
        order=Bought(prices=(2_450,)),
        acts={"evidence": SHOWN, "address": HERE, "await-second": BACK, "came-back-choice": Withdraws()},
        ends=Ends(outcome="withdrawn", letters=(*SHOWN_AND_SENT, "reship-came-back", "withdrawal-noted")),
        leaves=Leaves(shipments=(NEAR,)),
    ),
    Tale(
        name="withdrawn after the money went back, on a day with too many letters to be told at once",
        procedure="reship",
        reason="not_delivered",
        market="US",
        order=Bought(state="shipped", days=5, prices=(2_000,), shelves=EMPTY),
        acts={
            "first-parcel": (None, Parcel("order", "RETURNED")),
            "trace": KEEP_WAITING,
            "no-stock": WAIT,
            "restock": IN_STOCK,
            "choice": MONEY,
            "confirm-refund": Withdraws(),
        },
        ends=Ends(
            outcome="refunded",
            letters=(
                "acknowledgement",
                "person-looking",
                "person-looking",
                "reship-no-stock",
                "reship-from-home",
                "already-paid",
            ),
        ),
        leaves=Leaves(refunds=(2_000,)),
    ),
    Tale(
        name="disputed while the second is on its way",
        procedure="reship",
        reason="missing_item",
        market="NL",
        order=Bought(prices=(3_350,)),
        acts={
            "evidence": SHOWN,
            "address": HERE,
            "await-second": Disputes(),
            "dispute-desk": Works({"taken_over": True}),
        },
        ends=Ends(outcome="moved_to_dispute", letters=(*SHOWN_AND_SENT, "person-looking")),
        leaves=Leaves(shipments=(NEAR,)),
    ),
)

TALES: tuple[Tale, ...] = THOUGHT_AGAIN
