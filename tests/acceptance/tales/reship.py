"""Tales of reships: the first parcel, and what is proved; the others are told beside."""

from __future__ import annotations

from tests.acceptance.tale import (
    Bought,
    CarrierAnswers,
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
from tests.acceptance.tales import reship_again, reship_money, reship_orders, reship_parcels

LOST = Works({"outcome": "lost"})
WITH_CUSTOMER = Works({"outcome": "with_customer"})
KEEP_WAITING = Works({"outcome": "keep_waiting"})
SHOWN = Says(photos=2)
HERE = Says({"address_ok": True})
SEND_AGAIN, MONEY, WAIT = Says({"wish": "send_again"}), Says({"wish": "refund"}), Says({"wish": "wait"})
THERE = Parcel("reship", "DELIVERED")
NEAR, AT_HOME = ("overseas", "made"), ("home", "made")
EMPTY = Shelves()
NOT_WORTH_IT = Ends(outcome="not_worth_it")

THE_FIRST_PARCEL = (
    Tale(
        name="lost on the carrier's own word, sent again, and the carrier pays",
        procedure="reship",
        reason="not_delivered",
        market="DE",
        order=Bought(state="shipped", days=12),
        acts={
            "trace": LOST,
            "address": HERE,
            "await-second": THERE,
            "carrier_claim/answer": CarrierAnswers(accepted=True),
            "carrier_claim/money": Works({"outcome": "received"}),
        },
        ends=Ends(outcome="resolved", letters=("acknowledgement", "address-confirmation", "reship-sent")),
        leaves=Leaves(shipments=(NEAR,), claims=(("lost", 2_990, "accepted"),)),
        called={"carrier_claim": Ends(outcome="recovered")},
    ),
    Tale(
        name="in time, then lost; it comes from home, and the carrier refuses",
        procedure="reship",
        reason="not_delivered",
        market="US",
        order=Bought(state="shipped", days=6, prices=(3_400,), freight_minor=690),
        acts={
            "first-parcel": Parcel("order", "LOST"),
            "choice": SEND_AGAIN,
            "address": HERE,
            "await-second": THERE,
            "carrier_claim/answer": CarrierAnswers(accepted=False),
            "carrier_claim/contest": Works({"outcome": "accept_it"}),
        },
        ends=Ends(
            outcome="resolved",
            letters=(
                "acknowledgement",
                "person-looking",
                "reship-from-home",
                "address-confirmation",
                "reship-sent",
            ),
        ),
        leaves=Leaves(shipments=(AT_HOME,), claims=(("lost", 3_400, "rejected"),)),
        called={"carrier_claim": Ends(outcome="rejected")},
    ),
    Tale(
        name="in time, then lost, and nowhere in stock: the freight goes back, too",
        procedure="reship",
        reason="not_delivered",
        market="JP",
        order=Bought(state="shipped", days=8, prices=(1_500,), freight_minor=600, shelves=EMPTY),
        acts={"first-parcel": Parcel("order", "LOST"), "no-stock": MONEY},
        ends=Ends(
            outcome="refunded",
            letters=("acknowledgement", "person-looking", "reship-no-stock", "refund-confirmed"),
        ),
        leaves=Leaves(refunds=(2_100,)),
        called={"carrier_claim": NOT_WORTH_IT},
    ),
    Tale(
        name="in time, and it arrives",
        procedure="reship",
        reason="not_delivered",
        market="JP",
        order=Bought(state="shipped", days=5, prices=(2_400,)),
        acts={"first-parcel": Parcel("order", "DELIVERED")},
        ends=Ends(outcome="arrived", letters=("acknowledgement", "person-looking")),
    ),
    Tale(
        name="nothing is heard of it for weeks, nobody hurries, and it arrives",
        procedure="reship",
        reason="not_delivered",
        market="PL",
        order=Bought(state="shipped", days=9, prices=(9_900,)),
        acts={"first-parcel": (None, Parcel("order", "DELIVERED")), "trace": (None, KEEP_WAITING)},
        ends=Ends(outcome="arrived", letters=("acknowledgement", "person-looking", "person-looking")),
    ),
    Tale(
        name="it comes back to us, and goes out once more",
        procedure="reship",
        reason="not_delivered",
        market="ES",
        order=Bought(state="shipped", days=7, prices=(1_890,)),
        acts={"first-parcel": Parcel("order", "RETURNED"), "address": HERE, "await-second": THERE},
        ends=Ends(
            outcome="resolved",
            letters=("acknowledgement", "person-looking", "address-confirmation", "reship-sent"),
        ),
        leaves=Leaves(shipments=(NEAR,)),
    ),
    Tale(
        name="the carrier breaks it, and it is not worth a claim",
        procedure="reship",
        reason="not_delivered",
        market="IT",
        order=Bought(state="shipped", days=10, prices=(890,)),
        acts={"first-parcel": Parcel("order", "DAMAGED"), "address": HERE, "await-second": THERE},
        ends=Ends(
            outcome="resolved",
            letters=("acknowledgement", "person-looking", "address-confirmation", "reship-sent"),
        ),
        leaves=Leaves(shipments=(NEAR,)),
        called={"carrier_claim": NOT_WORTH_IT},
    ),
    Tale(
        name="the carrier proves that it was delivered",
        procedure="reship",
        reason="not_delivered",
        market="FR",
        acts={"trace": WITH_CUSTOMER},
        ends=Ends(outcome="declined", letters=("acknowledgement", "claim-declined")),
    ),
    Tale(
        name="withdrawn while a colleague looks for it",
        procedure="reship",
        reason="not_delivered",
        market="CN",
        order=Bought(state="shipped", days=11, prices=(14_000,)),
        acts={"trace": Withdraws()},
        ends=Ends(outcome="withdrawn", letters=("acknowledgement", "withdrawal-noted")),
    ),
    Tale(
        name="disputed while a colleague looks for it, and nobody hurries",
        procedure="reship",
        reason="not_delivered",
        market="IT",
        order=Bought(state="shipped", days=40),
        acts={"trace": Disputes(), "dispute-desk": (None, Works({"taken_over": True}))},
        ends=Ends(outcome="moved_to_dispute", letters=("acknowledgement", "person-looking")),
    ),
)

WHAT_IS_PROVED = (
    Tale(
        name="the wrong thing came: the right one goes out, the wrong one comes back at our cost",
        procedure="reship",
        reason="wrong_item",
        market="DE",
        order=Bought(prices=(3_490,)),
        acts={"evidence": SHOWN, "address": HERE, "await-second": THERE},
        ends=Ends(
            outcome="resolved",
            letters=(
                "acknowledgement",
                "evidence-request",
                "address-confirmation",
                "reship-sent",
                "wrong-item-return",
            ),
        ),
        leaves=Leaves(shipments=(NEAR,), labels=(("seller", "made"),)),
    ),
    Tale(
        name="the wrong thing came, and is not worth its way back",
        procedure="reship",
        reason="wrong_item",
        market="CN",
        order=Bought(prices=(15_000,)),
        acts={"evidence": SHOWN, "choice": SEND_AGAIN, "address": HERE, "await-second": THERE},
        ends=Ends(
            outcome="resolved",
            letters=(
                "acknowledgement",
                "evidence-request",
                "reship-from-home",
                "address-confirmation",
                "reship-sent",
            ),
        ),
        leaves=Leaves(shipments=(AT_HOME,)),
    ),
    Tale(
        name="something is missing, and the customer never answers again",
        procedure="reship",
        reason="missing_item",
        market="BR",
        order=Bought(prices=(9_900,)),
        acts={"evidence": SHOWN, "await-second": THERE},
        ends=Ends(
            outcome="resolved",
            letters=(
                "acknowledgement",
                "evidence-request",
                "reship-from-home",
                "reminder",
                "address-confirmation",
                "reminder",
                "reship-sent",
            ),
        ),
        leaves=Leaves(shipments=(AT_HOME,)),
    ),
    Tale(
        name="no photographs come of what is missing",
        procedure="reship",
        reason="missing_item",
        market="AU",
        ends=Ends(
            outcome="unanswered",
            letters=("acknowledgement", "evidence-request", "reminder", "reminder", "closed-unanswered"),
        ),
    ),
    Tale(
        name="no photographs come of what is not as described",
        procedure="reship",
        reason="not_as_described",
        market="MX",
        order=Bought(prices=(45_000,)),
        ends=Ends(
            outcome="unanswered",
            letters=("acknowledgement", "evidence-request", "reminder", "reminder", "closed-unanswered"),
        ),
    ),
    Tale(
        name="one of two came broken, and goes to a neighbour",
        procedure="reship",
        reason="damaged",
        market="GB",
        order=Bought(prices=(2_150, 1_990), claimed=1),
        acts={
            "evidence": SHOWN,
            "address": Says({"address_ok": False, "address": "Flat 2, the house next door"}),
            "address-desk": (None, Works({"changed": True})),
            "await-second": THERE,
        },
        ends=Ends(
            outcome="resolved",
            letters=("acknowledgement", "evidence-request", "address-confirmation", "reship-sent"),
        ),
        leaves=Leaves(shipments=(NEAR,)),
    ),
    Tale(
        name="far too late to say that something is missing",
        procedure="reship",
        reason="missing_item",
        market="DE",
        order=Bought(days=800),
        ends=Ends(outcome="declined", letters=("acknowledgement", "claim-declined")),
    ),
    Tale(
        name="a fault of years ago: no rule refuses it, nobody hurries, and a person goes on with it",
        procedure="reship",
        reason="defective",
        market="KR",
        order=Bought(days=800, prices=(25_000,)),
        acts={
            "person-decides": (None, Works({"outcome": "proceed"})),
            "evidence": SHOWN,
            "choice": SEND_AGAIN,
            "address": HERE,
            "await-second": THERE,
        },
        ends=Ends(
            outcome="resolved",
            letters=(
                "acknowledgement",
                "evidence-request",
                "reship-from-home",
                "address-confirmation",
                "reship-sent",
            ),
        ),
        leaves=Leaves(shipments=(AT_HOME,)),
    ),
    Tale(
        name="a fault of years ago: no rule refuses it, and a person does",
        procedure="reship",
        reason="defective",
        market="US",
        order=Bought(days=800),
        acts={"person-decides": Works({"outcome": "decline"})},
        ends=Ends(outcome="declined", letters=("acknowledgement", "claim-declined")),
    ),
)

TALES: tuple[Tale, ...] = (
    *THE_FIRST_PARCEL,
    *WHAT_IS_PROVED,
    *reship_orders.TALES,
    *reship_parcels.TALES,
    *reship_again.TALES,
    *reship_money.TALES,
)
