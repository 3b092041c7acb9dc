"""Repairs: free or for money, in time or not, and the way there and back."""

from __future__ import annotations

from datetime import timedelta

from makegood.core.world import Done, Failed, Happening
from tests.core.stories.telling import Story
from tests.core.worlds import DAY, DELIVERED, HOUR, SHIPPED, WARRANTY, answer, script

FAULT = {"reason": "defective"}
OUT = {"warranty.check": Done(WARRANTY | {"in_warranty": False, "basis": "none"})}
BROKEN = {"troubleshoot": answer(solved=False)}
WORKS = {"works": answer(works=True)}


def at(day: int, name: str, match: str = "RMA1", **facts: bool | int | str) -> Happening:
    return Happening(timedelta(days=day), name, match, facts)


THERE = at(4, "repair.received")
DONE = at(12, "repair.done")
SENT = at(13, "repair.shipped", tracking="BACK1")
BACK = at(16, "parcel.delivered", "BACK1")
BEYOND = at(12, "repair.beyond_repair")
QUOTED = at(6, "repair.quoted", amount_minor=2500)
PAID = at(8, "payment.received", "PAY1", amount_minor=2500)
YES = {"consent": answer(consent=True)}
IN = ("acknowledgement", "troubleshooting", "repair-instructions", "repair-received")
AND_BACK = (*IN, "repair-on-its-way", "repair-check")
AS_IT_IS = (*IN, "repair-quote", "repair-sent-back")
PAYS = (*IN, "repair-quote", "repair-payment")

STORIES = [
    Story(
        "repaired in warranty, and it works",
        script({}, {**BROKEN, **WORKS}, THERE, DONE, SENT, BACK),
        "repaired",
        (*AND_BACK, "survey"),
        ("warranty", "troubleshoot", "open", "await-arrival", "await-repair", "await-shipping", "works"),
        FAULT,
    ),
    Story(
        "solved by advice",
        script({}, {"troubleshoot": answer(solved=True)}),
        "solved",
        IN[:2],
        ("troubleshoot", "solved"),
        FAULT,
    ),
    Story(
        "the advice is not answered",
        script(),
        "unanswered",
        (*IN[:2], "reminder", "closed-unanswered"),
        ("close-unanswered",),
        FAULT,
    ),
    Story(
        "no partner takes it, and the centre does",
        script({"open": Failed("no_service")}, {**BROKEN, **WORKS}, THERE, DONE, SENT, BACK),
        "repaired",
        (*AND_BACK, "survey"),
        ("open", "open-centre", "await-arrival"),
        FAULT,
    ),
    Story(
        "nobody repairs it: another one",
        script(
            {"repair.open": Failed("no_service")},
            {**BROKEN, "wish": answer(wish="another"), "as-reship": answer(9 * DAY, outcome="resolved")},
        ),
        "replaced",
        (*IN[:2], "beyond-repair"),
        ("open-centre", "nobody-repairs", "wish", "as-reship"),
        FAULT,
    ),
    Story(
        "nobody repairs it, and it is out of warranty",
        script({**OUT, "repair.open": Failed("no_service")}, BROKEN),
        "declined",
        (*IN[:2], "claim-declined"),
        ("nobody-repairs", "declined-no-repair"),
        FAULT,
    ),
    Story(
        "the repairer's system is down, and then it is not",
        script(
            {"open/1": Failed("refused")},
            {**BROKEN, **WORKS, "open-desk": answer(outcome="try_again")},
            THERE,
            DONE,
            SENT,
            BACK,
        ),
        "repaired",
        (*AND_BACK, "survey"),
        ("open-desk", "open"),
        FAULT,
    ),
    Story(
        "a rule from memory does not make a repair cost money",
        script(
            {"warranty.check": Done(WARRANTY | {"in_warranty": False, "verified": False})},
            {**BROKEN, **WORKS, "warranty-desk": answer(in_warranty=True)},
            THERE,
            DONE,
            SENT,
            BACK,
        ),
        "repaired",
        (*AND_BACK, "survey"),
        ("warranty-desk", "open"),
        FAULT,
    ),
    Story(
        "never sent in",
        script({}, BROKEN),
        "unanswered",
        (*IN[:3], "reminder", "repair-never-came"),
        ("call-off", "never-sent"),
        FAULT,
    ),
    Story(
        "sent in, and its arrival was not told",
        script(
            {"call-off": Failed("received")},
            {**BROKEN, **WORKS},
            at(30, "repair.done"),
            at(31, "repair.shipped", tracking="BACK1"),
            at(34, "parcel.delivered", "BACK1"),
        ),
        "repaired",
        (*IN[:3], "reminder", *AND_BACK[3:], "survey"),
        ("call-off", "received", "await-repair"),
        FAULT,
    ),
    Story(
        "beyond repair: the money, and nothing is sent back",
        script(
            {},
            {**BROKEN, "wish-here": answer(wish="refund"), "as-refund-here": answer(DAY, outcome="resolved")},
            THERE,
            BEYOND,
        ),
        "refunded",
        (*IN, "beyond-repair"),
        ("unrepairable", "wish-here", "as-refund-here"),
        FAULT,
    ),
    Story(
        "beyond repair: another one",
        script(
            {},
            {**BROKEN, "wish-here": answer(wish="another"), "as-reship": answer(9 * DAY, outcome="resolved")},
            THERE,
            BEYOND,
        ),
        "replaced",
        (*IN, "beyond-repair"),
        ("wish-here", "as-reship"),
        FAULT,
    ),
    Story(
        "beyond repair: another one is wanted and none is there",
        script(
            {},
            {**BROKEN, "wish-here": answer(wish="another"), "as-reship": answer(9 * DAY, outcome="refunded")},
            THERE,
            BEYOND,
        ),
        "refunded",
        (*IN, "beyond-repair"),
        ("wish-here", "as-reship"),
        FAULT,
    ),
    Story(
        "beyond repair, and the case that it became never ends",
        script(
            {},
            {**BROKEN, "wish-here": answer(wish="another"), "sibling-late": answer(seen=True)},
            THERE,
            BEYOND,
        ),
        "handed_over",
        (*IN, "beyond-repair"),
        ("as-reship", "sibling-late"),
        FAULT,
    ),
    Story(
        "the time that the law gives is over: the customer chooses",
        script(
            {},
            {
                **BROKEN,
                "repair-late": answer(outcome="within_days"),
                "wish-here": answer(wish="refund"),
                "as-refund-here": answer(DAY, outcome="resolved"),
            },
            THERE,
        ),
        "refunded",
        (*IN, "beyond-repair"),
        ("await-repair", "repair-late", "last-days", "unrepairable", "wish-here"),
        FAULT,
    ),
    Story(
        "late, and done in the last days",
        script(
            {},
            {**BROKEN, **WORKS, "repair-late": answer(outcome="within_days")},
            THERE,
            at(31, "repair.done"),
            at(32, "repair.shipped", tracking="BACK1"),
            at(35, "parcel.delivered", "BACK1"),
        ),
        "repaired",
        (*AND_BACK, "survey"),
        ("repair-late", "last-days", "await-shipping"),
        FAULT,
    ),
    Story(
        "out of warranty: quoted, paid and repaired",
        script(OUT, {**BROKEN, **YES, **WORKS}, THERE, QUOTED, PAID, DONE, SENT, BACK),
        "repaired",
        (*PAYS, "repair-on-its-way", "repair-check", "survey"),
        ("consent", "pay-link", "await-payment", "approve-paid", "await-paid-repair", "works"),
        FAULT,
    ),
    Story(
        "out of warranty: the price is refused",
        script(
            OUT,
            {**BROKEN, "consent": answer(consent=False)},
            THERE,
            QUOTED,
            at(9, "repair.shipped", tracking="BACK1"),
        ),
        "not_repaired",
        AS_IT_IS,
        ("consent", "send-unrepaired", "await-unrepaired", "unrepaired"),
        FAULT,
    ),
    Story(
        "out of warranty: agreed to, and never paid",
        script(OUT, {**BROKEN, **YES}, THERE, QUOTED, at(25, "repair.shipped", tracking="BACK1")),
        "not_repaired",
        (*PAYS, "reminder", "repair-sent-back"),
        ("await-payment", "send-unrepaired"),
        FAULT,
    ),
    Story(
        "out of warranty: less is paid than it costs",
        script(
            OUT,
            {**BROKEN, **YES, **WORKS, "short-paid": answer(outcome="settled")},
            THERE,
            QUOTED,
            at(8, "payment.received", "PAY1", amount_minor=2000),
            DONE,
            SENT,
            BACK,
        ),
        "repaired",
        (*PAYS, "repair-on-its-way", "repair-check", "survey"),
        ("short-paid", "approve-paid"),
        FAULT,
    ),
    Story(
        "out of warranty: the payment is settled by hand",
        script(
            {**OUT, "payment.link": Failed("refused"), "repair.approve": Failed("refused")},
            {
                **BROKEN,
                **YES,
                **WORKS,
                "link-desk": answer(outcome="paid"),
                "approve-paid-desk": answer(told=True),
            },
            THERE,
            QUOTED,
            DONE,
            SENT,
            BACK,
        ),
        "repaired",
        (*IN, "repair-quote", "repair-on-its-way", "repair-check", "survey"),
        ("link-desk", "approve-paid", "approve-paid-desk"),
        FAULT,
    ),
    Story(
        "paid for, and then beyond repair",
        script(
            OUT,
            {**BROKEN, **YES, "pay-repair-back": answer(given_back=True)},
            THERE,
            QUOTED,
            PAID,
            BEYOND,
            at(16, "repair.shipped", tracking="BACK1"),
        ),
        "not_repaired",
        (*PAYS, "repair-sent-back"),
        ("await-paid-repair", "pay-repair-back", "unrepairable", "send-unrepaired"),
        FAULT,
    ),
    Story(
        "in warranty, and the repairer wants money: we pay",
        script(
            {}, {**BROKEN, **WORKS, "quote-desk": answer(outcome="we_pay")}, THERE, QUOTED, DONE, SENT, BACK
        ),
        "repaired",
        (*AND_BACK, "survey"),
        ("quote-desk", "approve-free", "await-repair"),
        FAULT,
    ),
    Story(
        "in warranty, and the customer broke it",
        script(
            {},
            {**BROKEN, "quote-desk": answer(outcome="customer_pays"), "consent": answer(consent=False)},
            THERE,
            QUOTED,
            at(9, "repair.shipped", tracking="BACK1"),
        ),
        "not_repaired",
        AS_IT_IS,
        ("quote-desk", "consent", "send-unrepaired"),
        FAULT,
    ),
    Story(
        "repaired, and it fails again: it is not repaired twice",
        script(
            {},
            {
                **BROKEN,
                "works": answer(works=False),
                "wish": answer(wish="refund"),
                "as-refund": answer(20 * DAY, outcome="resolved"),
            },
            THERE,
            DONE,
            SENT,
            BACK,
        ),
        "refunded",
        (*AND_BACK, "beyond-repair"),
        ("works", "wish", "as-refund"),
        FAULT,
    ),
    Story(
        "repaired, and lost on the way back",
        script(
            {},
            {**BROKEN, "wish-here": answer(wish="another"), "as-reship": answer(9 * DAY, outcome="resolved")},
            THERE,
            DONE,
            SENT,
            at(16, "parcel.lost", "BACK1"),
        ),
        "replaced",
        (*IN, "repair-on-its-way", "beyond-repair"),
        ("await-return", "claim-lost", "wish-here", "as-reship"),
        FAULT,
    ),
    Story(
        "repaired, not heard of, and there all the same",
        script({}, {**BROKEN, **WORKS, "trace": answer(outcome="with_customer")}, THERE, DONE, SENT),
        "repaired",
        (*AND_BACK, "survey"),
        ("await-return", "trace", "works"),
        FAULT,
    ),
    Story(
        "withdrawn before it was sent in",
        script({}, BROKEN, Happening(2 * DAY, "customer.withdrew")),
        "withdrawn",
        (*IN[:3], "withdrawal-noted"),
        ("open", "withdrawn"),
        FAULT,
    ),
    Story(
        "withdrawn when it was there before anybody told us",
        script({"repair.cancel": Failed("received")}, BROKEN, Happening(2 * DAY, "customer.withdrew")),
        "withdrawn",
        (*IN[:3], "withdrawal-noted"),
        ("open", "stop-repair", "withdrawn"),
        FAULT,
    ),
    Story(
        "withdrawn when the centre had it before anybody told us",
        script(
            {"open": Failed("no_service"), "repair.cancel": Failed("received")},
            BROKEN,
            Happening(2 * DAY, "customer.withdrew"),
        ),
        "withdrawn",
        (*IN[:3], "withdrawal-noted"),
        ("open-centre", "stop-repair", "withdrawn"),
        FAULT,
    ),
    Story(
        "withdrawn while it is being repaired",
        script({}, BROKEN, THERE, Happening(6 * DAY, "customer.withdrew")),
        "withdrawn",
        (*IN, "withdrawal-noted"),
        ("await-repair", "stop-repair"),
        FAULT,
    ),
    Story(
        "withdrawn while it is coming back",
        script({}, {**BROKEN, **WORKS}, THERE, DONE, SENT, Happening(14 * DAY, "customer.withdrew"), BACK),
        "repaired",
        (*AND_BACK, "survey"),
        ("await-return", "works"),
        FAULT,
    ),
    Story(
        "reported before it was delivered",
        script(
            {"order/1": Done(SHIPPED), "order.load": Done(DELIVERED)},
            {"not-delivered": answer(outcome="not_yet"), "troubleshoot": answer(solved=True)},
            at(3, "parcel.delivered", "OUT1"),
        ),
        "solved",
        IN[:2],
        ("not-delivered", "await-delivery", "order", "warranty"),
        FAULT,
    ),
    Story(
        "given back already",
        script({"order.load": Done(DELIVERED | {"payment": "refunded"})}),
        "already_settled",
        ("acknowledgement", "claim-declined"),
        ("nothing-left",),
        FAULT,
    ),
    Story(
        "the order is not known to anybody",
        script({"order": Failed("not_found")}, {"find-order": answer(order_number="", no_such_order=True)}),
        "no_order",
        ("acknowledgement", "order-unknown", "reminder"),
        (),
        FAULT,
    ),
    Story(
        "a dispute is opened",
        script({}, {"dispute-desk": answer(taken_over=True)}, Happening(HOUR, "dispute.opened")),
        "moved_to_dispute",
        (*IN[:2], "person-looking"),
        ("dispute-desk",),
        FAULT,
    ),
    Story(
        "paid for, late, done at last",
        script(
            {**OUT, "repair.approve": Failed("refused")},
            {
                **BROKEN,
                **YES,
                **WORKS,
                "approve-paid-desk/2": answer(told=True),
                "paid-late/2": answer(outcome="within_days"),
                "trace": answer(outcome="keep_waiting"),
            },
            THERE,
            QUOTED,
            PAID,
            at(50, "repair.done"),
            at(51, "repair.shipped", tracking="BACK1"),
            at(80, "parcel.delivered", "BACK1"),
        ),
        "repaired",
        (*PAYS, "repair-on-its-way", "repair-check", "survey"),
        (
            "approve-paid-desk",
            "approve-paid-desk",
            "paid-late",
            "paid-late",
            "trace",
            "await-longer",
            "works",
        ),
        FAULT,
    ),
    Story(
        "paid for, late, and given up",
        script(
            OUT,
            {
                **BROKEN,
                **YES,
                "short-paid/2": answer(outcome="settled"),
                "paid-late": answer(outcome="give_up"),
                "pay-repair-back/2": answer(given_back=True),
            },
            THERE,
            QUOTED,
            at(8, "payment.received", "PAY1", amount_minor=2000),
            at(36, "repair.shipped", tracking="BACK1"),
        ),
        "not_repaired",
        (*PAYS, "repair-sent-back"),
        ("short-paid", "short-paid", "paid-late", "pay-repair-back", "pay-repair-back", "send-unrepaired"),
        FAULT,
    ),
]
