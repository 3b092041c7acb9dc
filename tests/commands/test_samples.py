"""The samples over the real sandbox: some of everything that a newcomer should see."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from uuid import uuid4

from makegood.core.decisions import Do
from makegood.desk import legs, samples, staff
from makegood.desk.desk import Desk
from makegood.desk.views import case_view


def perform(_do: Do, call: Callable[[], None]) -> None:
    call()


def test_samples_are_opened_once_and_come_to_rest_in_every_way(desk: Desk) -> None:
    numbers = samples.open_samples(desk)
    assert samples.open_samples(desk) == numbers
    assert len(numbers) == len(samples.CASES)
    for number in numbers.values():
        legs.drive(desk, number, f"test-{uuid4()}", perform)
    views = {order: case_view(desk, number) for order, number in numbers.items()}
    rests = Counter(view.case.outcome or view.case.waits_on for view in views.values())
    assert rests["approval"] >= 3
    assert rests["customer"] >= 3
    assert rests["agent"] >= 1
    assert sum(view.case.status == "closed" for view in views.values()) >= 3
    assert {view.case.locale[:2] for view in views.values()} >= {"en", "de", "zh"}
    assert samples.parcel_of(desk, numbers[samples.COMING_BACK.order])
    assert staff.demo_code(desk, samples.SUPERVISOR).isdigit()
