"""A refund as ops wrote it down, in prose: what the customer is told and paid, turn by turn."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from tests.acceptance import figures
from tests.acceptance.expectation import Expected

FAULTS = ("defective", "damaged", "not_as_described", "wrong_item", "missing_item", "not_delivered")
ASKED_FOR_PHOTOGRAPHS = ("defective", "damaged", "not_as_described", "wrong_item", "missing_item")
NOT_IN_HAND = ("missing_item", "not_delivered")
SELLER_PAYS_THE_WAY_BACK = ("BR",)  # Brazil: article 49, at no cost to the buyer; elsewhere the customer
OFFERS = (20, 35)  # percent back for keeping it
TAKEN_OFF = {"as_new": 0, "used": 20, "damaged_by_customer": 50}  # percent, where nobody else is to blame


def tell(expected: Expected, now: datetime) -> None:
    expected.outcome = _told(expected, now)


def _told(expected: Expected, now: datetime) -> str:
    """Each message of the customer's is acknowledged; then it depends on the order."""
    story, order = expected.plot.story, expected.plot.order
    expected.tell("acknowledgement")
    if story.typo and story.found_by != "colleague":
        expected.tell("order-unknown")
        if not story.found_by:  # asked once more after three days, closed after ten without another word
            expected.tell("reminder")
            return "no_order"
    if order["payment_status"] in ("refunded", "voided"):
        expected.tell("refund-declined")
        return "already_refunded"
    if order["status"] == "placed":
        return _not_sent_yet(expected)
    if order["status"] == "shipped":
        return _on_its_way(expected)
    return delivered(expected, _days(expected, now))


def _days(expected: Expected, now: datetime) -> int:
    """Whole days between delivery and the message, on the customer's own calendar."""
    zone = ZoneInfo(str(expected.plot.order["zone"]))
    arrived = datetime.fromisoformat(str(expected.plot.order["delivered_at"]))
    return (now.astimezone(zone).date() - arrived.astimezone(zone).date()).days


def _not_sent_yet(expected: Expected) -> str:
    """Held, cancelled in the shop, approved; then the money is let go or given back."""
    expected.note("holds", "held", False)
    expected.note("cancellations", "cancelled")
    amount = expected.approved(expected.claim)
    assert amount is not None, "no story refuses money for an order that is cancelled already"
    if expected.plot.order["payment_status"] == "authorised":
        expected.release()
    else:
        expected.pay(amount)
    expected.tell("cancel-confirmed")
    return "resolved"


def _on_its_way(expected: Expected) -> str:
    """A colleague looks for it; a parcel that is lost is paid back in full, and nothing has to come back."""
    assert expected.plot.story.reason == "not_delivered"
    assert expected.plot.story.parcel == "LOST"
    expected.claim_on_the_carrier()
    expected.tell("person-looking")
    amount = expected.approved(expected.claim)
    assert amount is not None
    expected.pay(amount)
    expected.tell("refund-confirmed")
    return "resolved"


def delivered(expected: Expected, days: int) -> str:
    """In time or not, with photographs where a fault is claimed."""
    story = expected.plot.story
    if story.reason not in FAULTS and not figures.in_time(expected.plot.market, days):
        expected.tell("refund-declined")
        return "declined"
    assert days < figures.FAULT_DAYS
    if story.reason in ASKED_FOR_PHOTOGRAPHS:
        expected.tell("evidence-request")
        if story.withdraws_at == "evidence":
            expected.tell("withdrawal-noted")
            return "withdrawn"
        if not story.photos:  # reminded after three and six days, closed after ten
            expected.tell("reminder", "reminder", "closed-unanswered")
            return "unanswered"
    return _remedy(expected)


def _remedy(expected: Expected) -> str:
    """Whose fault it is and what the goods are worth decide what is offered."""
    reason = expected.plot.story.reason
    if reason in NOT_IN_HAND:
        return _full(expected, comes_back=False)
    if reason not in FAULTS:
        return _full(expected, comes_back=True)
    worth = figures.euro_cents(expected.claim, expected.currency)
    if worth <= 2_000:
        return _full(expected, comes_back=False)
    if worth <= 6_000:
        return _keep_offer(expected)
    return _full(expected, comes_back=True)


def _keep_offer(expected: Expected) -> str:
    """First a fifth, then about a third, for keeping it. Who says no, or nothing, may send it back."""
    answers = expected.plot.story.offers
    for number, percent in enumerate(OFFERS):
        expected.tell("keep-offer")
        if len(answers) <= number:  # silence: asked once more after three days, over after seven
            expected.tell("reminder")
            break
        if answers[number] == "accept":
            minor = figures.part(expected.claim, percent)
            amount = expected.approved(minor, limit=figures.PARTIAL_WITHOUT_ASKING)
            assert amount is not None
            return _pay(expected, amount, 0)
    return _full(expected, comes_back=True)


def _full(expected: Expected, *, comes_back: bool) -> str:
    """Approved above the limit, sent back where it is worth it, then paid."""
    story = expected.plot.story
    many = expected.plot.claims_before + 1 >= figures.MANY_CLAIMS
    if story.withdraws_at == "approval":
        expected.asks += 1
        expected.tell("withdrawal-noted")
        return "withdrawn"
    if story.verdict.after_silence:  # after two working days a colleague is put on it, and we say so
        expected.tell("person-looking")
    amount = expected.approved(expected.claim, many=many)
    if amount is None:
        expected.tell("refund-declined")
        return "declined"
    if not comes_back:
        return _pay(expected, amount, 0)
    return _way_back(expected, amount)


def _way_back(expected: Expected, amount: int) -> str:
    """A label, the goods, a look at them. Who never sends them gets nothing; the label is taken back."""
    story = expected.plot.story
    expected.tell("return-instructions")
    if story.withdraws_at == "await-parcel":
        _label(expected, "void")
        expected.tell("withdrawal-noted")
        return "withdrawn"
    if not story.sends_back:  # reminded after a week, over after three
        _label(expected, "void")
        expected.tell("reminder", "return-not-received")
        return "unanswered"
    _label(expected, "made")
    if story.condition == "wrong_item":  # a supervisor has it sent back
        expected.tell("refund-declined")
        return "declined"
    off = 0 if story.reason in FAULTS else TAKEN_OFF[story.condition]
    return _pay(expected, amount, off)


def _label(expected: Expected, standing: str) -> None:
    seller = expected.plot.story.reason in FAULTS or expected.plot.market in SELLER_PAYS_THE_WAY_BACK
    claimed = [line for line in expected.plot.order["lines"] if expected.plot.line in ("", line["id"])]
    lines = ",".join(sorted(f"{line['id']}x{line['quantity']}" for line in claimed))
    expected.note("labels", "seller" if seller else "customer", lines, standing)


def _pay(expected: Expected, amount: int, off: int) -> str:
    """What is left after the deduction, rounded up; told once it is paid. No survey: nobody agreed to any."""
    expected.pay(figures.part(amount, 100 - off))
    told = "already-paid" if expected.plot.story.withdraws_at == "confirm" else "refund-confirmed"
    expected.tell(told)
    return "resolved"
