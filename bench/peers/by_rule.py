"""refund-8 with the approval given by rule, in the peers' own engines: `by_rule.py ENGINE N [SINK]`.

Run by each peer's own Python, with $PEERS_HOME/bench on its path. The steps, the stores and the processes
are those of the peers' drivers; only the wait for an approval is left out, at no cost to the peer. With
SINK, refund and notice are POSTs to that address instead of rows.
"""

import json
import os
import sys
import time
from pathlib import Path

sys.path.insert(0, os.environ["PEERS_HOME"] + "/bench")

import common

HERE = str(Path(__file__).resolve())
SINK = os.environ.get("BENCH_SINK", "")


def post(path: str, key: str, body: dict[str, object]) -> str:
    import http.client
    import threading

    mine = globals().setdefault("_mine", threading.local())
    connection = getattr(mine, "connection", None)
    if connection is None:
        connection = mine.connection = http.client.HTTPConnection(SINK)
    head = {"content-type": "application/json", "idempotency-key": key}
    connection.request("POST", path, json.dumps({**body, "reference": key}), head)
    answer = connection.getresponse()
    told = answer.read()
    assert answer.status in (200, 201), told
    return str(told)


def issue_refund(case: str) -> str:
    if not SINK:
        return str(common.s_issue_refund(case))
    amount = {"minor": 4200, "currency": "EUR"}
    return post(f"/payments/PAY-{case}-1/refunds", f"refund:{case}", {"amount": amount})


def notify(case: str) -> str:
    if not SINK:
        return str(common.s_notify(case))
    told = {
        "to": f"{case}@example.test",
        "channel": "email",
        "locale": "de",
        "body": "refunded",
        "case": case,
    }
    return post("/messages", f"note:{case}", told)


issue_refund.__name__, notify.__name__ = "s_issue_refund", "s_notify"
STEPS = (
    common.s_load_case,
    common.s_check_policy,
    common.s_check_evidence,
    common.s_decide,
    issue_refund,
    notify,
    common.s_close,
)


def dbos_worker() -> None:
    import eng_dbos
    from dbos import DBOS

    DBOS(
        config={
            "name": "refund8",
            "system_database_url": eng_dbos.URL["pg"],
            "application_version": "1",
            "executor_id": "w1",
            "log_level": "WARNING",
        }
    )

    def made(function):  # type: ignore[no-untyped-def]
        async def step(case: str):  # type: ignore[no-untyped-def]
            return function(case)

        return DBOS.step(name=function.__name__)(step)

    steps = [made(function) for function in STEPS]

    @DBOS.workflow(name="refund")
    async def refund(case: str) -> None:
        for step in steps:
            await step(case)

    DBOS.launch()
    DBOS.register_queue(eng_dbos.Q)
    print("worker up", flush=True)
    while True:
        time.sleep(3600)


def dbos():  # type: ignore[no-untyped-def]
    import eng_dbos

    class ByRule(eng_dbos.E):  # type: ignore[misc, name-defined]
        def start_worker(self) -> None:
            self.worker = common.spawn([sys.executable, HERE, "dbos-worker"], self.log)

    return ByRule("pg")


def restate_app():  # type: ignore[no-untyped-def]
    import restate
    from restate import Workflow, WorkflowContext

    workflow = Workflow("refund")

    def made(function):  # type: ignore[no-untyped-def]
        async def step(case: str):  # type: ignore[no-untyped-def]
            return function(case)

        return step

    steps = [(function.__name__, made(function)) for function in STEPS]

    @workflow.main()
    async def run(context: WorkflowContext, case: str) -> str:
        for name, step in steps:
            await context.run_typed(name, step, restate.RunOptions(), case)
        return "closed"

    return restate.app([workflow])


def restate_engine():  # type: ignore[no-untyped-def]
    import eng_restate

    class ByRule(eng_restate.E):  # type: ignore[misc, name-defined]
        def start_worker(self) -> None:
            folder = str(Path(HERE).parent)
            hypercorn = str(Path(sys.executable).parent / "hypercorn")
            env = {"BY_RULE_APP": "1", "PYTHONPATH": f"{common.ROOT}/bench:{folder}"}
            bind = f"127.0.0.1:{eng_restate.EP}"
            self.worker = common.spawn(
                [hypercorn, "by_rule:APP", "--bind", bind], self.log + ".worker.log", env
            )

    return ByRule("")


class Bare(common.Engine):  # type: ignore[misc, name-defined]
    """One process, one connection, one commit a step."""

    name = "bare"

    def roots(self) -> list[int]:
        return [os.getpid()]

    def start(self, ids: list[str]) -> None:
        for case in ids:
            for step in STEPS:
                step(case)


def measure(engine, many: int, mark: str) -> dict[str, object]:  # type: ignore[no-untyped-def]
    """From the first case handed over until all are closed; `late` counts from the last hand-over on."""
    common.biz_reset()
    try:
        engine.setup()
        warm = [f"w-{mark}{n}" for n in range(5)]
        common.add_cases(warm)
        engine.start(warm)
        assert common.wait_count("w-", "closed", 5, 60) == 5, "warm-up"
        ids = [f"a-{mark}{n}" for n in range(many)]
        common.add_cases(ids)
        pg = [common.pg_pid()]
        spent, base, begun = common.cpu(engine.roots()), common.cpu(pg), time.time()
        engine.start(ids)
        accepted, early = time.time(), common.count("a-", "closed")
        closed = common.wait_count("a-", "closed", many, 900)
        ended = time.time()
        return {
            "engine": engine.name,
            "cases": many,
            "closed": closed,
            "seconds": round(ended - begun, 4),
            "accept_seconds": round(accepted - begun, 4),
            "closed_while_accepting": early,
            "cpu": round(common.cpu(engine.roots()) - spent, 3),
            "database_cpu": round(common.cpu(pg) - base, 3),
        }
    finally:
        engine.teardown()


if __name__ == "__main__":
    if sys.argv[1] == "dbos-worker":
        dbos_worker()
    else:
        made_engine = {"dbos": dbos, "restate": restate_engine, "bare": Bare}[sys.argv[1]]()
        print(
            "RESULT " + json.dumps(measure(made_engine, int(sys.argv[2]), os.environ.get("BENCH_MARK", ""))),
            flush=True,
        )
elif os.environ.get("BY_RULE_APP"):
    APP = restate_app()
