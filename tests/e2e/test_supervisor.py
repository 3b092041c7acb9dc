"""A supervisor approves in Prefect's own UI: reads the packet, errs once, approves, and the case closes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pyotp
import pytest

from tests.acceptance.secrecy import found_in_database, personal_values, rows_in, search
from tests.acceptance.watching import plain
from tests.e2e.prefect_ui import PrefectUI, browser_page, chromium
from tests.instance import Instance, running, until

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.timeout(400),
    pytest.mark.skipif(chromium() is None, reason="no Chromium here: apt-get install chromium"),
]

ORDER = "DE-1003"  # being picked, captured: cancelling it pays money back


@pytest.fixture(scope="module")
def instance() -> Iterator[Instance]:
    with running() as started:
        yield started


@pytest.fixture(scope="module")
def ui() -> Iterator[PrefectUI]:
    executable = chromium()
    assert executable is not None
    with browser_page(executable) as page:
        yield PrefectUI(page, "")


def shown(instance: Instance, number: str) -> dict[str, Any]:
    case: dict[str, Any] = instance.json("case", "show", number)
    return case


def open_question(instance: Instance, number: str, after: str = "") -> tuple[str, str]:
    """The suspended run of the case and the key of its question, once it is another than `after`."""

    def look() -> tuple[str, str] | None:
        body = {"flow_runs": {"state": {"name": {"any_": ["Suspended"]}}}}
        for run in instance.prefect("/flow_runs/filter", body):
            key = run["state"]["state_details"].get("pause_key") or ""
            if run["parameters"].get("case") == number and key != after:
                return run["id"], key
        return None

    return until(f"a suspended run of {number}", look)


def code_of(uri: str) -> str:
    parsed = pyotp.parse_uri(uri)
    assert isinstance(parsed, pyotp.TOTP)
    return parsed.at(datetime.now(UTC))


def test_a_supervisor_approves_after_a_wrong_code_and_the_case_closes(
    instance: Instance, ui: PrefectUI
) -> None:
    ui = PrefectUI(ui.page, instance.addresses["prefect_ui"])
    enrolled = instance.json(
        "people", "add", "sam", "--role", "supervisor", "--limit", "500EUR", "--markets", "DE,FR"
    )
    opened = instance.json(
        "case",
        "open",
        "--order",
        ORDER,
        "--procedure",
        "cancel",
        "--reason",
        "changed_mind",
        "--channel",
        "email",
        "--external-id",
        "e2e-1",
    )
    number = opened["case"]
    run, first = open_question(instance, number)
    assert f"cancel · {number} · DE" in ui.waiting()
    ui.shoot("1-waiting-approvals")

    form = ui.open(run)
    assert number in form.packet
    assert "Up to" in form.packet
    ui.shoot("2-packet")
    form.choose("Decision", "approve")
    form.fill("Your id", "sam")
    form.fill("One-time code", "000000")
    ui.shoot("3-wrong-code")
    form.submit()

    run, second = open_question(instance, number, after=first)
    assert second != first, "asked again under a key of its own"
    form = ui.open(run)
    assert "The id or the one-time code is wrong" in form.packet
    ui.shoot("4-asked-again")
    form.choose("Decision", "approve")
    form.fill("Your id", "sam")
    form.fill("One-time code", code_of(enrolled["otpauth"]))
    form.submit()

    closed = until(
        f"{number} closed", lambda: (case := shown(instance, number))["status"] == "closed" and case
    )
    assert closed["outcome"] == "resolved"
    ui.expect_state(run, "Completed")
    ui.shoot("5-completed")
    books = instance.get(f"{instance.addresses['sandbox']}/books")
    ours = [refund for refund in books["refunds"] if refund["reference"].startswith(number)]
    assert len(ours) == 1
    assert not instance.prefect(
        "/flow_runs/filter", {"flow_runs": {"state": {"name": {"any_": ["Suspended"]}}}}
    )


def test_nothing_personal_is_in_prefect_afterwards(instance: Instance) -> None:
    known = json.loads((instance.home / "instance.json").read_text())
    url = plain(known["databases"]["prefect"])
    assert rows_in(url)["public.flow_run"] > 0
    assert list(found_in_database(url, search(["MG-2026-000001"]))), "the search finds what is there"
    order = instance.get(f"{instance.addresses['sandbox']}/orders/{ORDER}")
    assert set(found_in_database(url, search(personal_values(order)))) == set()
