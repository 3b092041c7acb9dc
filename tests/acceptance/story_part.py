"""A story's part: its people do what the story says of them, whenever their case waits for them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import quote
from zoneinfo import ZoneInfo

from tests.acceptance.account import Account
from tests.acceptance.expectation import Expected, adjusted, expect
from tests.acceptance.figures import euro_cents, written
from tests.acceptance.line import Claim, Line, Standing
from tests.acceptance.part import COUNTED, Standings, Stuck, is_about_to_ask, is_closed, open_case
from tests.acceptance.pictures import photograph
from tests.acceptance.speech import message_of
from tests.acceptance.story import Answers, Json, Plot

ASKS = ("evidence", "keep-offer", "ask-number", "delivered")
PARCELS = ("await-delivery", "refuse-delivery")
APPROVALS = ("approval", "approval-once-more", "approval-after", "approval-again")
CLAIM: dict[str, Answers] = {"chase": {"outcome": "accepted"}, "money": {"outcome": "received"}}
"""What colleagues make of a claim on a carrier that never answers: the case that a lost parcel calls."""


@dataclass
class StoryPart:
    """One plot on its way: its cases, and what was done in them so far. `before`: whose end it waits for."""

    plot: Plot
    expected: Expected
    before: StoryPart | None = None
    number: str = ""
    opened_at: datetime | None = None
    seen: set[tuple[str, str, int]] = field(default_factory=set)  # case, step, seq that were acted on
    offers: int = 0
    verdicts: int = 0
    withdrawn: bool = False
    silent: bool = False  # nobody answers the request for approval yet
    second: str = ""
    siblings: dict[str, str] = field(default_factory=dict)  # number by procedure
    later: int = 0

    @property
    def nr(self) -> int:
        return self.plot.nr

    @property
    def order(self) -> Json:
        return self.plot.order

    @property
    def account(self) -> Account:
        return self.expected.account

    @property
    def cases(self) -> dict[str, str]:
        return {"first": self.number, "second": self.second, **self.siblings}

    @property
    def text(self) -> str:
        return message_of(self.plot.order, self.plot.nr)

    @property
    def first(self) -> tuple[Claim, str, str]:
        plot = self.plot
        claim = Claim(
            procedure=plot.story.procedure,
            reason=plot.story.reason,
            order=f"#W{plot.nr:07d}" if plot.story.typo else str(plot.order["id"]),
            units=(plot.line,) if plot.line else (),
            buyer=plot.order["customer"],
            market=plot.market,
            locale=str(plot.order["locale"]),
            stranger=plot.story.typo,
        )
        return claim, f"msg-{plot.nr}", self.text

    def begin(self, line: Line, standings: Standings) -> bool:
        """A customer with several claims comes back when the last one is over."""
        if self.number or (self.before and not is_closed(self.before.number, standings)):
            return False
        if self.plot.story.interception:
            path = f"/orders/{quote(str(self.plot.order['id']))}/pick"
            line.control("POST", path, {"state": "picking", "interception": self.plot.story.interception})
        self.number = open_case(line, self.first, self.nr)
        self.opened_at = line.now()
        self.silent = self.plot.story.verdict.after_silence
        return True

    def due(self) -> datetime | None:
        """Two days on, an hour before midnight where the customer lives; letters do not go out then."""
        if not self.plot.story.at_night or self.opened_at is None or self.withdrawn:
            return None
        local = self.opened_at.astimezone(ZoneInfo(str(self.plot.order["zone"]))) + timedelta(days=2)
        return local.replace(hour=23, minute=0, second=0, microsecond=0)

    def act(self, line: Line, standings: Standings) -> int:
        self.later = acted = 0
        for case in self.cases.values():
            standing = standings.get(case)
            if standing is None:
                continue
            mark = (case, standing.step, standing.seq)
            if not standing.rests or mark in self.seen or is_about_to_ask(standing):
                continue
            if self._turn(line, standing):
                self.seen.add(mark)
                acted += 1
        return acted + self._family(line, standings)

    def _family(self, line: Line, standings: Standings) -> int:
        """The cases that ours have called, and the second one of who writes again."""
        known = {number for number in self.cases.values() if number}
        for standing in standings.values():
            if standing.called_by in known and standing.number not in known:
                which = "sibling" if standing.procedure == "refund" else standing.procedure
                self.siblings[which] = standing.number
        again = self.plot.story.again and not self.second and is_closed(self.number, standings)
        if again:
            claim, external_id, text = self.first
            self.second, fresh = line.write(claim, f"{external_id}-c", text, typed=False)
            assert fresh, "a closed case is not joined"
        return int(again)

    def _turn(self, line: Line, standing: Standing) -> bool:
        story, number, step = self.plot.story, standing.number, standing.step
        if story.withdraws_at == step and not self.withdrawn:
            self.withdrawn = True
            line.withdraw(number, f"{self.text} Never mind.")
            return True
        if step in story.tasks:
            line.work(number, step, story.tasks[step])
            self.silent = False
            return True
        if step in CLAIM:
            line.work(number, step, CLAIM[step])
            return True
        if step in APPROVALS and standing.status == "suspended":
            return self._decide(line, number)
        if step in ASKS:
            return self._reply(line, standing)
        if step in PARCELS and story.parcel:
            _move(line, str(self.plot.order["parcels"][0]["tracking"]), story.parcel)
            return True
        return self._return(line, standing) or self._find(line, standing)

    def _reply(self, line: Line, standing: Standing) -> bool:
        story, number = self.plot.story, standing.number
        match standing.step:
            case "evidence" if story.photos:
                line.answer(number, {}, {"photos": [photograph(nr) for nr in range(story.photos)]})
            case "keep-offer" if self.offers < len(story.offers):
                line.answer(number, {"accepted": story.offers[self.offers] == "accept"}, {})
                self.offers += 1
            case "ask-number" if story.found_by == "customer":
                line.answer(number, {"order_number": str(self.plot.order["id"])}, {})
            case "delivered" if story.wish is not None:
                line.answer(number, {"send_back": story.wish}, {})
            case _:
                return False
        return True

    def _find(self, line: Line, standing: Standing) -> bool:
        if standing.step != "find-order":
            return False
        if self.plot.story.found_by == "colleague":
            answers: Answers = {"order_number": str(self.plot.order["id"]), "no_such_order": False}
        else:
            answers = {"order_number": "", "no_such_order": True}
        line.work(standing.number, "find-order", answers)
        return True

    def _return(self, line: Line, standing: Standing) -> bool:
        story = self.plot.story
        if standing.step == "inspection":
            line.work(standing.number, "inspection", {"condition": story.condition, "note": "as seen"})
            return True
        if standing.step != "await-parcel" or not story.sends_back:
            return False
        night = self.due()
        if night is not None and line.now() < night:
            return False
        back = [each for each in line.parcels(str(self.plot.order["id"])) if each["direction"] == "return"]
        _move(line, str(back[-1]["tracking"]), "DELIVERED")
        return True

    def _decide(self, line: Line, number: str) -> bool:
        verdict, turn = self.plot.story.verdict, self.verdicts
        asked = self.expected.claim
        if self.silent:
            return False
        counted = turn > 0 and line.why(number) == COUNTED
        if turn >= self.expected.asks and not counted:
            raise Stuck(f"{self.plot.story.name}: {number} is asked about once more: {line.why(number)}")
        fields = {"decision": verdict.decision, "note": "", "amount": ""}
        if verdict.decision == "adjust":
            fields["amount"] = written(adjusted(asked, verdict.percent), self.expected.currency)
        if verdict.decision != "approve":
            fields["note"] = "as agreed"
        cents = euro_cents(asked, self.expected.currency)
        if turn == 0 and verdict.junior_first:
            cents = 1
        decided = line.decide(number, cents, fields, wrong_code=turn == 0 and verdict.wrong_code_first)
        self.verdicts += decided and not counted
        self.later += not decided
        return decided


def _move(line: Line, tracking: str, status: str) -> None:
    line.control("POST", f"/parcels/{tracking}/advance", {"status": status})


def cast_of(plots: Sequence[Plot], now: datetime) -> list[StoryPart]:
    """One for each plot; a later claim of the same customer waits for the one before."""
    parts: list[StoryPart] = []
    for plot in plots:
        before = parts[-1] if plot.claims_before else None
        parts.append(StoryPart(plot, expect(plot, now), before))
    return parts
