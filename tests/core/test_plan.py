"""Compiling: what is refused, where it is said to be and how it is mended; versions."""

from __future__ import annotations

import json

import pytest

from makegood.core.compilation import compile_plan
from makegood.core.facts import BUILT_IN
from makegood.core.plan import route
from makegood.core.reading import read_procedure
from makegood.core.soundness import facts_at
from makegood.core.vocabulary import letters_of
from tests.core.worlds import SOPS, TABLES, OpenAlways, compiled, plan_of, planned, rows_of

HEAD = """procedure: small
title: A small one
owner: ops
serves: {}
start: first
"""
END = """
  done: { close: done }
"""
TASK = "{ task: agent, answers: { ok: flag }, timeout: { after: 8bh, go: done }, as: seen, then: done }"


def said(steps: str, head: str = HEAD) -> list[str]:
    _, findings = compiled(head + steps)
    return [str(finding) for finding in findings]


WRONG = [
    pytest.param(
        "steps:\n  first: { send: survey, then: nowhere }" + END,
        "test.yaml:7: steps.first: leads to 'nowhere', which is no step. steps: first, done",
        id="a target that is no step",
    ),
    pytest.param(
        "steps:\n  first: { send: survey, then: done }\n  lost: { send: survey, then: done }" + END,
        "test.yaml:8: steps.lost: is never reached",
        id="a step that nothing leads to",
    ),
    pytest.param(
        "steps:\n  first: { send: surveys, then: done }" + END,
        "no message 'surveys'. add messages/surveys/en.md",
        id="a letter that is not there",
    ),
    pytest.param(
        "steps:\n  first: { run: payment.refunds, then: done }" + END,
        "test.yaml:7: steps.first.run: unknown action 'payment.refunds'. known: claim.file",
        id="an unknown action",
    ),
    pytest.param(
        "steps:\n  first: { decide: refunds, then: done }" + END,
        "steps.first.decide: unknown table 'refunds'. known: beyond-repair",
        id="an unknown table",
    ),
    pytest.param(
        "steps:\n  first: { await: parcel.lots, timeout: { after: 1d, go: done }, then: done }" + END,
        "steps.first.await: unknown event 'parcel.lots'",
        id="an unknown event",
    ),
    pytest.param(
        "steps:\n  first: { call: exchange, timeout: { after: 1d, go: done }, then: done }" + END,
        "steps.first.call: unknown procedure 'exchange'. known: cancel, carrier_claim",
        id="an unknown procedure",
    ),
    pytest.param(
        "steps:\n  first: { call: refund, reason: broken, wait: no, as: other, then: done }" + END,
        "steps.first.reason: unknown reason 'broken'. known: changed_mind, damaged",
        id="a reason that no case has",
    ),
    pytest.param(
        "steps:\n  first: { run: order.load, as: order, then: done }" + END,
        "steps.first.on_error: `else` is missing",
        id="an action whose failing nobody looks after",
    ),
    pytest.param(
        "steps:\n  first: { run: order.load, as: order, on_error: { gone: done, else: done }, then: done }"
        + END,
        "order.load has no error 'gone'. it has not_found, else",
        id="an error that the action does not have",
    ),
    pytest.param(
        "steps:\n  first: { run: remedy.deduct, with: { amount_minor: 5, procent: 5 }, as: x, then: done }"
        + END,
        "remedy.deduct takes no 'procent'. it takes amount_minor, percent, freight_minor",
        id="an argument that the action does not take",
    ),
    pytest.param(
        "steps:\n  first: { run: remedy.deduct, with: { amount_minor: 5 }, as: x, then: done }" + END,
        "remedy.deduct needs 'percent' (percent). add it under `with`",
        id="an argument that is missing",
    ),
    pytest.param(
        "steps:\n  first: { run: remedy.deduct, with: { amount_minor: case.market,"
        " percent: 5% }, as: x, then: done }" + END,
        "`case.market` gives string, int is expected here",
        id="an argument of another type",
    ),
    pytest.param(
        "steps:\n  first: { send: survey, then: [{ when: case.units + 1, go: done }, { otherwise: done }] }"
        + END,
        "`case.units + 1` gives int, bool is expected here",
        id="a condition that is no condition",
    ),
    pytest.param(
        'steps:\n  first: { send: survey, then: [{ when: case.reason == "broken", go: done },'
        " { otherwise: done }] }" + END,
        "'broken' in `case.reason == \"broken\"` is not a value of case.reason",
        id="a word that the fact never has",
    ),
    pytest.param(
        "steps:\n  first: { send: survey, then: [{ when: case.unit > 1, go: done }, { otherwise: done }] }"
        + END,
        "unknown fact 'case.unit'",
        id="a fact that nobody writes",
    ),
    pytest.param(
        "steps:\n  first: { send: survey, then: [{ when: case.units > 1, go: done }] }" + END,
        "the last branch, and only the last, must be `otherwise`",
        id="branches without otherwise",
    ),
    pytest.param(
        f"steps:\n  first: {{ send: survey, then: [{{ when: seen.ok, go: task }}, {{ otherwise: done }}] }}\n"
        f"  task: {TASK}" + END,
        "`seen.ok` reads seen.ok, which may be absent here. say what the fact is",
        id="a fact that is read before it is written",
    ),
    pytest.param(
        "steps:\n"
        "  first: { when: case.units > 1, run: customer.history, as: h, on_error: { else: done },"
        " then: second }\n"
        "  second: { send: survey, with: { amount_minor: h.claims_90d }, then: done }" + END,
        "`h.claims_90d` reads h.claims_90d, which may be absent here",
        id="a fact that is absent when its step is passed over",
    ),
    pytest.param(
        "steps:\n  first: { run: customer.history, as: h, absent: { claims: 0 },"
        " on_error: { else: done }, then: done }" + END,
        "this step writes no fact 'claims'. it writes claims_90d, given_90d_house_minor",
        id="an absent fact that the step does not write",
    ),
    pytest.param(
        "steps:\n"
        "  first: { task: agent, answers: { size: [s, m] }, timeout: { after: 1d, go: done }, as: x,"
        " absent: { size: l }, then: done }" + END,
        "steps.first.absent.size: 'l' is not one of s, m",
        id="an absent word that is not one of the fact's",
    ),
    pytest.param(
        "steps:\n  first: { run: customer.history, as: case, on_error: { else: done }, then: done }" + END,
        "'case' is a built-in name",
        id="a built-in name",
    ),
    pytest.param(
        "steps:\n  first: { when: case.units > 1, close: done }\n",
        "a close cannot be passed over",
        id="a close with a condition",
    ),
    pytest.param(
        "steps:\n  first: { send: survey, then: second }\n  second: { send: survey, then: first }" + END,
        "no close can be reached from here",
        id="no way to a close",
    ),
    pytest.param(
        "steps:\n  first: { run: customer.history, as: h, on_error: { else: first }, then: done }" + END,
        "goes round without waiting: first -> first. put a task or another wait into it",
        id="round and round without waiting",
    ),
    pytest.param(
        "steps:\n"
        "  first: { when: case.units > 1, task: agent, answers: { ok: flag },"
        " timeout: { after: 1d, go: done }, then: second }\n"
        "  second: { send: survey, then: [{ when: case.units > 5, go: first }, { otherwise: done }] }" + END,
        "goes round without waiting",
        id="round and round over a wait that is passed over",
    ),
    pytest.param(
        "steps:\n  first: { run: payment.refund, with: { amount_minor: 5 }, as: r,"
        " on_error: { else: task },"
        f" then: done }}\n  task: {TASK}" + END,
        "steps.first: money or goods are given without an approval: first. lead every way through an",
        id="money without an approval",
    ),
    pytest.param(
        "steps:\n"
        "  first: { when: case.units > 5, approve: refund, ceiling: '5', timeout: { after: 1d, go: done },"
        " answers: { approved: pay, adjusted: pay, rejected: done } }\n"
        "  pay: { run: payment.refund, with: { amount_minor: 5 }, as: r, on_error: { else: task },"
        " then: done }\n"
        f"  task: {TASK}" + END,
        "money or goods are given without an approval: first -> pay",
        id="an approval that something else than the limit lets pass",
    ),
    pytest.param(
        "steps:\n  first: { run: parcel.return_label, with: { freight_on: seller },"
        " undo: parcel.void_label,"
        " undo_failed: done, on_error: { else: done }, then: done }" + END,
        "parcel.void_label needs 'tracking'. an undo takes its arguments from the facts of its step",
        id="an undo without its argument",
    ),
    pytest.param(
        "steps:\n  first: { run: warehouse.hold, as: h, undo: warehouse.release, on_error: { else: done },"
        " then: done }" + END,
        "steps.first.undo_failed: is missing. say where the case goes when it cannot be undone",
        id="an undo that may fail to nowhere",
    ),
    pytest.param(
        "steps:\n  first: { run: reship.send, with: { warehouse: case.market }, as: r,"
        " on_error: { else: task }, then: done }\n"
        f"  task: {TASK}" + END,
        "money or goods are given without an approval: first",
        id="goods without an approval",
    ),
    pytest.param(
        "steps:\n  first: { call: refund, wait: no, timeout: { after: 1d, go: done }, then: done }" + END,
        "`timeout` is needed, unless `wait: no` says that nobody waits; never both",
        id="a call that goes on and has a timeout",
    ),
    pytest.param(
        "steps:\n  first: { call: refund, then: done }" + END,
        "`timeout` is needed, unless `wait: no` says that nobody waits; never both",
        id="a call that waits for ever",
    ),
    pytest.param(
        "steps:\n  first: { call: refund, wait: no, then: second }\n"
        "  second: { call: cancel, wait: no, then: first }" + END,
        "goes round without waiting: first -> second -> first",
        id="calls that go round",
    ),
    pytest.param(
        "steps:\n  first: { run: warehouse.hold, as: h, undo_until: done,"
        " on_error: { else: done }, then: done }" + END,
        "steps.first.undo_until: needs `undo`",
        id="an end of an undo that is none",
    ),
]


@pytest.mark.parametrize(("steps", "expected"), WRONG)
def test_what_is_wrong_is_said_with_its_place_and_its_mend(steps: str, expected: str) -> None:
    findings = said(steps)
    assert any(expected in finding for finding in findings), findings


def test_all_findings_are_said_at_once() -> None:
    findings = said(
        "steps:\n  first: { send: nothing, then: [{ when: case.unit > 1, go: done }] }\n"
        "  second: { run: no.action, then: done }" + END
    )
    assert len(findings) >= 4


@pytest.mark.parametrize(
    ("interrupts", "expected"),
    [
        ("{ customer.left: [{ otherwise: done }] }", "unknown event 'customer.left'"),
        ("{ customer.withdrew: [{ when: ledger.paid, go: done }] }", "must be `otherwise`"),
        ("{ customer.withdrew: [{ otherwise: nowhere }] }", "no step 'nowhere'"),
        ("{ customer.withdrew: [{ reached: nowhere, go: stay }, { otherwise: done }] }", "no step 'nowhere'"),
        (
            "{ customer.withdrew: [{ when: seen.ok, go: done }, { otherwise: done }] }",
            "reads seen.ok, which may be absent at that moment. use case.*, ledger.* or `reached`",
        ),
    ],
)
def test_interrupts_are_checked(interrupts: str, expected: str) -> None:
    findings = said(f"interrupts: {interrupts}\nsteps:\n  first: {TASK}" + END)
    assert any(expected in finding for finding in findings), findings


def test_after_a_step_that_was_reached_its_facts_are_known_to_an_interrupt() -> None:
    steps = (
        "interrupts:\n  customer.withdrew: [{ reached: second, go: third }, { otherwise: done }]\n"
        "steps:\n"
        f"  first: {TASK.replace('then: done', 'then: second').replace('go: done', 'go: first')}\n"
        "  second: { task: agent, answers: { ok: flag }, timeout: { after: 1d, go: done }, then: done }\n"
        "  third: { send: survey, then: [{ when: seen.ok, go: done }, { otherwise: done }] }" + END
    )
    assert said(steps) == []


def test_a_passed_step_leaves_what_it_says_for_its_absence() -> None:
    plan = planned(
        HEAD + "steps:\n"
        "  first: { when: case.units > 1, task: agent, answers: { n: number, ok: flag },"
        " timeout: { after: 1d, go: done }, as: x, absent: { n: case.units + 7, ok: false },"
        " then: [{ when: x.ok, go: done }, { otherwise: second }] }\n"
        "  second: { when: x.n > 7, send: survey, then: done }" + END
    )
    assert route(plan, "first", {"case.units": 0}) == ("done", ("first", "second"), {"x.n": 7, "x.ok": False})
    assert route(plan, "first", {"case.units": 1}) == ("second", ("first",), {"x.n": 8, "x.ok": False})
    assert route(plan, "first", {"case.units": 2}) == ("first", (), {})


def test_a_step_writes_its_own_facts_and_not_those_of_a_namesake() -> None:
    """`remedy` is written by a table and by an offer; only the table says why."""
    plan = plan_of("refund")
    assert "remedy.why" in plan.steps["remedy"].fields
    assert "remedy.why" not in plan.steps["keep-offer"].fields
    assert "remedy.why" in facts_at(plan)["quote"]


@pytest.mark.parametrize("name", ["refund", "cancel"])
def test_the_version_changes_with_the_procedure_its_tables_and_nothing_else(name: str) -> None:
    text = (SOPS / "procedures" / f"{name}.yaml").read_text(encoding="utf-8")
    version = plan_of(name).version
    assert planned(text + "\n# a remark for the reader\n").version == version
    assert planned(text.replace("30d", "31d")).version != version
    table = "refund-remedy" if name == "refund" else "pay-back"
    other = [(line, [cell.replace("20.0", "25.0") for cell in cells]) for line, cells in TABLES[table]]
    assert (planned(text, {**TABLES, table: other}).version != version) == (name == "refund")
    unused = {**TABLES, "unused": rows_of("case.units,->,a\n-,,yes\n")}
    assert planned(text, unused).version == version


@pytest.mark.parametrize("left_out", [{"exclude_none": True}, {"exclude_defaults": True}])
@pytest.mark.parametrize("name", ["refund", "cancel"])
def test_a_procedure_that_was_kept_as_data_has_the_version_that_it_had(
    name: str, left_out: dict[str, bool]
) -> None:
    plan = plan_of(name)
    kept = json.loads(json.dumps(plan.procedure.model_dump(mode="json", by_alias=True, **left_out)))
    procedure, findings = read_procedure(kept, name, {})
    assert findings == []
    assert procedure is not None
    again, findings = compile_plan(procedure, TABLES, OpenAlways())
    assert findings == []
    assert again is not None
    assert again.version == plan.version


def test_built_in_facts_are_known_from_the_start() -> None:
    assert facts_at(plan_of("refund"))["acknowledge"] == frozenset(BUILT_IN)


@pytest.mark.parametrize("name", ["refund", "cancel"])
def test_every_letter_of_the_procedures_is_there(name: str) -> None:
    for planned_step in plan_of(name).steps.values():
        for letter in letters_of(planned_step.step):
            assert (SOPS / "messages" / letter / "en.md").exists()


def test_a_plan_listens_to_what_it_waits_for_and_to_what_interrupts_it() -> None:
    plan = plan_of("refund")
    assert plan.listens_to("parcel.received")
    assert plan.listens_to("customer.withdrew")
    assert not plan.listens_to("payment.captured")
