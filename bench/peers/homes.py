"""Which peers are set up under $PEERS_HOME, and how their drivers are run."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Peers:
    """`home` is None where nothing was set up."""

    home: Path | None

    def has(self, environment: str) -> bool:
        return self.home is not None and (self.home / f"v-{environment}" / "bin" / "python").exists()

    def by_rule(self, engine: str, many: int, sink: str = "", mark: str = "") -> dict[str, Any] | None:
        """`sink` is host:port of a Seller API for the effects, `mark` tells this run's orders apart."""
        environment = "dbos" if engine == "bare" else engine
        command = [str(HERE / "by_rule.py"), engine, str(many)]
        return self._run(environment, command, BENCH_SINK=sink, BENCH_MARK=mark)

    def prefect(self, variant: str, many: int, latencies: int) -> dict[str, Any] | None:
        told = ["--variant", variant, "-n", str(many), "--lat", str(latencies)]
        return self._run("prefect", [f"{self.home}/bench/eng_prefect.py", *told])

    def _run(self, environment: str, command: list[str], **more: str) -> dict[str, Any] | None:
        if not self.has(environment):
            return None
        hushed = {k: v for k, v in os.environ.items() if k not in ("PYTHONDONTWRITEBYTECODE", "PYTHONPATH")}
        done = subprocess.run(
            [f"{self.home}/v-{environment}/bin/python", *command],
            env=hushed | {"PEERS_HOME": str(self.home)} | more,
            capture_output=True,
            text=True,
            timeout=1800,
            check=False,
        )
        told = [line for line in done.stdout.splitlines() if line.startswith("RESULT ")]
        if not told:
            sys.stderr.write(f"{command}: {done.stderr[-800:]}\n")
            return None
        return dict(json.loads(told[-1].removeprefix("RESULT ")))


def find(say: Callable[[str], None]) -> Peers:
    """What is left out, and why, is said."""
    named = os.environ.get("PEERS_HOME")
    home = Path(named) if named else None
    if home is None or not (home / "bench" / "common.py").exists():
        say(
            "no peers: PEERS_HOME names no folder that the peers' setup.sh has filled; ours is measured alone"
        )
        return Peers(None)
    if postmaster(home) is None:
        say(
            f"no peers: their PostgreSQL in {home}/pg does not run, and the peers' setup.sh starts it;"
            " ours is measured alone"
        )
        return Peers(None)
    return Peers(home)


def postmaster(home: Path) -> tuple[int, int] | None:
    """Process and port of the peers' PostgreSQL; None while it does not answer."""
    try:
        lines = (home / "pg" / "data" / "postmaster.pid").read_text().splitlines()
        pid, port = int(lines[0]), int(lines[3])
        socket.create_connection(("127.0.0.1", port), timeout=5).close()
    except (OSError, ValueError, IndexError):
        return None
    return pid, port
