"""Damage claims: what the photographs show, whose matter it is, and what the customer wants."""

from __future__ import annotations

from datetime import timedelta

from makegood.core.world import Done, Failed, Happening
from tests.core.stories.telling import BUSY, LATER, NEEDS_APPROVAL, Story, came
from tests.core.worlds import (
    DAY,
    DELIVERED,
    HOUR,
    PROOF,
    QUOTE,
    SHIPPED,
    TOO_LATE,
    answer,
    approved,
    script,
)

BROKEN = {"reason": "damaged"}
BIG = {"order.load": Done(DELIVERED | {"claim_house_minor": 5990})}
PHOTOS = {"evidence": answer(photos=3)}
ON_THE_WAY = {**PHOTOS, "cause": answer(cause="transport", note="dented box")}
MADE_SO = {**PHOTOS, "cause": answer(cause="production", note="")}
KEEP = {"wish": answer(wish="keep"), "keep-offer": answer(accepted=True)}
REPEATS = {"claims.repeat": Done({"sku_30d": 4, "lane_30d": 1, "repeats": True})}
ASKED = ("acknowledgement", "damage-evidence")
CHOSE = (*ASKED, "damage-choice")
KEPT = (*CHOSE, "keep-offer", "refund-confirmed", "survey")

STORIES = [
    Story(
        "broken on the way, and kept for a share of its price",
        script(BIG, {**ON_THE_WAY, **KEEP}),
        "kept",
        KEPT,
        ("proof", "view", "cause", "carrier", "pattern", "wish", "keep-offer", "refund"),
        BROKEN,
    ),
    Story(
        "made that way: no carrier is asked",
        script(
            BIG,
            {
                **MADE_SO,
                "wish": answer(wish="keep"),
                "keep-offer:0": answer(accepted=False),
                "keep-offer:1": answer(accepted=True),
            },
        ),
        "kept",
        (*CHOSE, "keep-offer", "keep-offer", "refund-confirmed", "survey"),
        ("cause", "pattern", "keep-offer", "refund"),
        BROKEN,
    ),
    Story(
        "the like happens too often: a case of its own looks into it, and nobody waits",
        script({**BIG, **REPEATS}, {**ON_THE_WAY, **KEEP}),
        "kept",
        KEPT,
        ("carrier", "pattern", "signal", "remedy", "refund"),
        BROKEN,
    ),
    Story(
        "nobody can say whether the like happens too often",
        script({**BIG, "claims.repeat": Failed("stale")}, {**ON_THE_WAY, **KEEP}),
        "kept",
        KEPT,
        ("pattern", "remedy"),
        BROKEN,
    ),
    Story(
        "another one is wanted",
        script(
            BIG,
            {**ON_THE_WAY, "wish": answer(wish="another"), "as-reship": answer(9 * DAY, outcome="resolved")},
        ),
        "replaced",
        CHOSE,
        ("wish", "as-reship"),
        BROKEN,
    ),
    Story(
        "another one is wanted, and none is there",
        script(
            BIG,
            {**ON_THE_WAY, "wish": answer(wish="another"), "as-reship": answer(9 * DAY, outcome="refunded")},
        ),
        "refunded",
        CHOSE,
        ("as-reship",),
        BROKEN,
    ),
    Story(
        "another one is wanted, and that case ends otherwise",
        script(
            BIG,
            {**ON_THE_WAY, "wish": answer(wish="another"), "as-reship": answer(9 * DAY, outcome="withdrawn")},
        ),
        "handed_over",
        CHOSE,
        ("as-reship",),
        BROKEN,
    ),
    Story(
        "the money is wanted, and the goods go back",
        script(
            BIG,
            {
                **ON_THE_WAY,
                "wish": answer(wish="send_back"),
                "as-refund": answer(20 * DAY, outcome="resolved"),
            },
        ),
        "refunded",
        CHOSE,
        ("as-refund",),
        BROKEN,
    ),
    Story(
        "too cheap to choose: the money goes back at once",
        script(
            {"order.load": Done(DELIVERED | {"claim_house_minor": 1500})},
            {**ON_THE_WAY, "as-refund": answer(DAY, outcome="resolved")},
        ),
        "refunded",
        ASKED,
        ("remedy", "as-refund"),
        BROKEN,
    ),
    Story(
        "silence on the choice leaves the full right",
        script(BIG, {**ON_THE_WAY, "as-refund": answer(20 * DAY, outcome="unanswered")}),
        "handed_over",
        (*CHOSE, "reminder"),
        ("wish", "as-refund"),
        BROKEN,
    ),
    Story(
        "every offer is refused, and another one is wanted",
        script(
            BIG,
            {
                **ON_THE_WAY,
                "wish": answer(wish="keep"),
                "keep-offer": answer(accepted=False),
                "wish-again": answer(wish="another"),
                "as-reship": answer(9 * DAY, outcome="resolved"),
            },
        ),
        "replaced",
        (*CHOSE, "keep-offer", "keep-offer", "keep-offer", "damage-choice"),
        ("keep-offer", "wish-again", "as-reship"),
        BROKEN,
    ),
    Story(
        "the return never ends",
        script(BIG, {**ON_THE_WAY, "wish": answer(wish="send_back"), "sibling-late": answer(seen=True)}),
        "handed_over",
        CHOSE,
        ("as-refund", "sibling-late"),
        BROKEN,
    ),
    Story(
        "photographed after the carriers' window: the customer's right stands, the carrier is not asked",
        script(
            {**BIG, "evidence.check": Done(PROOF | {"in_window": False})},
            {**ON_THE_WAY, **KEEP},
        ),
        "kept",
        KEPT,
        ("view", "cause", "pattern", "refund"),
        BROKEN,
    ),
    Story(
        "a photograph that we have seen before, and that is not genuine",
        script(
            {**BIG, "evidence.check": Done(PROOF | {"seen_elsewhere": True})},
            {**PHOTOS, "suspect": answer(outcome="not_genuine")},
        ),
        "declined",
        (*ASKED, "claim-declined"),
        ("suspect", "declined-evidence"),
        BROKEN,
    ),
    Story(
        "a photograph that we have seen before, for a good reason",
        script(
            {**BIG, "evidence.check": Done(PROOF | {"seen_elsewhere": True})},
            {**ON_THE_WAY, **KEEP, "suspect": answer(outcome="genuine")},
        ),
        "kept",
        KEPT,
        ("suspect", "cause", "refund"),
        BROKEN,
    ),
    Story(
        "the photographs leave it open, and the doubt is the customer's gain",
        script(
            BIG,
            {
                **PHOTOS,
                **KEEP,
                "cause": answer(cause="unclear", note=""),
                "more-evidence": answer(video=1),
                "second-look": answer(outcome="ours"),
            },
        ),
        "kept",
        (*ASKED, "damage-evidence", *KEPT[2:]),
        ("more-evidence", "second-look", "refund"),
        BROKEN,
    ),
    Story(
        "two colleagues see that the customer broke it",
        script(
            BIG,
            {
                **PHOTOS,
                "cause": answer(cause="by_customer", note="bite marks"),
                "person-declines": answer(outcome="not_ours"),
            },
        ),
        "declined",
        (*ASKED, "claim-declined"),
        ("person-declines", "declined-evidence"),
        BROKEN,
    ),
    Story(
        "the share is above the limit, and approved",
        script({**BIG, "remedy.quote": NEEDS_APPROVAL}, {**MADE_SO, **KEEP, "approval": approved()}),
        "kept",
        KEPT,
        ("approval", "refund"),
        BROKEN,
    ),
    Story(
        "what was offered is refused by the approver, and asked for again",
        script(
            {**BIG, "remedy.quote": NEEDS_APPROVAL},
            {
                **MADE_SO,
                **KEEP,
                "approval": approved(0, "rejected"),
                "refused-yet-offered": answer(outcome="ask_again"),
                "approval-again": approved(),
            },
        ),
        "kept",
        KEPT,
        ("refused-yet-offered", "approval-again", "refund"),
        BROKEN,
    ),
    Story(
        "a limit fell meanwhile",
        script({**BIG, "refund/1": Failed("no_approval")}, {**MADE_SO, **KEEP, "approval-again": approved()}),
        "kept",
        KEPT,
        ("refund", "approval-again", "refund"),
        BROKEN,
    ),
    Story(
        "the payment fails, is repaired and tried again",
        script(
            {**BIG, "refund/1": Failed("refused")},
            {**MADE_SO, **KEEP, "money-desk": answer(settled="not_paid")},
        ),
        "kept",
        KEPT,
        ("money-desk", "refund"),
        BROKEN,
    ),
    Story(
        "more was given meanwhile than is left",
        script({**BIG, "payment.refund": Failed("over_compensated")}, {**MADE_SO, **KEEP}),
        "already_settled",
        (*CHOSE, "keep-offer", "claim-declined"),
        ("refund", "nothing-left"),
        BROKEN,
    ),
    Story(
        "nothing is left to give",
        script({**BIG, "remedy.quote": Done(QUOTE | {"amount_minor": 0})}, {**MADE_SO, **KEEP}),
        "already_settled",
        (*CHOSE, "keep-offer", "claim-declined"),
        ("quote", "nothing-left"),
        BROKEN,
    ),
    Story(
        "reported before the carrier says that it is there",
        script(
            {"order/1": Done(SHIPPED), "order.load": Done(DELIVERED | {"claim_house_minor": 5990})},
            {**MADE_SO, **KEEP, "not-delivered": answer(outcome="not_yet")},
            came("parcel.delivered"),
        ),
        "kept",
        KEPT,
        ("not-delivered", "await-delivery", "order", "refund"),
        BROKEN,
    ),
    Story(
        "no photographs come",
        script(BIG),
        "unanswered",
        (*ASKED, "reminder", "reminder", "closed-unanswered"),
        ("evidence", "close-unanswered"),
        BROKEN,
    ),
    Story(
        "the order is not known to anybody",
        script({"order": Failed("not_found")}, {"find-order": answer(order_number="", no_such_order=True)}),
        "no_order",
        ("acknowledgement", "order-unknown", "reminder"),
        (),
        BROKEN,
    ),
    Story(
        "too late",
        script({**BIG, "policy.judge": Done(TOO_LATE)}),
        "declined",
        ("acknowledgement", "claim-declined"),
        ("decline",),
        BROKEN,
    ),
    Story(
        "withdrawn while photographs are awaited",
        script(BIG, {}, Happening(HOUR, "customer.withdrew")),
        "withdrawn",
        (*ASKED, "withdrawal-noted"),
        ("withdrawn",),
        BROKEN,
    ),
    Story(
        "withdrawn after the payment",
        script(
            {**BIG, "confirm": BUSY}, {**MADE_SO, **KEEP}, Happening(4 * HOUR + LATER, "customer.withdrew")
        ),
        "kept",
        (*CHOSE, "keep-offer", "refund-confirmed", "already-paid"),
        ("refund", "already-paid"),
        BROKEN,
    ),
    Story(
        "withdrawn when another case has taken it over: that one is withdrawn by itself",
        script(
            BIG,
            {**MADE_SO, "wish": answer(wish="another"), "as-reship": answer(9 * DAY, outcome="withdrawn")},
            Happening(timedelta(days=3), "customer.withdrew"),
        ),
        "handed_over",
        CHOSE,
        ("as-reship", "handed-over"),
        BROKEN,
    ),
    Story(
        "a dispute is opened",
        script(BIG, {"dispute-desk": answer(taken_over=True)}, Happening(HOUR, "dispute.opened")),
        "moved_to_dispute",
        (*ASKED, "person-looking"),
        ("dispute-desk",),
        BROKEN,
    ),
    Story(
        "the payment fails, and finance pays by hand after a while",
        script(
            {**BIG, "remedy.quote": NEEDS_APPROVAL, "payment.refund": Failed("refused")},
            {
                **MADE_SO,
                **KEEP,
                "approval": approved(0, "rejected"),
                "refused-yet-offered": answer(outcome="ask_again"),
                "approval-again": approved(1500, "adjusted"),
                "money-desk/2": answer(settled="paid"),
            },
        ),
        "kept",
        KEPT,
        ("approval-again", "refund", "money-desk", "money-desk", "confirm"),
        BROKEN,
    ),
]
