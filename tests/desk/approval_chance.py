"""A case and its approvers under chance: answers, time, deaths and changes of staff, in any order.

Nothing here judges: what was typed and who had which right at that moment is only written down, for the
check in test_approval_properties.py, which shares no rule with the desk.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pyotp

from makegood.core.decisions import Do
from makegood.core.money import Money
from makegood.desk import intake, legs
from makegood.store import approvals, cases, inbox, people
from makegood.store.people import NewPerson
from makegood.store.words import ApprovalStatus, CaseStatus, Role
from tests.desk.bench import Bench
from tests.desk.chance_moves import STAFF
from tests.fakes import order

_numbers = itertools.count(1)
_instants = itertools.count(1)


class Died(BaseException):
    """The process is gone: nothing that would have followed is done."""


@dataclass(frozen=True)
class Typed:
    """An answer as it was given, and whether its code was on its owner's device at that moment."""

    person: str
    decision: str
    good_code: bool
    note: bool
    question: int


@dataclass
class Right:
    """What a person may do now."""

    role: Role
    limit: int
    active: bool = True


@dataclass
class Play:
    """One case of chance, with approvers of its own."""

    bench: Bench
    shape: int
    price: int
    number: str = ""
    rights: dict[str, Right] = field(default_factory=dict)
    owners: set[str] = field(default_factory=set)
    typed: dict[datetime, Typed] = field(default_factory=dict)
    last: dict[str, datetime] = field(default_factory=dict)
    doom: list[tuple[int, bool]] = field(default_factory=list)
    ref: str = field(default_factory=lambda: f"C-{next(_numbers)}")

    def begin(self) -> None:
        plain = order(self.ref)
        paid = Money(minor=self.price, currency="EUR")
        line = plain.lines[0].model_copy(update={"quantity": 1, "unit_paid": paid})
        payment = plain.payments[0].model_copy(update={"authorised": paid, "captured": paid})
        no_freight = {"freight_paid": Money(minor=0, currency="EUR")}
        self.bench.world.add(
            plain.model_copy(update={"lines": (line,), "payments": (payment,), **no_freight})
        )
        for name, role, limit in STAFF:
            self._hire(self._id(name), role, limit)
        self.number = self.bench.open(order=self.ref, procedure=f"chance_{self.shape}", text="hello")
        self.drive()

    def _id(self, name: str) -> str:
        return f"{name}.{self.ref.lower()}"

    def _hire(self, person: str, role: Role, limit: int) -> None:
        new = NewPerson(
            id=person, name=person, role=role, limit=Money(minor=limit, currency="EUR"), markets=("DE",)
        )
        with self.bench.desk.store.begin() as tx:
            uri = people.add(tx, new, self.bench.desk.now()).uri
        parsed = pyotp.parse_uri(uri)
        assert isinstance(parsed, pyotp.TOTP)
        self.bench.secrets[person] = parsed.secret
        self.rights[person] = Right(role, limit)

    @property
    def people(self) -> list[str]:
        return list(self.rights)

    def play(self, move: tuple[Any, ...]) -> None:
        match move:
            case ("answer", who, decision, code, share, note, older):
                self._answer(self.people[who], decision, code, share, note=note, older=older)
            case ("wait", minutes):
                self.bench.wait(minutes=minutes)
            case ("die", step, after):
                self.doom.append((step, after))
            case ("lose", answer):
                self._lose(answer)
            case ("active", who, active):
                self.rights[self.people[who]].active = active
                self._tell(lambda tx: people.set_active(tx, self.people[who], active))
            case ("limit", who, limit):
                person, right = self.people[who], self.rights[self.people[who]]
                right.limit = limit
                money = Money(minor=limit, currency="EUR")
                self._tell(lambda tx: people.set_authority(tx, person, right.role, money, ("DE",)))
            case ("own", who):
                self._own(None if who is None else self.people[who])
            case ("payee",):
                self._swap_payee()
            case ("withdraw",):
                intake.reply(
                    self.bench.desk, self.number, text="no", channel="email", external_id=str(uuid4()),
                    intent="withdraw",
                )  # fmt: skip

    def _tell(self, change: Callable[[Any], None]) -> None:
        with self.bench.desk.store.begin() as tx:
            change(tx)

    def _own(self, person: str | None) -> None:
        self.owners |= {person} if person else set()
        case = self.bench.case(self.number)
        self._tell(lambda tx: cases.assign(tx, case.id, person, self.bench.desk.now()))

    def _swap_payee(self) -> None:
        """Somebody with the application's rights changes where the order's money goes."""
        from sqlalchemy import text

        new = {"ref": self.ref, "other": f"other-{uuid4()}"}
        swap = "update payments p set ref = :other from orders o where o.id = p.order_id and o.ref = :ref"
        self._tell(lambda tx: tx.session.execute(text(swap), new))

    def _lose(self, answer: bool) -> None:
        for step, visit in itertools.product(("pay", "rest"), (1, 2, 3)):
            lose = self.bench.world.payments.lose_answer if answer else self.bench.world.payments.lose_request
            lose(f"{self.number}:{step}:{visit}")

    def _answer(self, person: str, decision: str, code: str, share: int, *, note: bool, older: bool) -> None:
        """Into the inbox; nobody reads it before the next leg. Real time goes on by itself in this world."""
        asked = self._asked()
        if not asked:
            return
        question, ceiling = asked[0] if older else asked[-1]
        at = self._at(person, code)
        self.typed[at] = Typed(person, decision, code != "wrong", note, question)
        fields = {
            "decision": decision,
            "approver": person,
            "code": pyotp.TOTP(self.bench.secrets[person]).at(at) if code != "wrong" else "000000",
            "amount": f"{ceiling * share / 10_000:.2f}",
            "note": "so be it" if note else "",
        }
        now, case = self.bench.desk.now(), self.bench.case(self.number)
        payload = {"fields": fields, "answered_at": at.isoformat()}
        key = f"{self.number.lower()}-{question}"
        with self.bench.desk.store.begin() as tx:
            inbox.put(
                tx, case.id, source="prefect", external_id=f"run-{uuid4()}", name="approval", match=key,
                payload=payload, received_at=now, now=now,
            )  # fmt: skip

    def _at(self, person: str, code: str) -> datetime:
        """Each answer an hour later, so that a lock-out is over; a replay is the same code a second later."""
        at = datetime(2026, 3, 2, 9, 0, tzinfo=UTC) + timedelta(hours=next(_instants))
        if code == "replayed" and person in self.last:
            return self.last[person] + timedelta(milliseconds=next(_instants) % 900 + 1)
        self.last[person] = at
        return at

    def _asked(self) -> list[tuple[int, int]]:
        """Questions so far with their ceilings, while one of them is open."""
        with self.bench.desk.store.begin() as tx:
            rows = approvals.of_case(tx, self.bench.case(self.number).id)
        is_open = any(row.status is ApprovalStatus.OPEN for row in rows)
        return [(row.question_seq, row.ceiling_minor) for row in rows] if is_open else []

    # ---- driving -----------------------------------------------------------------------------------

    def drive(self) -> None:
        """Legs until nothing is left to do now; one that dies is followed by another."""
        for _ in range(20):
            case = self.bench.case(self.number)
            if case.status is CaseStatus.CLOSED:
                return
            with suppress(Died):
                legs.drive(self.bench.desk, self.number, f"leg-{uuid4()}", self._performer())
            with self.bench.desk.store.begin() as tx:
                waiting = inbox.unread(tx, case.id)
            after = self.bench.case(self.number)
            due = after.wake_at is not None and after.wake_at <= self.bench.desk.now()
            if not waiting and not due and after.status is not CaseStatus.RUNNING:
                return

    def _performer(self) -> Callable[[Do, Callable[[], None]], None]:
        doom = self.doom.pop() if self.doom else None
        steps: Iterator[int] = itertools.count()

        def perform(do: Do, call: Callable[[], None]) -> None:
            dies = doom is not None and doom[0] == next(steps)
            if dies and doom is not None and not doom[1]:
                raise Died
            call()
            if dies:
                raise Died

        return perform
