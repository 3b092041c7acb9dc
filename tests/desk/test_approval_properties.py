"""Whatever people do, in whatever order: no money above the limit without enough good, different yeses.

The check reads ledger and audit with SQL of its own and knows the rules by its own words: it shares nothing
with the code that judges.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, Phase, event, given, settings
from hypothesis import strategies as st
from psycopg.rows import dict_row

from makegood.store.words import Role
from tests.desk.approval_chance import Play
from tests.desk.bench import make_bench
from tests.desk.chance_moves import MOVES
from tests.desk.chance_procedures import KINDS, SHAPES, write_procedures

AUTO = {"refund": 50_00, "partial_refund": 40_00, "keep_offer": 40_00}  # authority.yaml, in its own words
ROLES = {Role.SUPERVISOR: 500_00, Role.TEAM_LEAD: 2_000_00, Role.FINANCE: 10_000_00}
LARGE = 5_000_00

_ANSWERS = """
select a.id, a.person_id, a.decision, a.amount_minor, a.verdict, a.why, a.answered_at, q.question_seq, q.step,
       q.visit, q.ceiling_minor
from approval_answers a join approvals q on q.id = a.approval_id join cases c on c.id = q.case_id
where c.number = %s order by a.id
"""
_ASKED = """
select q.* from approvals q join cases c on c.id = q.case_id where c.number = %s order by q.question_seq
"""
_MOVED = """
select e.key, e.money_minor from effects e join cases c on c.id = e.case_id
where c.number = %s and e.money_minor is not null and e.status <> 'failed' order by e.intended_at, e.key
"""


class Watch:
    """Looks after each leg, while what people may is still what it was when their answers were judged."""

    def __init__(self, url: str, play: Play) -> None:
        self.url, self.play = url.replace("+psycopg", ""), play
        self.seen_answers = 0
        self.seen_money: set[str] = set()
        self.changer: set[str] = set()
        self.codes: set[tuple[str, int]] = set()

    def look(self) -> None:
        with psycopg.connect(self.url, row_factory=dict_row) as connection:
            answers, asked, moved = (
                connection.execute(query, (self.play.number,)).fetchall()
                for query in (_ANSWERS, _ASKED, _MOVED)
            )
        for answer in answers[self.seen_answers :]:
            if answer["verdict"] == "accepted":
                self._valid(answer)
        self._changed(answers, asked)
        self.seen_answers = len(answers)
        whole = 0
        for money in moved:
            whole += money["money_minor"]
            if money["key"] not in self.seen_money:
                self._covered(whole, answers, asked)
        self.seen_money |= {money["key"] for money in moved}

    def _valid(self, answer: dict[str, Any]) -> None:
        """Its giver could give it, at that moment."""
        typed = self.play.typed[answer["answered_at"]]
        right, said = self.play.rights[typed.person], f"{answer} of {typed}"
        code = (typed.person, int(answer["answered_at"].timestamp()) // 30)
        assert typed.good_code, said
        assert code not in self.codes, f"a code counted twice: {said}"
        self.codes.add(code)
        assert answer["person_id"] == typed.person, said
        assert right.active, said
        assert right.role in ROLES, said
        assert typed.person not in self.play.owners, said
        assert typed.person not in self.changer, said
        assert typed.note or typed.decision == "approve", said
        assert typed.question == answer["question_seq"], said
        if typed.decision in ("approve", "adjust"):
            assert 0 < answer["amount_minor"] <= answer["ceiling_minor"], said
            assert answer["amount_minor"] <= min(right.limit, ROLES[right.role]), said
        else:
            assert not answer["amount_minor"], said

    def _changed(self, answers: list[dict[str, Any]], asked: list[dict[str, Any]]) -> None:
        """Who brought the amount to what was granted last, where that was less than asked."""
        for approval in asked:
            if approval["decision"] == "adjusted":
                same = [
                    a for a in answers if (a["step"], a["visit"]) == (approval["step"], approval["visit"])
                ]
                self.changer = {
                    a["person_id"]
                    for a in same
                    if a["decision"] == "adjust" and a["amount_minor"] == approval["amount_minor"]
                }

    def _covered(self, whole: int, answers: list[dict[str, Any]], asked: list[dict[str, Any]]) -> None:
        kind = SHAPES[self.play.shape][0]
        if whole <= AUTO[kind]:
            return
        decided = [row for row in asked if row["status"] == "answered"]
        assert decided, f"{whole} was paid, and nobody was asked"
        last = decided[-1]
        assert last["decision"] in ("approved", "adjusted"), last
        assert last["amount_minor"] >= whole, (last, whole)
        assert hashlib.sha256(last["packet"].encode()).digest() == last["packet_hash"]
        yes = {
            answer["person_id"]
            for answer in answers
            if answer["verdict"] == "accepted"
            and answer["decision"] in ("approve", "adjust")
            and answer["amount_minor"] >= whole
            and (answer["step"], answer["visit"]) == (last["step"], last["visit"])
        }
        assert len(yes) >= (2 if whole > LARGE else 1), (whole, yes)
        event("several said yes" if whole > LARGE else "one said yes")


class Stage:
    """A desk for all plays; told in a counter-example without everything that is in it."""

    def __init__(self, url: str, sops: Path) -> None:
        self.url, self.bench = url, make_bench(url, sops=sops)

    def __repr__(self) -> str:
        return "a stage"


@pytest.fixture(scope="module")
def stage(module_store_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    made = Stage(module_store_url, write_procedures(tmp_path_factory.mktemp("sops")))
    yield made
    made.bench.desk.store.close()


PRICES = st.sampled_from(
    (30_00, 50_00, 50_01, 90_00, 499_00, 600_00, 3_000_00, 5_001_00, 9_000_00, 20_000_00)
)


@settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    phases=(
        Phase.generate,
    ),  # a counter-example has at most a dozen moves: no hour is spent on a shorter one
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.integers(0, len(SHAPES) - 1), PRICES, MOVES, st.lists(st.booleans(), min_size=1, max_size=3))
def test_no_money_above_the_limit_moves_without_enough_good_yeses(
    stage: Stage,
    shape: int,
    price: int,
    moves: list[tuple[Any, ...]],
    together: list[bool],
) -> None:
    play = Play(stage.bench, shape, price)
    play.begin()
    watch = Watch(stage.url, play)
    watch.look()
    for number, move in enumerate(moves, start=1):
        play.play(move)
        if move[0] != "answer" or number == len(moves) or together[number % len(together)] is False:
            play.drive()  # else this answer and the next are read by one leg
            watch.look()
    paid = [r.amount.minor for r in stage.bench.world.payments.refunds if r.reference.startswith(play.number)]
    assert sum(paid) <= price * KINDS[SHAPES[shape][0]] // 100 + 1
    event(f"paid {'something' if paid else 'nothing'}")
