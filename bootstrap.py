"""Makes .venv and installs the locked requirements; standard library only, run by the Makefile.

    python3 bootstrap.py run|dev            install what running needs, or testing too
    python3 bootstrap.py lock [--upgrade]   resolve requirements*.in into requirements*.txt

A second run with nothing changed costs milliseconds: what was installed is remembered in .venv.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
LOCKS = {"run": ["requirements.txt"], "dev": ["requirements-dev.txt"]}


def main() -> int:
    if sys.version_info < (3, 11):
        print(f"makegood needs Python 3.11 or newer; this is {sys.version.split()[0]} at {sys.executable}.")
        print("Name another one: make up PYTHON=/path/to/python3.12")
        return 2
    wanted, *rest = sys.argv[1:]
    if wanted == "lock":
        return _lock(rest)
    if is_installed("dev") or is_installed(wanted):
        return 0
    began = time.monotonic()
    _say(f"installing into .venv (locked, {wanted})")
    try:
        _make_venv()
        _install_requirements(wanted)
        _install_package()
    except subprocess.CalledProcessError as error:
        _say(f"failed: {' '.join(map(str, error.cmd))}")
        return 1
    remember(wanted)
    _say(f"installed in {time.monotonic() - began:.0f} s")
    return 0


def _make_venv() -> None:
    """A venv of another interpreter, or one that was moved, is made anew."""
    marker = VENV / "makegood.origin"
    if not (PYTHON.exists() and marker.exists() and marker.read_text() == _origin()):
        shutil.rmtree(VENV, ignore_errors=True)
        made = subprocess.run(
            [sys.executable, "-m", "venv", str(VENV)], check=False, capture_output=True, text=True
        )
        if made.returncode != 0:
            print(made.stdout + made.stderr)
            print("If ensurepip is missing: install your system's python3-venv package.")
            made.check_returncode()
        marker.write_text(_origin())


def _install_requirements(wanted: str) -> None:
    """By uv, ten times as fast; by pip where uv cannot (an index that only pip understands)."""
    locks = [part for name in LOCKS[wanted] for part in ("-r", name)]
    boot = _run(_pip("install", "--require-hashes", "-r", "requirements-boot.txt"), quiet=True)
    if boot == 0:
        uv = [str(VENV / "bin" / "uv"), "pip", "install", "--python", str(PYTHON), "--require-hashes", *locks]
        shown = [] if sys.stderr.isatty() else ["--quiet"]  # progress is for eyes
        if _run([*uv, "--compile-bytecode", *shown], uv_environment(_pip_configuration())) == 0:
            return
        _say("uv could not; pip takes over (slower)")
    _run(_pip("install", "--require-hashes", *locks), check=True)


def _install_package() -> None:
    """Editable, with the locked setuptools: nothing unlocked is fetched to build it."""
    command = _pip("install", "--no-deps", "--no-build-isolation", "--no-index", "--editable", ".")
    _run(command, check=True, quiet=True)


def _lock(options: list[str]) -> int:
    """Universal: one lock serves Linux and macOS. No registry's address is written; hashes are."""
    command = [str(VENV / "bin" / "uv"), "pip", "compile", "--quiet", "--universal"]
    command += ["--python-version", "3.11", "--generate-hashes", "--no-emit-index-url"]
    command += ["--no-annotate", "--no-header", *options]
    for name in ("requirements-boot", "requirements", "requirements-dev"):
        code = _run([*command, f"{name}.in", "-o", f"{name}.txt"], uv_environment(_pip_configuration()))
        if code != 0:
            return code
    return 0


def uv_environment(pips: str) -> dict[str, str]:
    """What pip was configured with, in uv's words: uv does not read pip's files."""
    configured: dict[str, str] = {}
    for line in pips.splitlines():  # the environment comes first, and wins
        name, _, value = line.partition("=")
        configured.setdefault(name.rpartition(".")[2], value.strip("'\"").replace("\\n", " "))
    # all indexes alike, as pip does; hashes decide anyway
    environment = {**os.environ, "UV_INDEX_STRATEGY": "unsafe-best-match"}
    words = {
        "index-url": "UV_DEFAULT_INDEX",
        "extra-index-url": "UV_INDEX",
        "find-links": "UV_FIND_LINKS",
        "trusted-host": "UV_INSECURE_HOST",
        "cert": "SSL_CERT_FILE",
        "proxy": "ALL_PROXY",
    }
    for option, variable in words.items():
        if option in configured and variable not in os.environ:
            separator = "," if option == "find-links" else " "
            environment[variable] = separator.join(configured[option].split())
    if configured.get("no-index", "").lower() in ("1", "true", "yes"):
        environment["UV_NO_INDEX"] = "1"
    return environment


def _pip_configuration() -> str:
    command = _pip("config", "list")
    return subprocess.run(command, check=False, capture_output=True, text=True, cwd=ROOT).stdout


def _pip(*arguments: str) -> list[str]:
    return [str(PYTHON), "-m", "pip", "--disable-pip-version-check", *arguments]


def _run(
    command: list[str], environment: dict[str, str] | None = None, *, check: bool = False, quiet: bool = False
) -> int:
    silence = subprocess.PIPE if quiet else None
    result = subprocess.run(
        command, cwd=ROOT, env=environment, check=False, stdout=silence, stderr=silence, text=True
    )
    if quiet and result.returncode != 0:
        print(result.stdout + result.stderr)
    if check:
        result.check_returncode()
    return result.returncode


def is_installed(name: str) -> bool:
    stamp = _stamp(name)
    return stamp.exists() and stamp.read_text() == _digest(name)


def remember(name: str) -> None:
    """Last, so that an interrupted installation is begun again."""
    _stamp(name).write_text(_digest(name))


def _stamp(name: str) -> Path:
    return VENV / f"makegood.{name}"


def _digest(name: str) -> str:
    """Over content, not times: a checkout of another branch and back installs nothing."""
    digest = hashlib.sha256(_origin().encode())
    for file in ("bootstrap.py", "pyproject.toml", "requirements-boot.txt", *LOCKS[name]):
        digest.update((ROOT / file).read_bytes())
    return digest.hexdigest()


def _origin() -> str:
    return f"{ROOT}\n{sys.version}\n{sys.base_prefix}\n"


def _say(text: str) -> None:
    print(f"bootstrap: {text}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
