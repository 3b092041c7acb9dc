"""Orders of one article by several customers, and a bench whose cases about them wait for an approval."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import pyotp

from makegood.core.money import Money
from makegood.desk import batch_answers, batching
from makegood.desk.batch_answers import Given, Told
from makegood.gateways.results import Order
from makegood.store import approvals, batches, journal, people
from makegood.store.models import ApprovalAnswer, Batch
from tests.desk.bench import Bench, make_bench
from tests.fakes import order


def bought(ref: str, minor: int, *, sku: str = "MUG", by: str = "", **changes: Any) -> Order:
    """One piece, without freight, by a customer of its own."""
    plain, price = order(ref), Money(minor=minor, currency="EUR")
    free = Money(minor=0, currency="EUR")
    line = plain.lines[0].model_copy(update={"quantity": 1, "unit_paid": price, "sku": sku})
    paid = plain.payments[0].model_copy(update={"authorised": price, "captured": price})
    name = by or f"buyer-{ref.lower()}"
    buyer = plain.customer.model_copy(update={"ref": name, "email": f"{name}@example.test"})
    told = {"lines": (line,), "payments": (paid,), "customer": buyer, "freight_paid": free}
    return plain.model_copy(update={**told, **changes})


@dataclass
class Line:
    """A bench, and what is done to its batches."""

    bench: Bench
    numbers: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, url: str, *orders: Order, reason: str = "missing_item") -> Line:
        line = cls(make_bench(url, *orders))
        for each in orders:
            line.ask(each.ref, reason)
        return line

    def ask(self, ref: str, reason: str = "missing_item") -> str:
        """A missing item: nothing is sent back, so the money goes as soon as somebody says yes."""
        number = self.bench.open(order=ref, reason=reason)
        self.bench.drive(number)
        self.bench.answer(number, photos=1)
        assert self.bench.drive(number).end == "suspended"
        self.numbers.append(number)
        return number

    def allow(self, role: str, minor: int) -> None:
        """Another limit of a role's, in the house currency."""
        desk = self.bench.desk
        authority = desk.library.authority
        limit = {"limit": Money(minor=minor, currency=authority.house_currency)}
        roles = {**authority.roles, role: authority.roles[role].model_copy(update=limit)}
        changed = authority.model_copy(update={"roles": roles})
        self.bench.desk = replace(desk, library=replace(desk.library, authority=changed))

    def offered(self) -> Batch:
        """The one batch that is open after a sweep."""
        self.bench.sweep()
        (batch,) = self.open()
        return batch

    def open(self) -> list[Batch]:
        with self.bench.desk.store.begin() as tx:
            return batches.open_ones(tx)

    def batch(self, batch_id: int) -> Batch:
        with self.bench.desk.store.begin() as tx:
            found = batches.get(tx, batch_id)
        assert found is not None
        return found

    def say(
        self, batch: Batch, by: str, decision: str = "approve", *, drive: bool = True, **more: Any
    ) -> Told:
        """As it stands now, with the code of now; then each case's leg reads what came."""
        batch, real = self.batch(batch.id), datetime.now(UTC)
        fields = {"decision": decision, "approver": by, "strike": "", "note": "", **more}
        fields.setdefault("code", pyotp.TOTP(self.bench.secrets.get(by, "A" * 32)).at(real))
        key = fields.pop("key", batch_answers.key_of(batch))
        entered = {name: fields.pop(name) for name in ("run", "resumed") if name in fields}
        external_id = fields.pop("external_id", f"t-{uuid4()}")
        given = Given(external_id=external_id, key=key, fields=fields, at=real, **entered)
        told = batch_answers.take(self.bench.desk, batch.id, given)
        if drive:
            self.drive()
        return told

    def drive(self) -> None:
        for number in self.numbers:
            self.bench.drive(number)

    def renew_code(self, *names: str) -> None:
        """Real time does not wait for a test: the next code of this half minute counts again."""
        with self.bench.desk.store.begin() as tx:
            for name in names:
                row = people.get(tx, name)
                assert row is not None
                row.last_code_step -= 5

    def show(self, batch: Batch, run: UUID) -> batching.Shown | batching.NotShown:
        return batching.show(self.bench.desk, batch.id, run)

    def paid(self) -> dict[str, int]:
        """In cents, by case."""
        given: dict[str, int] = {}
        for refund in self.bench.world.payments.refunds:
            number = refund.reference.partition(":")[0]
            given[number] = given.get(number, 0) + refund.amount.minor
        return given

    def answers(self, number: str) -> list[ApprovalAnswer]:
        with self.bench.desk.store.begin() as tx:
            asked = approvals.of_case(tx, self.bench.case(number).id)
            return [answer for approval in asked for answer in approvals.answers(tx, approval.id)]

    def noted(self, number: str) -> list[str]:
        with self.bench.desk.store.begin() as tx:
            events = [entry.event for entry in journal.read(tx, self.bench.case(number).id)]
        return [event.what for event in events if event.kind == "noted"]
