"""A supervisor answers three cases of one cause in one form of Prefect's own UI, and strikes one out."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Any

import pyotp
import pytest

from tests.e2e.prefect_ui import PrefectUI, chromium
from tests.instance import Instance, until

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.timeout(500),
    pytest.mark.skipif(chromium() is None, reason="no Chromium here: apt-get install chromium"),
]

EACH = 7990


def cancelled_order(instance: Instance, number: int, tier: str = "standard") -> str:
    """A lamp that was paid, not sent yet, and is not what the shop said: paying it back takes a yes."""
    address = {"line1": "Kai 1", "city": "Kiel", "postcode": "24103", "country": "DE"}
    customer = {"id": f"c-{number}", "name": "Ada Ohm", "email": f"ada{number}@example.org"}
    order = {
        "id": f"X-{number}",
        "market": "DE",
        "tier": tier,
        "customer": {**customer, "address": address},
        "lines": [{"sku": "LAMP-1", "title": "Lamp", "unit_paid_minor": EACH}],
    }
    instance.post(f"{instance.addresses['sandbox']}/orders", order)
    opened = instance.json(
        *("case", "open", "--order", order["id"], "--procedure", "cancel"),
        *("--reason", "not_as_described", "--channel", "email", "--external-id", f"batch-{number}"),
    )
    return str(opened["case"])


def suspended(instance: Instance) -> list[dict[str, Any]]:
    body = {"flow_runs": {"state": {"name": {"any_": ["Suspended"]}}}}
    found: list[dict[str, Any]] = instance.prefect("/flow_runs/filter", body)
    return found


def form_of(instance: Instance, after: str = "") -> tuple[str, str]:
    """The run that shows the batch and the key of its form, once it is another than `after`."""

    def look() -> tuple[str, str] | None:
        for run in suspended(instance):
            key = run["state"]["state_details"].get("pause_key") or ""
            if "batch" in run["parameters"] and key != after:
                return run["id"], key
        return None

    return until("a suspended run of a batch", look, 120)


def paid(instance: Instance) -> dict[str, int]:
    """The sandbox's own books, by case; what it gave back before we came is nobody's."""
    books = instance.get(f"{instance.addresses['sandbox']}/books")
    given: dict[str, int] = {}
    for refund in books["refunds"]:
        number = refund["reference"].partition(":")[0]
        if number.startswith("MG-"):
            given[number] = given.get(number, 0) + refund["amount"]["minor"]
    return given


def test_three_cases_in_one_form_with_one_struck_out_pays_exactly_the_others(
    instance: Instance, ui: PrefectUI
) -> None:
    told = instance.json(
        "people", "add", "sam", "--role", "supervisor", "--limit", "200EUR", "--markets", "DE"
    )
    device = pyotp.parse_uri(told["otpauth"])
    assert isinstance(device, pyotp.TOTP)
    tiers = ("standard", "vip", "standard")
    numbers = [cancelled_order(instance, 9001 + n, tier) for n, tier in enumerate(tiers)]
    until("three questions", lambda: len(instance.json("approvals")) == len(numbers))
    instance.run("sweep")
    run, first = form_of(instance)
    assert "batch 1 · cancel · DE" in ui.waiting()
    ui.shoot("batch-1-waiting")

    form = ui.open(run)
    assert all(number in form.packet for number in numbers)
    assert "239.70 EUR" in form.packet
    assert "tier vip" in form.packet
    form.choose("Decision", "approve")
    form.fill("Your id", "sam")
    used = device.at(datetime.now(UTC))
    form.fill("One-time code", used)
    ui.shoot("batch-2-all-of-it")
    form.submit()

    run, _ = form_of(instance, after=first)
    form = ui.open(run)
    assert "is above your limit: strike some out" in form.packet
    assert paid(instance) == {}
    ui.shoot("batch-3-above-the-limit")
    form.choose("Decision", "approve")
    form.fill("Strike out", numbers[1])
    form.fill("Your id", "sam")
    while device.at(datetime.now(UTC)) == used:  # each code counts once
        time.sleep(0.5)
    form.fill("One-time code", device.at(datetime.now(UTC)))
    ui.shoot("batch-4-one-struck-out")
    form.submit()

    others = [numbers[0], numbers[2]]
    for number in others:
        until(
            f"{number} closed",
            lambda number=number: instance.json("case", "show", number)["status"] == "closed",
        )
    assert paid(instance) == dict.fromkeys(others, EACH)
    ui.expect_state(run, "Completed")
    ui.shoot("batch-5-completed")
    left = until("only the struck one waits", lambda: len(suspended(instance)) == 1 and suspended(instance))
    assert left[0]["parameters"]["case"] == numbers[1]
    assert [row["case"] for row in instance.json("approvals")] == [numbers[1]]
    (kept,) = instance.json("case", "show", numbers[0])["approvals"]
    assert [answer["why"] for answer in kept["answers"]] == ["batch-1"]
