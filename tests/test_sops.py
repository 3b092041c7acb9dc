"""Procedures as files: a further folder of them needs no Python, and each has a page that is current."""

from __future__ import annotations

from pathlib import Path

import pytest

from makegood import library
from makegood.commands import sop
from makegood.core.drawing import arrows
from makegood.core.plan import Plan
from makegood.core.procedure import AskStep, CloseStep, OfferStep
from makegood.core.simulation import begin, fold, run
from makegood.core.world import Script
from makegood.desk.plans import compile_all
from makegood.library import Library
from makegood.web import texts
from tests.core.worlds import CASE, START, answer

ROOT = Path(__file__).parents[1]
PAGES = ROOT / "docs" / "procedures"
EXTRA = Path(__file__).parent / "sops"


@pytest.fixture(scope="module")
def shipped() -> Library:
    return library.open_library(ROOT / "sop_definitions")


@pytest.fixture(scope="module")
def plans(shipped: Library) -> dict[str, Plan]:
    return dict(compile_all(shipped)[0].current)


# ---- pages ------------------------------------------------------------------------------------------


def test_every_procedure_has_a_page_and_no_page_is_without_one(plans: dict[str, Plan]) -> None:
    assert {path.stem for path in PAGES.glob("*.md")} == plans.keys() | {"README"}
    index = (PAGES / "README.md").read_text(encoding="utf-8")
    assert all(f"({name}.md)" in index for name in plans)


def test_the_pages_are_drawn_from_the_files_as_they_are_now(shipped: Library) -> None:
    for name, text in sop.pages(shipped).items():
        current = (PAGES / f"{name}.md").read_text(encoding="utf-8") == text
        assert current, f"docs/procedures/{name}.md is old: run `makegood sop draw`"


def test_a_page_names_every_step_every_way_out_and_every_ending(plans: dict[str, Plan]) -> None:
    for name, plan in plans.items():
        page = (PAGES / f"{name}.md").read_text(encoding="utf-8")
        for step, planned in plan.steps.items():
            section = page.split(f"\n### {step}\n", 1)[1].split("\n### ", 1)[0].split("\n## ", 1)[0]
            for _, target, _ in arrows(planned):
                assert f"→ [{target}](#{target})" in section, (name, step, target)


# ---- what the customer's page says -----------------------------------------------------------------


@pytest.mark.parametrize("locale", sorted(texts.languages()))
def test_the_page_has_words_for_every_question_choice_and_ending_that_a_customer_meets(
    plans: dict[str, Plan], locale: str
) -> None:
    said, wanted = texts.of(locale), set()
    for plan in plans.values():
        for step in (planned.step for planned in plan.steps.values()):
            if isinstance(step, AskStep):
                wanted |= {f"ask.{field}" for field in step.for_}
                wanted |= {
                    f"choice.{word}" for want in step.for_.values() if isinstance(want, list) for word in want
                }
            if isinstance(step, CloseStep) and not plan.procedure.serves.called_only:
                wanted.add(f"outcomes.{step.close}")
            if isinstance(step, OfferStep):
                wanted |= {f"offer.{rung.remedy}" for rung in step.offer if rung.remedy != "partial_refund"}
    assert {word for word in wanted if word not in said} == set()


# ---- begun by other cases only ----------------------------------------------------------------------

ONLY_CALLED = """procedure: {name}
title: Only called
owner: ops
serves: {{ called_only: true }}
start: first
steps:
  first: {step}
  done: {{ close: done }}
"""
ITSELF = "{ call: lonely, wait: no, as: other, then: done }"
LETTER = "{ send: survey, then: done }"


def test_a_message_opens_no_claim_on_a_carrier(shipped: Library) -> None:
    openable = compile_all(shipped)[0].openable
    assert openable == ("cancel", "damage_claim", "refund", "repair", "reship")


@pytest.mark.parametrize("step", [LETTER, ITSELF])
def test_what_is_only_called_and_no_other_calls_is_refused_where_it_says_so(
    tmp_path: Path, step: str
) -> None:
    (tmp_path / "lonely.yaml").write_text(ONLY_CALLED.format(name="lonely", step=step), encoding="utf-8")
    _, findings = compile_all(library.open_library(ROOT / "sop_definitions", tmp_path))
    assert [finding.line for finding in findings] == [4]
    assert "serves.called_only: no other procedure calls it. let a `call` step" in str(findings[0])


# ---- a folder of one's own --------------------------------------------------------------------------


@pytest.fixture(scope="module")
def coupon() -> Plan:
    plans, findings = compile_all(library.open_library(ROOT / "sop_definitions", EXTRA))
    assert findings == []
    return plans.current["goodwill_coupon"]


def test_a_procedure_of_three_steps_is_one_file(coupon: Plan) -> None:
    assert len(coupon.steps) == 3
    assert [path.name for path in EXTRA.glob("*.yaml")] == ["goodwill_coupon.yaml"]


@pytest.mark.parametrize(
    ("reply", "steps"), [(True, ["offer", "given", "closed"]), (False, ["offer", "closed"]), (None, None)]
)
def test_it_runs_to_its_end(coupon: Plan, reply: bool | None, steps: list[str] | None) -> None:
    answers = {} if reply is None else {"offer": answer(accepted=reply)}
    journal = run(coupon, begin(coupon, CASE, START), Script({}, answers))
    assert fold(journal).outcome == "resolved"
    way = [go for entry in journal if (go := getattr(entry.event, "go", ""))]
    assert way == (steps or ["offer", "closed"])
