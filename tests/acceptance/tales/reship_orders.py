"""Tales of reships: which order it is, whether it has left, and what there is to send."""

from __future__ import annotations

from tests.acceptance.tale import (
    Both,
    Bought,
    Breaks,
    Ends,
    Leaves,
    Parcel,
    Says,
    Shelves,
    Tale,
    Withdraws,
    Works,
)

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

TALES: tuple[Tale, ...] = (*THE_ORDER, *WHAT_THERE_IS)
