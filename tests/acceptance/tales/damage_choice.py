"""Tales of damage: what the customer wants, and the case that the claim becomes."""

from __future__ import annotations

from tests.acceptance.tale import Bought, Ends, Leaves, Parcel, Shelves, Tale, Works
from tests.acceptance.tales.damage_words import (
    ACCEPTS,
    ANOTHER,
    AS_NEW,
    ASKED,
    CHOSE,
    FROM_HOME,
    HERE,
    KEEP,
    MADE_SO,
    MONEY,
    OFFERED,
    ON_THE_WAY,
    REFUSES,
    RETURNED,
    SEND_AGAIN,
    SEND_BACK,
    SENT_AGAIN,
    SENT_BACK,
    SHOWN,
    THERE,
    THOUGHT_BETTER,
)

MONTHS_LATER = (*(Works({"outcome": "keep_waiting"}),) * 7, Works({"outcome": "with_customer"}))
MADE_SO_SHOWN = {"evidence": SHOWN, "cause": MADE_SO}
NEAR, AT_HOME = ("overseas", "made"), ("home", "made")
LABEL = ("seller", "made")
COMES_BACK = {"refund/await-parcel": RETURNED, "refund/inspection": AS_NEW}
PAID_BACK = Ends(outcome="resolved", letters=SENT_BACK)

KEPT_IT = (
    Tale(
        name="the second offer is good enough",
        procedure="damage_claim",
        reason="damaged",
        market="GB",
        order=Bought(prices=(3_000,)),
        acts={
            **MADE_SO_SHOWN,
            "wish": KEEP,
            "keep-offer": (REFUSES, ACCEPTS),
            "quality_signal/look": Works({"cause": "none_found", "measure": "wait and see"}),
        },
        ends=Ends(outcome="kept", letters=(*OFFERED, "keep-offer", "refund-confirmed")),
        leaves=Leaves(refunds=(1_050,)),
    ),
    Tale(
        name="the third offer is good enough for both pieces",
        procedure="damage_claim",
        reason="damaged",
        market="GB",
        order=Bought(prices=(1_255,), quantity=2, freight_minor=390),
        acts={**MADE_SO_SHOWN, "wish": KEEP, "keep-offer": (REFUSES, REFUSES, ACCEPTS)},
        ends=Ends(outcome="kept", letters=(*OFFERED, "keep-offer", "keep-offer", "refund-confirmed")),
        leaves=Leaves(refunds=(1_255,)),
    ),
)

ANOTHER_ONE = (
    Tale(
        name="another one, from nearby; thought better of when it is under way, which changes nothing",
        procedure="damage_claim",
        reason="damaged",
        market="GB",
        order=Bought(prices=(2_500,)),
        acts={
            **MADE_SO_SHOWN,
            "wish": ANOTHER,
            "as-reship": THOUGHT_BETTER,
            "reship/address": HERE,
            "reship/await-second": THERE,
        },
        ends=Ends(outcome="replaced", letters=CHOSE),
        leaves=Leaves(shipments=(NEAR,)),
        called={"reship": Ends(outcome="resolved", letters=SENT_AGAIN)},
    ),
    Tale(
        name="no offer is good enough: another one, from home",
        procedure="damage_claim",
        reason="defective",
        market="CN",
        order=Bought(prices=(24_000,)),
        acts={
            **MADE_SO_SHOWN,
            "wish": KEEP,
            "keep-offer": (REFUSES, REFUSES, REFUSES),
            "wish-again": ANOTHER,
            "reship/choice": SEND_AGAIN,
            "reship/address": HERE,
            "reship/await-second": THERE,
        },
        ends=Ends(outcome="replaced", letters=(*OFFERED, "keep-offer", "keep-offer", "damage-choice")),
        leaves=Leaves(shipments=(AT_HOME,)),
        called={"reship": Ends(outcome="resolved", letters=FROM_HOME)},
    ),
    Tale(
        name="another one is wanted, and none is there: the money goes back, with the freight",
        procedure="damage_claim",
        reason="defective",
        market="IT",
        order=Bought(prices=(3_900,), freight_minor=450, shelves=Shelves()),
        acts={**MADE_SO_SHOWN, "wish": ANOTHER, "reship/no-stock": MONEY},
        ends=Ends(outcome="refunded", letters=CHOSE),
        leaves=Leaves(refunds=(4_350,)),
        called={"reship": Ends(outcome="refunded", letters=("reship-no-stock", "refund-confirmed"))},
    ),
    Tale(
        name="another one is wanted, and then it is taken back where it is",
        procedure="damage_claim",
        reason="defective",
        market="AU",
        order=Bought(prices=(5_000,)),
        acts={**MADE_SO_SHOWN, "wish": ANOTHER, "reship/choice": THOUGHT_BETTER},
        ends=Ends(outcome="handed_over", letters=CHOSE),
        called={"reship": Ends(outcome="withdrawn", letters=("reship-from-home", "withdrawal-noted"))},
    ),
    Tale(
        name="another one is sent and not heard of for four months",
        procedure="damage_claim",
        reason="defective",
        market="BR",
        order=Bought(prices=(17_000,)),
        acts={
            **MADE_SO_SHOWN,
            "wish": ANOTHER,
            "sibling-late": (None, Works({"seen": True})),
            "reship/choice": SEND_AGAIN,
            "reship/address": HERE,
            "reship/trace-second": MONTHS_LATER,
        },
        ends=Ends(outcome="handed_over", letters=CHOSE),
        leaves=Leaves(shipments=(AT_HOME,)),
        called={"reship": Ends(outcome="resolved", letters=FROM_HOME)},
    ),
)

THE_MONEY = (
    Tale(
        name="the money is wanted, and the goods go back; a change of mind then changes nothing",
        procedure="damage_claim",
        reason="damaged",
        market="GB",
        order=Bought(prices=(3_200,), freight_minor=399),
        acts={**MADE_SO_SHOWN, "wish": SEND_BACK, "as-refund": THOUGHT_BETTER, **COMES_BACK},
        ends=Ends(outcome="refunded", letters=CHOSE),
        leaves=Leaves(refunds=(3_599,), labels=(LABEL,)),
        called={"refund": PAID_BACK},
    ),
    Tale(
        name="too cheap to choose, and not worth a claim on the carrier",
        procedure="damage_claim",
        reason="damaged",
        market="GB",
        order=Bought(prices=(800,)),
        acts={"evidence": SHOWN, "cause": ON_THE_WAY},
        ends=Ends(outcome="refunded", letters=ASKED),
        leaves=Leaves(refunds=(800,)),
        called={
            "carrier_claim": Ends(outcome="not_worth_it"),
            "refund": Ends(outcome="resolved", letters=("refund-confirmed",)),
        },
    ),
    Tale(
        name="one of three pieces, too cheap to choose, and not worth a claim either",
        procedure="damage_claim",
        reason="defective",
        market="US",
        order=Bought(prices=(900, 4_000, 2_500), claimed=1, freight_minor=700),
        acts={"evidence": SHOWN, "cause": ON_THE_WAY},
        ends=Ends(outcome="refunded", letters=ASKED),
        leaves=Leaves(refunds=(900,)),
        called={
            "carrier_claim": Ends(outcome="not_worth_it"),
            "refund": Ends(outcome="resolved", letters=("refund-confirmed",)),
        },
    ),
    Tale(
        name="no word on the choice: the full right stands, and the goods never come back",
        procedure="damage_claim",
        reason="defective",
        market="PL",
        order=Bought(prices=(15_000,)),
        acts=MADE_SO_SHOWN,
        ends=Ends(outcome="handed_over", letters=(*CHOSE, "reminder")),
        leaves=Leaves(labels=(("seller", "void"),)),
        called={
            "refund": Ends(
                outcome="unanswered", letters=("return-instructions", "reminder", "return-not-received")
            )
        },
    ),
    Tale(
        name="no word on the offer, and then the money is wanted",
        procedure="damage_claim",
        reason="defective",
        market="KR",
        order=Bought(prices=(45_000,)),
        acts={**MADE_SO_SHOWN, "wish": KEEP, "wish-again": SEND_BACK, **COMES_BACK},
        ends=Ends(outcome="refunded", letters=(*OFFERED, "reminder", "damage-choice")),
        leaves=Leaves(refunds=(45_000,), labels=(LABEL,)),
        called={"refund": PAID_BACK},
    ),
    Tale(
        name="no word on anything after the first offer",
        procedure="damage_claim",
        reason="defective",
        market="MX",
        order=Bought(prices=(70_000,)),
        acts={**MADE_SO_SHOWN, "wish": KEEP, **COMES_BACK},
        ends=Ends(outcome="refunded", letters=(*OFFERED, "reminder", "damage-choice", "reminder")),
        leaves=Leaves(refunds=(70_000,), labels=(LABEL,)),
        called={"refund": PAID_BACK},
    ),
    Tale(
        name="sent back at the last moment, lost on its way to us, and nobody decides for months",
        procedure="damage_claim",
        reason="defective",
        market="ES",
        order=Bought(prices=(2_750,)),
        acts={
            **MADE_SO_SHOWN,
            "wish": SEND_BACK,
            "sibling-late": Works({"seen": True}),
            "refund/lost-on-the-way-back": (*(None,) * 21, Works({"outcome": "pay"})),
            "refund/await-parcel": Parcel("return", "IN_TRANSIT"),
        },
        ends=Ends(outcome="handed_over", letters=CHOSE),
        leaves=Leaves(refunds=(2_750,), labels=(LABEL,)),
        called={
            "refund": Ends(
                outcome="resolved", letters=("return-instructions", "reminder", "refund-confirmed")
            )
        },
    ),
)

TALES: tuple[Tale, ...] = (*KEPT_IT, *ANOTHER_ONE, *THE_MONEY)
