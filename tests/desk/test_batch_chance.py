"""Whatever people do with a batch and beside it, in whatever order: its money is within their limits."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from makegood import databases
from makegood.core.money import Money
from makegood.store import approvals, batches, people
from makegood.store.words import ApprovalDecision, Role
from tests.desk.batches import Line, bought

WHO = ("sam", "tim")
amounts = st.lists(st.integers(5_001, 40_000), min_size=3, max_size=4)
limits = st.integers(20_000, 110_000)  # more than most single amounts, and about what they come to
who = st.sampled_from(WHO)
decisions = st.sampled_from(("approve", "approve", "reject"))
some = st.sets(st.integers(0, 3), max_size=1)
together = st.tuples(st.just("together"), who, decisions, some)
moves = st.lists(
    st.one_of(
        together,
        together,
        st.tuples(st.just("alone"), who, decisions, st.integers(0, 3)),
        st.tuples(st.just("limit"), who, limits),
        st.tuples(st.just("away"), who, st.booleans()),
        st.tuples(st.just("drive"), st.integers(0, 3)),
        st.tuples(st.just("sweep")),
    ),
    min_size=3,
    max_size=9,
)


class Play:
    """The moves, and beside them what each person may give at this moment."""

    def __init__(self, line: Line) -> None:
        self.line = line
        self.limit: dict[str, int] = {}
        self.active = dict.fromkeys(WHO, True)

    def hire(self, limit: int) -> None:
        for name in WHO:
            self.line.bench.hire(name, Role.SUPERVISOR, limit)
            self.limit[name] = limit

    def move(self, kind: str, *told: Any) -> None:
        getattr(self, kind)(*told)

    def together(self, name: str, decision: str, strike: set[int]) -> None:
        for batch in self.line.open():
            out = ", ".join(number for n, number in enumerate(self.line.numbers) if n in strike)
            self.line.renew_code(name)
            self.line.say(batch, name, decision, strike=out, note="so be it", drive=False)

    def alone(self, name: str, decision: str, case: int) -> None:
        number = self.line.numbers[case % len(self.line.numbers)]
        if self.line.bench.state(number).question is not None:
            self.line.renew_code(name)
            self.line.bench.decide(number, decision, name, note="so be it")

    def limit_of(self, name: str, minor: int) -> None:
        with self.line.bench.desk.store.begin() as tx:
            limit = Money(minor=minor, currency="EUR")
            people.set_authority(tx, name, Role.SUPERVISOR, limit, ("DE",))
        self.limit[name] = minor

    def away(self, name: str, active: bool) -> None:
        with self.line.bench.desk.store.begin() as tx:
            people.set_active(tx, name, active)
        self.active[name] = active

    def drive(self, case: int) -> None:
        number = self.line.numbers[case % len(self.line.numbers)]
        before = self.line.paid()
        self.line.bench.drive(number)
        if self.line.paid() != before:
            self.check(number)

    def sweep(self) -> None:
        self.line.bench.sweep()

    def check(self, number: str) -> None:
        """By the rows alone: who said so, together with what, and whether they may as things stand now."""
        with self.line.bench.desk.store.begin() as tx:
            asked = approvals.of_case(tx, self.line.bench.case(number).id)[-1]
            (said,) = [a for a in approvals.answers(tx, asked.id) if a.verdict.value == "accepted"]
            assert asked.decision is ApprovalDecision.APPROVED
            assert asked.decided_by == said.person_id
            whole = asked.house_minor
            if said.why:
                batch = int(said.why.removeprefix("batch-"))
                (given,) = [a for a in batches.answers(tx, batch) if a.verdict.value == "accepted"]
                assert batches.covers(given)[asked.id] == asked.packet_hash
                assert (given.person_id, number in given.struck) == (said.person_id, False)
                whole = sum(each.house_minor for each, _ in batches.pairs(tx, batches.covers(given)))
                assert given.house_minor == whole
        event("paid together" if said.why else "paid alone")
        assert self.active[said.person_id]
        assert whole <= self.limit[said.person_id]
        assert self.line.paid()[number] == asked.ceiling_minor


@settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))
@given(amounts=amounts, limit=limits, moves=moves)
def test_no_case_is_paid_without_somebody_who_may_give_all_that_they_said_yes_to(
    postgres_server: Any, migrated_template: str, amounts: list[int], limit: int, moves: list[Any]
) -> None:
    name = f"chance_{uuid4().hex}"
    databases.create_database(postgres_server.url, name, owner=databases.OWNER, template=migrated_template)
    orders = (bought(f"A-{n}", minor) for n, minor in enumerate(amounts, start=1))
    line = Line.of(postgres_server.database(name, databases.APPLICATION), *orders)
    play = Play(line)
    try:
        line.allow("supervisor", 500_000)
        play.hire(limit)
        line.bench.sweep()
        for kind, *told in moves:
            play.move("limit_of" if kind == "limit" else kind, *told)
        for case in range(len(line.numbers)):
            play.drive(case)
    finally:
        line.bench.desk.store.close()
        databases.drop_database(postgres_server.url, name)
