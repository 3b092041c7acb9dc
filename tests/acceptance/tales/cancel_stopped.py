"""Tales of cancellations and the warehouse: held, caught, stopped by hand, gone; part of an order; a twin."""

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
    Tale,
    Warehouse,
    Withdraws,
    Works,
    Writes,
)

NOTHING_DONE = Works({"outcome": "did_not_happen"})
RETRY, REPAIRED = Works({"retry": True}), Works({"retry": True}, mends=True)
STOPPED, GONE = Works({"result": "stopped"}), Works({"result": "gone"})
CANCELLED, TOO_LATE = Works({"result": "cancelled"}), Works({"result": "too_late"})
RELEASED, PAID = Works({"released": True}), Works({"settled": "paid"})
SHIPPED, RETURNED = Warehouse("shipped"), Parcel("order", "RETURNED")
REFUSE = ("acknowledgement", "cancel-too-late-refuse-delivery")
CONFIRMED = ("acknowledgement", "cancel-confirmed")
WITHDRAWN = Ends(outcome="withdrawn", letters=("acknowledgement", "withdrawal-noted"))
NOT_WORTH_IT = Ends(outcome="not_worth_it")

BY_HAND = (
    Tale(
        name="warehouse, shop and bank are down: all is done by hand",
        procedure="cancel",
        reason="changed_mind",
        market="PL",
        order=Bought(state="not_started", days=1, prices=(14_900,)),
        broken=("hold-order", "cancel-order", "refund-payment"),
        acts={
            "hold": NOTHING_DONE,
            "stop-by-hand": (None, STOPPED),
            "cancel-order": NOTHING_DONE,
            "cancel-by-hand": (None, CANCELLED),
            "refund": NOTHING_DONE,
            "money-desk": PAID,
        },
        ends=Ends(outcome="resolved", letters=CONFIRMED),
    ),
    Tale(
        name="stopped at the ramp by hand, charged by then: the money goes back",
        procedure="cancel",
        reason="changed_mind",
        market="FR",
        order=Bought(state="not_started", days=1, payment="authorised", freight_minor=510),
        broken=("hold-order", "cancel-order"),
        acts={
            "hold": NOTHING_DONE,
            "stop-by-hand": Both((SHIPPED, STOPPED)),
            "cancel-order": NOTHING_DONE,
            "cancel-by-hand": CANCELLED,
        },
        ends=Ends(outcome="resolved", letters=CONFIRMED),
        leaves=Leaves(refunds=(3_500,)),
    ),
    Tale(
        name="it leaves while we ask, the carrier does not answer, and it turns up in our yard",
        procedure="cancel",
        reason="changed_mind",
        market="NL",
        order=Bought(state="not_started", days=1, freight_minor=450),
        broken=("hold-order",),
        acts={
            "hold": Both((SHIPPED, Mends(), Breaks(("recall-parcel",)))),
            "recall": NOTHING_DONE,
            "parcel-missing": (
                None,
                Works({"outcome": "keep_waiting"}),
                Works({"outcome": "back_with_us"}),
            ),
        },
        ends=Ends(
            outcome="resolved", letters=(*REFUSE, "cancel-too-late-refuse-delivery", "cancel-confirmed")
        ),
        leaves=Leaves(refunds=(3_440,), holds=(("shipped", False),)),
    ),
    Tale(
        name="nobody can stop it; the carrier is silent, and the customer has had it all along",
        procedure="cancel",
        reason="changed_mind",
        market="IT",
        order=Bought(state="picking", days=1),
        broken=("intercept-order",),
        acts={
            "intercept": NOTHING_DONE,
            "stop-by-hand": Both((SHIPPED, GONE)),
            "parcel-missing": Works({"outcome": "with_customer"}),
            "delivered": Says({"send_back": False}),
        },
        ends=Ends(outcome="kept", letters=(*REFUSE, "cancel-too-late-return")),
        leaves=Leaves(holds=(("picking", False),), recalls=(True,)),
    ),
    Tale(
        name="the shop says that it is too late, and the carrier loses it",
        procedure="cancel",
        reason="changed_mind",
        market="MX",
        order=Bought(state="not_started", days=1, prices=(18_000,)),
        broken=("hold-order",),
        acts={
            "hold": NOTHING_DONE,
            "stop-by-hand": Both((SHIPPED, STOPPED)),
            "parcel-missing": Works({"outcome": "lost"}),
        },
        ends=Ends(outcome="resolved", letters=(*REFUSE, "cancel-confirmed")),
        leaves=Leaves(refunds=(18_000,), recalls=(True,), cancellations=("too_late",)),
        called={"carrier_claim": NOT_WORTH_IT},
    ),
    Tale(
        name="gone before anybody could cancel it; wanted, but it comes back, and the shop is down",
        procedure="cancel",
        reason="changed_mind",
        market="JP",
        order=Bought(state="not_started", days=1, prices=(4_200,)),
        broken=("hold-order", "cancel-order"),
        acts={
            "hold": NOTHING_DONE,
            "stop-by-hand": STOPPED,
            "cancel-order": NOTHING_DONE,
            "cancel-by-hand": Both((SHIPPED, TOO_LATE)),
            "refuse-delivery": (Withdraws(), Both((Breaks(("read-order",)), RETURNED))),
            "parcel-wanted": (None, Works({"outcome": "comes_back"})),
            "order-back-desk": (None, REPAIRED),
        },
        ends=Ends(
            outcome="resolved", letters=(*REFUSE, "cancel-too-late-refuse-delivery", "cancel-confirmed")
        ),
        leaves=Leaves(refunds=(4_200,), recalls=(True,)),
    ),
    Tale(
        name="wanted after all, and the warehouse does not hear that it may go on",
        procedure="cancel",
        reason="changed_mind",
        market="FR",
        order=Bought(state="not_started", days=1),
        broken=("cancel-order", "release-order"),
        acts={
            "cancel-order": NOTHING_DONE,
            "cancel-by-hand": Withdraws(),
            "withdrawn": NOTHING_DONE,
            "release-by-hand": (None, RELEASED),
        },
        ends=WITHDRAWN,
        leaves=Leaves(holds=(("held", False),)),
    ),
    Tale(
        name="wanted after all, caught while it was picked",
        procedure="cancel",
        reason="changed_mind",
        market="KR",
        order=Bought(state="picking", days=1, prices=(31_000,), interception="stopped"),
        broken=("cancel-order", "release-order"),
        acts={
            "cancel-order": NOTHING_DONE,
            "cancel-by-hand": Withdraws(),
            "withdrawn": NOTHING_DONE,
            "release-by-hand": RELEASED,
        },
        ends=WITHDRAWN,
        leaves=Leaves(holds=(("picking", False),), intercepts=("stopped",)),
    ),
)

A_TWIN = (
    Tale(
        name="another case of the customer cancels and pays, and the shop is down when we look",
        procedure="cancel",
        reason="changed_mind",
        market="ES",
        order=Bought(state="not_started", days=1),
        broken=("hold-order",),
        acts={
            "hold": NOTHING_DONE,
            "stop-by-hand": (
                Both((Mends(), Writes("refund", "changed_mind"))),
                Both((Breaks(("read-order",)), STOPPED)),
            ),
            "order-desk": (None, REPAIRED),
        },
        ends=Ends(outcome="already_cancelled", letters=("acknowledgement", "already-cancelled")),
        leaves=Leaves(
            refunds=(2_990,),
            holds=(("held", False),),
            cancellations=("cancelled", "already_cancelled"),
        ),
        called={"refund": Ends(outcome="resolved", letters=CONFIRMED)},
    ),
    Tale(
        name="another case of the customer cancels, and its payment hangs: this one pays",
        procedure="cancel",
        reason="changed_mind",
        market="AU",
        order=Bought(state="not_started", days=1, prices=(4_400,)),
        broken=("hold-order",),
        acts={
            "hold": NOTHING_DONE,
            "stop-by-hand": (
                Both((Mends(), Breaks(("refund-payment",)), Writes("refund", "changed_mind"))),
                Both((Mends(), STOPPED)),
            ),
            "refund/refund": NOTHING_DONE,
            "refund/money-desk": (None, None, PAID),
        },
        ends=Ends(outcome="resolved", letters=CONFIRMED),
        leaves=Leaves(
            refunds=(4_400,),
            holds=(("held", False),),
            cancellations=("cancelled", "already_cancelled"),
        ),
        called={"refund": Ends(outcome="resolved", letters=CONFIRMED)},
    ),
)

TALES: tuple[Tale, ...] = (*BY_HAND, *A_TWIN)
