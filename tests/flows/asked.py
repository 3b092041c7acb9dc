"""A question that stands in a real Prefect server, and everything that somebody who reaches it may try.

Legs are the real flow's body in this process; what a person does goes through Prefect's own API.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import psycopg
import pyotp
from prefect.client.orchestration import get_client
from prefect.exceptions import Pause
from prefect.settings import PREFECT_API_URL, temporary_settings
from sqlalchemy import text

from flows import legs, prefect_patches
from makegood.core.money import Money
from makegood.desk import outgoing, sweeping
from makegood.store import approvals, cases, journal
from makegood.store.models import Approval
from makegood.store.words import ApprovalStatus
from tests.desk.bench import Bench
from tests.fakes import order
from tests.flows.conftest import PrefectServer

PRICE = 600_00
_orders = itertools.count(1)


@dataclass
class Line:
    """`bench` has Prefect for its engine. `seen` is how much of a case's audit was there before."""

    bench: Bench
    server: PrefectServer
    standing: str = ""
    seen: dict[str, tuple[int, int]] = field(default_factory=dict)

    # ---- our side ----------------------------------------------------------------------------------

    def ask(self) -> tuple[str, UUID]:
        """A case whose question is shown by a suspended run: that of the test before, where it still is."""
        question = self.open_question(self.standing) if self.standing else None
        if question is None or question.run_id is None or self.state(question.run_id) != "Suspended":
            return self.ask_anew()
        self.seen[self.standing] = tuple(map(len, self._audit(self.standing)))  # type: ignore[assignment]
        return self.standing, question.run_id

    def ask_anew(self) -> tuple[str, UUID]:
        """A case of its own."""
        ref = f"W-{next(_orders)}"
        plain, paid = order(ref), Money(minor=PRICE, currency="EUR")
        line = plain.lines[0].model_copy(update={"quantity": 1, "unit_paid": paid})
        payment = plain.payments[0].model_copy(update={"authorised": paid, "captured": paid})
        changes = {"lines": (line,), "payments": (payment,), "freight_paid": Money(minor=0, currency="EUR")}
        self.bench.world.add(plain.model_copy(update=changes))
        number = self.bench.open(order=ref, procedure="chance_0", text="hello")
        outgoing.drain(self.bench.desk)
        run = self.newest_run(number)
        assert self.leg(number, run) == "Suspended"
        self.standing = number
        return number, run

    def leg(self, number: str, run: UUID) -> str:
        """As the worker runs it: the run is claimed, and its body ends it."""
        with temporary_settings({PREFECT_API_URL: self.server.api}):
            with get_client(sync_client=True) as client:
                found = client.read_flow_run(run)
            self.put(run, "RUNNING", minutes_ago=0)
            try:
                with prefect_patches.taken_from(prefect_patches.taken(found)):
                    legs._run_leg(number, found)
            except Pause:
                return self.state(run)
        self.put(run, "COMPLETED", minutes_ago=0)
        return self.state(run)

    def sweep(self) -> None:
        sweeping.sweep(self.bench.desk)
        outgoing.drain(self.bench.desk)

    def replaced(self, number: str, lost: UUID) -> UUID:
        """The sweep finds the question without a run, and another run asks it."""
        self.sweep()
        run = self.newest_run(number)
        assert run != lost
        assert self.leg(number, run) == "Suspended"
        outgoing.drain(self.bench.desk)
        return run

    def newest_run(self, number: str) -> UUID:
        """What the outbox has started last: the same key brings the same run."""
        with self.bench.desk.store.begin() as tx:
            query = text(
                "select dedupe_key from outbox where payload->>'case' = :case order by id desc limit 1"
            )
            key = str(tx.session.scalar(query, {"case": number}))
        return self.bench.desk.engine.start("procedure/legs", number, key=key, name="a leg")

    def code(self, person: str, at: datetime | None = None) -> str:
        return pyotp.TOTP(self.bench.secrets[person]).at(at or datetime.now(UTC))

    # ---- what can be seen --------------------------------------------------------------------------

    def open_question(self, number: str) -> Approval | None:
        with self.bench.desk.store.begin() as tx:
            rows = approvals.of_case(tx, self.bench.case(number).id)
        return next((row for row in rows if row.status is ApprovalStatus.OPEN), None)

    def audit(self, number: str) -> list[str]:
        """Why answers did not count, and what was repaired, since the case was asked for."""
        why, noted = self._audit(number)
        answers, notes = self.seen.get(number, (0, 0))
        return why[answers:] + noted[notes:]

    def _audit(self, number: str) -> tuple[list[str], list[str]]:
        with self.bench.desk.store.begin() as tx:
            case = self.bench.case(number).id
            why = [a.why for row in approvals.of_case(tx, case) for a in approvals.answers(tx, row.id)]
            told = [entry.event for entry in journal.read(tx, case)]
        return why, [event.what for event in told if event.kind == "noted"]

    def artifact(self, number: str) -> str:
        """What stands beside the case's runs under its number."""
        only = {"artifacts": {"key": {"any_": [number.lower()]}}, "sort": "CREATED_DESC"}
        found = httpx.post(f"{self.server.api}/artifacts/filter", json=only).raise_for_status().json()
        return str(found[0]["data"])

    def is_asked(self, number: str) -> bool:
        """Still, or again, and where it can be answered; and not a cent has moved."""
        question = self.open_question(number)
        assert question is not None, "it is not asked any more"
        assert question.run_id is not None
        assert self.state(question.run_id) == "Suspended", self.state(question.run_id)
        assert not self.paid(number)
        return True

    def paid(self, number: str) -> int:
        return sum(
            r.amount.minor for r in self.bench.world.payments.refunds if r.reference.startswith(number)
        )

    def state(self, run: UUID) -> str:
        found = self.bench.desk.engine.runs([run]).get(run)
        return found.state if found else "Gone"

    # ---- what somebody does with Prefect's API -----------------------------------------------------

    def fields(self, person: str, **changed: str) -> dict[str, str]:
        told = {"decision": "approve", "approver": person, "amount": "", "note": ""}
        return {**told, "code": self.code(person), **changed}

    def resume(self, run: UUID, fields: dict[str, Any] | None = None) -> str:
        """ACCEPT, or what the server says instead."""
        body = {} if fields is None else {"run_input": fields}
        answer = httpx.post(f"{self.server.api}/flow_runs/{run}/resume", json=body)
        return str(answer.json()["status"]) if answer.is_success else str(answer.status_code)

    def put(self, run: UUID, kind: str, name: str | None = None, minutes_ago: int = 5) -> None:
        """Sets a state by hand, as of a while ago."""
        body = {"state": {"type": kind, "name": name or kind.title()}, "force": True}
        httpx.post(f"{self.server.api}/flow_runs/{run}/set_state", json=body).raise_for_status()
        with psycopg.connect(self.server.database.replace("+psycopg", "")) as connection:
            connection.execute(
                "update flow_run_state set timestamp = timestamp - %s where flow_run_id = %s",
                (timedelta(minutes=minutes_ago), run),
            )

    def delete(self, run: UUID) -> None:
        httpx.delete(f"{self.server.api}/flow_runs/{run}").raise_for_status()

    def patch(self, run: UUID, **told: Any) -> None:
        httpx.patch(f"{self.server.api}/flow_runs/{run}", json=told).raise_for_status()

    def write_input(self, number: str, run: UUID, part: str, value: str) -> None:
        """Over whatever was there. `part` is `response`, `description` or `schema`."""
        question = self.open_question(number)
        assert question is not None
        key = f"suspended-{number.lower()}-{question.question_seq}-{part}"
        inputs = f"{self.server.api}/flow_runs/{run}/input"
        httpx.delete(f"{inputs}/{key}")
        httpx.post(inputs, json={"key": key, "value": value}).raise_for_status()

    def run_by_hand(self, number: str) -> UUID:
        """The Run button of the deployment."""
        deployment = httpx.get(f"{self.server.api}/deployments/name/procedure/legs").json()["id"]
        body = {"parameters": {"case": number}, "name": f"by hand {uuid4()}"}
        made = httpx.post(f"{self.server.api}/deployments/{deployment}/create_flow_run", json=body)
        return UUID(made.json()["id"])

    def own(self, number: str, person: str | None) -> None:
        with self.bench.desk.store.begin() as tx:
            cases.assign(tx, self.bench.case(number).id, person, self.bench.desk.now())
