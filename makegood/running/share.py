"""One of the processes that share a bulk run: `python -m makegood.running.share`, lines in and lines out."""

from __future__ import annotations

import sys
import threading

from makegood.desk import bulk
from makegood.running import collecting

COMMAND = (sys.executable, "-m", "makegood.running.share")


def main() -> None:
    from makegood import wiring

    desk = wiring.desk()
    collecting.rarely(collecting.BATCHES)

    def drain(holder: str, tell: bulk.Tell, stop: threading.Event) -> bulk.Drained:
        return bulk.drain(desk, holder, lanes=bulk.SHARED_LANES, tell=tell, stop=stop)

    bulk.serve(drain)


if __name__ == "__main__":
    main()
