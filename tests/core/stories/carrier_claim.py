"""Claims on carriers: no customer hears of them."""

from __future__ import annotations

from makegood.core.world import Done, Failed
from tests.core.stories.telling import Story, came
from tests.core.worlds import DAY, DELIVERED, PLACED, SHIPPED, answer, script

LOST = {"reason": "not_delivered"}
BROKEN = {"reason": "damaged"}
ACCEPTED, REJECTED = came("claim.accepted", "CLM1"), came("claim.rejected", "CLM1")
ON_ITS_WAY = {"order.load": Done(SHIPPED)}

STORIES = [
    Story(
        "the carrier pays",
        script({}, {"money": answer(outcome="received")}, ACCEPTED),
        "recovered",
        (),
        ("file", "answer", "money"),
        BROKEN,
    ),
    Story(
        "the carrier rejects it, is contradicted, and pays",
        script(
            {},
            {"contest": answer(outcome="contested"), "money": answer(outcome="received")},
            REJECTED,
            came("claim.accepted", "CLM1", 20 * DAY),
        ),
        "recovered",
        (),
        ("contest", "last-answer", "money"),
        BROKEN,
    ),
    Story(
        "the carrier rejects it, and we see why",
        script({}, {"contest": answer(outcome="accept_it")}, REJECTED),
        "rejected",
        (),
        ("contest",),
        BROKEN,
    ),
    Story(
        "the carrier is silent twice",
        script({}, {"chase": answer(outcome="rejected"), "contest": answer(outcome="contested")}),
        "rejected",
        (),
        ("chase", "contest", "last-answer"),
        LOST,
    ),
    Story(
        "the carrier's system takes no claim, and a colleague files it",
        script(
            {"claim.file": Failed("refused")},
            {"file-by-hand": answer(claim="CLM1", not_possible=False), "money": answer(outcome="received")},
            ACCEPTED,
        ),
        "recovered",
        (),
        ("file-by-hand", "answer"),
        LOST,
    ),
    Story("too late for the carrier", script({"claim.file": Failed("too_late")}), "too_late", (), (), LOST),
    Story(
        "not worth the work",
        script({"order.load": Done(DELIVERED | {"claim_house_minor": 999})}),
        "not_worth_it",
        (),
        ("not-worth-it",),
        BROKEN,
    ),
    Story("nothing was sent", script({"order.load": Done(PLACED)}), "no_parcel", (), ("loss",), LOST),
    Story(
        "what was lost is found while the carrier still looks",
        script(ON_ITS_WAY, {"take-back": answer(done=True)}, came("parcel.found")),
        "not_lost",
        (),
        ("file", "answer", "take-back"),
        LOST,
    ),
    Story(
        "the calling case says which parcel",
        script({"order.load": Done(PLACED)}, {"money": answer(outcome="received")}, ACCEPTED),
        "recovered",
        (),
        ("file",),
        {"reason": "not_delivered", "about": "NEW1"},
    ),
]
