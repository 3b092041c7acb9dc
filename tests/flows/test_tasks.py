"""Skins: what Prefect is told of a step, and what the leg gets back."""

from __future__ import annotations

import inspect
from pathlib import Path

import pytest
from prefect.cache_policies import NO_CACHE

from flows.scrubbing import scrub
from makegood.core.contracts import CONTRACTS
from tasks import book
from tasks.skin import make_call


class Lost(Exception):
    """With words that must not travel."""

    code = "read_timeout"


def test_every_skin_is_uncached_unkept_unretried_and_takes_three_strings() -> None:
    for skin in [*book.SKINS.values(), book.skin_of("an.action.without.a.skin")]:
        assert skin.cache_policy == NO_CACHE
        assert skin.persist_result is False
        assert skin.retries == 0
        assert skin.task_run_name == "{step}"
        parameters = inspect.signature(skin.fn).parameters.values()
        assert [(p.name, p.annotation) for p in parameters] == [
            ("case", "str"),
            ("step", "str"),
            ("visit", "str"),
        ]


def test_every_action_that_touches_the_outside_world_has_a_skin_of_its_own() -> None:
    assert {contract.name for contract in CONTRACTS.values() if contract.kind == "effect"} <= set(book.SKINS)


def test_a_skin_has_no_branch() -> None:
    for path in Path(book.__file__).parent.glob("*.py"):
        if path.name not in ("skin.py", "book.py"):
            assert " if " not in path.read_text()


def test_an_error_is_told_by_class_and_code() -> None:
    assert scrub(Lost("no card for Zdravka")) == "Lost read_timeout"
    assert scrub(ValueError("Zdravka")) == "ValueError"


def test_a_skin_called_without_a_leg_says_so() -> None:
    with pytest.raises(LookupError):
        make_call("MG-2026-000001", "refund", "1")
