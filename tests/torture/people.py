"""The people of the torture: each does their part when a case waits for them, twice where need be."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

import httpx
import psycopg
from sqlalchemy.exc import OperationalError

from makegood.core.errors import MakegoodError
from makegood.desk import answering, questions
from makegood.desk.desk import Desk
from makegood.desk.driving import load
from makegood.desk.evidence import SentFile
from tests.acceptance.pictures import photograph
from tests.torture.stories import COLLEAGUES, CUSTOMERS, STORIES, Story
from tests.torture.watching import Standing, Watch
from tests.torture.world import World

AWAY = (OperationalError, psycopg.OperationalError, httpx.HTTPError, OSError)
"""What somebody meets whose counterpart was just killed: they come back later."""
AGAIN = 40.0  # seconds after which a wish that changed nothing is said again
ON_ITS_WAY = ("await-delivery", "first-parcel")


class Doors(Protocol):
    """Where the line under torture differs: how a message comes in, and how a supervisor answers."""

    def write(self, nr: int, story: Story, order: str) -> str:
        """Number of the case. The same message again is no other case."""

    def decide(self, standing: Standing) -> bool:
        """Approves. False: nobody is free, or nothing is suspended yet."""


@dataclass
class Part:
    """A case of the torture: message `nr`, which tells this story."""

    nr: int
    story: Story
    order: str
    number: str = ""


@dataclass
class People:
    """`parts` by order. `by` does every task: of role ops, to whom all work escalates."""

    desk: Desk
    watch: Watch
    world: World
    doors: Doors
    by: str
    parts: dict[str, Part] = field(default_factory=dict)
    before: int = 0  # the last case of the trial before
    pressing: threading.Lock = field(default_factory=threading.Lock)  # held while nobody is to press Resume
    _said: dict[tuple[str, str, int, Any], float] = field(default_factory=dict)

    def write(self, nr: int) -> None:
        """A customer's message; sent again until it is answered."""
        story = STORIES[nr % len(STORIES)]
        order = f"TT-{nr:05d}"
        part = self.parts.setdefault(order, Part(nr, story, order))
        self.world.plant(nr, story)
        part.number = self.doors.write(nr, story, order)

    def unheard(self) -> list[Part]:
        return [part for part in self.parts.values() if not part.number]

    def act(self) -> int:
        """One round: everybody whose turn it is. How many did something."""
        for part in self.unheard():
            self.write(part.nr)
        resting = [each for each in self.watch.standings(self.before) if each.rests]
        random.shuffle(resting)  # one whose door is shut keeps no other waiting
        return sum(self._turn(each) for each in resting)

    def open_cases(self) -> list[Standing]:
        return [each for each in self.watch.standings(self.before) if each.status != "closed"]

    def is_asked(self, standing: Standing) -> bool:
        """Whether the case waits for somebody of ours."""
        return standing.rests and self._wish(standing) is not None

    def _turn(self, standing: Standing) -> bool:
        act = self._wish(standing)
        mark = (standing.number, standing.step, standing.asked or standing.seq, standing.run)
        if act is None or time.monotonic() - self._said.get(mark, -AGAIN) < AGAIN:
            return False
        try:
            if act() is False:
                return False
        except MakegoodError:
            pass  # answered, closed or gone meanwhile; looked at again in a while
        self._said[mark] = time.monotonic()
        return True

    def _wish(self, standing: Standing) -> Callable[[], bool | None] | None:
        part = self.parts.get(standing.order)
        if part is None:
            return None
        step = standing.step
        if standing.waits_on == "engineer":
            return lambda: self._let_go_on(standing)
        if standing.asked is not None:
            return lambda: self._decide(standing)
        if step in CUSTOMERS:
            return lambda: self._answer(standing, CUSTOMERS[step])
        if step in COLLEAGUES:
            return lambda: self._work(standing)
        if step in ON_ITS_WAY and part.story.parcel:
            return lambda: self._move(part, "order", part.story.parcel)
        if step == "await-parcel":
            return lambda: self._move(part, "return", "DELIVERED")
        if step == "await-second":
            return lambda: self._move(part, "reship", "DELIVERED")
        if step == "answer":
            return lambda: self.world.accept_claim(part.order)
        return None

    def _decide(self, standing: Standing) -> bool:
        if not self.pressing.acquire(blocking=False):
            return False
        try:
            return self.doors.decide(standing)
        finally:
            self.pressing.release()

    def _answer(self, standing: Standing, facts: Mapping[str, bool | str]) -> bool:
        with self.desk.store.begin() as tx:
            state = load(tx, standing.id)
        question = state.question
        if question is None or state.step != standing.step:
            return False  # the case has gone on meanwhile: these are no words for its next question
        key = questions.key_of(standing.number, question.seq)
        files = (
            {"photos": [SentFile("1.png", photograph(standing.id))]} if standing.step == "evidence" else {}
        )
        answering.customer_answers(self.desk, standing.number, key, dict(facts), f"answer-{key}", files)
        return True

    def _work(self, standing: Standing) -> bool:
        for task, step, _ in self.watch.tasks(standing.id):
            if step == standing.step:
                answering.colleague_answers(self.desk, task, dict(COLLEAGUES[step]), self.by)
                return True
        return False

    def _let_go_on(self, standing: Standing) -> bool:
        """The case is innocent: it was we who killed its workers."""
        found = self.watch.repairs(standing.id)
        for (task,) in found:
            answering.colleague_answers(self.desk, task, {}, self.by)
        return bool(found)

    def _move(self, part: Part, purpose: str, status: str) -> bool:
        tracking = self.world.parcel(part.order, purpose)
        if tracking is not None:
            self.world.move(tracking, status)
        return tracking is not None
