"""A private instance of everything, as `makegood up --detach` starts it, and its front doors."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from makegood.running import parts
from tests.conftest import server_folder

T = TypeVar("T")


@dataclass(frozen=True)
class Instance:
    """`addresses` is what `makegood status --json` shows."""

    home: Path
    addresses: dict[str, Any]
    environment: dict[str, str]

    def run(self, *arguments: str, ok: bool = True) -> subprocess.CompletedProcess[str]:
        """`makegood ...`; fails the test with what was said, unless a refusal is expected."""
        done = _run(self.environment, *arguments)
        assert not ok or done.returncode == 0, f"makegood {' '.join(arguments)}\n{done.stdout}{done.stderr}"
        return done

    def json(self, *arguments: str) -> Any:
        return json.loads(self.run(*arguments, "--json").stdout)

    def get(self, address: str) -> Any:
        request = urllib.request.Request(address, headers=self._key(address))
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)

    def post(self, address: str, body: Any = None) -> Any:
        data, headers = json.dumps(body or {}).encode(), {"Content-Type": "application/json"}
        request = urllib.request.Request(address, data, headers | self._key(address), method="POST")
        with urllib.request.urlopen(request, timeout=60) as answer:
            text = answer.read()
        return json.loads(text) if text else None

    def _key(self, address: str) -> dict[str, str]:
        """What Prefect's server asks for, where this instance has a door."""
        auth = self.environment.get("MAKEGOOD_PREFECT_AUTH")
        if auth is None or not address.startswith(self.addresses["prefect_api"]):
            return {}
        return {"Authorization": f"Basic {base64.b64encode(auth.encode()).decode()}"}

    def prefect(self, path: str, body: Any = None) -> Any:
        address = f"{self.addresses['prefect_api']}{path}"
        return self.get(address) if body is None else self.post(address, body)


def until(what: str, look: Callable[[], T], seconds: float = 60, every: float = 0.5) -> T:
    """The first truthy look; names what was waited for when it never comes."""
    deadline = time.monotonic() + seconds
    while not (found := look()):
        assert time.monotonic() < deadline, f"waited {seconds} s for {what}"
        time.sleep(every)
    return found


def _run(environment: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "makegood.cli", *arguments]
    return subprocess.run(
        command, env=environment, capture_output=True, text=True, check=False, cwd=parts.CHECKOUT
    )


@contextmanager
def running(**settings: str) -> Iterator[Instance]:
    """Started on free ports in a home of its own; stopped by process id, also when the test fails."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MAKEGOOD_")}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    with server_folder() as folder:
        home = folder / "home"
        environment |= {"MAKEGOOD_HOME": str(home), **settings}
        try:
            started = _run(environment, "up", "--detach", "--no-samples")
            assert started.returncode == 0, started.stdout + started.stderr
            addresses = json.loads(_run(environment, "status", "--json").stdout)
            yield Instance(home, addresses, environment)
        finally:
            _run(environment, "down")
