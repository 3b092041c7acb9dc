"""A server that asks for a password: everything of ours brings it along, a supervisor enters it once.

And what the server tells by itself: one letter about an approval that waits, with the way to it.
"""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pyotp
import pytest

from makegood.running import deployments
from makegood.running import instance as instances
from tests.acceptance.secrecy import personal_values
from tests.e2e.prefect_ui import PrefectUI, browser_page, chromium
from tests.instance import Instance, running, until

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(600)]

AUTH = "ops:a-long-random-password"
ORDER = "DE-1003"  # being picked, captured: cancelling it pays money back


@pytest.fixture(scope="module")
def guarded() -> Iterator[Instance]:
    with running(MAKEGOOD_PREFECT_AUTH=AUTH) as started:
        yield started


@pytest.fixture(scope="module")
def sam(guarded: Instance) -> pyotp.TOTP:
    """A supervisor with an address, and one of another country."""
    guarded.json(
        *("people", "add", "kim", "--role", "supervisor", "--limit", "500EUR"),
        *("--markets", "FR", "--email", "kim@seller.example"),
    )
    told = guarded.json(
        *("people", "add", "sam", "--role", "supervisor", "--limit", "500EUR"),
        *("--markets", "DE", "--email", "sam@seller.example"),
    )
    parsed = pyotp.parse_uri(told["otpauth"])
    assert isinstance(parsed, pyotp.TOTP)
    return parsed


def case(instance: Instance, order: str, external_id: str) -> str:
    opened = instance.json(
        *("case", "open", "--order", order, "--procedure", "cancel", "--reason", "changed_mind"),
        *("--channel", "email", "--external-id", external_id),
    )
    return str(opened["case"])


def suspended(instance: Instance, number: str) -> str:
    def look() -> str | None:
        body = {"flow_runs": {"state": {"name": {"any_": ["Suspended"]}}}}
        found = instance.prefect("/flow_runs/filter", body)
        return next((run["id"] for run in found if run["parameters"].get("case") == number), None)

    return until(f"a suspended run of {number}", look)


def closed(instance: Instance, number: str) -> dict[str, Any]:
    def look() -> Any:
        shown = instance.json("case", "show", number)
        return shown if shown["status"] == "closed" else None

    found: dict[str, Any] = until(f"{number} closed", look)
    return found


def letters(instance: Instance, to: str) -> list[dict[str, Any]]:
    found = instance.get(f"{instance.addresses['sandbox']}/messages?to={to}")
    return [letter for letter in found if letter["subject"] and "waits for an approval" in letter["subject"]]


@pytest.mark.parametrize(
    "path", ["/flow_runs/filter", "/deployments/filter", "/automations/filter", "/block_documents/filter"]
)
def test_without_the_password_nothing_is_answered(guarded: Instance, path: str) -> None:
    address = f"{guarded.addresses['prefect_api']}{path}"
    request = urllib.request.Request(address, b"{}", {"Content-Type": "application/json"}, method="POST")
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(request, timeout=10)
    assert refused.value.code == 401
    assert guarded.prefect(path, {}) is not None, "and with it, it is"


def test_everything_is_up_and_was_applied_through_the_door(guarded: Instance) -> None:
    shown = guarded.json("status")
    assert set(shown["parts"].values()) == {"up"}
    known = instances.read(guarded.home)
    assert known is not None
    assert deployments.count(known) >= 5
    names = {each["name"] for each in guarded.prefect("/automations/filter", {})}
    assert names == {"makegood · an approval waits"}, "those without their variables are left out"
    assert AUTH not in json.dumps(shown), "nobody is shown it"


def test_a_case_goes_from_accepted_to_closed_and_one_letter_tells_of_it(
    guarded: Instance, sam: pyotp.TOTP
) -> None:
    number = case(guarded, ORDER, "door-1")
    run = suspended(guarded, number)
    (letter,) = until("a letter", lambda: letters(guarded, "sam@seller.example"), 20)
    assert letter["subject"] == f"makegood: {number} waits for an approval"
    assert f"{guarded.addresses['prefect_ui']}/runs/flow-run/{run}" in letter["body"]
    order = guarded.get(f"{guarded.addresses['sandbox']}/orders/{ORDER}")
    said = letter["subject"] + letter["body"]
    assert [value for value in personal_values(order) if value in said] == []

    code = sam.at(datetime.now(UTC))
    decided = guarded.json(
        *("approvals", "decide", number, "--as", "sam", "--code", code, "--decision", "approve")
    )
    assert decided["status"] == "accepted"
    assert closed(guarded, number)["outcome"] == "resolved"
    guarded.run("sweep")
    assert len(letters(guarded, "sam@seller.example")) == 1, "none twice"
    assert letters(guarded, "kim@seller.example") == [], "who may not say yes is not told"


def test_a_deployment_that_somebody_made_with_the_password_is_not_run_by_our_worker(
    guarded: Instance,
) -> None:
    flow = guarded.prefect("/flows/", {"name": "theirs"})
    made = guarded.prefect(
        "/deployments/",
        {
            "name": "theirs",
            "flow_id": flow["id"],
            "entrypoint": "tests.flows.stock_flows.refund",
            "work_pool_name": "makegood",
        },
    )
    run = guarded.prefect(f"/deployments/{made['id']}/create_flow_run", {})

    def state() -> Any:
        now = guarded.prefect(f"/flow_runs/{run['id']}")["state"]
        return now if now["type"] == "CRASHED" else None

    assert "NotOurs" in until("it to be refused", state, 30)["message"]


@pytest.mark.skipif(chromium() is None, reason="no Chromium here: apt-get install chromium")
def test_the_ui_asks_for_the_password_and_then_shows_the_form(guarded: Instance, sam: pyotp.TOTP) -> None:
    number = case(guarded, "DE-1002", "door-2")
    run = suspended(guarded, number)
    executable = chromium()
    assert executable is not None
    with browser_page(executable) as page:
        ui = PrefectUI(page, guarded.addresses["prefect_ui"])
        page.goto(f"{ui.address}/login")  # a link to a run shows no field to enter it (Prefect 3.8.8)
        page.get_by_placeholder("admin:pass").fill("ops:wrong")
        page.get_by_role("button", name="Login").click()
        page.get_by_text("Authentication failed").first.wait_for()
        ui.shoot("door-1-refused")
        page.get_by_placeholder("admin:pass").fill(AUTH)
        page.get_by_role("button", name="Login").click()
        page.get_by_placeholder("admin:pass").wait_for(state="detached")
        form = ui.open(run)
        assert number in form.packet
        form.choose("Decision", "reject")
        form.fill("Your id", "sam")
        form.fill("One-time code", sam.at(datetime.now(UTC)))
        form.fill("Note", "Not this one.")
        ui.shoot("door-2-form")
        form.submit()
        until(
            f"{number} answered",
            lambda: "sam" in json.dumps(guarded.json("case", "show", number)["approvals"]),
        )
