"""What each story should leave in the seller's books: the procedures as prose, worked out by hand.

Nothing here knows makegood: the rules are those of the pages that ops wrote (procedures, decision tables,
policies, limits), said again in other words, so that a mistake in one is not a mistake in both.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from tests.acceptance.account import Account, Entries, language_of, no_entries
from tests.acceptance.figures import CARRIER_CLAIM_FROM, REFUND_WITHOUT_ASKING, euro_cents
from tests.acceptance.story import Plot


@dataclass
class Expected:
    """What one plot leaves behind, while it is worked out; `case` is which of its cases is being told."""

    plot: Plot
    books: dict[str, Entries] = field(default_factory=no_entries)
    outcome: str = ""
    others: dict[str, str] = field(default_factory=dict)  # outcomes of sibling and second case
    asks: int = 0  # how often somebody is asked to approve
    case: str = "first"

    @property
    def account(self) -> Account:
        story = self.plot.story
        outcomes = {"first": self.outcome, **self.others}
        title = f"{story.procedure}: {story.name}"
        return Account(self.plot.nr, title, self.plot.order, self.books, outcomes)

    @property
    def order(self) -> str:
        return str(self.plot.order["id"])

    @property
    def currency(self) -> str:
        return str(self.plot.order["currency"])

    @property
    def language(self) -> str:
        return language_of(str(self.plot.order["locale"]))

    @property
    def claim(self) -> int:
        """What was paid for what the customer claims: one line, or all of them. Freight was free."""
        lines = [line for line in self.plot.order["lines"] if self.plot.line in ("", line["id"])]
        return sum(int(line["unit_paid"]["minor"]) * int(line["quantity"]) for line in lines)

    @property
    def payment(self) -> str:
        (payment,) = self.plot.order["payments"]  # these shops take one payment an order
        return str(payment["id"])

    def tell(self, *templates: str) -> None:
        for template in templates:
            self.books["messages"][self.case, template, self.language, self.plot.email] += 1

    def note(self, book: str, *entry: str | int | bool) -> None:
        self.books[book][self.order, *entry] += 1

    def pay(self, minor: int) -> None:
        self.note("refunds", self.payment, minor, self.currency)

    def release(self) -> None:
        """All of what was reserved on the card, and never taken."""
        (payment,) = self.plot.order["payments"]
        self.note("voids", self.payment, int(payment["authorised"]["minor"]), self.currency)

    def claim_on_the_carrier(self) -> None:
        """For what it lost, where that is worth the work. It never answers; a colleague has it pay."""
        assert euro_cents(self.claim, self.currency) >= CARRIER_CLAIM_FROM
        self.note("carrier_claims", "lost", self.claim, self.currency, "filed")
        self.others["carrier_claim"] = "recovered"

    def approved(self, minor: int, *, limit: int = REFUND_WITHOUT_ASKING, many: bool = False) -> int | None:
        """What may be paid of `minor`: all of it where nobody need be asked; None when they say no."""
        if euro_cents(minor, self.currency) <= limit and not many:
            return minor
        verdict = self.plot.story.verdict
        self.asks += 1 + verdict.wrong_code_first + verdict.junior_first + verdict.after_silence
        match verdict.decision:
            case "approve":
                return minor
            case "adjust":
                return adjusted(minor, verdict.percent)
            case "reject":
                return None


def adjusted(minor: int, percent: int) -> int:
    """What the supervisor of a story types: so many percent of what was asked, cut to whole units."""
    return minor * percent // 100


def expect(plot: Plot, now: datetime) -> Expected:
    """`now` is the shop's time when the cases were opened."""
    from tests.acceptance import cancellations, refunds  # they need the words above

    expected = Expected(plot)
    if plot.story.procedure == "refund":
        refunds.tell(expected, now)
    else:
        cancellations.tell(expected, now)
    return expected
