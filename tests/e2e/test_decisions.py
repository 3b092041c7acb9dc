"""Supervisors in Prefect's own UI: one whose limit is too small, one who says no, and two at once."""

from __future__ import annotations

import json

import pytest

from tests.acceptance.secrecy import found_in_database, search
from tests.acceptance.watching import plain
from tests.e2e.cases import cancel, code_of, enrol, open_question, refunds, shown
from tests.e2e.prefect_ui import PrefectUI, chromium, other_page
from tests.instance import Instance, until

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.timeout(400),
    pytest.mark.skipif(chromium() is None, reason="no Chromium here: apt-get install chromium"),
]

NOTE = "Bitte zuerst den Kurier anrufen"


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


def _decisions(instance: Instance, number: str) -> list[str]:
    return [str(approval["decision"]) for approval in shown(instance, number)["approvals"]]


def _in_prefect(instance: Instance, words: str) -> bool:
    known = json.loads((instance.home / "instance.json").read_text())
    return bool(list(found_in_database(plain(known["databases"]["prefect"]), search([words]))))
