"""`makegood task`: listed by role and person, given, done with typed answers."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from makegood.desk.desk import Desk
from makegood.store import people
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


def _told(makegood: Makegood, number: str) -> list[str]:
    return [line["sentence"] for line in makegood("case", "show", number, "--json").json["journal"]]


def _add(makegood: Makegood, person: str, role: str = "agent", *more: str) -> None:
    makegood("people", "add", person, "--role", role, *more, "--json")


def test_a_given_task_is_on_its_persons_list_and_the_timeline_says_who_gave_it(
    makegood: Makegood, task: dict[str, Any]
) -> None:
    _add(makegood, "bob")
    given = makegood("task", "assign", str(task["id"]), "--to", "bob", "--as", "ann", "--json").json
    wanted = {"task": task["id"], "role": "agent", "assignee": "bob", "before": None, "by": "ann"}
    assert given == wanted
    assert [each["id"] for each in makegood("task", "list", "--mine", "bob", "--json").json] == [task["id"]]
    assert makegood("task", "list", "--mine", "ann", "--json").json == []
    assert "agent: bob" in makegood("task", "list").out
    assert _told(makegood, task["case"])[-1] == "ann gave the task sort-out to bob."
    again = makegood("task", "assign", str(task["id"]), "--to", "bob", "--as", "ann")
    assert (again.code, len(_told(makegood, task["case"]))) == (0, task_events(makegood, task["case"]))


def task_events(makegood: Makegood, number: str) -> int:
    """How many events there are when the task was given once."""
    kinds = [line["kind"] for line in makegood("case", "show", number, "--json").json["journal"]]
    assert kinds.count("task.assigned") == 1
    return len(kinds)


def test_a_given_task_can_be_taken_over_and_the_timeline_says_so(
    makegood: Makegood, task: dict[str, Any], drive: Drive
) -> None:
    _add(makegood, "bob")
    makegood("task", "assign", str(task["id"]), "--to", "bob", "--as", "ann")
    assert makegood("task", "done", str(task["id"]), "--as", "ann", "fault=customer").code == 0
    drive(task["case"])
    told = _told(makegood, task["case"])
    over = told.index("ann took the task sort-out over from bob.")
    assert told[over + 1].startswith("An answer from ann to question")
    done = makegood("case", "show", task["case"], "--json").json["tasks"][0]
    assert (done["assignee"], done["done_by"]) == ("bob", "ann")


def test_a_task_goes_back_to_its_role_and_up_to_a_lead(makegood: Makegood, task: dict[str, Any]) -> None:
    _add(makegood, "lea", "team-lead")
    one = str(task["id"])
    makegood("task", "assign", one, "--to", "ann", "--as", "ann")
    makegood("task", "assign", one, "--nobody", "--as", "lea")
    makegood("task", "assign", one, "--to-role", "team-lead", "--as", "ann")
    assert makegood("task", "list", "--json").json[0]["role"] == "team-lead"
    refused = makegood("task", "assign", one, "--nobody", "--as", "ann")
    assert (refused.code, "this is work for team-lead" in refused.error) == (2, True)
    makegood("task", "assign", one, "--to-role", "agent", "--as", "lea")
    assert _told(makegood, task["case"])[-4:] == [
        "ann took the task sort-out on.",
        "lea gave the task sort-out, which ann had, back to agent.",
        "ann gave the task sort-out to team-lead.",
        "lea gave the task sort-out to agent.",
    ]


def test_a_task_that_escalates_is_nobodys_again(
    makegood: Makegood, task: dict[str, Any], shop: str, drive: Drive
) -> None:
    makegood("task", "assign", str(task["id"]), "--to", "ann", "--as", "ann")
    httpx.post(f"{shop}/clock/advance", json={"seconds": 5 * 24 * 3600}).raise_for_status()
    time.sleep(0.6)
    drive(task["case"])
    row = makegood("task", "list", "--json").json[0]
    assert (row["role"], row["assignee"]) == ("team-lead", None)


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ((), "one of --to PERSON, --to-role ROLE, --nobody"),
        (("--to", "ann", "--nobody"), "one of --to PERSON, --to-role ROLE, --nobody"),
        (("--to", "noone"), "one of ann"),
        (("--to", "wim"), "wim is warehouse, and this is work for agent"),
        (("--to", "fran"), "fran does not see cases of DE; expected one of ann"),
        (("--to-role", "warehouse"), "expected one of agent, team-lead, ops"),
        (("--to-role", "boss"), "unknown role 'boss'"),
    ],
)
def test_a_task_is_given_only_to_whom_it_can_be_done_by(
    makegood: Makegood, task: dict[str, Any], arguments: tuple[str, ...], expected: str
) -> None:
    _add(makegood, "wim", "warehouse")
    _add(makegood, "fran", "agent", "--markets", "FR")
    said = makegood("task", "assign", str(task["id"]), *arguments, "--as", "ann")
    assert said.code == 2
    assert expected in said.error
    assert makegood("task", "list", "--json").json[0]["assignee"] is None


def test_a_task_is_not_given_by_another_role_nor_when_it_is_done(
    makegood: Makegood, task: dict[str, Any]
) -> None:
    _add(makegood, "wim", "warehouse")
    one = str(task["id"])
    said = makegood("task", "assign", one, "--to", "ann", "--as", "wim")
    assert (said.code, "this is work for agent" in said.error) == (2, True)
    makegood("task", "done", one, "--as", "ann", "fault=customer")
    late = makegood("task", "assign", one, "--to", "ann", "--as", "ann")
    assert (late.code, "is done by ann; expected an open task" in late.error) == (2, True)


def test_nobody_who_has_left_is_given_a_task(makegood: Makegood, task: dict[str, Any], desk: Desk) -> None:
    _add(makegood, "bob")
    with desk.store.begin() as tx:
        people.set_active(tx, "bob", False)
    said = makegood("task", "assign", str(task["id"]), "--to", "bob", "--as", "ann")
    assert (said.code, "bob is not active any more; expected one of ann" in said.error) == (2, True)


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
