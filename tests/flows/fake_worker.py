"""The real worker with the fake desk, as a process: `python -m tests.flows.fake_worker URL [fault]`."""

from __future__ import annotations

import os
import sys

from flows import prefect_patches, seam, worker
from tests.flows.fake_desk import FakeDesk

seam.install(FakeDesk(sys.argv[1], os.environ["PREFECT_API_URL"]))
if "die-before-suspended" in sys.argv:
    setattr(prefect_patches, "propose_state_sync", lambda *_, **__: os._exit(9))  # noqa: B010  # not an export
sys.exit(worker.main())
