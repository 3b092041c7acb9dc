"""Tales of damage: the claims on the carrier that they call, each with an end of its own."""

from __future__ import annotations

from tests.acceptance.tale import Both, Bought, Breaks, Ends, Leaves, Parcel, Says, Tale, Works
from tests.acceptance.tales.damage_words import (
    ACCEPT_IT,
    ACCEPTS,
    ANOTHER,
    CARRIER_PAYS,
    CARRIER_REFUSES,
    CHOSE,
    CONTESTED,
    FROM_HOME,
    HAS_IT,
    HERE,
    KEEP,
    KEPT,
    MADE_SO,
    NO_BY_PHONE,
    NOT_DONE,
    NOTHING_CAME,
    ON_THE_WAY,
    RECEIVED,
    RETRY,
    SEND_AGAIN,
    SENT_AGAIN,
    SHOWN,
    WAIT_ON,
    YES_BY_PHONE,
)

KEPT_BROKEN = {"evidence": SHOWN, "cause": ON_THE_WAY, "wish": KEEP, "keep-offer": ACCEPTS}
WEEKS_LATER = (*(None,) * 16, ON_THE_WAY)
LOST_AND_FOUND = Both((Parcel("order", "LOST"), Parcel("order", "IN_TRANSIT"), Parcel("order", "DELIVERED")))
LOST_TWICE = ("reship-lost", "refund-confirmed")


ANSWERED = (
    Tale(
        name="the carrier pays at once",
        procedure="damage_claim",
        reason="damaged",
        market="GB",
        order=Bought(prices=(2_600,)),
        acts={
            **KEPT_BROKEN,
            "carrier_claim/answer": CARRIER_PAYS,
            "carrier_claim/money": RECEIVED,
            "quality_signal/look": Works({"cause": "carrier", "measure": "talk to the depot"}),
        },
        ends=Ends(outcome="kept", letters=KEPT),
        leaves=Leaves(refunds=(520,), claims=(("damaged", 2_600, "accepted"),)),
        called={"carrier_claim": Ends(outcome="recovered")},
    ),
    Tale(
        name="dated by the customer's word, and the carrier refuses, which is accepted",
        procedure="damage_claim",
        reason="damaged",
        market="JP",
        order=Bought(prices=(5_200,)),
        acts={
            **KEPT_BROKEN,
            "evidence": Says(photos=2, dated=False),
            "carrier_claim/answer": CARRIER_REFUSES,
            "carrier_claim/contest": ACCEPT_IT,
        },
        ends=Ends(outcome="kept", letters=KEPT),
        leaves=Leaves(refunds=(1_040,), claims=(("damaged", 5_200, "rejected"),)),
        called={"carrier_claim": Ends(outcome="rejected")},
    ),
    Tale(
        name="the carrier is silent for weeks, refuses by telephone, pays nothing, and then all",
        procedure="damage_claim",
        reason="defective",
        market="FR",
        order=Bought(prices=(4_200,)),
        acts={
            **KEPT_BROKEN,
            "carrier_claim/answer": (None, None),
            "carrier_claim/chase": (None, WAIT_ON, NO_BY_PHONE, YES_BY_PHONE),
            "carrier_claim/contest": (None, CONTESTED),
            "carrier_claim/last-answer": CARRIER_PAYS,
            "carrier_claim/money": (None, NOTHING_CAME, RECEIVED),
        },
        ends=Ends(outcome="kept", letters=KEPT),
        leaves=Leaves(refunds=(840,), claims=(("damaged", 4_200, "accepted"),)),
        called={"carrier_claim": Ends(outcome="recovered")},
    ),
    Tale(
        name="the carrier refuses by telephone, and once more in writing",
        procedure="damage_claim",
        reason="defective",
        market="IT",
        order=Bought(prices=(3_150,)),
        acts={
            **KEPT_BROKEN,
            "carrier_claim/answer": None,
            "carrier_claim/chase": NO_BY_PHONE,
            "carrier_claim/contest": CONTESTED,
            "carrier_claim/last-answer": CARRIER_REFUSES,
        },
        ends=Ends(outcome="kept", letters=KEPT),
        leaves=Leaves(refunds=(630,), claims=(("damaged", 3_150, "rejected"),)),
        called={"carrier_claim": Ends(outcome="rejected")},
    ),
    Tale(
        name="the carrier refuses, is contradicted, and is silent",
        procedure="damage_claim",
        reason="defective",
        market="ES",
        order=Bought(prices=(3_250,)),
        acts={
            **KEPT_BROKEN,
            "carrier_claim/answer": CARRIER_REFUSES,
            "carrier_claim/contest": CONTESTED,
            "carrier_claim/last-answer": None,
        },
        ends=Ends(outcome="kept", letters=KEPT),
        leaves=Leaves(refunds=(650,), claims=(("damaged", 3_250, "rejected"),)),
        called={"carrier_claim": Ends(outcome="rejected")},
    ),
    Tale(
        name="the carrier loses sight of the parcel that came broken, finds it, and pays",
        procedure="damage_claim",
        reason="damaged",
        market="US",
        order=Bought(prices=(3_300,), state="shipped", days=3),
        acts={
            **KEPT_BROKEN,
            "not-delivered": HAS_IT,
            "carrier_claim/answer": Both(
                (Parcel("order", "LOST"), Parcel("order", "IN_TRANSIT"), Parcel("order", "DELIVERED"))
            ),
            "carrier_claim/chase": YES_BY_PHONE,
            "carrier_claim/money": RECEIVED,
        },
        ends=Ends(outcome="kept", letters=KEPT),
        leaves=Leaves(refunds=(660,), claims=(("damaged", 3_300, "filed"),)),
        called={"carrier_claim": Ends(outcome="recovered")},
    ),
)

NOT_FILED = (
    Tale(
        name="the carrier's system takes no claim, and a colleague files it, later",
        procedure="damage_claim",
        reason="defective",
        market="NL",
        order=Bought(prices=(4_700,)),
        broken=("file-carrier-claim",),
        acts={
            **KEPT_BROKEN,
            "carrier_claim/file": NOT_DONE,
            "carrier_claim/file-by-hand": (None, Works({"claim": "BYHAND-1", "not_possible": False})),
            "carrier_claim/chase": YES_BY_PHONE,
            "carrier_claim/money": RECEIVED,
        },
        ends=Ends(outcome="kept", letters=KEPT),
        leaves=Leaves(refunds=(940,)),
        called={"carrier_claim": Ends(outcome="recovered")},
    ),
    Tale(
        name="the carrier's system takes no claim, and nor does anybody there",
        procedure="damage_claim",
        reason="defective",
        market="PL",
        order=Bought(prices=(13_000,)),
        broken=("file-carrier-claim",),
        acts={
            **KEPT_BROKEN,
            "carrier_claim/file": NOT_DONE,
            "carrier_claim/file-by-hand": Works({"claim": "none", "not_possible": True}),
        },
        ends=Ends(outcome="kept", letters=KEPT),
        leaves=Leaves(refunds=(2_600,)),
        called={"carrier_claim": Ends(outcome="rejected")},
    ),
    Tale(
        name="the shop does not answer when the claim is to be filed",
        procedure="damage_claim",
        reason="defective",
        market="DE",
        order=Bought(prices=(3_700,)),
        acts={
            **KEPT_BROKEN,
            "cause": Both((Breaks(("read-order",)), ON_THE_WAY)),
            "carrier_claim/system-down": (None, RETRY),
            "carrier_claim/answer": CARRIER_PAYS,
            "carrier_claim/money": RECEIVED,
        },
        ends=Ends(outcome="kept", letters=KEPT),
        leaves=Leaves(refunds=(740,), claims=(("damaged", 3_700, "accepted"),)),
        called={"carrier_claim": Ends(outcome="recovered")},
    ),
    Tale(
        name="nobody looks at the photographs for weeks, and the carrier's time is over",
        procedure="damage_claim",
        reason="damaged",
        market="JP",
        order=Bought(prices=(4_800,)),
        acts={
            **KEPT_BROKEN,
            "cause": WEEKS_LATER,
        },
        ends=Ends(outcome="kept", letters=KEPT),
        leaves=Leaves(refunds=(960,)),
        called={"carrier_claim": Ends(outcome="too_late")},
    ),
    Tale(
        name="nobody looks at the photographs for weeks of holidays, and the carrier's time is over",
        procedure="damage_claim",
        reason="defective",
        market="KR",
        order=Bought(prices=(47_000,)),
        acts={
            **KEPT_BROKEN,
            "cause": WEEKS_LATER,
        },
        ends=Ends(outcome="kept", letters=KEPT),
        leaves=Leaves(refunds=(9_400,)),
        called={"carrier_claim": Ends(outcome="too_late")},
    ),
    Tale(
        name="it was fetched from the warehouse: there is no parcel to claim for",
        procedure="damage_claim",
        reason="damaged",
        market="DE",
        order=Bought(prices=(3_900,), state="not_started", days=2),
        acts={
            **KEPT_BROKEN,
            "not-delivered": HAS_IT,
        },
        ends=Ends(outcome="kept", letters=KEPT),
        leaves=Leaves(refunds=(780,)),
        called={"carrier_claim": Ends(outcome="no_parcel")},
    ),
    Tale(
        name="it was handed over at a fair: there is no parcel to claim for",
        procedure="damage_claim",
        reason="defective",
        market="CN",
        order=Bought(prices=(25_000,), state="not_started", days=2),
        acts={
            **KEPT_BROKEN,
            "not-delivered": HAS_IT,
        },
        ends=Ends(outcome="kept", letters=KEPT),
        leaves=Leaves(refunds=(5_000,)),
        called={"carrier_claim": Ends(outcome="no_parcel")},
    ),
)

FOUND_AGAIN = (
    Tale(
        name="the second is lost and claimed for, and turns up when the carrier was asked twice",
        procedure="damage_claim",
        reason="damaged",
        market="DE",
        order=Bought(prices=(3_350,)),
        acts={
            "evidence": SHOWN,
            "cause": MADE_SO,
            "wish": ANOTHER,
            "reship/address": HERE,
            "reship/await-second": Parcel("reship", "LOST"),
            "carrier_claim/answer": (None, Parcel("reship", "IN_TRANSIT")),
            "carrier_claim/chase": WAIT_ON,
            "carrier_claim/take-back": (None, Works({"done": True})),
        },
        ends=Ends(outcome="refunded", letters=CHOSE),
        leaves=Leaves(
            shipments=(("overseas", "made"),), refunds=(3_350,), claims=(("lost", 3_350, "filed"),)
        ),
        called={
            "reship": Ends(outcome="refunded", letters=(*SENT_AGAIN, *LOST_TWICE)),
            "carrier_claim": Ends(outcome="not_lost"),
        },
    ),
    Tale(
        name="the second is lost, and turns up before the claim could be filed",
        procedure="damage_claim",
        reason="defective",
        market="US",
        order=Bought(prices=(4_100,)),
        acts={
            "evidence": SHOWN,
            "cause": MADE_SO,
            "wish": ANOTHER,
            "reship/choice": SEND_AGAIN,
            "reship/address": HERE,
            "reship/await-second": Both((Breaks(("read-order",)), Parcel("reship", "LOST"))),
            "carrier_claim/system-down": (None, None, Parcel("reship", "OUT_FOR_DELIVERY")),
        },
        ends=Ends(outcome="refunded", letters=CHOSE),
        leaves=Leaves(shipments=(("home", "made"),), refunds=(4_100,)),
        called={
            "reship": Ends(outcome="refunded", letters=(*FROM_HOME, *LOST_TWICE)),
            "carrier_claim": Ends(outcome="not_lost"),
        },
    ),
)

TALES: tuple[Tale, ...] = (*ANSWERED, *NOT_FILED, *FOUND_AGAIN)
