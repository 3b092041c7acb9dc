"""A report from outside reaches every case that it concerns, whatever else happens to them just then."""

from __future__ import annotations

import threading
import time

from makegood.desk.hearing import Heard, Report, hear
from makegood.store import cases
from tests.desk.bench import Bench


def test_a_report_does_not_stand_in_the_way_of_a_case_that_tells_its_caller(bench: Bench) -> None:
    """Who closes holds its own row, then takes its caller's; a report must not go the other way round."""
    caller = bench.open(procedure="refund", reason="not_delivered")
    called = bench.open(procedure="cancel", reason="changed_mind", external_id="another")
    report = Report(
        source="carrier",
        id="evt-1",
        name="parcel.lost",
        order="A-1",
        match="T-1",
        facts={},
        occurred_at=bench.desk.now(),
    )
    heard: list[Heard] = []
    listening = threading.Thread(target=lambda: heard.append(hear(bench.desk, report)))
    with bench.desk.store.begin() as tx:
        cases.lock(tx, bench.case(called).id)
        listening.start()
        time.sleep(0.5)  # by now it has come to the row that we hold
        cases.lock(tx, bench.case(caller).id)
    listening.join(20)
    assert heard == [Heard(cases=2, taken=2)]
