"""Tales of repairs that cost money: who pays, how, and what becomes of it when it is not repaired."""

from __future__ import annotations

from tests.acceptance.tale import Bought, Ends, Leaves, Pays, Repairer, Tale, Turns, Works
from tests.acceptance.tales.repair_words import (
    AND_BACK,
    ARRIVES,
    BEYOND,
    COMES_BACK,
    CONSENTS,
    DID_NOT_HAPPEN,
    DONE,
    FOR_MONEY,
    GIVE_UP,
    NO_WARRANTY,
    PAID,
    PRICED,
    REFUSES,
    REMINDED_TWICE,
    SENT,
    TOLD,
    WITHIN_DAYS,
)

WE_PAY, CUSTOMER_PAYS = Works({"outcome": "we_pay"}), Works({"outcome": "customer_pays"})
PAID_BY_HAND, NOT_PAID = Works({"outcome": "paid"}), Works({"outcome": "not_paid"})
SETTLED, PAID_BACK = Works({"outcome": "settled"}), Works({"outcome": "given_back"})
GIVEN_BACK = Works({"given_back": True})
SENT_BY_TELEPHONE = Works({"tracking": "TOLD-BY-TELEPHONE-1"})
OLD = Bought(prices=(12_900,), days=NO_WARRANTY)
QUOTED = Repairer("quoted", 1_900)
AGREED: dict[str, Turns] = {**ARRIVES, "await-repair": QUOTED, "consent": CONSENTS}
BOUGHT: dict[str, Turns] = {**AGREED, "await-payment": Pays()}
ASKED_FIRST: dict[str, Turns] = {"warranty-desk": FOR_MONEY}
REPAIRED = (*PAID, "repair-on-its-way", "repair-check")
AS_IT_IS = (*PRICED, "repair-sent-back")
PARTNERS, CENTRES = ("partner", False, "shipped"), ("centre", False, "shipped")

PAID_FOR = (
    Tale(
        name="quoted, agreed to, paid and repaired",
        procedure="repair",
        reason="defective",
        market="DE",
        order=OLD,
        acts={**BOUGHT, "await-paid-repair": DONE, **COMES_BACK},
        ends=Ends(outcome="repaired", letters=REPAIRED),
        leaves=Leaves(repairs=(PARTNERS,), links=((1_900, "paid"),)),
    ),
    Tale(
        name="quoted and paid at the centre; late, and done in the days that were promised",
        procedure="repair",
        reason="damaged",
        market="BR",
        order=OLD,
        acts={
            **BOUGHT,
            "await-paid-repair": (None, DONE),
            "paid-late": (None, WITHIN_DAYS),
            **COMES_BACK,
        },
        ends=Ends(outcome="repaired", letters=REPAIRED),
        leaves=Leaves(repairs=(CENTRES,), links=((1_900, "paid"),)),
    ),
    Tale(
        name="less is paid than it costs, nobody hurries, and then it is settled",
        procedure="repair",
        reason="defective",
        market="GB",
        order=OLD,
        acts={
            **AGREED,
            **ASKED_FIRST,
            "await-payment": Pays(1_500),
            "short-paid": (None, SETTLED),
            "await-paid-repair": DONE,
            **COMES_BACK,
        },
        ends=Ends(outcome="repaired", letters=REPAIRED),
        leaves=Leaves(repairs=(PARTNERS,), links=((1_900, "paid"),)),
    ),
    Tale(
        name="no link can be made, finance has it paid, and the repairer hears the yes by telephone",
        procedure="repair",
        reason="defective",
        market="AU",
        order=OLD,
        broken=("make-payment-link", "approve-repair"),
        acts={
            **AGREED,
            **ASKED_FIRST,
            "pay-link": DID_NOT_HAPPEN,
            "link-desk": (None, PAID_BY_HAND),
            "approve-paid": DID_NOT_HAPPEN,
            "approve-paid-desk": (None, TOLD),
            "await-paid-repair": DONE,
            **COMES_BACK,
        },
        ends=Ends(outcome="repaired", letters=(*PRICED, "repair-on-its-way", "repair-check")),
        leaves=Leaves(repairs=(CENTRES,)),
    ),
)

NOT_REPAIRED = (
    Tale(
        name="the price is refused",
        procedure="repair",
        reason="defective",
        market="FR",
        order=OLD,
        acts={**ARRIVES, "await-repair": QUOTED, "consent": REFUSES, "await-unrepaired": SENT},
        ends=Ends(outcome="not_repaired", letters=AS_IT_IS),
        leaves=Leaves(repairs=(PARTNERS,)),
    ),
    Tale(
        name="the price is not answered, and it is sent back only when somebody calls",
        procedure="repair",
        reason="not_as_described",
        market="BR",
        order=OLD,
        acts={**ARRIVES, "await-repair": QUOTED, "unrepaired-desk": (None, SENT_BY_TELEPHONE)},
        ends=Ends(outcome="not_repaired", letters=(*AS_IT_IS, *REMINDED_TWICE)),
        leaves=Leaves(repairs=(("centre", False, "returning"),)),
    ),
    Tale(
        name="agreed to and never paid, and the repairer's system does not send it back",
        procedure="repair",
        reason="defective",
        market="DE",
        order=OLD,
        broken=("return-repair",),
        acts={**AGREED, "send-unrepaired": DID_NOT_HAPPEN, "unrepaired-desk": SENT_BY_TELEPHONE},
        ends=Ends(outcome="not_repaired", letters=(*PAID, "reminder", "repair-sent-back")),
        leaves=Leaves(repairs=(("partner", False, "quoted"),), links=((1_900, "open"),)),
    ),
    Tale(
        name="less is paid than it costs, and given back",
        procedure="repair",
        reason="damaged",
        market="JP",
        order=OLD,
        acts={
            **AGREED,
            **ASKED_FIRST,
            "await-payment": Pays(1_000),
            "short-paid": PAID_BACK,
            "await-unrepaired": SENT,
        },
        ends=Ends(outcome="not_repaired", letters=(*PAID, "repair-sent-back")),
        leaves=Leaves(repairs=(CENTRES,), links=((1_900, "paid"),)),
    ),
    Tale(
        name="no link can be made, and it is not paid in another way",
        procedure="repair",
        reason="defective",
        market="FR",
        order=OLD,
        broken=("make-payment-link",),
        acts={**AGREED, "pay-link": DID_NOT_HAPPEN, "link-desk": NOT_PAID, "await-unrepaired": SENT},
        ends=Ends(outcome="not_repaired", letters=AS_IT_IS),
        leaves=Leaves(repairs=(PARTNERS,)),
    ),
    Tale(
        name="paid for, and then beyond repair: the money for it goes back",
        procedure="repair",
        reason="defective",
        market="US",
        order=OLD,
        acts={
            **BOUGHT,
            **ASKED_FIRST,
            "await-paid-repair": BEYOND,
            "pay-repair-back": (None, GIVEN_BACK),
            "await-unrepaired": SENT,
        },
        ends=Ends(outcome="not_repaired", letters=(*PAID, "repair-sent-back")),
        leaves=Leaves(repairs=(PARTNERS,), links=((1_900, "paid"),)),
    ),
    Tale(
        name="paid for, late, late again, and given up",
        procedure="repair",
        reason="defective",
        market="PL",
        order=OLD,
        acts={
            **BOUGHT,
            **ASKED_FIRST,
            "paid-late": (WITHIN_DAYS, GIVE_UP),
            "pay-repair-back": GIVEN_BACK,
            "await-unrepaired": SENT,
        },
        ends=Ends(outcome="not_repaired", letters=(*PAID, "repair-sent-back")),
        leaves=Leaves(repairs=(CENTRES,), links=((1_900, "paid"),)),
    ),
)

IN_WARRANTY = (
    Tale(
        name="in warranty, and the repairer wants money: we pay, late",
        procedure="repair",
        reason="defective",
        market="IT",
        acts={**ARRIVES, "await-repair": (QUOTED, DONE), "quote-desk": (None, WE_PAY), **COMES_BACK},
        ends=Ends(outcome="repaired", letters=AND_BACK),
        leaves=Leaves(repairs=(("centre", True, "shipped"),)),
    ),
    Tale(
        name="in warranty, and the repairer hears by telephone that we pay, late",
        procedure="repair",
        reason="damaged",
        market="DE",
        broken=("approve-repair",),
        acts={
            **ARRIVES,
            "await-repair": (QUOTED, DONE),
            "quote-desk": WE_PAY,
            "approve-free": DID_NOT_HAPPEN,
            "approve-free-desk": (None, TOLD),
            **COMES_BACK,
        },
        ends=Ends(outcome="repaired", letters=AND_BACK),
        leaves=Leaves(repairs=(("partner", True, "shipped"),)),
    ),
    Tale(
        name="in warranty, and the customer broke it: the price is refused",
        procedure="repair",
        reason="defective",
        market="GB",
        acts={
            **ARRIVES,
            "await-repair": QUOTED,
            "quote-desk": CUSTOMER_PAYS,
            "consent": REFUSES,
            "await-unrepaired": SENT,
        },
        ends=Ends(outcome="not_repaired", letters=AS_IT_IS),
        leaves=Leaves(repairs=(("partner", True, "shipped"),)),
    ),
)

TALES: tuple[Tale, ...] = (*PAID_FOR, *NOT_REPAIRED, *IN_WARRANTY)
