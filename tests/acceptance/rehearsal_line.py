"""The line without Prefect, pages and processes: the doors of a desk in this process."""

from __future__ import annotations

import itertools
from collections import Counter
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import httpx
import psycopg
import pyotp
from sqlalchemy import text

from makegood.core.facts import Facts
from makegood.core.money import Money
from makegood.core.signatures import FILES
from makegood.core.simulation import Journal
from makegood.desk import answering, hearing, intake, legs, questions, repairs, sweeping
from makegood.desk.desk import Desk
from makegood.desk.driving import load
from makegood.desk.evidence import SentFile
from makegood.gateways.outcomes import Unavailable
from makegood.store import approvals, cases, inbox, people, tasks
from makegood.store.models import Case
from makegood.store.people import NewPerson
from makegood.store.words import Role
from tests.acceptance.figures import SUPERVISOR, TEAM_LEAD
from tests.acceptance.line import Asked, Claim, Files, Standing
from tests.acceptance.moved_clock import MovedClock
from tests.acceptance.reports import report_of
from tests.acceptance.story import Answers, Json
from tests.acceptance.watching import STANDINGS, WHY, booked, journals, parcels, plain, webhooks_under_way
from tests.desk.bench import perform
from tests.sandbox.serving import Delivery, Listener, until

APPROVERS = (("sue", "sid"), ("tim", "tom"), ("fay", "fred"))
TEAM = (
    *((name, Role.SUPERVISOR) for name in APPROVERS[0]),
    *((name, Role.TEAM_LEAD) for name in APPROVERS[1]),
    *((name, Role.FINANCE) for name in APPROVERS[2]),
    ("oda", Role.OPS),
)
CHANNEL_TRIES = 5


class Rehearsal:
    """Fulfils `line.Line`. One-time codes are pretended to be entered a step after another."""

    def __init__(
        self, desk: Desk, clock: MovedClock, sandbox: httpx.Client, listener: Listener, books: str
    ) -> None:
        """`books` is the address of the sandbox's database."""
        self.desk = desk
        self.clock = clock
        self.sandbox = sandbox
        self.listener = listener
        self.books = psycopg.connect(plain(books), autocommit=True)
        self.heard = 0
        self.answers: Counter[str] = Counter()  # to approvals, by case
        self.secrets: dict[str, str] = {}
        self.steps = itertools.count(int(datetime.now(UTC).timestamp()) // 30)
        for name, role in TEAM:
            self._hire(name, role)

    def close(self) -> None:
        self.books.close()

    def _hire(self, name: str, role: Role) -> None:
        limit = Money(minor=9_000_000, currency="EUR")
        new = NewPerson(id=name, name=name, role=role, limit=limit, markets=("all",))
        with self.desk.store.begin() as tx:
            uri = people.add(tx, new, self.desk.now()).uri
        self.secrets[name] = pyotp.parse_uri(uri).secret

    def now(self) -> datetime:
        return self.desk.now()

    # customers

    def write(self, claim: Claim, external_id: str, text: str, *, typed: bool) -> tuple[str, bool]:
        message = intake.Message(
            external_id=external_id,
            channel="email",
            procedure=claim.procedure,
            reason=claim.reason,
            text=text,
            order=claim.order,
            email=claim.buyer["email"],
            name=claim.buyer["name"],
            locale=claim.locale if claim.stranger else None,
            market=claim.market if claim.stranger else None,
            units=claim.units,
        )
        for _ in range(CHANNEL_TRIES):
            with suppress(Unavailable):  # a channel sends again what was not taken
                received = intake.receive(self.desk, message, must_know_order=typed)
                return received.number, received.fresh
        raise AssertionError(f"{external_id}: the shop is not reached")

    def _case(self, tx: Any, number: str) -> Case:
        case = cases.by_number(tx, number)
        assert case is not None
        return case

    def answer(self, number: str, fields: Answers, files: Files) -> None:
        with self.desk.store.begin() as tx:
            case = self._case(tx, number)
            form = answering.form_of(number, self.desk.plans.of(tx, case.version), load(tx, case.id))
        assert form is not None, f"{number}: nothing is asked"
        assert form.question.who == "customer", f"{number}: {form.question.step} does not ask the customer"
        facts = _read(form, fields, case.currency or "") if form.question.wait != "offer" else dict(fields)
        sent = {
            kind: [SentFile(f"{nr}", content) for nr, content in enumerate(contents)]
            for kind, contents in files.items()
        }
        assert answering.customer_answers(self.desk, number, form.key, facts, f"a-{uuid4()}", sent)

    def withdraw(self, number: str, text: str) -> None:
        intake.reply(
            self.desk, number, text=text, channel="email", external_id=f"w-{number}", intent="withdraw"
        )

    # colleagues

    def asked(self, number: str) -> Asked:
        with self.desk.store.begin() as tx:
            case = self._case(tx, number)
            question = load(tx, case.id).question
            found = approvals.by_question(tx, case.id, question.seq) if question else None
            assert found is not None, f"{number}: nobody is asked to approve anything"
            return Asked(found.ceiling_minor, found.currency, found.house_minor)

    def decide(self, number: str, cents: int, fields: dict[str, str], *, wrong_code: bool) -> bool:
        able = APPROVERS[(cents > SUPERVISOR) + (cents > TEAM_LEAD)]
        by = able[self.answers[number] % len(able)]  # in turn: a large amount takes several people
        self.answers[number] += 1
        with self.desk.store.begin() as tx:
            case = self._case(tx, number)
            state = load(tx, case.id)
            assert state.question is not None
            at = datetime.fromtimestamp(next(self.steps) * 30, UTC)
            code = "000000" if wrong_code else pyotp.TOTP(self.secrets[by]).at(at)
            now = self.desk.now()
            inbox.put(
                tx,
                case.id,
                source="prefect",
                external_id=f"run-{uuid4()}",
                name="approval",
                match=questions.key_of(number, state.question.seq),
                payload={"fields": {**fields, "approver": by, "code": code}, "answered_at": at.isoformat()},
                received_at=now,
                now=now,
            )
        return True

    def why(self, number: str) -> str:
        with self.desk.store.begin() as tx:
            row = tx.session.execute(text(WHY), {"number": number}).one_or_none()
        return str(row[0]) if row else "no answer is recorded"

    def work(self, number: str, step: str, answers: Answers) -> bool:
        with self.desk.store.begin() as tx:
            case = self._case(tx, number)
            found = [task for task in tasks.of_case(tx, case.id) if task.status.value == "open"]
        mine = [task for task in found if task.step == step and task.kind.value == "procedure"]
        mine = mine or [task for task in found if task.why == repairs.UNKNOWN]
        if not mine:
            return False
        task = mine[-1]
        form = answering.task_form(self.desk, task)
        facts = _read(form, answers, case.currency or "") if form else {}
        answering.colleague_answers(self.desk, task.id, facts, "oda")
        return True

    # the world

    def control(self, method: str, path: str, body: Any = None) -> Any:
        answer = self.sandbox.request(method, path, json=body)
        assert answer.is_success, f"{method} {path}: {answer.status_code} {answer.text[:300]}"
        return answer.json()

    def booked(self, book: str, order: str) -> list[Json]:
        return booked(self.books, book, order)

    def parcels(self, order: str) -> list[Json]:
        return parcels(self.books, order)

    # time

    def settle(self) -> None:
        while self._webhooks() or self._drive():
            pass

    def _webhooks(self) -> int:
        """What the sandbox has sent, as the pages that take webhooks read it."""
        until(lambda: webhooks_under_way(self.books) == 0)
        new = self.listener.deliveries[self.heard :]
        self.heard += len(new)
        return sum(self._hear(delivery) for delivery in new)

    def _hear(self, delivery: Delivery) -> bool:
        report = report_of(delivery)
        return report is not None and bool(hearing.hear(self.desk, report).taken)

    def _drive(self) -> int:
        driven, now = 0, self.desk.now()
        for standing in sorted(self.standings(), key=lambda each: each.number):  # as the answers came
            if standing.status == "closed":
                continue
            if standing.wake_at is not None and standing.wake_at <= now:
                legs.drive(self.desk, standing.number, f"leg-{uuid4()}", perform)
                driven += 1
        return driven

    def travel(self, to: datetime) -> None:
        self.control("POST", "/clock/advance", {"to": to.isoformat()})
        self.clock.moved()
        sweeping.sweep(self.desk)

    def standings(self) -> list[Standing]:
        with self.desk.store.begin() as tx:
            rows = tx.session.execute(text(STANDINGS)).all()
        return [Standing(*row) for row in rows]

    def journals(self) -> list[tuple[str, Journal]]:
        return journals(self.desk.store)


def _read(form: answering.Form, answers: Answers, currency: str) -> Facts:
    """What is typed into a form's fields, its files left out."""
    fields = {name: field for name, field in form.fields.items() if name not in FILES}
    words = {True: "yes", False: "no"}
    typed = {name: words[value] if isinstance(value, bool) else value for name, value in answers.items()}
    bare = answering.Form(form.key, form.question, fields, form.required & fields.keys())
    return answering.read_facts(bare, typed, currency)
