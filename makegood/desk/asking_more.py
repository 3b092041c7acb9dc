"""Asking for more: a supervisor says what is missing, the case's agent finds it, and it is asked again.

The words stay in the ticket store: what is missing in the sealed journal, what was found with the task. A
packet says who asked, who answered and how. The deadline stays, so that asking wins no time.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime

from makegood.core import events as ev
from makegood.core.facts import TEXT, Facts, Field, enum
from makegood.core.state import Question
from makegood.desk.driving import Hand, write
from makegood.desk.questions import LOOKING
from makegood.store import approvals, cases, inbox, people, tasks
from makegood.store.inbox import Arrival
from makegood.store.models import Case, Person, Task
from makegood.store.transaction import Tx
from makegood.store.words import Role, TaskKind, TaskStatus

MORE = "more"
"""The decision's word, and the audit's for an answer that asked for more."""
FOUND = "approval.more"
"""The inbox's word for: the task is done."""
FIELDS: Mapping[str, Field] = {"outcome": enum("found", "cannot_be_had"), "note": TEXT}
_SAID = {"found": "found it", "cannot_be_had": "says that it cannot be had"}


def said(by: str) -> str:
    """What the next packet begins with."""
    return f"{by} asked for more before deciding; the case's agent has a task for it"


def give_task(tx: Tx, hand: Hand, question: Question, seq: int) -> None:
    """To the case's owner, where there is one; else to whoever is an agent. Never later than the question."""
    due = hand.desk.library.calendars.add(hand.now(), "8bh", Role.AGENT.value)
    new = tasks.NewTask(
        step=question.step,
        visit=question.visit,
        question_seq=seq,
        role=Role.AGENT,
        why=LOOKING,
        due=min(due, question.due) if question.due else due,
        kind=TaskKind.REPAIR,
        assignee=_agent(tx, hand),
    )
    tasks.open(tx, hand.case_id, new, hand.now())


def _agent(tx: Tx, hand: Hand) -> str | None:
    owner = cases.get(tx, hand.case_id).owner
    person: Person | None = people.get(tx, owner) if owner else None
    return person.id if person and person.active else None


def put(tx: Tx, case: Case, task: Task, facts: Facts, by: str, now: datetime) -> None:
    """The task was done. Only how it ended travels; the words are kept with the task."""
    inbox.put(
        tx,
        case.id,
        source="desk",
        external_id=f"task-{task.id}",
        name=FOUND,
        match=f"{task.step}/{task.visit}",
        payload={"facts": {"outcome": str(facts["outcome"])}, "by": by},
        received_at=now,
        now=now,
    )


def take_in(hand: Hand, arrival: Arrival) -> None:
    """Asks anew, with a packet that says so; of a question that is closed it is only noted."""
    question, by = hand.state.question, str(arrival.payload["by"])
    outcome = str(arrival.payload["facts"]["outcome"])
    event: ev.Event = ev.Noted(what="more-came-late", facts={"by": by})
    if question is not None and arrival.match == f"{question.step}/{question.visit}":
        event = ev.AnswerRefused(
            step=question.step,
            visit=question.visit,
            question=question.seq,
            why=f"{by} was asked for more and {_SAID[outcome]}: see the case's page",
            by=by,
            more="answered",
        )
    with hand.desk.store.begin() as tx:
        inbox.mark_read(tx, [arrival.id], write(tx, hand, event, hand.now()))


def told(tx: Tx, hand: Hand, step: str, visit: int) -> dict[str, str]:
    """Who asked for more at this visit of an approval and what came of it, for the packet."""
    rows = dict(_asked(tx, hand.case_id, step, visit))
    for task in tasks.of_case(tx, hand.case_id):
        if task.why != LOOKING or (task.step, task.visit) != (step, visit):
            continue
        if task.status is TaskStatus.DONE and task.done_at is not None:
            outcome = str((tasks.answers(tx, task) or {}).get("outcome", ""))
            rows[f"answered {_minute(task.done_at)}"] = f"{task.done_by} {_SAID.get(outcome, 'did it')}"
        elif task.status is TaskStatus.OPEN:
            rows["still open"] = "a task of the case's agent"
    return rows


def _asked(tx: Tx, case_id: int, step: str, visit: int) -> Iterator[tuple[str, str]]:
    for _, answer in approvals.accepted(tx, case_id, step, visit):
        if answer.why == MORE:
            yield f"asked {_minute(answer.answered_at)}", f"by {answer.person_id}; the words: at the desk"


def _minute(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M:%S} UTC"
