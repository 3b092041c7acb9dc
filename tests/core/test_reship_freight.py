"""Of a reship that becomes a refund: when the delivery is paid back, too."""

from __future__ import annotations

import pytest

from tests.core.worlds import plan_of


@pytest.mark.parametrize(
    ("reason", "granted", "paid_back"),
    [("not_delivered", False, True), ("missing_item", False, False), ("missing_item", True, True)],
)
def test_the_freight_of_what_never_came_goes_back_though_it_was_in_time_when_the_case_began(
    reason: str, granted: bool, paid_back: bool
) -> None:
    argument = plan_of("reship").steps["refund-quote"].arguments["outbound_freight"]
    facts = {"case.reason": reason, "policy.outbound_freight_refunded": granted}
    assert argument.evaluate(facts) is paid_back
