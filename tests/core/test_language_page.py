"""The page that ops read documents everything that a procedure may say."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from makegood.core.clauses import InterruptOtherwise, InterruptReached, InterruptWhen, Remind, Retry, Timeout
from makegood.core.contracts import CONTRACTS, ERROR_CODES, EVENTS
from makegood.core.facts import BUILT_IN, REASONS
from makegood.core.procedure import ANSWER_TYPES, STEP_KINDS, Procedure
from tests.core.worlds import compiled, rows_of

PAGE = (Path(__file__).parents[2] / "docs" / "language.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```yaml\n# (\w+)\n(.*?)```", PAGE, re.DOTALL)
EVERYWHERE = {"when", "as", "absent", "then", "note"}


def keys_of(model: type) -> set[str]:
    return {field.alias or name for name, field in model.model_fields.items()}


def section(title: str) -> str:
    return PAGE.split(f"### {title}\n", 1)[1].split("\n## ", 1)[0].split("\n### ", 1)[0]


@pytest.mark.parametrize("kind", STEP_KINDS)
def test_every_step_kind_has_its_section_with_every_key_and_an_example(kind: str) -> None:
    text = section(kind)
    assert "```yaml\n# step\n" in text
    for key in keys_of(STEP_KINDS[kind]) - EVERYWHERE:
        assert f"`{key}`" in text, f"{kind}.{key} is not documented"


@pytest.mark.parametrize("key", sorted(EVERYWHERE))
def test_keys_of_all_steps_are_documented(key: str) -> None:
    assert f"| `{key}` |" in PAGE


@pytest.mark.parametrize("name", sorted(CONTRACTS))
def test_every_action_is_documented_with_arguments_facts_and_errors(name: str) -> None:
    contract = CONTRACTS[name]
    row = next(line for line in PAGE.splitlines() if line.startswith(f"| `{name}` |"))
    assert f"| {contract.kind}" in row
    assert ("effect, money" in row) == contract.money
    assert ("effect, goods" in row) == contract.goods
    for word in (*contract.arguments, *contract.result, *contract.errors):
        assert f"`{word}`" in row, f"{name}: {word} is not documented"
    for optional in contract.optional:
        assert f"(`{optional}`" in row


def test_every_event_error_reason_fact_and_answer_type_is_documented() -> None:
    for name, carried in EVENTS.items():
        row = next(line for line in PAGE.splitlines() if line.startswith(f"| `{name}` |"))
        assert all(f"`{fact}`" in row for fact in carried)
    for code in {*ERROR_CODES, *(code for contract in CONTRACTS.values() for code in contract.errors)}:
        assert f"| `{code}` |" in PAGE, code
    words = [*REASONS, *BUILT_IN, *ANSWER_TYPES]
    words += [key for model in (Remind, Retry, Timeout) for key in keys_of(model)]
    for word in words:
        assert f"`{word}`" in PAGE or f"{word}:" in PAGE, word
    for model in (InterruptWhen, InterruptReached, InterruptOtherwise):
        assert all(f"| `{key}` |" in PAGE for key in keys_of(model))


def test_the_page_names_no_action_or_event_that_is_not_there() -> None:
    named = set(re.findall(r"^\| `([a-z]+\.[a-z_]+)` \|", PAGE, re.MULTILINE))
    assert named == CONTRACTS.keys() | EVENTS.keys()


@pytest.mark.parametrize(("what", "text"), EXAMPLES, ids=lambda each: each.split("\n")[0][:30])
def test_every_example_is_read_as_the_language(what: str, text: str) -> None:
    data = YAML(typ="safe").load(text)
    match what:
        case "step":
            kind = next(kind for kind in STEP_KINDS if kind in data)
            STEP_KINDS[kind].model_validate(data)
        case "procedure":
            assert compiled(text)[1] == []
        case "interrupts":
            body = {"procedure": "x", "title": "x", "owner": "x", "serves": {}, "start": "x", "steps": {}}
            Procedure.model_validate(body | data)
        case "branches":
            STEP_KINDS["send"].model_validate({"send": "survey", **data})
        case _:
            pytest.fail(f"an example of {what}?")


def test_the_example_of_a_table_has_a_cell_for_every_column() -> None:
    text = re.findall(r"```csv\n(.*?)```", PAGE, re.DOTALL)[0]
    assert len({len(cells) for _, cells in rows_of(text)}) == 1
