"""A cent, a letter or a label that is not as told is seen."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from datetime import UTC, datetime

import pytest

from tests.acceptance.account import BOOKS
from tests.acceptance.comparison import differences, table
from tests.acceptance.expectation import expect
from tests.acceptance.story import Json, Plot, Story, Wanted

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
STORY = Story(
    name="used",
    procedure="refund",
    order=Wanted(state="delivered"),
    outcome="resolved",
    markets=("GB",),
    condition="used",
)
ORDER = {
    "id": "#W1",
    "market": "GB",
    "currency": "GBP",
    "locale": "en-GB",
    "zone": "Europe/London",
    "status": "delivered",
    "fulfilment": "delivered",
    "payment_status": "captured",
    "delivered_at": "2026-03-05T10:00:00+00:00",
    "customer": {"email": "a@example.com"},
    "lines": [{"id": "#W1-1", "quantity": 1, "unit_paid": {"minor": 9999, "currency": "GBP"}}],
    "payments": [{"id": "P1"}],
}
PLOT = Plot(1, STORY, ORDER)
CASES = {"MG-2026-000001": (1, "first")}


def books() -> Json:
    """What this story leaves behind: 99.99 less a fifth is 79.992, rounded up for the customer."""
    letters = ("acknowledgement", "return-instructions", "refund-confirmed")
    money = {"minor": 8000, "currency": "GBP"}
    label = {"lines": [{"id": "#W1-1", "quantity": 1}], "freight_on": "customer", "status": "made"}
    kept: dict[str, list[Json]] = {
        "refunds": [{"order_id": "#W1", "payment_id": "P1", "amount": money}],
        "labels": [{"order_id": "#W1", **label}],
        "messages": [
            {"case": "MG-2026-000001", "template": name, "locale": "en", "to": "a@example.com"}
            for name in letters
        ],
    }
    return {
        name: [{"reference": f"MG-{nr}", **entry} for nr, entry in enumerate(kept.get(name, []))]
        for name in BOOKS
    }


def test_books_as_told_do_not_differ() -> None:
    expected = expect(PLOT, NOW)
    assert expected.outcome == "resolved"
    assert differences([expected.account], books(), CASES) == []
    shown = table([expected.account], books(), CASES, {"MG-2026-000001": "resolved"})
    assert "refunds: GBP 8000 expected, 8000 found, in minor units" in shown
    assert "differences: 0" in shown.splitlines()[-1]


def _one_cent_less(found: Json) -> None:
    found["refunds"][0]["amount"]["minor"] -= 1


def _paid_twice(found: Json) -> None:
    found["refunds"].append(deepcopy(found["refunds"][0]))


def _other_payment(found: Json) -> None:
    found["refunds"][0]["payment_id"] = "P2"


def _letter_missing(found: Json) -> None:
    found["messages"].pop()


def _letter_in_another_language(found: Json) -> None:
    found["messages"][0]["locale"] = "de"


def _letter_to_a_stranger(found: Json) -> None:
    found["messages"][0]["to"] = "b@example.com"


def _letter_of_no_case_of_ours(found: Json) -> None:
    found["messages"].append({**found["messages"][0], "case": "MG-2026-000099"})


def _label_on_the_seller(found: Json) -> None:
    found["labels"][0]["freight_on"] = "seller"


def _void(found: Json) -> None:
    found["voids"].append({**found["refunds"][0]})


@pytest.mark.parametrize(
    "change",
    [
        _one_cent_less,
        _paid_twice,
        _other_payment,
        _letter_missing,
        _letter_in_another_language,
        _letter_to_a_stranger,
        _letter_of_no_case_of_ours,
        _label_on_the_seller,
        _void,
    ],
)
def test_whatever_is_not_as_told_is_seen(change: Callable[[Json], None]) -> None:
    found = books()
    change(found)
    assert differences([expect(PLOT, NOW).account], found, CASES)


def test_what_had_happened_in_the_shop_before_is_not_counted() -> None:
    found = books()
    found["refunds"].append({**found["refunds"][0], "reference": "history:#W1"})
    assert differences([expect(PLOT, NOW).account], found, CASES) == []
