"""Tales of what there is instead of a repair: another one or the money, and the cases that see to it."""

from __future__ import annotations

from tests.acceptance.tale import (
    Bought,
    Decides,
    Ends,
    Leaves,
    Parcel,
    Says,
    Shelves,
    Tale,
    Turns,
    Withdraws,
    Works,
)
from tests.acceptance.tales.repair_words import (
    AND_BACK,
    ANOTHER,
    ARRIVES,
    BEYOND,
    BROKEN_AGAIN,
    GOES_WELL,
    HERE,
    IN,
    MONEY,
    REMINDED_TWICE,
)

THERE = Parcel("reship", "DELIVERED")
KEEP_WAITING, WITH_CUSTOMER = Works({"outcome": "keep_waiting"}), Works({"outcome": "with_customer"})
SEEN = Works({"seen": True})
HAS_IT = Works({"outcome": "has_it"})
LOST_CAUSE: dict[str, Turns] = {**ARRIVES, "await-repair": BEYOND}
FAILS_AGAIN: dict[str, Turns] = {**GOES_WELL, "works": BROKEN_AGAIN}
INSTEAD, AGAIN = (*IN, "beyond-repair"), (*AND_BACK, "beyond-repair")
LEFT_THERE, LEFT_AT_PARTNERS = ("centre", True, "beyond_repair"), ("partner", True, "beyond_repair")
BACK_FROM_CENTRE, BACK_FROM_PARTNER = ("centre", True, "shipped"), ("partner", True, "shipped")
PAID_BACK = Ends(outcome="resolved", letters=("refund-confirmed",))
SENT_AGAIN = Ends(outcome="resolved", letters=("address-confirmation", "reship-sent"))

GOODS_ARE_THERE = (
    Tale(
        name="beyond repair: another one from home",
        procedure="repair",
        reason="defective",
        market="JP",
        acts={
            **LOST_CAUSE,
            "wish-here": ANOTHER,
            "reship/choice": Says({"wish": "send_again"}),
            "reship/address": HERE,
            "reship/await-second": THERE,
        },
        ends=Ends(outcome="replaced", letters=INSTEAD),
        leaves=Leaves(repairs=(LEFT_THERE,), shipments=(("home", "made"),)),
        called={
            "reship": Ends(
                outcome="resolved", letters=("reship-from-home", "address-confirmation", "reship-sent")
            )
        },
    ),
    Tale(
        name="beyond repair: another one is wanted and none is there",
        procedure="repair",
        reason="damaged",
        market="IT",
        order=Bought(prices=(2_200,), shelves=Shelves()),
        acts={**LOST_CAUSE, "wish-here": ANOTHER, "reship/no-stock": MONEY},
        ends=Ends(outcome="refunded", letters=INSTEAD),
        leaves=Leaves(repairs=(LEFT_THERE,), refunds=(2_200,)),
        called={"reship": Ends(outcome="refunded", letters=("reship-no-stock", "refund-confirmed"))},
    ),
    Tale(
        name="beyond repair: another one is wanted, and then no more",
        procedure="repair",
        reason="defective",
        market="NL",
        acts={**LOST_CAUSE, "wish-here": ANOTHER, "reship/address": Withdraws()},
        ends=Ends(outcome="handed_over", letters=INSTEAD),
        leaves=Leaves(repairs=(LEFT_THERE,)),
        called={"reship": Ends(outcome="withdrawn", letters=("address-confirmation", "withdrawal-noted"))},
    ),
    Tale(
        name="beyond repair: another one is on its way for months, and a team lead sees to it, late",
        procedure="repair",
        reason="defective",
        market="FR",
        acts={
            **LOST_CAUSE,
            "wish-here": ANOTHER,
            "sibling-late": (None, SEEN),
            "reship/address": HERE,
            "reship/trace-second": (*(KEEP_WAITING,) * 8, WITH_CUSTOMER),
        },
        ends=Ends(outcome="handed_over", letters=INSTEAD),
        leaves=Leaves(repairs=(LEFT_AT_PARTNERS,), shipments=(("overseas", "made"),)),
        called={"reship": SENT_AGAIN},
    ),
    Tale(
        name="beyond repair: somebody refuses to pay so much",
        procedure="repair",
        reason="defective",
        market="DE",
        order=Bought(prices=(5_900,)),
        acts={**LOST_CAUSE, "wish-here": MONEY, "refund/approval": Decides("reject")},
        ends=Ends(outcome="handed_over", letters=INSTEAD),
        leaves=Leaves(repairs=(LEFT_AT_PARTNERS,)),
        called={"refund": Ends(outcome="declined", letters=("refund-declined",))},
    ),
    Tale(
        name="beyond repair: the carrier says for months that it never delivered it, and the money waits",
        procedure="repair",
        reason="defective",
        market="GB",
        order=Bought(state="shipped", prices=(2_600,)),
        acts={
            **LOST_CAUSE,
            "not-delivered": HAS_IT,
            "wish-here": MONEY,
            "sibling-late": SEEN,
            "refund/trace": (KEEP_WAITING,) * 3,
            "refund/await-delivery": (None, None, None, Parcel("order", "DELIVERED")),
        },
        ends=Ends(outcome="handed_over", letters=INSTEAD),
        leaves=Leaves(repairs=(LEFT_AT_PARTNERS,), refunds=(2_600,)),
        called={"refund": Ends(outcome="resolved", letters=("person-looking", "refund-confirmed"))},
    ),
)

CUSTOMER_HAS_THEM = (
    Tale(
        name="repaired, and it fails again: another one",
        procedure="repair",
        reason="defective",
        market="ES",
        acts={**FAILS_AGAIN, "wish": ANOTHER, "reship/address": HERE, "reship/await-second": THERE},
        ends=Ends(outcome="replaced", letters=AGAIN),
        leaves=Leaves(repairs=(BACK_FROM_CENTRE,), shipments=(("overseas", "made"),)),
        called={"reship": SENT_AGAIN},
    ),
    Tale(
        name="repaired, and it fails again: the money, once it is back with us",
        procedure="repair",
        reason="not_as_described",
        market="DE",
        order=Bought(prices=(3_900,)),
        acts={
            **FAILS_AGAIN,
            "wish": MONEY,
            "refund/await-parcel": Parcel("return", "DELIVERED"),
            "refund/inspection": Works({"condition": "used", "note": ""}),
        },
        ends=Ends(outcome="refunded", letters=AGAIN),
        leaves=Leaves(repairs=(BACK_FROM_PARTNER,), labels=(("seller", "made"),), refunds=(3_900,)),
        called={"refund": Ends(outcome="resolved", letters=("return-instructions", "refund-confirmed"))},
    ),
    Tale(
        name="repaired, and it fails again; they say nothing more, and the money is theirs",
        procedure="repair",
        reason="defective",
        market="CN",
        order=Bought(prices=(12_900,)),
        acts=FAILS_AGAIN,
        ends=Ends(outcome="refunded", letters=(*AGAIN, *REMINDED_TWICE)),
        leaves=Leaves(repairs=(BACK_FROM_CENTRE,), refunds=(12_900,)),
        called={"refund": PAID_BACK},
        proves="who has the goods keeps them where their way back costs more",
    ),
    Tale(
        name="repaired, and it fails again: they want the money, and never send it back",
        procedure="repair",
        reason="defective",
        market="US",
        order=Bought(prices=(3_900,)),
        acts={**FAILS_AGAIN, "wish": MONEY},
        ends=Ends(outcome="handed_over", letters=AGAIN),
        leaves=Leaves(repairs=(BACK_FROM_PARTNER,), labels=(("seller", "void"),)),
        called={
            "refund": Ends(
                outcome="unanswered", letters=("return-instructions", "reminder", "return-not-received")
            )
        },
    ),
    Tale(
        name="repaired, and it fails again: by the carrier it was never delivered, and they take it all back",
        procedure="repair",
        reason="damaged",
        market="MX",
        order=Bought(state="shipped", prices=(39_000,)),
        acts={
            **FAILS_AGAIN,
            "not-delivered": HAS_IT,
            "wish": MONEY,
            "sibling-late": SEEN,
            "refund/trace": (KEEP_WAITING,) * 3,
            "refund/await-delivery": (None, None, None, Withdraws()),
        },
        ends=Ends(outcome="handed_over", letters=AGAIN),
        leaves=Leaves(repairs=(BACK_FROM_CENTRE,)),
        called={"refund": Ends(outcome="withdrawn", letters=("person-looking", "withdrawal-noted"))},
    ),
)

TALES: tuple[Tale, ...] = (*GOODS_ARE_THERE, *CUSTOMER_HAS_THEM)
