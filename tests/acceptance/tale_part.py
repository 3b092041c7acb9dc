"""A tale's part: its cases, and the act of each turn, done when a case has come to rest at its step."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from tests.acceptance import tale_acts
from tests.acceptance.account import Account
from tests.acceptance.line import Claim, Line, Standing
from tests.acceptance.part import COUNTED, Standings, is_about_to_ask, open_case
from tests.acceptance.speech import message_of
from tests.acceptance.story import Json
from tests.acceptance.tale import Act, CarrierAnswers, Decides, Tale, Turns, Works, Writes
from tests.acceptance.tale_accounts import Moved, account_of, which_called
from tests.acceptance.tale_orders import claimed_lines, order_of, strange_number_of

UNTOLD: Mapping[str, Turns] = {
    "carrier_claim/answer": CarrierAnswers(accepted=True),
    "carrier_claim/chase": Works({"outcome": "accepted"}),
    "carrier_claim/money": Works({"outcome": "received"}),
}
"""What is done in a case that was called and of which the tale says nothing."""
SIGNALS = (
    Works({"cause": "carrier", "measure": "told them"}),
    Works({"cause": "none_found", "measure": "keep an eye on it"}),
)


@dataclass
class TalePart:
    """One tale on its way. `sent` are the photographs of all tales by name: some customers copy them."""

    nr: int
    tale: Tale
    order: Json
    text: str
    sent: dict[str, list[bytes]]
    moved: Moved = field(default_factory=Counter)
    broken: set[str] = field(default_factory=set)  # routes of the seller that fail for this tale
    number: str = ""
    called: dict[str, str] = field(default_factory=dict)  # number by which of the tale's cases it is
    seen: set[tuple[str, str, int]] = field(default_factory=set)  # case, step, question that were met
    turns: Counter[tuple[str, str]] = field(default_factory=Counter)  # by case (or procedure) and step
    unfinished: dict[str, Act] = field(default_factory=dict)  # an act that goes on in the next question
    decided: dict[str, Act] = field(default_factory=dict)  # the last answer to an approval, by case
    later: int = 0

    @property
    def account(self) -> Account:
        return account_of(self.nr, self.tale, self.order, self.moved)

    @property
    def cases(self) -> dict[str, str]:
        return {"first": self.number, **self.called}

    @property
    def names(self) -> list[str]:
        """By which requests name the tale."""
        return [str(self.order["id"]), *(number for number in self.cases.values() if number)]

    @property
    def first(self) -> tuple[Claim, str, str]:
        tale = self.tale
        lines = claimed_lines(tale, self.order) if tale.order.claimed else []
        claim = Claim(
            procedure=tale.procedure,
            reason=tale.reason,
            order=strange_number_of(self.nr) if tale.typo else str(self.order["id"]),
            units=() if tale.typo else tuple(str(line["id"]) for line in lines),
            buyer=self.order["customer"],
            market=tale.market,
            locale=str(self.order["locale"]),
            stranger=tale.typo,
        )
        return claim, f"msg-{self.nr}", self.text

    def begin(self, line: Line, standings: Standings) -> bool:
        if self.number:
            return False
        self.number = open_case(line, self.first, self.nr)
        tale_acts.switch(line, self)
        return True

    def write_again(self, line: Line, again: Writes) -> None:
        claim, external_id, text = self.first
        claim = replace(claim, procedure=again.procedure, reason=again.reason)
        number, fresh = line.write(claim, f"{external_id}-{len(self.called) + 2}", text, typed=False)
        assert fresh, f"{self.tale.name}: {number} is open, and is joined"
        self._meet_one(again.procedure, number)

    def due(self) -> datetime | None:
        return None

    def act(self, line: Line, standings: Standings) -> int:
        self.later = 0
        if self._meet(standings):
            tale_acts.switch(line, self)
        return sum(
            self._turn(line, which, standings[number])
            for which, number in self.cases.items()
            if number in standings and standings[number].rests
        )

    def _meet(self, standings: Standings) -> bool:
        """The cases that ours have called, in the order in which they came; whether there are new ones."""
        known = {number for number in self.cases.values() if number}
        before = len(known)
        for standing in sorted(standings.values(), key=lambda each: each.number):
            if standing.called_by in known and standing.number not in known:
                known.add(standing.number)
                self._meet_one(standing.procedure, standing.number)
        return len(known) > before

    def _meet_one(self, procedure: str, number: str) -> None:
        nth = 1 + sum(which.split("-")[0] == procedure for which in self.called)
        self.called[which_called(procedure, nth)] = number

    def _turn(self, line: Line, which: str, standing: Standing) -> bool:
        """Whether anything was done. A turn is over when its act is, or when nobody wants to do anything."""
        mark = (standing.number, standing.step, standing.question)
        if mark in self.seen or is_about_to_ask(standing):
            return False
        going_on = self.unfinished.get(standing.number) or self._again(line, standing)
        act = going_on or self._told(which, standing)
        if act is None:
            self.seen.add(mark)
            return False
        done = tale_acts.play(line, self, standing, act)
        if done is False:  # nobody is free, or it is not time yet: once more later
            self.later += isinstance(act, Decides)
            return False
        self.seen.add(mark)
        self.unfinished.pop(standing.number, None)
        if isinstance(act, Decides):
            self.decided[standing.number] = act
        if going_on is None:
            self.turns[self._count(which, standing)] += 1
        if done is not True:
            self.unfinished[standing.number] = done
        return True

    def _again(self, line: Line, standing: Standing) -> Act | None:
        """The same answer of one more person, where one yes is not enough."""
        said = self.decided.get(standing.number)
        asked = said is not None and standing.status == "suspended"
        return said if asked and line.why(standing.number) == COUNTED else None

    def _told(self, which: str, standing: Standing) -> Act | None:
        """The act of this turn. One that stands alone is done once in each case."""
        turns = self._turns(which, standing)
        nth = self.turns[self._count(which, standing)]
        acts = turns if isinstance(turns, tuple) else (turns,)
        act = acts[nth] if nth < len(acts) else None
        if act is None:
            self.turns[self._count(which, standing)] += 1
        return act

    def _turns(self, which: str, standing: Standing) -> Turns | None:
        if which == "first":
            return self.tale.acts.get(standing.step)
        key = f"{standing.procedure}/{standing.step}"
        if key == "quality_signal/look":
            return self.tale.acts.get(key, SIGNALS[self.nr % 2])
        if any(told.startswith(f"{standing.procedure}/") for told in self.tale.acts):
            return self.tale.acts.get(key)
        return UNTOLD.get(key)

    def _count(self, which: str, standing: Standing) -> tuple[str, str]:
        """A sequence goes on from one case of a procedure to the next."""
        if which == "first" or not isinstance(self._turns(which, standing), tuple):
            return standing.number, standing.step
        return standing.procedure, standing.step


def put_on(line: Line, numbered: Iterable[tuple[int, Tale]]) -> list[TalePart]:
    """Each tale's order and articles are put into the shop, and what is broken for it from the beginning."""
    now, sent = line.now(), dict[str, list[bytes]]()
    parts: list[TalePart] = []
    for nr, tale in numbered:
        order = line.control("POST", "/orders", order_of(nr, tale, now))
        part = TalePart(nr, tale, order, message_of(order, nr), sent)
        tale_acts.shelve(line, part, tale.order.shelves)
        part.broken.update(tale.broken)
        tale_acts.switch(line, part)
        parts.append(part)
    return parts
