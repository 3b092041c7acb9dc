"""A supervisor approves in Prefect's own UI: reads the packet, errs once, approves, and the case closes."""

from __future__ import annotations

import json

import pytest

from tests.acceptance.secrecy import found_in_database, personal_values, rows_in, search
from tests.acceptance.watching import plain
from tests.e2e.cases import cancel, code_of, enrol, open_question, refunds, shown
from tests.e2e.prefect_ui import PrefectUI, chromium
from tests.instance import Instance, until

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.timeout(400),
    pytest.mark.skipif(chromium() is None, reason="no Chromium here: apt-get install chromium"),
]

ORDER = "DE-1003"  # being picked, captured: cancelling it pays money back
OTHERS = ("FR-1003", "GB-1003", "US-1003")  # of tests/e2e/test_decisions.py, which comes before


def test_a_supervisor_approves_after_a_wrong_code_and_the_case_closes(
    instance: Instance, ui: PrefectUI
) -> None:
    sam = enrol(instance, "sam", "500EUR")
    number = cancel(instance, ORDER)
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
    form.fill("One-time code", code_of(sam))
    form.submit()

    closed = until(
        f"{number} closed", lambda: (case := shown(instance, number))["status"] == "closed" and case
    )
    assert closed["outcome"] == "resolved"
    ui.expect_state(run, "Completed")
    ui.shoot("5-completed")
    assert len(refunds(instance, number)) == 1
    waiting = {"flow_runs": {"state": {"name": {"any_": ["Suspended"]}}}}
    assert all(r["parameters"]["case"] != number for r in instance.prefect("/flow_runs/filter", waiting))


def test_nothing_personal_is_in_prefect_afterwards(instance: Instance) -> None:
    known = json.loads((instance.home / "instance.json").read_text())
    url = plain(known["databases"]["prefect"])
    assert rows_in(url)["public.flow_run"] > 0
    assert list(found_in_database(url, search(["MG-2026-000001"]))), "the search finds what is there"
    for order in (ORDER, *OTHERS):
        known = instance.get(f"{instance.addresses['sandbox']}/orders/{order}")
        assert set(found_in_database(url, search(personal_values(known)))) == set()
