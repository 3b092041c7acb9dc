"""Supervisors in Prefect's own UI: one errs and approves, one may not, one says no, two are at once."""

from __future__ import annotations

import json

import pytest

from tests.acceptance.secrecy import found_in_database, personal_values, rows_in, search
from tests.acceptance.watching import plain
from tests.e2e.cases import cancel, code_of, enrol, open_question, refunds, shown
from tests.e2e.prefect_ui import PrefectUI, chromium, other_page
from tests.instance import Instance, until

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.timeout(600),
    pytest.mark.skipif(chromium() is None, reason="no Chromium here: apt-get install chromium"),
]

ORDER = "DE-1003"  # being picked, captured: cancelling it pays money back
OTHERS = ("FR-1003", "GB-1003", "US-1003")
NOTE = "Bitte zuerst den Kurier anrufen"


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


def test_who_adjusts_above_their_limit_is_told_so_and_somebody_else_decides(
    instance: Instance, ui: PrefectUI
) -> None:
    sue, tess = enrol(instance, "sue", "60EUR"), enrol(instance, "tess", "500EUR")
    number = cancel(instance, "FR-1003")
    run, first = open_question(instance, number)
    form = ui.open(run)
    form.choose("Decision", "adjust")
    form.fill("Amount", "100.00")
    form.fill("Your id", "sue")
    form.fill("One-time code", code_of(sue))
    form.fill("Note", NOTE)
    ui.shoot("6-adjust-above-own-limit")
    form.submit()

    run, second = open_question(instance, number, after=first)
    assert second != first
    form = ui.open(run)
    assert "The amount is above your limit" in form.packet
    ui.shoot("7-above-limit-asked-again")
    form.choose("Decision", "adjust")
    form.fill("Amount", "100.00")
    form.fill("Your id", "tess")
    form.fill("One-time code", code_of(tess))
    form.fill("Note", NOTE)
    form.submit()
    until(f"{number} closed", lambda: shown(instance, number)["status"] == "closed")
    assert refunds(instance, number) == [100_00]
    ui.expect_state(run, "Completed")
    ui.shoot("8-adjusted")


def test_a_no_needs_a_note_which_stays_out_of_prefect_and_pays_nothing(
    instance: Instance, ui: PrefectUI
) -> None:
    rob = enrol(instance, "rob", "500EUR")
    number = cancel(instance, "GB-1003")
    run, _ = open_question(instance, number)
    form = ui.open(run)
    form.choose("Decision", "reject")
    form.fill("Your id", "rob")
    form.fill("One-time code", code_of(rob))
    form.fill("Note", NOTE)
    ui.shoot("9-reject-with-note")
    form.submit()
    until(f"{number} decided", lambda: "rejected" in _decisions(instance, number))
    until(f"{number} forgotten", lambda: not _in_prefect(instance, NOTE))
    assert refunds(instance, number) == []
    ui.expect_state(run, "Completed")
    ui.shoot("10-rejected")
    told = json.dumps(shown(instance, number), ensure_ascii=False)
    assert NOTE in told, "colleagues read why"


def test_of_two_supervisors_at_once_one_counts_and_the_other_is_told(
    instance: Instance, ui: PrefectUI
) -> None:
    one, two = enrol(instance, "uma", "500EUR"), enrol(instance, "vic", "500EUR")
    number = cancel(instance, "US-1003")
    run, _ = open_question(instance, number)
    with other_page(ui) as second:
        forms = [(ui, ui.open(run), "uma", one), (second, second.open(run), "vic", two)]
        for _, form, person, uri in forms:
            form.choose("Decision", "approve")
            form.fill("Your id", person)
            form.fill("One-time code", code_of(uri))
        ui.shoot("11-two-at-once-first")
        second.shoot("12-two-at-once-second")
        forms[0][1].submit()
        told = forms[1][1].submit_too_late()
        second.shoot("13-two-at-once-told")
    assert told, "whoever was slower is told"
    until(f"{number} closed", lambda: shown(instance, number)["status"] == "closed")
    assert len(refunds(instance, number)) == 1
    answers = [each for approval in shown(instance, number)["approvals"] for each in approval["answers"]]
    assert [each["person_id"] for each in answers if each["verdict"] == "accepted"] == ["uma"]


def test_nothing_personal_is_in_prefect_afterwards(instance: Instance) -> None:
    known = json.loads((instance.home / "instance.json").read_text())
    url = plain(known["databases"]["prefect"])
    assert rows_in(url)["public.flow_run"] > 0
    assert list(found_in_database(url, search(["MG-2026-000001"]))), "the search finds what is there"
    for order in (ORDER, *OTHERS):
        known = instance.get(f"{instance.addresses['sandbox']}/orders/{order}")
        assert set(found_in_database(url, search(personal_values(known)))) == set()


def _decisions(instance: Instance, number: str) -> list[str]:
    return [str(approval["decision"]) for approval in shown(instance, number)["approvals"]]


def _in_prefect(instance: Instance, words: str) -> bool:
    known = json.loads((instance.home / "instance.json").read_text())
    return bool(list(found_in_database(plain(known["databases"]["prefect"]), search([words]))))
