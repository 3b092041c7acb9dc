"""The real worker with the fake desk, as a process: `python -m tests.flows.fake_worker URL [fault]`."""

from __future__ import annotations

import os
import sys

from flows import prefect_patches, seam, worker
from tests.flows.fake_desk import FakeDesk

seam.install(FakeDesk(sys.argv[1], os.environ["PREFECT_API_URL"]))
FAULTS = {"die-before-suspended": "propose_state_sync", "die-before-forgotten": "forget_answer"}
for fault in sys.argv[2:]:
    setattr(prefect_patches, FAULTS[fault], lambda *_, **__: os._exit(9))
sys.exit(worker.main())
