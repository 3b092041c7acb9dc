"""A minute of torture: processes are killed at every moment of the ledger's protocol, and the books agree."""

from __future__ import annotations

import random

import pytest

from tests.torture import moments, trial
from tests.torture.killing import Killer
from tests.torture.short import short_line
from tests.torture.trial import Size

SEED = 20261122
SIZE = Size(kills=16, in_flight=10, seconds=60, recovery=300, pause=(0.1, 0.5))


@pytest.mark.timeout(480)
def test_nothing_is_lost_stuck_or_doubled_when_processes_are_killed() -> None:
    with short_line() as line:
        killer = Killer(
            line,
            random.Random(SEED),
            (*moments.LEDGER, *moments.CASE),
            weights={"postgres": 0.3, "worker": 1.0},
            anywhere=4,
            grace=0.8,
        )
        found, _ = trial.run(line, killer, SIZE, SEED, 1, print)
    print(dict(killer.kills), dict(killer.stops), dict(killer.missed))
    assert found.is_clean, "\n".join(found.sentences())
    assert killer.count >= 3
    assert found.cases >= SIZE.in_flight
