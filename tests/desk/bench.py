"""A desk over fakes and a real database, and what a test does with it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pyotp

from makegood.core.decisions import Do
from makegood.core.money import Money
from makegood.core.state import State
from makegood.desk import answering, intake, legs, sweeping
from makegood.desk.desk import Desk
from makegood.desk.driving import Hand
from makegood.desk.driving import load as load_state
from makegood.desk.links import Links
from makegood.desk.plans import compile_all
from makegood.library import open_library
from makegood.store import cases, inbox, people
from makegood.store.models import Case
from makegood.store.people import NewPerson
from makegood.store.store import Store
from makegood.store.words import Role
from tests.fakes import FakeWorld

DEFINITIONS = Path(__file__).resolve().parents[2] / "sop_definitions"
KEY = bytes(range(32))


class NoEngine:
    """No Prefect: legs are driven by the test, nothing is suspended anywhere."""

    def __init__(self) -> None:
        self.cancelled: list[UUID] = []

    def start(
        self,
        deployment: str,
        case: str | None,
        *,
        key: str,
        name: str,
        tags: Any = (),
        batch: int | None = None,
    ) -> UUID:
        return uuid4()

    def cancel(self, run: UUID, why: str) -> bool:
        self.cancelled.append(run)
        return True

    def runs(self, ids: Any) -> dict[UUID, Any]:
        return {}

    def suspended(self) -> Any:
        return iter(())

    def begun(self) -> Any:
        return iter(())

    def form(self, run: Any) -> None:
        return None

    def is_unanswerable(self, run: Any) -> bool:
        return False

    def bury(self, run: UUID, why: str) -> bool:
        return False

    def given(self, run: UUID) -> Any:
        return None

    def resume(self, run: UUID, answers: Any) -> None:
        raise AssertionError("nothing is suspended")


def perform(do: Do, call: Callable[[], None]) -> None:
    call()


@dataclass
class Bench:
    """One desk, and shortcuts through its front doors."""

    desk: Desk
    world: FakeWorld
    secrets: dict[str, str] = field(default_factory=dict)

    def open(self, **told: Any) -> str:
        base = {
            "external_id": f"m-{uuid4()}",
            "channel": "email",
            "procedure": "refund",
            "reason": "defective",
            "order": "A-1",
            "text": "It came broken.",
        }
        return intake.receive(self.desk, intake.Message(**{**base, **told})).number

    def drive(self, number: str) -> legs.Leg:
        """As many legs as the case asks for at this instant."""
        leg = legs.drive(self.desk, number, f"test-{uuid4()}", perform)
        for _ in range(40):
            with self.desk.store.begin() as tx:
                case = self._case(tx, number)
                waiting = inbox.unread(tx, case.id)
                due = case.wake_at is not None and case.wake_at <= self.desk.now()
            if not waiting and not due:
                break
            leg = legs.drive(self.desk, number, f"test-{uuid4()}", perform)
        return leg

    def _case(self, tx: Any, number: str) -> Case:
        case = cases.by_number(tx, number)
        assert case is not None
        return case

    def case(self, number: str) -> Case:
        with self.desk.store.begin() as tx:
            return self._case(tx, number)

    def state(self, number: str) -> State:
        with self.desk.store.begin() as tx:
            return load_state(tx, self._case(tx, number).id)

    def hand(self, number: str) -> Hand:
        """As a leg would hold the case."""
        case, state = self.case(number), self.state(number)
        plan = self.desk.plans.current[case.procedure]
        return Hand(self.desk, case.id, number, plan, state, case.fence, "test")

    def answer(self, number: str, **facts: Any) -> None:
        state = self.state(number)
        assert state.question is not None, "nothing is asked"
        key = f"{number.lower()}-{state.question.seq}"
        answering.customer_answers(self.desk, number, key, facts, f"a-{uuid4()}")

    def hire(self, person: str, role: Role = Role.SUPERVISOR, limit: int = 500_000) -> None:
        with self.desk.store.begin() as tx:
            new = NewPerson(
                id=person,
                name=person.title(),
                role=role,
                limit=Money(minor=limit, currency="EUR"),
                markets=("DE", "FR", "GB", "US", "JP", "BR"),
            )
            uri = people.add(tx, new, self.desk.now()).uri
        parsed = pyotp.parse_uri(uri)
        assert isinstance(parsed, pyotp.TOTP)
        self.secrets[person] = parsed.secret

    def decide(self, number: str, decision: str, by: str, *, code: str | None = None, **more: str) -> None:
        """As a resumed run delivers it."""
        from datetime import UTC, datetime

        real = datetime.now(UTC)
        state = self.state(number)
        assert state.question is not None, "nothing is asked"
        fields = {"decision": decision, "approver": by, "amount": "", "note": "", **more}
        fields["code"] = code or pyotp.TOTP(self.secrets[by]).at(real)
        with self.desk.store.begin() as tx:
            now = self.desk.now()
            inbox.put(
                tx,
                self._case(tx, number).id,
                source="prefect",
                external_id=f"run-{uuid4()}",
                name="approval",
                match=f"{number.lower()}-{state.question.seq}",
                payload={"fields": fields, "answered_at": real.isoformat()},
                received_at=now,
                now=now,
            )

    def wait(self, **span: float) -> None:
        self.world.clock.advance(timedelta(**span))

    def sweep(self) -> None:
        sweeping.sweep(self.desk)


def make_bench(url: str, *orders: Any, sops: Path | None = None, **further: Any) -> Bench:
    """`sops` is a folder of further procedures; what is told further is the desk's."""
    world = FakeWorld(*orders)
    library = open_library(DEFINITIONS, sops)
    plans, findings = compile_all(library)
    assert not findings, "\n".join(map(str, findings))
    engine = NoEngine()
    desk = Desk(
        store=Store(url, KEY),
        library=library,
        plans=plans,
        shop=world.shop,
        payments=world.payments,
        warehouse=world.warehouse,
        carrier=world.carrier,
        parcels=world.parcels,
        stock=world.stock,
        shipments=world.shipments,
        repairs=world.repairs,
        payment_links=world.payment_links,
        carrier_claims=world.carrier_claims,
        mailbox=world.mailbox,
        blobs=world.blobs,
        clock=world.clock,
        engine=engine,
        forms=engine,
        links=Links(KEY, "http://127.0.0.1:8600"),
        web_url="http://127.0.0.1:8600",
        **further,
    )
    return Bench(desk, world)
