"""Malformed procedures: each finding has a line, says what was expected, and how to mend it."""

from __future__ import annotations

import pytest

from makegood.core.findings import Finding
from tests.core.worlds import SOPS, compiled

GOOD = """procedure: small
title: A small one
owner: ops
serves: { reasons: [defective], markets: all }
start: first
interrupts:
  customer.withdrew: [{ otherwise: done }]
steps:
  first:
    task: agent
    answers: { ok: flag }
    timeout: { after: 8bh, escalate: team-lead, again: 8bh, go: done }
    then:
      - { when: case.units > 1, go: done }
      - { otherwise: done }
  done: { close: done }
"""

WRONG = [
    pytest.param(
        "title: A small one\n", "", "test.yaml:1: the file: 'title' is missing. add it", id="no title"
    ),
    pytest.param(
        "owner: ops", "owner: ops\nowned: x", "test.yaml:4: owned: unknown key. remove it", id="unknown key"
    ),
    pytest.param(
        "procedure: small", "procedure: Small One", "test.yaml:1: procedure: string should match", id="a name"
    ),
    pytest.param(
        "task: agent", "tasks: agent", "test.yaml:9: step 'first' says nothing that is done", id="no kind"
    ),
    pytest.param(
        "task: agent",
        "task: agent\n    send: x",
        "test.yaml:9: step 'first' has task and send",
        id="two kinds",
    ),
    pytest.param(
        "    then:", "    than:", "test.yaml:13: steps.first.than: unknown key", id="a misspelt key"
    ),
    pytest.param(
        "    then:", "    than:", "test.yaml:9: steps.first: 'then' is missing", id="and what it left out"
    ),
    pytest.param(
        "after: 8bh", "after: 8 hours", "test.yaml:12: steps.first.timeout.after: duration", id="a duration"
    ),
    pytest.param(
        "again: 8bh, ",
        "",
        "test.yaml:12: steps.first.timeout: `escalate` and `again` go together",
        id="alone",
    ),
    pytest.param("ok: flag", "ok: maybe", "test.yaml:11: steps.first.answers.ok", id="an answer's type"),
    pytest.param(
        "answers: { ok: flag }", "answers: {}", "test.yaml:11: steps.first.answers: ", id="no answers"
    ),
    pytest.param(
        "answers: { ok: flag }",
        "answers: { Ok: flag }",
        "test.yaml:11: steps.first.answers.Ok",
        id="a fact's name",
    ),
    pytest.param("  first:\n", "  First:\n", "First", id="a step's name"),
    pytest.param(
        "{ otherwise: done }\n  done",
        "{ else: done }\n  done",
        "test.yaml:15: steps.first.then.1",
        id="a branch",
    ),
    pytest.param(
        "go: done }\n      -",
        "goto: done }\n      -",
        "test.yaml:14: steps.first.then.0",
        id="a branch's key",
    ),
    pytest.param(
        "[{ otherwise: done }]", "done", "test.yaml:7: interrupts.customer.withdrew", id="an interrupt"
    ),
    pytest.param(
        "close: done",
        "close: 7",
        "test.yaml:16: steps.done.close: input should be a valid string",
        id="number",
    ),
    pytest.param(
        GOOD, "- a list\n", "test.yaml:1: a procedure is a mapping. begin with `procedure: name`", id="a list"
    ),
    pytest.param(
        GOOD[GOOD.index("steps:") :], "steps: []\n", "test.yaml:8: steps: ", id="steps that are no mapping"
    ),
]


def test_the_example_is_good() -> None:
    assert compiled(GOOD)[1] == []


@pytest.mark.parametrize(("good", "bad", "said"), WRONG)
def test_a_malformed_procedure_is_said_to_be_wrong_where_it_is(good: str, bad: str, said: str) -> None:
    assert good in GOOD
    plan, findings = compiled(GOOD.replace(good, bad, 1))
    assert plan is None
    assert any(said in str(finding) for finding in findings), "\n".join(map(str, findings))


def test_every_finding_of_a_damaged_file_has_a_line() -> None:
    """One key after the other is taken out of the real procedures, or misspelt."""
    text = (SOPS / "procedures" / "cancel.yaml").read_text(encoding="utf-8")
    lines = text.splitlines(keepends=True)
    tried = 0
    for number, line in enumerate(lines):
        if number % 7 or ": " not in line or line.lstrip().startswith(("#", "-")) or "\n{" in line:
            continue
        damaged = "".join([*lines[:number], line.replace(": ", "x: ", 1), *lines[number + 1 :]])
        plan, findings = compiled(damaged)
        tried += 1
        assert plan is None or not findings
        for finding in findings:
            assert isinstance(finding, Finding)
            assert finding.line > 0, str(finding)
            assert finding.problem
            assert finding.mend
    assert tried > 20
