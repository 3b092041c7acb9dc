"""`makegood task`: listed by role, done with typed answers."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from makegood.desk.desk import Desk
from tests.commands.conftest import Makegood

Drive = Callable[[str], object]

BY_HAND = (
    *("case", "open", "--order", "DE-1001", "--procedure", "refund", "--reason", "other"),
    *("--channel", "email", "--external-id", "m-9", "--text", "Hm.", "--json"),
)


@pytest.fixture
def task(makegood: Makegood, drive: Drive) -> dict[str, Any]:
    """A case whose reason an agent has to sort out."""
    drive(makegood(*BY_HAND).json["case"])
    makegood("people", "add", "ann", "--role", "agent", "--json")
    return dict(makegood("task", "list", "--role", "agent", "--json").json[0])


def test_an_open_task_is_listed_with_case_role_and_deadline(makegood: Makegood, task: dict[str, Any]) -> None:
    assert (task["role"], task["market"], task["step"]) == ("agent", "DE", "sort-out")
    assert task["due"]
    assert task["why"]
    assert makegood("task", "list", "--role", "finance", "--json").json == []
    assert task["case"] in makegood("task", "list").out


def test_a_done_task_moves_its_case(makegood: Makegood, task: dict[str, Any], drive: Drive) -> None:
    number = task["case"]
    said = makegood("task", "done", str(task["id"]), "--as", "ann", "fault=customer", "in_hand=yes", "--json")
    assert said.json == {"task": task["id"], "case": number, "by": "ann"}
    drive(number)
    shown = makegood("case", "show", number, "--json").json
    assert shown["step"] != "sort-out"
    assert shown["facts"]["reason.fault"] == "customer"
    done = shown["tasks"][0]
    assert (done["status"], done["done_by"]) == ("done", "ann")
    assert done["answers"]["in_hand"] is True


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ([], "fault=<one of seller, customer>"),
        (["fault=nobody"], "one of seller, customer"),
        (["blame=customer"], "one of evidence, fault, in_hand"),
        (["fault=customer", "in_hand=perhaps"], "yes or no"),
        (["customer"], "field=value"),
    ],
)
def test_an_answer_that_does_not_fit_says_what_is_expected(
    makegood: Makegood, task: dict[str, Any], answers: list[str], expected: str
) -> None:
    said = makegood("task", "done", str(task["id"]), "--as", "ann", *answers)
    assert said.code == 2
    assert expected in said.error
    assert len(makegood("task", "list", "--json").json) == 1


def test_a_task_is_done_once(makegood: Makegood, task: dict[str, Any]) -> None:
    answer = ("task", "done", str(task["id"]), "--as", "ann", "fault=customer")
    assert makegood(*answer).code == 0
    assert makegood(*answer).code == 2


def test_only_known_people_do_tasks(makegood: Makegood, task: dict[str, Any]) -> None:
    said = makegood("task", "done", str(task["id"]), "--as", "nobody", "fault=customer")
    assert said.code == 2
    assert "ann" in said.error


def test_an_unknown_task_is_refused_with_the_open_ones(makegood: Makegood, task: dict[str, Any]) -> None:
    said = makegood("task", "done", "999", "--as", "ann")
    assert said.code == 2
    assert str(task["id"]) in said.error


def test_a_sweep_in_process_finds_what_is_due(
    makegood: Makegood, task: dict[str, Any], shop: str, desk: Desk
) -> None:
    httpx.post(f"{shop}/clock/advance", json={"seconds": 30 * 24 * 3600}).raise_for_status()
    time.sleep(0.6)  # the desk's clock asks the sandbox's twice a second
    told = makegood("sweep", "--here", "--json").json
    assert told["done"]["woken"] == 1
    assert told["sent"] == 0  # Prefect is down: the leg waits in the outbox


def test_a_sweep_through_prefect_says_where_prefect_should_be(makegood: Makegood, free_port: int) -> None:
    said = makegood("sweep")
    assert said.code == 3
    assert f"127.0.0.1:{free_port}" in said.error
    assert "make up" in said.error
