"""Terms: a wait that is over a number of days after another step, where facts say the number."""

from __future__ import annotations

from datetime import timedelta

import pytest

from makegood.core.drawing import flowchart
from makegood.core.simulation import Journal
from makegood.core.wording import page
from makegood.core.world import Done, Happening
from tests.core.worlds import DAY, START, WARRANTY, answer, compiled, of_kind, planned, script, simulate

FILE = """
procedure: term
title: A thing is looked at, and the law says for how long
owner: ops
serves: {}
start: warranty
steps:
  warranty: { run: warranty.check, as: warranty, then: begun }
  begun:
    task: agent
    why: Say that it begins.
    answers: { seen: flag }
    timeout: { after: 40d, go: looked }
    as: begun
    then: looked
  looked:
    await: repair.done
    matching: case.market
    from: partner
    timeout: { after: 20d, within: warranty.repair_days - 5, since: begun, go: late }
    as: repair
    absent: { event: repair.done }
    then: late
  late: { close: resolved }
"""
PLAN = planned(FILE)


def told(repair_days: int, said_after: timedelta, *happenings: Happening) -> Journal:
    world = {"warranty.check": Done(WARRANTY | {"repair_days": repair_days})}
    return simulate(PLAN, script(world, {"begun": answer(said_after, seen=True)}, *happenings))


@pytest.mark.parametrize(
    ("repair_days", "said_after", "over_after"),
    [
        (15, 2, 10),  # ten days after the case came to the other step, two of which are gone
        (30, 2, 22),  # the longest that this wait may take
        (15, 12, 12),  # the days were over before it opened
        (3, 2, 2),  # and no number of days is less than none
    ],
)
def test_a_wait_is_over_when_the_days_since_another_step_are(
    repair_days: int, said_after: int, over_after: int
) -> None:
    (over,) = (entry.at for entry in told(repair_days, said_after * DAY) if entry.event.kind == "timed.out")
    assert over == START + over_after * DAY


def test_what_came_in_time_counts_although_the_days_were_over_when_the_wait_opened() -> None:
    in_time, late = (Happening(day * DAY, "repair.done", "DE") for day in (9, 11))
    assert not of_kind(told(15, 12 * DAY, in_time), "timed.out")
    assert of_kind(told(15, 12 * DAY, late), "timed.out")


def test_the_days_of_a_step_that_the_case_never_came_to_count_from_the_opening() -> None:
    text = FILE.replace("then: begun }", "then: looked }").replace("then: looked\n", "then: late\n")
    text = text.replace("40d, go: looked", "40d, go: late")
    plan = planned(text.replace("since: begun, go: late", "since: begun, go: begun"))
    world = {"warranty.check": Done(WARRANTY | {"repair_days": 15})}
    asked = of_kind(simulate(plan, script(world)), "question.asked")
    assert [(each.step, each.due) for each in asked][:1] == [("looked", START + 10 * DAY)]


@pytest.mark.parametrize(
    ("written", "instead", "said"),
    [
        ("since: begun", "since: begin", "leads to 'begin', which is no step"),
        ("since: begun, ", "", "`within` and `since` go together"),
        ("warranty.repair_days - 5", "warranty.basis", "gives string, int is expected here"),
        ("warranty.repair_days - 5", "found.days", "unknown fact 'found.days'"),
        ("warranty.repair_days - 5", "size(repair.event)", "reads repair.event, which may be absent"),
        ("go: late }", "go: looked }", "goes round without waiting: looked -> looked"),
    ],
)
def test_a_term_that_cannot_be_trusted_is_found(written: str, instead: str, said: str) -> None:
    plan, findings = compiled(FILE.replace(written, instead))
    assert plan is None
    assert any(said in str(finding) for finding in findings), findings


def test_the_drawing_and_the_page_say_the_term() -> None:
    assert "silence for 20d, or until warranty.repair_days - 5 days after begun" in flowchart(PLAN)
    said = "silence for 20d, or until `warranty.repair_days - 5` days after [begun](#begun): → [late](#late)"
    assert said in page(PLAN, {})
