"""A cancellation as ops wrote it down, in prose: stopped in time or not, and what becomes of the money."""

from __future__ import annotations

from datetime import datetime

from tests.acceptance import refunds
from tests.acceptance.expectation import Expected


def tell(expected: Expected, now: datetime) -> None:
    """`now` does not matter: it is never too late to ask."""
    expected.tell("acknowledgement")
    expected.outcome = _told(expected)
    if expected.plot.story.again:  # everything was given back: the second case only says so
        expected.case = "second"
        expected.tell("acknowledgement", "already-cancelled")
        expected.others["second"] = "already_cancelled"


def _told(expected: Expected) -> str:
    order = expected.plot.order
    if order["payment_status"] in ("refunded", "voided"):
        expected.tell("already-cancelled")
        return "already_cancelled"
    if order["status"] == "delivered":
        return _arrived(expected)
    if order["status"] == "shipped":
        return _left(expected)
    if order["fulfilment"] == "picking":
        return _race(expected)
    return _stopped(expected, held=True)


def _race(expected: Expected) -> str:
    """The warehouse is picking: a hold comes too late, and an interception may or may not."""
    won = expected.plot.story.interception == "stopped"
    expected.note("holds", "picking", False)
    expected.note("intercepts", "stopped" if won else "too_late")
    return _stopped(expected, held=False) if won else _left(expected)


def _stopped(expected: Expected, *, held: bool) -> str:
    """Approved above the limit, then cancelled and paid back. Refused, or wanted after all: it goes on."""
    story = expected.plot.story
    if story.withdraws_at == "approval":
        expected.asks += 1
        _goes_on(expected, held=held)
        expected.tell("withdrawal-noted")
        return "withdrawn"
    amount = expected.approved(expected.claim)
    if amount is None:
        _goes_on(expected, held=held)
        expected.tell("refund-declined")
        return "declined"
    if held:
        expected.note("holds", "held", False)
    expected.note("cancellations", "cancelled")
    if expected.plot.order["payment_status"] == "authorised":
        expected.release()
    else:
        expected.pay(amount)
    expected.tell("cancel-confirmed")
    return "resolved"


def _goes_on(expected: Expected, *, held: bool) -> None:
    if held:
        expected.note("holds", "held", True)
    expected.note("releases", "released")


def _left(expected: Expected) -> str:
    """It has left: the carrier is asked to turn it round, and the customer to refuse it."""
    story = expected.plot.story
    expected.note("recalls", True)
    expected.tell("cancel-too-late-refuse-delivery")
    if story.parcel == "DELIVERED":
        return _arrived(expected)
    assert story.parcel in ("RETURNED", "LOST")
    if story.parcel == "LOST":
        expected.claim_on_the_carrier()
    amount = expected.approved(expected.claim)
    assert amount is not None, "no story refuses money for goods that came back"
    expected.pay(amount)
    expected.tell("cancel-confirmed")
    return "resolved"


def _arrived(expected: Expected) -> str:
    """No longer a cancellation. Who wants to return it does so in a case of its own, that same day."""
    wish = expected.plot.story.wish
    expected.tell("cancel-too-late-return")
    if wish is None:  # asked once more after three days, closed after fourteen
        expected.tell("reminder", "closed-unanswered")
        return "unanswered"
    if not wish:
        return "kept"
    expected.case = "sibling"
    expected.tell("acknowledgement")
    expected.others["sibling"] = refunds.delivered(expected, 0)
    expected.case = "first"
    return "resolved" if expected.others["sibling"] == "resolved" else "continued_as_refund"
