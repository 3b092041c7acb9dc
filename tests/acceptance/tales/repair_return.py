"""Tales of the time that a repair may take, and of the way back to the customer."""

from __future__ import annotations

from tests.acceptance.tale import (
    Both,
    Bought,
    CarrierAnswers,
    Ends,
    Leaves,
    Parcel,
    Repairer,
    Says,
    Tale,
    Withdraws,
    Works,
)
from tests.acceptance.tales.repair_words import (
    AND_BACK,
    ANOTHER,
    ARRIVES,
    BEYOND,
    COMES_BACK,
    DONE,
    GIVE_UP,
    GOES_WELL,
    HERE,
    IN,
    MONEY,
    REMINDED_TWICE,
    SENT,
    WITHIN_DAYS,
    WORKS_AGAIN,
)

WITH_CUSTOMER, LOST = Works({"outcome": "with_customer"}), Works({"outcome": "lost"})
KEEP_WAITING = Works({"outcome": "keep_waiting"})
LOST_THERE, BROKEN_THERE = Parcel("from-repairer", "LOST"), Parcel("from-repairer", "DAMAGED")
WENT_BACK, BACK = Parcel("from-repairer", "RETURNED"), Parcel("from-repairer", "DELIVERED")
ON_THE_WAY_BACK = (*IN, "repair-on-its-way")
PAID_BACK = Ends(outcome="resolved", letters=("refund-confirmed",))
SENT_AGAIN = Ends(outcome="resolved", letters=("address-confirmation", "reship-sent"))
CHOSE_HOME = Ends(outcome="resolved", letters=("reship-from-home", "address-confirmation", "reship-sent"))
RECOVERED = Ends(outcome="recovered")

IN_TIME = (
    Tale(
        name="late, and done in the last days",
        procedure="repair",
        reason="defective",
        market="DE",
        acts={**ARRIVES, "repair-late": WITHIN_DAYS, "last-days": DONE, **COMES_BACK},
        ends=Ends(outcome="repaired", letters=AND_BACK),
        leaves=Leaves(repairs=(("partner", True, "shipped"),)),
        proves="the repairer has the days that the law gives",
    ),
    Tale(
        name="late, and quoted in the last days: to pay then wins no time, and it is given up",
        procedure="repair",
        reason="defective",
        market="FR",
        order=Bought(prices=(2_500,)),
        acts={
            **ARRIVES,
            "repair-late": (None, GIVE_UP),
            "last-days": Repairer("quoted", 900),
            "quote-desk": Works({"outcome": "we_pay"}),
            "wish-here": MONEY,
        },
        ends=Ends(outcome="refunded", letters=(*IN, "beyond-repair")),
        leaves=Leaves(repairs=(("partner", True, "approved"),), refunds=(2_500,)),
        called={"refund": PAID_BACK},
        proves="the days count from the arrival, whatever comes in between",
    ),
    Tale(
        name="the time that the customer must allow is over, and they say nothing: the money",
        procedure="repair",
        reason="not_as_described",
        market="ES",
        order=Bought(prices=(3_300,), freight_minor=490),
        acts={**ARRIVES, "repair-late": WITHIN_DAYS},
        ends=Ends(outcome="refunded", letters=(*IN, "beyond-repair", *REMINDED_TWICE)),
        leaves=Leaves(repairs=(("centre", True, "received"),), refunds=(3_790,)),
        called={"refund": PAID_BACK},
    ),
    Tale(
        name="late, and beyond repair in the last days: another one",
        procedure="repair",
        reason="defective",
        market="PL",
        order=Bought(prices=(9_900,)),
        acts={
            **ARRIVES,
            "repair-late": WITHIN_DAYS,
            "last-days": BEYOND,
            "wish-here": ANOTHER,
            "reship/address": HERE,
            "reship/await-second": Parcel("reship", "DELIVERED"),
        },
        ends=Ends(outcome="replaced", letters=(*IN, "beyond-repair")),
        leaves=Leaves(repairs=(("centre", True, "beyond_repair"),), shipments=(("overseas", "made"),)),
        called={"reship": SENT_AGAIN},
    ),
)

THE_WAY_BACK = (
    Tale(
        name="repaired, and nobody says whether it works",
        procedure="repair",
        reason="damaged",
        market="MX",
        acts={**ARRIVES, "await-repair": DONE, "await-shipping": SENT, "await-return": BACK},
        ends=Ends(outcome="repaired", letters=AND_BACK),
        leaves=Leaves(repairs=(("centre", True, "shipped"),)),
    ),
    Tale(
        name="withdrawn when it is repaired and on its way back: that changes nothing",
        procedure="repair",
        reason="defective",
        market="CN",
        acts={**GOES_WELL, "await-return": Both((Withdraws(), BACK))},
        ends=Ends(outcome="repaired", letters=AND_BACK),
        leaves=Leaves(repairs=(("centre", True, "shipped"),)),
    ),
    Tale(
        name="repaired and not sent off until somebody asks; not heard of, and there all the same",
        procedure="repair",
        reason="defective",
        market="KR",
        acts={
            **ARRIVES,
            "await-repair": DONE,
            "shipping-desk": (None, Works({"tracking": "TOLD-BY-TELEPHONE-2"})),
            "trace": (None, WITH_CUSTOMER),
            "works": WORKS_AGAIN,
        },
        ends=Ends(outcome="repaired", letters=AND_BACK),
        leaves=Leaves(repairs=(("centre", True, "done"),)),
    ),
    Tale(
        name="repaired, and it goes back to the repairer twice before the customer has it",
        procedure="repair",
        reason="defective",
        market="AU",
        acts={
            **ARRIVES,
            "await-repair": DONE,
            "await-shipping": SENT,
            "await-return": WENT_BACK,
            "trace": (KEEP_WAITING, KEEP_WAITING),
            "await-longer": (WENT_BACK, BACK),
            "works": WORKS_AGAIN,
        },
        ends=Ends(outcome="repaired", letters=AND_BACK),
        leaves=Leaves(repairs=(("centre", True, "shipped"),)),
    ),
    Tale(
        name="repaired, not heard of for weeks, then lost: another one, and the carrier pays",
        procedure="repair",
        reason="defective",
        market="GB",
        order=Bought(prices=(3_600,)),
        acts={
            **ARRIVES,
            "await-repair": DONE,
            "await-shipping": SENT,
            "trace": (KEEP_WAITING, KEEP_WAITING),
            "await-longer": (None, LOST_THERE),
            "wish-here": ANOTHER,
            "reship/address": HERE,
            "reship/await-second": Parcel("reship", "DELIVERED"),
        },
        ends=Ends(outcome="replaced", letters=(*ON_THE_WAY_BACK, "beyond-repair")),
        leaves=Leaves(
            repairs=(("partner", True, "shipped"),),
            shipments=(("overseas", "made"),),
            claims=(("lost", 3_600, "accepted"),),
        ),
        called={"reship": SENT_AGAIN, "carrier_claim": RECOVERED},
    ),
    Tale(
        name="repaired, and the carrier breaks it on the way back: the money, and the carrier refuses",
        procedure="repair",
        reason="damaged",
        market="US",
        order=Bought(prices=(4_200,)),
        acts={
            **ARRIVES,
            "await-repair": DONE,
            "await-shipping": SENT,
            "await-return": BROKEN_THERE,
            "wish-here": MONEY,
            "carrier_claim/answer": CarrierAnswers(accepted=False),
            "carrier_claim/contest": Works({"outcome": "accept_it"}),
        },
        ends=Ends(outcome="refunded", letters=(*ON_THE_WAY_BACK, "beyond-repair")),
        leaves=Leaves(
            repairs=(("partner", True, "shipped"),),
            refunds=(4_200,),
            claims=(("lost", 4_200, "rejected"),),
        ),
        called={"refund": PAID_BACK, "carrier_claim": Ends(outcome="rejected")},
    ),
    Tale(
        name="repaired, sent off by telephone and lost: the carrier knows of no such parcel",
        procedure="repair",
        reason="defective",
        market="BR",
        order=Bought(prices=(18_900,)),
        acts={
            **ARRIVES,
            "await-repair": DONE,
            "shipping-desk": Works({"tracking": "TOLD-BY-TELEPHONE-3"}),
            "trace": LOST,
            "wish-here": ANOTHER,
            "reship/choice": Says({"wish": "send_again"}),
            "reship/address": HERE,
            "reship/await-second": Parcel("reship", "DELIVERED"),
            "carrier_claim/file-by-hand": Works({"claim": "none", "not_possible": True}),
        },
        ends=Ends(outcome="replaced", letters=(*ON_THE_WAY_BACK, "beyond-repair")),
        leaves=Leaves(repairs=(("centre", True, "done"),), shipments=(("home", "made"),)),
        called={"reship": CHOSE_HOME, "carrier_claim": Ends(outcome="rejected")},
    ),
)

TALES: tuple[Tale, ...] = (*IN_TIME, *THE_WAY_BACK)
