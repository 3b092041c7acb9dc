"""Tales of reships: the order, the first parcel, what is proved, and what there is to send."""

from __future__ import annotations

from tests.acceptance.tale import (
    Both,
    Bought,
    Breaks,
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
from tests.acceptance.tales import reship_money, reship_parcels

ORDER = "{order}"  # the number of the tale's own order
FOUND = Works({"order_number": ORDER, "no_such_order": False})
NOT_FOUND = Works({"order_number": "", "no_such_order": True})
LOST = Works({"outcome": "lost"})
WITH_CUSTOMER = Works({"outcome": "with_customer"})
KEEP_WAITING = Works({"outcome": "keep_waiting"})
SHOWN = Says(photos=2)
HERE = Says({"address_ok": True})
SEND_AGAIN, MONEY, WAIT = Says({"wish": "send_again"}), Says({"wish": "refund"}), Says({"wish": "wait"})
THERE = Parcel("reship", "DELIVERED")
NEAR, AT_HOME = ("overseas", "made"), ("home", "made")
EMPTY = Shelves()
IN_STOCK = Both((Shelves(overseas=3, home=3), Works({"outcome": "in_stock"})))
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

THE_ORDER = (
    Tale(
        name="a number that no order has, asked for twice, found by a colleague",
        procedure="reship",
        reason="missing_item",
        market="DE",
        typo=True,
        acts={
            "find-order": (None, NOT_FOUND, FOUND),
            "ask-number": Says({"order_number": "#W0000000"}),
            "evidence": SHOWN,
            "address": HERE,
            "await-second": THERE,
        },
        ends=Ends(
            outcome="resolved",
            letters=(
                "acknowledgement",
                "order-unknown",
                "evidence-request",
                "address-confirmation",
                "reship-sent",
            ),
        ),
        leaves=Leaves(shipments=(NEAR,)),
    ),
    Tale(
        name="a number that no order has, and no other",
        procedure="reship",
        reason="wrong_item",
        market="FR",
        typo=True,
        acts={"find-order": NOT_FOUND},
        ends=Ends(outcome="no_order", letters=("acknowledgement", "order-unknown", "reminder")),
    ),
    Tale(
        name="a number that no order has, nor has the one that the customer gives then",
        procedure="reship",
        reason="not_delivered",
        market="BR",
        typo=True,
        acts={
            "find-order": (NOT_FOUND, NOT_FOUND),
            "ask-number": (Says({"order_number": "W-again"}), None),
        },
        ends=Ends(
            outcome="no_order", letters=("acknowledgement", "order-unknown", "order-unknown", "reminder")
        ),
    ),
    Tale(
        name="the shop is down when the right number is found",
        procedure="reship",
        reason="not_delivered",
        market="GB",
        typo=True,
        broken=("read-order",),
        acts={
            "find-order": (FOUND, FOUND),
            "system-down": Works({"retry": True}, mends=True),
            "trace": WITH_CUSTOMER,
        },
        ends=Ends(outcome="declined", letters=("acknowledgement", "claim-declined")),
    ),
    Tale(
        name="the shop is down, and down again; the parcel is lost and found meanwhile",
        procedure="reship",
        reason="not_delivered",
        market="DE",
        order=Bought(state="shipped", days=12),
        broken=("read-history",),
        acts={
            "system-down": (
                Both((Parcel("order", "LOST"), Parcel("order", "IN_TRANSIT"))),
                Both((Breaks(("read-order",)), Works({"retry": True}))),
                Works({"retry": True}, mends=True),
            ),
            "trace": WITH_CUSTOMER,
        },
        ends=Ends(outcome="declined", letters=("acknowledgement", "claim-declined")),
        proves="a parcel that is found before anything was done about its loss changes nothing",
    ),
    Tale(
        name="paid back long ago",
        procedure="reship",
        reason="missing_item",
        market="MX",
        order=Bought(payment="refunded"),
        ends=Ends(outcome="already_settled", letters=("acknowledgement", "claim-declined")),
    ),
    Tale(
        name="cancelled long ago",
        procedure="reship",
        reason="not_delivered",
        market="NL",
        order=Bought(state="cancelled", payment="voided"),
        ends=Ends(outcome="already_settled", letters=("acknowledgement", "claim-declined")),
    ),
    Tale(
        name="not sent yet, and waited for",
        procedure="reship",
        reason="not_delivered",
        market="GB",
        order=Bought(state="not_started"),
        acts={"not-sent-yet": Says({"early_wish": "wait"})},
        ends=Ends(outcome="not_sent_yet", letters=("acknowledgement", "not-sent-yet")),
    ),
    Tale(
        name="not sent yet, and the customer does not say what they want",
        procedure="reship",
        reason="not_delivered",
        market="KR",
        order=Bought(state="not_started", prices=(31_000,)),
        ends=Ends(outcome="not_sent_yet", letters=("acknowledgement", "not-sent-yet", "reminder")),
    ),
    Tale(
        name="not sent yet, and called off",
        procedure="reship",
        reason="not_delivered",
        market="AU",
        order=Bought(state="not_started", payment="authorised", prices=(4_500,), freight_minor=500),
        acts={"not-sent-yet": Says({"early_wish": "cancel"})},
        ends=Ends(outcome="handed_over", letters=("acknowledgement", "not-sent-yet")),
        leaves=Leaves(voids=(5_000,), holds=(("held", False),), cancellations=("cancelled",)),
        called={"cancel": Ends(outcome="resolved", letters=("cancel-confirmed",))},
    ),
    Tale(
        name="called off, but it leaves, and is on its way for two months",
        procedure="reship",
        reason="not_delivered",
        market="DE",
        order=Bought(state="picking", interception="too_late", prices=(2_200,)),
        acts={
            "not-sent-yet": Says({"early_wish": "cancel"}),
            "as-cancellation": Withdraws(),
            "cancel/refuse-delivery": (None, None, Parcel("order", "RETURNED")),
            "cancel/parcel-missing": (KEEP_WAITING, KEEP_WAITING),
            "sibling-late": (None, Works({"seen": True})),
        },
        ends=Ends(outcome="handed_over", letters=("acknowledgement", "not-sent-yet")),
        leaves=Leaves(
            refunds=(2_200,), holds=(("picking", False),), intercepts=("too_late",), recalls=(True,)
        ),
        called={
            "cancel": Ends(
                outcome="resolved",
                letters=(
                    "cancel-too-late-refuse-delivery",
                    "cancel-too-late-refuse-delivery",
                    "cancel-too-late-refuse-delivery",
                    "cancel-confirmed",
                ),
            )
        },
        proves="who takes back what has become another case is not heard here",
    ),
)

WHAT_THERE_IS = (
    Tale(
        name="nowhere in stock: the money goes back, with the freight",
        procedure="reship",
        reason="missing_item",
        market="FR",
        order=Bought(prices=(2_490,), freight_minor=590, shelves=EMPTY),
        acts={"evidence": SHOWN, "no-stock": MONEY},
        ends=Ends(
            outcome="refunded",
            letters=("acknowledgement", "evidence-request", "reship-no-stock", "refund-confirmed"),
        ),
        leaves=Leaves(refunds=(3_080,)),
    ),
    Tale(
        name="nowhere in stock, waited for, and there again",
        procedure="reship",
        reason="missing_item",
        market="IT",
        order=Bought(quantity=2, prices=(1_290,), shelves=Shelves(overseas=1, home=1)),
        acts={
            "evidence": SHOWN,
            "no-stock": WAIT,
            "restock": IN_STOCK,
            "address": HERE,
            "await-second": THERE,
        },
        ends=Ends(
            outcome="resolved",
            letters=(
                "acknowledgement",
                "evidence-request",
                "reship-no-stock",
                "address-confirmation",
                "reship-sent",
            ),
        ),
        leaves=Leaves(shipments=(NEAR,)),
    ),
    Tale(
        name="nowhere in stock, and the customer does not say what they want",
        procedure="reship",
        reason="not_as_described",
        market="PL",
        order=Bought(prices=(11_900,), shelves=EMPTY),
        acts={"evidence": SHOWN},
        ends=Ends(
            outcome="refunded",
            letters=(
                "acknowledgement",
                "evidence-request",
                "reship-no-stock",
                "reminder",
                "refund-confirmed",
            ),
        ),
        leaves=Leaves(refunds=(11_900,)),
    ),
    Tale(
        name="nowhere in stock, waited for, and never made again",
        procedure="reship",
        reason="wrong_item",
        market="ES",
        order=Bought(prices=(3_100,), shelves=EMPTY),
        acts={"evidence": SHOWN, "no-stock": WAIT, "restock": Works({"outcome": "never"})},
        ends=Ends(
            outcome="refunded",
            letters=("acknowledgement", "evidence-request", "reship-no-stock", "refund-confirmed"),
        ),
        leaves=Leaves(refunds=(3_100,)),
    ),
    Tale(
        name="nowhere in stock, and waited for in vain",
        procedure="reship",
        reason="missing_item",
        market="NL",
        order=Bought(prices=(2_700,), shelves=EMPTY),
        acts={"evidence": SHOWN, "no-stock": WAIT},
        ends=Ends(
            outcome="refunded",
            letters=("acknowledgement", "evidence-request", "reship-no-stock", "refund-confirmed"),
        ),
        leaves=Leaves(refunds=(2_700,)),
    ),
    Tale(
        name="somebody else is given the last one meanwhile",
        procedure="reship",
        reason="missing_item",
        market="GB",
        order=Bought(prices=(2_600,)),
        acts={"evidence": SHOWN, "address": Both((EMPTY, HERE)), "no-stock": MONEY},
        ends=Ends(
            outcome="refunded",
            letters=(
                "acknowledgement",
                "evidence-request",
                "address-confirmation",
                "reship-no-stock",
                "refund-confirmed",
            ),
        ),
        leaves=Leaves(refunds=(2_600,)),
    ),
    Tale(
        name="only home has it, and the customer would rather have the money",
        procedure="reship",
        reason="missing_item",
        market="MX",
        order=Bought(prices=(38_000,), freight_minor=5_900),
        acts={"evidence": SHOWN, "choice": MONEY},
        ends=Ends(
            outcome="refunded",
            letters=("acknowledgement", "evidence-request", "reship-from-home", "refund-confirmed"),
        ),
        leaves=Leaves(refunds=(43_900,)),
    ),
    Tale(
        name="the warehouses do not answer; somebody goes and looks, late",
        procedure="reship",
        reason="missing_item",
        market="DE",
        order=Bought(prices=(1_790,), shelves=Shelves(home=4)),
        broken=("read-stock",),
        acts={
            "evidence": SHOWN,
            "stock-by-hand": (None, Works({"found": True, "warehouse": "CN-1"})),
            "address": HERE,
            "await-second": THERE,
        },
        ends=Ends(
            outcome="resolved",
            letters=("acknowledgement", "evidence-request", "address-confirmation", "reship-sent"),
        ),
        leaves=Leaves(shipments=(AT_HOME,)),
    ),
    Tale(
        name="the warehouses do not answer, and nobody finds one",
        procedure="reship",
        reason="missing_item",
        market="US",
        order=Bought(prices=(2_300,), shelves=EMPTY),
        broken=("read-stock",),
        acts={
            "evidence": SHOWN,
            "stock-by-hand": Works({"found": False, "warehouse": "CN-1"}),
            "no-stock": MONEY,
        },
        ends=Ends(
            outcome="refunded",
            letters=("acknowledgement", "evidence-request", "reship-no-stock", "refund-confirmed"),
        ),
        leaves=Leaves(refunds=(2_300,)),
    ),
)

TALES: tuple[Tale, ...] = (
    *THE_FIRST_PARCEL,
    *WHAT_IS_PROVED,
    *THE_ORDER,
    *WHAT_THERE_IS,
    *reship_parcels.TALES,
    *reship_money.TALES,
)
