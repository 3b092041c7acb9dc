"""`make torture`: a private instance of everything is killed part by part, and its books are compared.

TORTURE_KILLS     how many kills in all (25)
TORTURE_SEED      of chance (today's, printed)
TORTURE_BATCH     kills in one trial (100)
TORTURE_FLIGHT    cases that are under way at the same time (100)
TORTURE_SECONDS   when to stop killing in any case (3600)
TORTURE_WORKERS   workers, the instance's own among them (4)
"""

from __future__ import annotations

import os
import random
import signal
import sys
import time

from tests.torture import moments, trial
from tests.torture.killing import Killer
from tests.torture.line import is_alive
from tests.torture.report import Report
from tests.torture.trial import Size
from tests.torture.whole import WholeLine, whole_line

WEIGHTS = {"worker": 1.0, "web": 1.0, "prefect": 0.25, "postgres": 0.25}  # there are several workers
RECOVERY = 900.0  # seconds


def main() -> int:
    wanted = int(os.environ.get("TORTURE_KILLS", "25"))
    report = Report(int(os.environ.get("TORTURE_SEED", str(int(time.time()) // 86_400))))
    began = time.monotonic()

    def say(text: str) -> None:
        sys.stdout.write(f"{time.monotonic() - began:6.0f} s  {text}\n")
        sys.stdout.flush()

    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # what was started is stopped on the way out
    say(f"torture: {wanted} kills, seed {report.seed}; starting everything")
    with whole_line() as line:
        say(f"its home is {line.home}")
        killer = Killer(
            line,
            random.Random(report.seed),
            (*moments.LEDGER * 3, *moments.CASE * 2, *moments.ENGINE),
            WEIGHTS,
            anywhere=14,
            kills=report.kills,
            stops=report.stops,
        )
        _trials(line, killer, report, wanted, began, say)
    report.seconds = time.monotonic() - began
    for sentence in report.found.sentences():
        say(sentence)
    say("nobody came by at: " + ", ".join(f"{name} {n}" for name, n in killer.missed.items()))
    sys.stdout.write(f"\n{report.table()}\n{report.last_line()}\n")
    return 0 if report.found.is_clean else 1


def _trials(
    line: WholeLine, killer: Killer, report: Report, wanted: int, began: float, say: trial.Say
) -> None:
    batch = int(os.environ.get("TORTURE_BATCH", "100"))
    flight = int(os.environ.get("TORTURE_FLIGHT", "100" if wanted > 50 else "10"))
    most = float(os.environ.get("TORTURE_SECONDS", "3600"))
    message = 1
    while killer.count < wanted and time.monotonic() - began < most:
        before = killer.count
        left = most - (time.monotonic() - began)
        size = Size(min(batch, wanted - before), flight, left, RECOVERY, pause=(0.1, 0.5))
        found, message = trial.run(line, killer, size, report.seed + report.trials, message, say)
        report.found.add(found)
        report.trials += 1
        say(
            f"trial {report.trials}: {killer.count - before} kills, {found.cases} cases; {report.last_line()}"
        )
        if not found.is_clean or not any(map(is_alive, line.parts().values())):
            return  # what was found is looked at, not covered by more


if __name__ == "__main__":
    sys.exit(main())
