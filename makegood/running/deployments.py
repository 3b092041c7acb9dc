"""Prefect's work pool and deployments, applied when something about them has changed."""

from __future__ import annotations

import base64
import hashlib
import http.client
import json
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from makegood.core.errors import Surprise
from makegood.running.instance import Instance
from makegood.running.parts import CHECKOUT

_MARK = "deployments.digest"


class DeploymentsRefused(Surprise):
    """Prefect did not take the deployments; carries what was said."""

    def __init__(self, output: str) -> None:
        self.output = output
        super().__init__(f"the deployments of deployments/prefect.yaml could not be applied:\n{output}")


def apply(home: Path, running: Instance, environment: Mapping[str, str]) -> bool:
    """True when they were applied, False when Prefect has them and nothing has changed since."""
    digest, mark = _digest(environment), home / _MARK
    known = mark.exists() and mark.read_text() == digest
    if known and count(running) >= _expected():
        return False
    result = subprocess.run(
        [sys.executable, "-m", "flows.deployments"],
        env=dict(environment),
        cwd=CHECKOUT,
        check=False,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )
    if result.returncode != 0:
        raise DeploymentsRefused("\n".join((result.stdout + result.stderr).splitlines()[-25:]))
    mark.write_text(digest)
    return True


def count(running: Instance) -> int:
    """How many Prefect has: none after its database was wiped. 0 when it does not answer."""
    answer = ask(running, "/deployments/count", {})
    return answer if isinstance(answer, int) else 0


def ask(running: Instance, path: str, body: object) -> object:
    """What Prefect's API answers; None when it does not, or with an error."""
    return post(f"{running.prefect_api}{path}", body, running.prefect_auth)


def post(url: str, body: object, auth: str | None = None) -> object:
    """What a JSON endpoint answers; None when it does not, or with an error."""
    parts, headers = urlsplit(url), {"Content-Type": "application/json"}
    if auth is not None:
        headers["Authorization"] = f"Basic {base64.b64encode(auth.encode()).decode()}"
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=10)
    try:
        connection.request("POST", parts.path, json.dumps(body), headers)
        response = connection.getresponse()
        return json.loads(response.read()) if response.status < 300 else None
    except (OSError, ValueError, http.client.HTTPException):
        return None
    finally:
        connection.close()


def _expected() -> int:
    text = (CHECKOUT / "deployments" / "prefect.yaml").read_text()
    return sum(line.lstrip("- ").startswith("entrypoint:") for line in text.splitlines())


def _digest(environment: Mapping[str, str]) -> str:
    """Over all that deployments and automations are made from: the files, the flows with their parameters,
    and the variables that the automations name."""
    digest = hashlib.sha256()
    automations = (CHECKOUT / "deployments" / "automations.yaml").read_text()
    files = [CHECKOUT / "deployments" / name for name in ("prefect.yaml", "automations.yaml")]
    for path in sorted([*files, *(CHECKOUT / "flows").glob("*.py")]):
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    for name in ["MAKEGOOD_WEB_URL", *sorted(set(re.findall(r"\$\{(\w+)\}", automations)))]:
        digest.update(f"{name}={environment.get(name, '')}\0".encode())
    return digest.hexdigest()
