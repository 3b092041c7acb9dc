"""Playing: each story's people do their part whenever their case waits for them; then time moves on."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from tests.acceptance.expectation import adjusted
from tests.acceptance.figures import euro_cents, written
from tests.acceptance.line import Line, Standing
from tests.acceptance.part import Part
from tests.acceptance.speech import message_of
from tests.acceptance.story import Answers

ASKS = ("evidence", "keep-offer", "ask-number", "delivered")
PARCELS = ("await-delivery", "refuse-delivery")
APPROVALS = ("approval", "approval-once-more", "approval-after", "approval-again")
CLAIM: dict[str, Answers] = {"chase": {"outcome": "accepted"}, "money": {"outcome": "received"}}
"""What colleagues make of a claim on a carrier that never answers: the case that a lost parcel calls."""
LOOKS_LATER = timedelta(minutes=15)  # time moves so far past what is due, so that neighbours fall due too
LATEST = timedelta(days=120)


class Stuck(AssertionError):
    """A case waits for something that its story does not know."""


class Play:
    """`say` is told of progress, in a sentence."""

    def __init__(self, line: Line, parts: Sequence[Part], say: Callable[[str], None]) -> None:
        self.line = line
        self.parts = parts
        self.say = say
        self.beginning = line.now()
        self.later = 0  # approvals for which nobody was free in this round

    def run(self) -> None:
        """Until every case is closed."""
        while True:
            self.line.settle()
            standings = {each.number: each for each in self.line.standings()}
            self.later = 0
            acted = self._open_next(standings) + sum(self._act(part_, standings) for part_ in self.parts)
            open_cases = [each for each in standings.values() if each.status != "closed"]
            if acted:
                self.say(f"{len(standings)} cases, {len(open_cases)} open; people did {acted} things")
            elif self.later:
                time.sleep(1)
            elif open_cases:
                self._wait(open_cases)
            else:
                return

    def cases(self) -> dict[str, tuple[int, str]]:
        """Of each case the number of its plot, and which of the plot's cases it is."""
        return {
            number: (part_.plot.nr, which)
            for part_ in self.parts
            for which, number in part_.cases.items()
            if number
        }

    def outcomes(self) -> dict[str, str]:
        return {each.number: each.outcome or each.status for each in self.line.standings()}

    def wrong_outcomes(self) -> list[str]:
        """A sentence for each case that ended in another way than its story."""
        ended = self.outcomes()
        return [
            f"{part_.plot.story.name}: {number} ({which}) ended {ended.pop(number, None)}, not {wanted}"
            for part_ in self.parts
            for which, wanted in part_.outcomes.items()
            if ended.get(number := part_.cases[which]) != wanted
        ]

    def _wait(self, open_cases: Sequence[Standing]) -> None:
        due = [each.wake_at for each in open_cases if each.wake_at is not None]
        due += [at for part_ in self.parts if (at := self._night(part_)) is not None]
        to = max(min(due), self.line.now()) + LOOKS_LATER
        if to > self.beginning + LATEST:
            raise Stuck(f"still open after {LATEST.days} days: {open_cases}")
        self.say(f"{len(open_cases)} cases wait; the clock moves to {to:%d %b %H:%M} UTC")
        self.line.travel(to)

    def _open_next(self, standings: dict[str, Standing]) -> int:
        """All at once; a customer with several claims comes back when the last one is over."""
        opened = 0
        for at, part_ in enumerate(self.parts):
            before = self.parts[at - 1] if part_.plot.claims_before else None
            if part_.number or (before and not _is_closed(before, standings)):
                continue
            self._begin(part_)
            opened += 1
        return opened

    def _begin(self, part_: Part) -> None:
        plot = part_.plot
        order = str(plot.order["id"])
        if plot.story.interception:
            self.line.pick(order, plot.story.interception)
        named = f"#W{plot.nr:07d}" if plot.story.typo else order
        part_.first = (f"msg-{plot.nr}", message_of(plot), named)
        typed = plot.nr % 20 == 7 and not plot.story.typo
        part_.number, fresh = self.line.write(plot, *part_.first, typed=typed)
        part_.opened_at = self.line.now()
        part_.silent = plot.story.verdict.after_silence
        assert fresh, f"{plot.story.name}: a first message opens a case"
        told = self.line.write(plot, *part_.first, typed=False)
        assert told == (part_.number, False), f"{part_.number}: a replay creates nothing"
        if plot.nr % 3 == 0:
            told = self.line.write(plot, f"msg-{plot.nr}-b", f"{message_of(plot)} !", named, typed=False)
            assert told == (part_.number, False), f"{part_.number}: a second message joins"

    def _act(self, part_: Part, standings: dict[str, Standing]) -> int:
        """What the people of this plot do now; 0 when nothing is theirs to do."""
        acted = 0
        for case in (part_.number, part_.sibling, part_.second):
            standing = standings.get(case)
            if standing is None:
                continue
            mark = (case, standing.step, standing.seq)
            if standing.rests and mark not in part_.seen and self._turn(part_, standing):
                part_.seen.add(mark)
                acted += 1
        return acted + self._family(part_, standings)

    def _family(self, part_: Part, standings: dict[str, Standing]) -> int:
        """The case that ours has called, and the second one of who writes again."""
        for standing in standings.values():
            if standing.called_by == part_.number and part_.number:
                part_.sibling = standing.number
        again = part_.plot.story.again and not part_.second and _is_closed(part_, standings)
        if again:
            _, text, order = part_.first
            written = self.line.write(part_.plot, f"msg-{part_.plot.nr}-c", text, order, typed=False)
            part_.second, fresh = written
            assert fresh, "a closed case is not joined"
        return int(again)

    def _turn(self, part_: Part, standing: Standing) -> bool:
        story, number, step = part_.plot.story, standing.number, standing.step
        if story.withdraws_at == step and not part_.withdrawn:
            part_.withdrawn = True
            self.line.withdraw(number, f"{message_of(part_.plot)} Never mind.")
            return True
        if step in story.tasks:
            self.line.work(number, step, story.tasks[step])
            part_.silent = False
            return True
        if step in CLAIM:
            self.line.work(number, step, CLAIM[step])
            return True
        if step in APPROVALS and standing.status == "suspended":
            return self._decide(part_, number)
        if step in ASKS:
            return self._reply(part_, standing)
        if step in PARCELS and story.parcel:
            self.line.move_parcel(str(part_.plot.order["parcels"][0]["tracking"]), story.parcel)
            return True
        return self._return(part_, standing) or self._find(part_, standing)

    def _reply(self, part_: Part, standing: Standing) -> bool:
        story, number = part_.plot.story, standing.number
        match standing.step:
            case "evidence" if story.photos:
                self.line.answer(number, {}, story.photos)
            case "keep-offer" if part_.offers < len(story.offers):
                self.line.answer(number, {"accepted": story.offers[part_.offers] == "accept"}, 0)
                part_.offers += 1
            case "ask-number" if story.found_by == "customer":
                self.line.answer(number, {"order_number": str(part_.plot.order["id"])}, 0)
            case "delivered" if story.wish is not None:
                self.line.answer(number, {"send_back": story.wish}, 0)
            case _:
                return False
        return True

    def _find(self, part_: Part, standing: Standing) -> bool:
        if standing.step != "find-order":
            return False
        if part_.plot.story.found_by == "colleague":
            answers: Answers = {"order_number": str(part_.plot.order["id"]), "no_such_order": False}
        else:
            answers = {"order_number": "", "no_such_order": True}
        self.line.work(standing.number, "find-order", answers)
        return True

    def _return(self, part_: Part, standing: Standing) -> bool:
        story = part_.plot.story
        if standing.step == "inspection":
            self.line.work(standing.number, "inspection", {"condition": story.condition, "note": "as seen"})
            return True
        if standing.step != "await-parcel" or not story.sends_back:
            return False
        night = self._night(part_)
        if night is not None and self.line.now() < night:
            return False
        self.line.move_parcel(self.line.return_of(str(part_.plot.order["id"])), "DELIVERED")
        return True

    def _night(self, part_: Part) -> datetime | None:
        """Two days on, an hour before midnight where the customer lives; letters do not go out then."""
        if not part_.plot.story.at_night or part_.opened_at is None or part_.withdrawn:
            return None
        local = part_.opened_at.astimezone(ZoneInfo(str(part_.plot.order["zone"]))) + timedelta(days=2)
        return local.replace(hour=23, minute=0, second=0, microsecond=0)

    def _decide(self, part_: Part, number: str) -> bool:
        verdict, turn = part_.plot.story.verdict, part_.verdicts
        asked = part_.expected.claim
        if part_.silent:
            return False
        if turn >= part_.expected.asks:
            raise Stuck(
                f"{part_.plot.story.name}: {number} is asked about once more: {self.line.why(number)}"
            )
        fields = {"decision": verdict.decision, "note": "", "amount": ""}
        if verdict.decision == "adjust":
            fields["amount"] = written(adjusted(asked, verdict.percent), part_.expected.currency)
        if verdict.decision != "approve":
            fields["note"] = "as agreed"
        cents = euro_cents(asked, part_.expected.currency)
        if turn == 0 and verdict.junior_first:
            cents = 1
        decided = self.line.decide(number, cents, fields, wrong_code=turn == 0 and verdict.wrong_code_first)
        part_.verdicts += decided
        self.later += not decided
        return decided


def _is_closed(part_: Part, standings: dict[str, Standing]) -> bool:
    standing = standings.get(part_.number)
    return standing is not None and standing.status == "closed"
