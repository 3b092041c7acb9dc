"""A crew whose only thread is taken: a run that it has found waits, and goes on elsewhere. Says its states.

python -m tests.flows.waiting_crew RUN POOL STATE...
"""

from __future__ import annotations

import logging
import sys
import threading
import time
from uuid import UUID

from prefect.client.orchestration import get_client
from prefect.client.schemas.objects import State, StateType

from flows.crew import Crew


def main() -> int:
    run, pool, elsewhere = UUID(sys.argv[1]), sys.argv[2], sys.argv[3:]
    worker = logging.getLogger("makegood.worker")
    worker.setLevel(logging.INFO)
    worker.addHandler(logging.StreamHandler())
    gate = threading.Event()
    with get_client(sync_client=True) as client:
        crew = Crew(client, pool, "waiting", 1)
        first = client.read_flow_run(run)
        crew._busy[first.deployment_id or run] = first  # another run, as long as the gate is closed
        crew._threads.submit(gate.wait)
        found = client.get_scheduled_flow_runs_for_work_pool(pool)
        for entry in found:
            crew._put(entry.flow_run, claimed=False)
        for name in elsewhere:
            state: State[None] = State(type=StateType[name.upper()], message="elsewhere")
            client.set_flow_run_state(run, state)
        gate.set()
        while crew._futures:
            time.sleep(0.05)
        crew._say_crashes()
        told = sorted(client.read_flow_run_states(run), key=lambda state: state.timestamp)
        print(
            "said",
            len(found),
            *(f"{state.name}{':' * bool(state.message)}{state.message or ''}" for state in told),
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
