"""What the store refuses, as facts with values.

Refusal
├── StaleFence          somebody else drives the case by now
├── AlreadyOpen         the customer has an open case about this already
├── OrderBusy           another payment of the order is under way or unknown
├── OverCompensated     more than was paid for it, or more than its cap
├── Erased              the customer's key is destroyed
├── StillOpen           erasure while cases are open
├── NotDemo             codes are printed for people of the demo only
└── PersonExists        ids of people are not given twice
Surprise
├── Missing             a row that must be there is not
├── JournalMoved        the journal is not where the writer left it
├── KeyReused           one idempotency key, two different effects
├── EffectSettled       an effect that has ended otherwise
├── Misallocated        allocations do not fit the effect's money or order
├── OrderChanged        the shop tells of an order what cannot be true after what we did to it
├── VersionChanged      one digest, two contents
└── Unreadable          ciphertext that its key does not open: tampered with, or moved to another row
"""

from __future__ import annotations

from makegood.core.errors import Refusal, Surprise


class StaleFence(Refusal):
    """A writer whose lease was taken over; nothing of its transaction may stay."""

    def __init__(self, case_id: int, held: int, current: int) -> None:
        super().__init__(f"case {case_id} is driven under fence {current}, not {held}")
        self.case_id = case_id
        self.held = held
        self.current = current


class AlreadyOpen(Refusal):
    """One open case per customer, order and problem; `number` is the one there is, where known."""

    def __init__(self, number: str | None) -> None:
        super().__init__(f"the problem has an open case already: {number or 'just opened by another'}")
        self.number = number


class OrderBusy(Refusal):
    """One order is paid out by one effect at a time; `key` is the effect that must settle first."""

    def __init__(self, order: str, key: str, status: str) -> None:
        super().__init__(f"order {order}: {key} is {status}")
        self.order = order
        self.key = key
        self.status = status


class OverCompensated(Refusal):
    """`asked` and `left` are minor units of the order's currency; `what` names unit, payment or bucket."""

    def __init__(self, order: str, what: str, asked: int, left: int) -> None:
        super().__init__(f"order {order}, {what}: {asked} asked, {left} left")
        self.order = order
        self.what = what
        self.asked = asked
        self.left = left


class Erased(Refusal):
    def __init__(self, customer: str) -> None:
        super().__init__(f"customer {customer} is erased; what was sealed for them cannot be read")
        self.customer = customer


class StillOpen(Refusal):
    def __init__(self, customer: str, numbers: tuple[str, ...]) -> None:
        super().__init__(f"customer {customer} has open cases: {', '.join(numbers)}")
        self.customer = customer
        self.numbers = numbers


class NotDemo(Refusal):
    def __init__(self, person: str) -> None:
        super().__init__(f"{person} was not made by the demo; their code is on their own device")
        self.person = person


class PersonExists(Refusal):
    def __init__(self, person: str) -> None:
        super().__init__(f"there is a person {person} already")
        self.person = person


class Missing(Surprise):
    def __init__(self, what: str, key: object) -> None:
        super().__init__(f"no {what} {key}")
        self.what = what
        self.key = key


class JournalMoved(Surprise):
    """`expected` is the last event that the writer has folded, `found` the last there is."""

    def __init__(self, number: str, expected: int, found: int) -> None:
        super().__init__(f"journal of {number} ends at {found}, the writer expected {expected}")
        self.number = number
        self.expected = expected
        self.found = found


class KeyReused(Surprise):
    def __init__(self, key: str) -> None:
        super().__init__(f"{key} was intended before with other arguments, money or allocations")
        self.key = key


class EffectSettled(Surprise):
    def __init__(self, key: str, found: str, wanted: str) -> None:
        super().__init__(f"{key} is {found} and cannot become {wanted}")
        self.key = key
        self.found = found
        self.wanted = wanted


class Misallocated(Surprise):
    def __init__(self, key: str, problem: str) -> None:
        super().__init__(f"{key}: {problem}")
        self.key = key


class OrderChanged(Surprise):
    def __init__(self, order: str, what: str) -> None:
        super().__init__(f"order {order}: {what}")
        self.order = order
        self.what = what


class VersionChanged(Surprise):
    def __init__(self, version: str) -> None:
        super().__init__(f"version {version} is published with another content")
        self.version = version


class Unreadable(Surprise):
    def __init__(self, bound: str) -> None:
        super().__init__(f"ciphertext of {bound} does not open with its key")
        self.bound = bound
