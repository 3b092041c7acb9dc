"""Tales of reships: what has to be approved, what is refused, and money that goes back instead."""

from __future__ import annotations

from tests.acceptance.tale import (
    Both,
    Bought,
    Decides,
    Disputes,
    Ends,
    Leaves,
    Parcel,
    Says,
    Shelves,
    Tale,
    Works,
    Writes,
)

SHOWN = Says(photos=1)
HERE = Says({"address_ok": True})
SEND_AGAIN, MONEY = Says({"wish": "send_again"}), Says({"wish": "refund"})
THERE = Parcel("reship", "DELIVERED")
NEAR, AT_HOME = ("overseas", "made"), ("home", "made")
EMPTY = Shelves()
APPROVES, REJECTS = Decides(), Decides("reject")
ASK_AGAIN = Works({"outcome": "ask_again"})
DECLINE = Works({"outcome": "decline"})
NOT_DONE = Works({"outcome": "did_not_happen"})
TRY_AGAIN = Works({"outcome": "try_again"}, mends=True)

PAID_BY_HAND = Works({"settled": "paid"})
REFUNDED = Ends(outcome="resolved", letters=("acknowledgement", "evidence-request", "refund-confirmed"))

ASKED = ("acknowledgement", "evidence-request", "address-confirmation")
SENT = (*ASKED, "reship-sent")
NO_STOCK = ("acknowledgement", "evidence-request", "reship-no-stock")

APPROVED = (
    Tale(
        name="dear, and approved with the second code",
        procedure="reship",
        reason="missing_item",
        market="DE",
        order=Bought(prices=(8_900,)),
        acts={
            "evidence": SHOWN,
            "address": HERE,
            "approval": Decides(wrong_code_first=True),
            "await-second": THERE,
        },
        ends=Ends(outcome="resolved", letters=SENT),
        leaves=Leaves(shipments=(NEAR,)),
    ),
    Tale(
        name="cheap, but this customer claims often: somebody looks, and approves",
        procedure="reship",
        reason="missing_item",
        market="MX",
        order=Bought(prices=(29_000,), claims_before=2),
        acts={
            "evidence": SHOWN,
            "choice": SEND_AGAIN,
            "address": HERE,
            "approval": APPROVES,
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
        name="dear, approved for less than it is worth, twice, and then for all of it",
        procedure="reship",
        reason="missing_item",
        market="FR",
        order=Bought(prices=(7_900,)),
        acts={
            "evidence": SHOWN,
            "address": HERE,
            "approval": Decides("adjust", percent=60),
            "approval-once-more": (Decides("adjust", percent=80), APPROVES),
            "await-second": THERE,
        },
        ends=Ends(outcome="resolved", letters=SENT),
        leaves=Leaves(shipments=(NEAR,)),
        proves="goods cannot be given in part: an approval that does not cover them is asked for again",
    ),
    Tale(
        name="dear, nobody answers anything for days, then it is refused, and a team lead stands by that",
        procedure="reship",
        reason="missing_item",
        market="GB",
        order=Bought(prices=(6_900,)),
        acts={
            "evidence": SHOWN,
            "address": HERE,
            "approval": None,
            "refused-yet-owed": (None, ASK_AGAIN, ASK_AGAIN, DECLINE),
            "approval-once-more": (None, REJECTS),
        },
        ends=Ends(outcome="declined", letters=(*ASKED, "person-looking", "claim-declined")),
    ),
    Tale(
        name="dear and refused, so the money is asked for, by and by, three times",
        procedure="reship",
        reason="missing_item",
        market="ES",
        order=Bought(prices=(6_600,)),
        acts={
            "evidence": SHOWN,
            "address": HERE,
            "approval": REJECTS,
            "refused-yet-owed": Works({"outcome": "refund"}),
            "refund-approval": None,
            "refund-refused": (None, ASK_AGAIN, ASK_AGAIN, ASK_AGAIN),
            "refund-approval-again": (None, REJECTS, APPROVES),
        },
        ends=Ends(outcome="refunded", letters=(*ASKED, "refund-confirmed")),
        leaves=Leaves(refunds=(6_600,)),
    ),
)

THE_MONEY = (
    Tale(
        name="dear and nowhere in stock: the money is approved",
        procedure="reship",
        reason="missing_item",
        market="PL",
        order=Bought(prices=(30_000,), shelves=EMPTY),
        acts={"evidence": SHOWN, "no-stock": MONEY, "refund-approval": APPROVES},
        ends=Ends(outcome="refunded", letters=(*NO_STOCK, "refund-confirmed")),
        leaves=Leaves(refunds=(30_000,)),
    ),
    Tale(
        name="cheap, but this customer claims often: half of the money is approved",
        procedure="reship",
        reason="missing_item",
        market="KR",
        order=Bought(prices=(30_000,), claims_before=2),
        acts={"evidence": SHOWN, "choice": MONEY, "refund-approval": Decides("adjust", percent=50)},
        ends=Ends(
            outcome="refunded",
            letters=("acknowledgement", "evidence-request", "reship-from-home", "refund-confirmed"),
        ),
        leaves=Leaves(refunds=(15_000,)),
    ),
    Tale(
        name="dear and nowhere in stock: refused, asked again, and most of it approved",
        procedure="reship",
        reason="missing_item",
        market="JP",
        order=Bought(prices=(12_000,), shelves=EMPTY),
        acts={
            "evidence": SHOWN,
            "no-stock": MONEY,
            "refund-approval": REJECTS,
            "refund-refused": ASK_AGAIN,
            "refund-approval-again": Decides("adjust", percent=80),
        },
        ends=Ends(outcome="refunded", letters=(*NO_STOCK, "refund-confirmed")),
        leaves=Leaves(refunds=(9_600,)),
    ),
    Tale(
        name="dear and nowhere in stock: refused, and a team lead stands by that",
        procedure="reship",
        reason="missing_item",
        market="US",
        order=Bought(prices=(9_000,), shelves=EMPTY),
        acts={
            "evidence": SHOWN,
            "no-stock": MONEY,
            "refund-approval": REJECTS,
            "refund-refused": DECLINE,
        },
        ends=Ends(outcome="declined", letters=(*NO_STOCK, "claim-declined")),
    ),
    Tale(
        name="the payments are down: tried again, late, when they are up",
        procedure="reship",
        reason="missing_item",
        market="AU",
        order=Bought(prices=(5_200,), freight_minor=950, shelves=EMPTY),
        broken=("refund-payment",),
        acts={
            "evidence": SHOWN,
            "no-stock": MONEY,
            "refund": NOT_DONE,
            "money-desk": (None, Works({"settled": "not_paid"}, mends=True)),
        },
        ends=Ends(outcome="refunded", letters=(*NO_STOCK, "refund-confirmed")),
        leaves=Leaves(refunds=(6_150,)),
    ),
    Tale(
        name="the payments are down: finance pays by hand",
        procedure="reship",
        reason="missing_item",
        market="BR",
        order=Bought(prices=(18_900,), shelves=EMPTY),
        broken=("refund-payment",),
        acts={
            "evidence": SHOWN,
            "no-stock": MONEY,
            "refund": NOT_DONE,
            "money-desk": PAID_BY_HAND,
        },
        ends=Ends(outcome="refunded", letters=(*NO_STOCK, "refund-confirmed")),
    ),
)

NOTHING_GIVEN = (
    Tale(
        name="what came free cannot be sent again",
        procedure="reship",
        reason="missing_item",
        market="FR",
        order=Bought(prices=(0, 2_990), claimed=1),
        acts={"evidence": SHOWN, "address": HERE},
        ends=Ends(outcome="already_settled", letters=(*ASKED, "claim-declined")),
    ),
    Tale(
        name="what came free cannot be paid back",
        procedure="reship",
        reason="missing_item",
        market="IT",
        order=Bought(prices=(0, 1_990), claimed=1, shelves=EMPTY),
        acts={"evidence": SHOWN, "no-stock": MONEY},
        ends=Ends(outcome="already_settled", letters=(*NO_STOCK, "claim-declined")),
    ),
)

THE_WAREHOUSE = (
    Tale(
        name="the warehouse does not take the order, nobody hurries, and then it does",
        procedure="reship",
        reason="missing_item",
        market="PL",
        order=Bought(prices=(8_400,)),
        broken=("send-shipment",),
        acts={
            "evidence": SHOWN,
            "address": HERE,
            "send-again": NOT_DONE,
            "send-desk": (None, TRY_AGAIN),
            "await-second": THERE,
        },
        ends=Ends(outcome="resolved", letters=SENT),
        leaves=Leaves(shipments=(NEAR,)),
    ),
    Tale(
        name="the warehouse does not take the order, and the money goes back",
        procedure="reship",
        reason="missing_item",
        market="GB",
        order=Bought(prices=(2_300,), freight_minor=350),
        broken=("send-shipment",),
        acts={
            "evidence": SHOWN,
            "address": HERE,
            "send-again": NOT_DONE,
            "send-desk": Works({"outcome": "refund"}),
        },
        ends=Ends(outcome="refunded", letters=(*ASKED, "refund-confirmed")),
        leaves=Leaves(refunds=(2_650,)),
    ),
)

PAID_ELSEWHERE = (
    Tale(
        name="while the warehouse is down, another case gives the money back",
        procedure="reship",
        reason="missing_item",
        market="DE",
        order=Bought(prices=(2_950,)),
        broken=("send-shipment",),
        acts={
            "evidence": SHOWN,
            "address": HERE,
            "send-again": NOT_DONE,
            "send-desk": (Writes("refund", "missing_item"), TRY_AGAIN),
            "refund/evidence": SHOWN,
        },
        ends=Ends(outcome="already_settled", letters=(*ASKED, "claim-declined")),
        leaves=Leaves(refunds=(2_950,)),
        called={"refund": REFUNDED},
        proves="nothing is sent again that was paid back meanwhile",
    ),
    Tale(
        name="while the payments are down, finance pays by hand in another case: nothing is left here",
        procedure="reship",
        reason="missing_item",
        market="ES",
        order=Bought(prices=(2_150,), shelves=EMPTY),
        broken=("refund-payment",),
        acts={
            "evidence": SHOWN,
            "no-stock": MONEY,
            "refund": NOT_DONE,
            "money-desk": (
                Writes("refund", "missing_item"),
                Works({"settled": "not_paid"}, mends=True),
            ),
            "refund/evidence": SHOWN,
            "refund/refund": NOT_DONE,
            "refund/money-desk": PAID_BY_HAND,
        },
        ends=Ends(outcome="already_settled", letters=(*NO_STOCK, "claim-declined")),
        called={"refund": REFUNDED},
        proves="what was paid by hand in one case is not paid in another",
    ),
    Tale(
        name="while the payments are down, finance pays by hand in another case, and here, too",
        procedure="reship",
        reason="missing_item",
        market="NL",
        order=Bought(prices=(1_850,), shelves=EMPTY),
        broken=("refund-payment",),
        acts={
            "evidence": SHOWN,
            "no-stock": MONEY,
            "refund": NOT_DONE,
            "money-desk": (Writes("refund", "missing_item"), PAID_BY_HAND),
            "refund/evidence": SHOWN,
            "refund/refund": NOT_DONE,
            "refund/money-desk": PAID_BY_HAND,
        },
        ends=Ends(outcome="refunded", letters=(*NO_STOCK, "refund-confirmed")),
        called={"refund": REFUNDED},
        proves="a person who has paid too much is believed, and the customer told",
    ),
    Tale(
        name="disputed, and written about again: whatever it is worth, somebody looks first",
        procedure="reship",
        reason="not_delivered",
        market="AU",
        order=Bought(state="shipped", days=6, prices=(3_300,), shelves=EMPTY),
        acts={
            "first-parcel": Parcel("order", "LOST"),
            "no-stock": Disputes(),
            "dispute-desk": Works({"taken_over": True}),
            "carrier_claim/chase": Both((Writes("reship", "missing_item"), Works({"outcome": "accepted"}))),
            "carrier_claim/money": Works({"outcome": "received"}),
            "reship/evidence": SHOWN,
            "reship/no-stock": MONEY,
            "reship/refund-approval-again": APPROVES,
        },
        ends=Ends(
            outcome="moved_to_dispute",
            letters=("acknowledgement", "person-looking", "reship-no-stock", "person-looking"),
        ),
        leaves=Leaves(refunds=(3_300,), claims=(("lost", 3_300, "filed"),)),
        called={
            "carrier_claim": Ends(outcome="recovered"),
            "reship": Ends(outcome="refunded", letters=(*NO_STOCK, "refund-confirmed")),
        },
        proves="the bank may give the same money back: no limit covers what is disputed",
    ),
)

TALES: tuple[Tale, ...] = (*APPROVED, *THE_MONEY, *NOTHING_GIVEN, *THE_WAREHOUSE, *PAID_ELSEWHERE)
