"""Tales of damage: what is kept for part of its price has to be approved, and paid once."""

from __future__ import annotations

from tests.acceptance.tale import (
    Both,
    Bought,
    Breaks,
    Decides,
    Disputes,
    Ends,
    Leaves,
    Mends,
    Tale,
    Works,
    Writes,
)
from tests.acceptance.tales.damage_words import (
    ACCEPTS,
    ANOTHER_WAY,
    AS_NEW,
    ASK_AGAIN,
    ASKED,
    HERE,
    KEEP,
    KEPT,
    MADE_SO,
    NOT_DONE,
    NOT_PAID,
    OFFERED,
    PAID,
    RETURNED,
    SEND_BACK,
    SENT_AGAIN,
    SENT_BACK,
    SHOWN,
    TAKEN_OVER,
    THERE,
    THOUGHT_BETTER,
)

KEPT_MADE_SO = {"evidence": SHOWN, "cause": MADE_SO, "wish": KEEP, "keep-offer": ACCEPTS}
APPROVES, REJECTS = Decides(), Decides("reject")
NO_REFUNDS = ("refund-payment",)
SECOND_CASE = {"reship/evidence": SHOWN, "reship/address": HERE, "reship/await-second": THERE}
GIVEN_THERE = Ends(outcome="resolved", letters=("acknowledgement", "evidence-request", *SENT_AGAIN))
NEAR = ("overseas", "made")

APPROVED = (
    Tale(
        name="dear, and approved with the second code",
        procedure="damage_claim",
        reason="defective",
        market="DE",
        order=Bought(prices=(24_000,)),
        acts={**KEPT_MADE_SO, "approval": Decides(wrong_code_first=True)},
        ends=Ends(outcome="kept", letters=KEPT),
        leaves=Leaves(refunds=(4_800,)),
    ),
    Tale(
        name="cheap, but this customer claims often: half of it is approved",
        procedure="damage_claim",
        reason="defective",
        market="FR",
        order=Bought(prices=(4_000,), claims_before=2),
        acts={**KEPT_MADE_SO, "approval": Decides("adjust", percent=50)},
        ends=Ends(outcome="kept", letters=KEPT),
        leaves=Leaves(refunds=(400,)),
    ),
    Tale(
        name="nobody answers anything for days, then it is refused, and a part of it approved",
        procedure="damage_claim",
        reason="defective",
        market="ES",
        order=Bought(prices=(30_000,)),
        acts={
            **KEPT_MADE_SO,
            "approval": None,
            "refused-yet-offered": (None, ASK_AGAIN, ASK_AGAIN, ASK_AGAIN),
            "approval-again": (None, REJECTS, Decides("adjust", percent=60)),
        },
        ends=Ends(outcome="kept", letters=(*OFFERED, "person-looking", "refund-confirmed")),
        leaves=Leaves(refunds=(3_600,)),
    ),
    Tale(
        name="refused, asked for again, and approved",
        procedure="damage_claim",
        reason="defective",
        market="US",
        order=Bought(prices=(25_000,)),
        acts={
            **KEPT_MADE_SO,
            "approval": REJECTS,
            "refused-yet-offered": ASK_AGAIN,
            "approval-again": APPROVES,
        },
        ends=Ends(outcome="kept", letters=KEPT),
        leaves=Leaves(refunds=(5_000,)),
    ),
    Tale(
        name="refused, and another way is found: it goes back",
        procedure="damage_claim",
        reason="defective",
        market="IT",
        order=Bought(prices=(4_600,), claims_before=2),
        acts={
            **KEPT_MADE_SO,
            "approval": REJECTS,
            "refused-yet-offered": ANOTHER_WAY,
            "wish-again": SEND_BACK,
            "refund/approval": APPROVES,
            "refund/await-parcel": RETURNED,
            "refund/inspection": AS_NEW,
        },
        ends=Ends(outcome="refunded", letters=(*OFFERED, "damage-choice")),
        leaves=Leaves(refunds=(4_600,), labels=(("seller", "made"),)),
        called={"refund": Ends(outcome="resolved", letters=SENT_BACK)},
    ),
)

THE_PAYMENT = (
    Tale(
        name="the payment does not go through, again, and finance pays by hand, later",
        procedure="damage_claim",
        reason="defective",
        market="JP",
        order=Bought(prices=(6_100,)),
        broken=NO_REFUNDS,
        acts={**KEPT_MADE_SO, "refund": (NOT_DONE, NOT_DONE), "money-desk": (None, NOT_PAID, PAID)},
        ends=Ends(outcome="kept", letters=KEPT),
    ),
    Tale(
        name="the payment does not go through until it is looked at",
        procedure="damage_claim",
        reason="defective",
        market="NL",
        order=Bought(prices=(5_100,)),
        broken=NO_REFUNDS,
        acts={**KEPT_MADE_SO, "refund": NOT_DONE, "money-desk": Works({"settled": "not_paid"}, mends=True)},
        ends=Ends(outcome="kept", letters=KEPT),
        leaves=Leaves(refunds=(1_020,)),
    ),
    Tale(
        name="taken back after the money went, before the letter could",
        procedure="damage_claim",
        reason="defective",
        market="AU",
        order=Bought(prices=(5_500,)),
        acts={
            **KEPT_MADE_SO,
            "keep-offer": Both((Breaks(("send-message",)), ACCEPTS)),
            "confirm": Both((THOUGHT_BETTER, Mends())),
        },
        ends=Ends(outcome="kept", letters=(*KEPT, "already-paid")),
        leaves=Leaves(refunds=(1_100,)),
    ),
)

SOMETHING_ELSE_PAID = (
    Tale(
        name="another case sends it again while a colleague looks at the photographs",
        procedure="damage_claim",
        reason="defective",
        market="FR",
        order=Bought(prices=(3_050,)),
        acts={
            **KEPT_MADE_SO,
            "cause": (Writes("reship", "defective"), MADE_SO),
            **SECOND_CASE,
        },
        ends=Ends(outcome="already_settled", letters=(*OFFERED, "claim-declined")),
        leaves=Leaves(shipments=(NEAR,)),
        called={"reship": GIVEN_THERE},
        proves="quote: nothing is left",
    ),
    Tale(
        name="another case sends it again while the payment is looked at",
        procedure="damage_claim",
        reason="defective",
        market="DE",
        order=Bought(prices=(3_450,)),
        broken=NO_REFUNDS,
        acts={
            **KEPT_MADE_SO,
            "refund": NOT_DONE,
            "money-desk": (Writes("reship", "defective"), Works({"settled": "not_paid"}, mends=True)),
            **SECOND_CASE,
        },
        ends=Ends(outcome="already_settled", letters=(*OFFERED, "claim-declined")),
        leaves=Leaves(shipments=(NEAR,)),
        called={"reship": GIVEN_THERE},
        proves="refund: more would be given than was paid",
    ),
    Tale(
        name="another case sends it again while finance pays by hand",
        procedure="damage_claim",
        reason="defective",
        market="PL",
        order=Bought(prices=(16_000,)),
        broken=NO_REFUNDS,
        acts={
            **KEPT_MADE_SO,
            "refund": NOT_DONE,
            "money-desk": (Writes("reship", "defective"), PAID),
            **SECOND_CASE,
        },
        ends=Ends(outcome="kept", letters=KEPT),
        leaves=Leaves(shipments=(NEAR,)),
        called={"reship": GIVEN_THERE},
        proves="paid-by-hand: there is no room for it in the ledger, and the customer is told all the same",
    ),
    Tale(
        name="the bank has opened a dispute before: what would need no approval needs one",
        procedure="damage_claim",
        reason="defective",
        market="BR",
        order=Bought(prices=(21_000,)),
        acts={
            "evidence": Writes("cancel", "other"),
            "cancel/delivered": Disputes(),
            "dispute-desk": TAKEN_OVER,
            "cancel/dispute-desk": (None, Both((Writes("damage_claim", "defective"), TAKEN_OVER))),
            **{f"damage_claim/{step}": act for step, act in KEPT_MADE_SO.items()},
            "damage_claim/approval-again": APPROVES,
        },
        ends=Ends(outcome="moved_to_dispute", letters=(*ASKED, "person-looking")),
        leaves=Leaves(refunds=(4_200,)),
        called={
            "cancel": Ends(
                outcome="moved_to_dispute",
                letters=("acknowledgement", "cancel-too-late-return", "person-looking"),
            ),
            "damage_claim": Ends(outcome="kept", letters=KEPT),
        },
        proves="refund: no_approval",
    ),
)

TALES: tuple[Tale, ...] = (*APPROVED, *THE_PAYMENT, *SOMETHING_ELSE_PAID)
