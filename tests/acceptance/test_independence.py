"""The expectation is worth something only while it knows nothing of what it judges."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.acceptance import figures
from tests.acceptance.scenarios import CANCELLATIONS, REFUNDS, STORIES

HERE = Path(__file__).parent
TALES = sorted(path.stem for path in (HERE / "tales").glob("*.py") if path.stem != "__init__")
INDEPENDENT = (
    "story",
    "scenarios",
    "figures",
    "choosing",
    "speech",
    "expectation",
    "refunds",
    "cancellations",
    "books",
    "comparison",
    "account",
    "tale",
    "tale_orders",
    "tale_accounts",
    "fairness",
    *(f"tales.{each}" for each in TALES),
)
ROOMS = {"tests.acceptance", "tests.acceptance.tales"}
ALLOWED = ROOMS | {f"tests.acceptance.{name}" for name in INDEPENDENT}


def imports_of(path: Path) -> Iterator[str]:
    """Every module that is named in an import, wherever it stands."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "a relative import"
            module = node.module or ""
            yield module
            if module == "tests.acceptance":
                yield from (f"{module}.{alias.name}" for alias in node.names)


@pytest.mark.parametrize("name", INDEPENDENT)
def test_the_expectation_imports_the_standard_library_and_itself(name: str) -> None:
    foreign = [
        module
        for module in imports_of(HERE / f"{name.replace('.', '/')}.py")
        if module.split(".")[0] not in sys.stdlib_module_names and module not in ALLOWED
    ]
    assert not foreign


def test_nothing_is_imported_by_name_at_run_time() -> None:
    for name in INDEPENDENT:
        text = (HERE / f"{name.replace('.', '/')}.py").read_text(encoding="utf-8")
        assert not any(word in text for word in ("importlib", "__import__", "exec(", "eval("))


def test_the_table_has_sixty_cases() -> None:
    cases = sum(len(story.markets) + story.again for story in STORIES)
    assert cases == 60
    assert sum(len(story.markets) for story in REFUNDS) == 38
    assert len({(story.procedure, story.name) for story in STORIES}) == len(REFUNDS) + len(CANCELLATIONS)


def test_shares_are_rounded_in_the_customers_favour() -> None:
    assert figures.part(999, 20) == 200
    assert figures.part(50351, 80) == 40281
    assert figures.part(4999, 100) == 4999


def test_amounts_weigh_against_limits_rounded_up() -> None:
    assert figures.euro_cents(8250, "JPY") == 5000
    assert figures.euro_cents(8251, "JPY") == 5001
    assert figures.euro_cents(4350, "GBP") == 5000
    assert figures.written(12345, "JPY") == "12345"
    assert figures.written(12305, "BRL") == "123.05"


def test_no_story_plays_close_to_the_end_of_a_window() -> None:
    assert figures.in_time("DE", 11)
    assert not figures.in_time("US", 36)
    with pytest.raises(ValueError, match="too close"):
        figures.in_time("FR", 15)


def test_customers_write_different_things() -> None:
    from tests.acceptance.speech import message_of

    order = {"locale": "ja-JP", "customer": {"name": "A B", "address": {"line1": "1 C Street"}}}
    texts = {message_of(order, nr) for nr in range(60)}
    assert len(texts) == 60
