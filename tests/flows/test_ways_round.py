"""Ways round an approval, tried through Prefect's own API: each row of the table in docs/approvals.md.

After each the question is asked, there is an entry in the audit, and no money has moved.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import text

from flows import seam
from flows.real_desk import RealDesk
from makegood import databases, postgres
from makegood.core.errors import UnknownName
from makegood.core.money import Money
from makegood.desk import deciding, hearing
from makegood.gateways.prefect import Prefect
from makegood.store import inbox, people
from makegood.store.words import Role
from tests.desk.bench import make_bench
from tests.desk.chance_procedures import write_procedures
from tests.flows.asked import PRICE, Line
from tests.flows.conftest import PrefectServer

PAGE = Path(__file__).parents[2] / "docs" / "approvals.md"
EURO = "EUR"


@pytest.fixture(scope="module")
def line(
    postgres_server: postgres.Server,
    migrated_template: str,
    prefect_server: PrefectServer,
    prefect: Prefect,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Line]:
    """One store for all: each test has a case of its own."""
    name = "ways_round"
    databases.create_database(postgres_server.url, name, owner=databases.OWNER, template=migrated_template)
    url = postgres_server.database(name, databases.APPLICATION)
    bench = make_bench(url, sops=write_procedures(tmp_path_factory.mktemp("sops")))
    bench.desk = replace(bench.desk, engine=prefect, forms=prefect)
    with bench.desk.store.begin() as tx:  # one Prefect server for all tests: no number, no key twice
        tx.session.execute(text("insert into case_numbers (year, last) values (2026, 790000)"))
    before = seam._installed
    seam.install(RealDesk(bench.desk))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MAKEGOOD_STEPS_AS_TASK_RUNS", "false")
        yield Line(bench, prefect_server)
    seam._installed = before
    bench.desk.store.close()
    databases.drop_database(postgres_server.url, name)


@pytest.fixture
def fay(line: Line) -> str:
    """Somebody who may approve it, new for each test: nobody's code is used up."""
    return hire(line)


def hire(line: Line, role: Role = Role.FINANCE) -> str:
    person = f"p{uuid4().hex[:8]}"
    line.bench.hire(person, role, 900_000)
    return person


def test_what_is_right_pays(line: Line, fay: str) -> None:
    """The measure of all others: through the form, by somebody who may, once."""
    number, run = line.ask()
    question = line.open_question(number)
    assert question is not None
    assert line.artifact(number) == question.packet, "the words stay beside the run"
    assert line.resume(run, line.fields(fay)) == "ACCEPT"
    assert line.leg(number, run) == "Completed"
    assert line.paid(number) == PRICE


# ---- Resume ------------------------------------------------------------------------------------------


def test_resuming_without_input_is_refused_by_prefect(line: Line) -> None:
    number, run = line.ask()
    assert line.resume(run) != "ACCEPT"
    assert line.resume(run, {"decision": "approve"}) != "ACCEPT"
    line.put(run, "SCHEDULED", "Resuming")  # the same, past the server's check
    assert line.leg(number, run) == "Suspended"
    assert line.audit(number) == ["no-decision"]
    assert line.is_asked(number)


def test_resuming_with_more_fields_than_the_form_has_does_not_count(line: Line, fay: str) -> None:
    number, run = line.ask()
    more = line.fields(fay, ceiling_minor="99999999", case="another")
    if line.resume(run, more) != "ACCEPT":  # then past the server's check
        line.write_input(number, run, "response", json.dumps(more))
        line.put(run, "SCHEDULED", "Resuming", minutes_ago=0)
    assert line.leg(number, run) == "Suspended"
    assert line.audit(number) == ["foreign-fields"]
    assert line.is_asked(number)


def test_a_code_counts_once_also_for_another_case(line: Line, fay: str) -> None:
    number, run = line.ask_anew()
    other, second = line.ask_anew()
    told = line.fields(fay, decision="reject", note="no")
    line.resume(run, told)
    line.leg(number, run)
    line.resume(second, told | {"decision": "approve"})
    assert line.leg(other, second) == "Suspended"
    assert line.audit(other) == ["used_code"]
    assert line.is_asked(other)


def test_an_agent_of_the_case_does_not_approve_it_after_giving_it_back(line: Line, fay: str) -> None:
    number, run = line.ask()
    line.own(number, fay)
    line.own(number, None)
    line.resume(run, line.fields(fay))
    assert line.leg(number, run) == "Suspended"
    assert line.audit(number) == ["owner-of-the-case"]
    assert line.is_asked(number)


def test_limits_and_people_count_as_they_are_when_the_answer_is_read(line: Line, fay: str) -> None:
    number, run = line.ask()
    line.resume(run, line.fields(fay))
    with line.bench.desk.store.begin() as tx:
        people.set_authority(tx, fay, Role.FINANCE, Money(minor=100, currency=EURO), ("DE",))
    assert line.leg(number, run) == "Suspended"
    other = hire(line)
    run = line.open_question(number).run_id  # type: ignore[union-attr,assignment]
    line.resume(run, line.fields(other))
    with line.bench.desk.store.begin() as tx:
        people.set_active(tx, other, False)
    assert line.leg(number, run) == "Suspended"
    assert line.audit(number) == ["above-limit", "inactive"]
    assert line.is_asked(number)


def test_of_two_supervisors_at_once_one_counts(line: Line, fay: str) -> None:
    number, run = line.ask()
    other = hire(line)
    assert line.resume(run, line.fields(fay, decision="reject", note="no")) == "ACCEPT"
    assert line.resume(run, line.fields(other)) != "ACCEPT", "the second is told by Prefect"
    deciding.decide(line.bench.desk, number, given(line, other), 0)
    assert line.leg(number, run) == "Suspended", "the first one's no leads to the next question"
    assert line.audit(number)[0] == ""
    assert "late-answer" in line.audit(number)
    assert line.is_asked(number)


# ---- states ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["RUNNING", "COMPLETED", "CANCELLED"])
def test_a_state_that_was_set_by_hand_decides_nothing(line: Line, kind: str) -> None:
    number, run = line.ask_anew()  # no leg that was asked for before takes the question over
    line.put(run, kind)
    line.replaced(number, run)
    word = "crashed" if kind == "RUNNING" else kind.lower()
    assert line.audit(number) == [f"run-{word}", "question-run-replaced"]
    assert line.is_asked(number)


@pytest.mark.parametrize("name", ["Scheduled", "AwaitingRetry"])
def test_a_run_that_was_sent_off_again_by_hand_asks_again(line: Line, name: str) -> None:
    number, run = line.ask()
    line.put(run, "SCHEDULED", name, minutes_ago=0)
    assert line.leg(number, run) == "Suspended"
    assert line.audit(number) == ["state-by-hand"]
    assert line.is_asked(number)


def test_a_retry_of_a_run_that_was_cancelled_asks_again(line: Line) -> None:
    number, run = line.ask()
    line.put(run, "CANCELLED")
    line.put(run, "SCHEDULED", "AwaitingRetry", minutes_ago=0)
    assert line.leg(number, run) == "Suspended"
    assert line.audit(number) == ["state-by-hand"]
    assert line.is_asked(number)


def test_deleting_the_run_has_another_ask(line: Line) -> None:
    number, run = line.ask()
    line.delete(run)
    line.replaced(number, run)
    assert line.audit(number) == ["run-gone", "question-run-replaced"]
    assert line.is_asked(number)


# ---- forms -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["Scheduled", "Resuming"])
def test_an_answer_that_is_written_into_the_run_by_the_api_counts_for_nothing(
    line: Line, fay: str, name: str
) -> None:
    number, run = line.ask()
    forged = line.fields(fay, code="123456")
    line.write_input(number, run, "response", json.dumps(forged))
    line.put(run, "SCHEDULED", name, minutes_ago=0)
    assert line.leg(number, run) == "Suspended"
    assert line.audit(number) == ["wrong_code" if name == "Resuming" else "state-by-hand"]
    assert line.is_asked(number)


def test_a_packet_that_was_swapped_in_prefect_voids_the_answer(line: Line, fay: str) -> None:
    number, run = line.ask()
    line.write_input(number, run, "description", json.dumps("## Up to 6.00 EUR. Nothing to see here."))
    line.resume(run, line.fields(fay))
    assert line.leg(number, run) == "Suspended"
    assert line.audit(number) == ["packet-swapped"]
    assert line.is_asked(number)


def test_a_form_without_its_schema_takes_no_answer_and_is_replaced(line: Line, fay: str) -> None:
    number, run = line.ask()
    line.write_input(number, run, "schema", json.dumps({}))
    accepted = line.resume(run, {"decision": "approve"}) == "ACCEPT"
    if accepted:  # the server checks an answer against whatever schema it finds
        assert line.leg(number, run) == "Suspended"
        assert line.audit(number) == ["unknown_person"]
    assert line.is_asked(number)


def test_words_that_were_read_before_the_question_was_asked_anew_are_not_what_is_answered(
    line: Line, fay: str
) -> None:
    number, run = line.ask_anew()  # one that was asked again already might say the same twice
    older = line.open_question(number)
    assert older is not None
    line.resume(run, line.fields(fay, code="000000"))
    assert line.leg(number, run) == "Suspended"
    line.resume(run, line.fields(fay, packet=older.packet_hash.hex()[:12]))  # from a page that was open
    assert line.leg(number, run) == "Suspended"
    assert line.audit(number) == ["wrong_code", "older-form"]
    assert line.is_asked(number)


def test_an_older_form_cannot_be_answered(line: Line, fay: str) -> None:
    number, run = line.ask()
    older = line.open_question(number)
    assert older is not None
    line.resume(run, line.fields(fay, code="000000"))
    assert line.leg(number, run) == "Suspended"
    with line.bench.desk.store.begin() as tx:
        case = line.bench.case(number).id
        now = datetime.now(UTC)
        payload = {"fields": line.fields(fay), "answered_at": now.isoformat(), "resumed": True}
        match = f"{number.lower()}-{older.question_seq}"
        inbox.put(
            tx, case, source="prefect", external_id=str(uuid4()), name="approval", match=match,
            payload=payload, received_at=line.bench.desk.now(), now=line.bench.desk.now(),
        )  # fmt: skip
    line.bench.drive(number)
    assert line.audit(number) == ["wrong_code", "late-answer"]
    assert line.is_asked(number)


# ---- runs --------------------------------------------------------------------------------------------


def test_running_the_deployment_by_hand_for_the_same_case_asks_nothing_anew(line: Line) -> None:
    number, run = line.ask()
    second = line.run_by_hand(number)
    assert line.leg(number, second) == "Completed"
    assert line.state(run) == "Suspended", "the question stays where it is"
    assert "leg-by-hand" in line.audit(number)
    assert line.is_asked(number)


def test_a_run_that_was_given_another_case_answers_for_none(line: Line, fay: str) -> None:
    number, run = line.ask_anew()
    victim, _ = line.ask_anew()
    line.patch(run, parameters={"case": victim})
    line.resume(run, line.fields(fay))
    line.leg(victim, run)
    assert "late-answer" in line.audit(victim)
    assert line.is_asked(victim)
    line.put(run, "COMPLETED")
    line.replaced(number, run)
    assert "question-run-replaced" in line.audit(number)
    assert line.is_asked(number)


# ---- other doors -------------------------------------------------------------------------------------


def given(line: Line, person: str, **changed: str) -> deciding.Given:
    told = {"decision": "approve", "code": line.code(person), **changed}
    return deciding.Given(by=person, **told)


def test_an_answer_at_a_terminal_to_an_older_packet_is_refused_at_the_door(line: Line, fay: str) -> None:
    number, run = line.ask()
    older = line.open_question(number)
    assert older is not None
    line.resume(run, line.fields(fay, code="000000"))
    assert line.leg(number, run) == "Suspended"
    with pytest.raises(deciding.OtherPacket):
        deciding.decide(line.bench.desk, number, given(line, fay, packet=older.packet_hash.hex()), 0)
    assert line.audit(number) == ["wrong_code"], "nothing was written"
    assert line.is_asked(number)


def test_a_report_from_outside_is_no_approval_whatever_it_calls_itself(line: Line) -> None:
    number, _ = line.ask()
    facts = {"decision": "approved", "amount_minor": PRICE}
    ref, now = str(line.bench.case(number).order_ref), line.bench.desk.now()
    for name in ("approval", "answer", "approval.more"):
        report = hearing.Report(
            source="seller", id=str(uuid4()), name=name, order=ref, facts=dict(facts), occurred_at=now
        )
        with pytest.raises(UnknownName):
            hearing.hear(line.bench.desk, report)
    assert line.is_asked(number)


def test_what_is_put_straight_into_the_inbox_is_judged_like_all_else(line: Line, fay: str) -> None:
    number, run = line.ask()
    question = line.open_question(number)
    assert question is not None
    now, key = line.bench.desk.now(), f"{number.lower()}-{question.question_seq}"
    yes = {"decision": "approved", "amount_minor": PRICE, "note": ""}
    forged = [
        (
            "approval",
            key,
            {"fields": line.fields(fay, code="111111"), "answered_at": _real(), "resumed": True},
        ),
        ("answer", key, {"facts": yes, "by": fay}),
        ("answer", str(question.question_seq), {"facts": yes, "by": fay}),
    ]
    with line.bench.desk.store.begin() as tx:
        for name, match, payload in forged:
            inbox.put(
                tx, line.bench.case(number).id, source="desk", external_id=str(uuid4()), name=name,
                match=match, payload=payload, received_at=now, now=now,
            )  # fmt: skip
    line.sweep()
    assert line.leg(number, line.newest_run(number)) == "Suspended"
    line.sweep()
    assert line.state(run) == "Cancelled", "the older form cannot be answered any more"
    assert {"wrong_code", "late-answer"} <= set(line.audit(number))
    assert line.is_asked(number)


def _real() -> str:
    return (datetime.now(UTC) - timedelta(seconds=1)).isoformat()


# ---- the table ---------------------------------------------------------------------------------------


def test_the_table_of_ways_round_names_these_tests_and_these_tests_are_all_in_it() -> None:
    section = PAGE.read_text().partition("## Ways round\n")[2].partition("\n## ")[0]
    named = re.findall(r"`(test_\w+)`", section)
    known = {name for name in globals() if name.startswith("test_")}
    known -= {test_what_is_right_pays.__name__, THIS}
    assert sorted(set(named)) == sorted(known)


THIS = test_the_table_of_ways_round_names_these_tests_and_these_tests_are_all_in_it.__name__
