"""The worker over the bench's desk: `python -m bench.refund8.worker BOOKS AHEAD`; settings as ever."""

from __future__ import annotations

import signal
import sys
import threading
from datetime import timedelta

from bench.refund8 import desk as refund8
from flows import worker
from makegood.settings import Settings


def main() -> None:
    books, ahead = sys.argv[1:3]
    settings = Settings()
    worker._log_to_stderr()
    worker.prepare(settings)
    from flows import seam
    from flows.real_desk import RealDesk

    seam.install(RealDesk(refund8.make(settings, books, timedelta(seconds=float(ahead)))))
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    worker.work(seam.desk(), settings.worker_limit, stop)


if __name__ == "__main__":
    main()
