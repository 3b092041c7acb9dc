"""The desk as flows see it: `wiring`'s, with each call a short look-up or transaction, save `drive`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from flows import apart, seam
from makegood import wiring
from makegood.core.decisions import Do
from makegood.core.errors import UnknownName
from makegood.desk import (
    batch_answers,
    batching,
    bulk,
    delivering,
    legs,
    noting,
    outgoing,
    questions,
    sweeping,
)
from makegood.desk.batch_answers import Given
from makegood.desk.desk import Desk
from makegood.gateways.prefect import Prefect
from makegood.gateways.prefect_runs import Taker
from makegood.running import share
from makegood.store import approvals, cases
from makegood.store.models import Case
from makegood.store.transaction import Tx


class RealDesk:
    """Fulfils `seam.Desk`."""

    def __init__(self, desk: Desk | None = None, apart: Sequence[str] = apart.COMMAND) -> None:
        self._desk = desk or wiring.desk()
        self._apart = apart

    def heading(self, case: str) -> seam.Heading:
        with self._desk.store.begin() as tx:
            found = _found(tx, case)
        return seam.Heading(found.procedure, found.market)

    def deliver(
        self,
        case: str,
        *,
        external_id: str,
        question: str,
        fields: Mapping[str, str],
        at: datetime,
        resumed: bool,
    ) -> None:
        with self._desk.store.begin() as tx:
            delivering.put(
                tx,
                self._desk,
                _found(tx, case).id,
                external_id=external_id,
                question=question,
                fields=fields,
                at=at,
                resumed=resumed,
                by_leg=True,
            )

    def started_by_hand(self, case: str, run: str) -> None:
        with self._desk.store.begin() as tx:
            locked = cases.lock(tx, _found(tx, case).id)
            noting.repaired(tx, locked, "leg-by-hand", {"run": run}, self._desk.now())

    def drive(self, case: str, holder: str, performer: seam.Performer) -> seam.Leg:
        def perform(do: Do, call: Callable[[], None]) -> None:
            performer(do, call)

        leg = legs.drive(self._desk, case, holder, perform, run_id=holder)
        if leg.end == "apart":
            told = apart.drive(self._apart, case, holder)
            # without an answer that process died as well: taken up once more, the case is given to a person
            return told or self._told(case, legs.drive(self._desk, case, holder, perform, run_id=holder))
        return self._told(case, leg)

    def drive_apart(self, case: str, holder: str) -> seam.Leg:
        """In a process that does nothing else; its steps show nowhere in Prefect."""
        leg = legs.drive(self._desk, case, holder, lambda _, call: call(), run_id=holder, apart=True)
        return self._told(case, leg)

    def _told(self, case: str, leg: legs.Leg) -> seam.Leg:
        end: seam.End = "stepped_back" if leg.end == "apart" else leg.end
        if leg.question is None:
            return seam.Leg(end, leg.waits or None)
        with self._desk.store.begin() as tx:
            found = _found(tx, case)
            approval = approvals.by_question(tx, found.id, leg.question.seq)
        assert approval is not None, "a suspended case has its approval"
        key = questions.key_of(found.number, leg.question.seq)
        return seam.Leg(end, leg.waits or None, seam.Question(key, approval.packet))

    def hire(self, taker: Taker) -> None:
        if isinstance(self._desk.engine, Prefect):
            self._desk.engine.taker = taker

    def answer_batch(
        self,
        batch: int,
        *,
        external_id: str,
        question: str,
        fields: Mapping[str, str],
        at: datetime,
        run: str,
        resumed: bool,
    ) -> None:
        given = Given(
            external_id=external_id, key=question, fields=fields, at=at, run=UUID(run), resumed=resumed
        )
        batch_answers.take(self._desk, batch, given)

    def show_batch(self, batch: int, run: str) -> seam.Question | str:
        shown = batching.show(self._desk, batch, UUID(run))
        return shown.why if isinstance(shown, batching.NotShown) else seam.Question(shown.key, shown.packet)

    def drain(self) -> int:
        return outgoing.drain(self._desk)

    def sweep(self) -> Mapping[str, int] | None:
        return sweeping.sweep(self._desk)

    def bulk(self, holder: str, tell: Callable[[Mapping[str, int]], None]) -> seam.Drained:
        drained = bulk.share(self._desk, holder, share.COMMAND, tell=tell)
        return seam.Drained(drained.counts, drained.died)

    def ready(self) -> int:
        return bulk.ready(self._desk)

    def listen(self, every: float) -> Iterator[bool]:
        return self._desk.store.listen(every=every)


def _found(tx: Tx, number: str) -> Case:
    case = cases.by_number(tx, number)
    if case is None:
        raise UnknownName("leg", "case", number, ())
    return case
