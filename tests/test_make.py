"""What the Makefile's targets stand on: locks that are complete, and a bootstrap that knows what it did."""

from __future__ import annotations

import ast
import importlib.metadata
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import bootstrap

ROOT = Path(bootstrap.__file__).parent
OURS = {"bench", "makegood", "flows", "tasks", "tests", "bootstrap"}


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def locked(lock: str) -> set[str]:
    return {normal(line.split("==")[0]) for line in (ROOT / lock).read_text().splitlines() if "==" in line}


def imported(*roots: str) -> Iterator[tuple[str, Path]]:
    for path in (path for root in roots for path in (ROOT / root).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Import):
                yield from ((alias.name.split(".")[0], path) for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                yield node.module.split(".")[0], path


@pytest.mark.parametrize(
    ("lock", "roots"),
    [("requirements.txt", ("makegood", "flows", "tasks")), ("requirements-dev.txt", ("tests",))],
)
def test_whatever_is_imported_is_locked(lock: str, roots: tuple[str, ...]) -> None:
    known = importlib.metadata.packages_distributions()
    there = locked(lock)
    missing = {
        (module, str(path.relative_to(ROOT)))
        for module, path in imported(*roots)
        if module not in sys.stdlib_module_names
        and module not in OURS
        and not {normal(name) for name in known.get(module, [])} & there
    }
    assert missing == set()


@pytest.mark.parametrize("lock", ["requirements-boot.txt", "requirements.txt", "requirements-dev.txt"])
def test_locks_have_hashes_and_name_no_registry(lock: str) -> None:
    text = (ROOT / lock).read_text()
    assert "--hash=sha256:" in text
    assert "://" not in text
    assert not re.search(r"^--(index|extra|find)", text, re.MULTILINE)


def test_both_locks_agree() -> None:
    def versions(lock: str) -> set[str]:
        return set(re.findall(r"^\S+==\S+", (ROOT / lock).read_text(), re.MULTILINE))

    assert versions("requirements.txt") <= versions("requirements-dev.txt")


def test_a_changed_lock_is_installed_and_an_unchanged_one_is_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for file in ("bootstrap.py", "pyproject.toml", "requirements-boot.txt", "requirements.txt"):
        (tmp_path / file).write_text("first")
    monkeypatch.setattr(bootstrap, "ROOT", tmp_path)
    monkeypatch.setattr(bootstrap, "VENV", tmp_path)
    assert not bootstrap.is_installed("run")
    bootstrap.remember("run")
    assert bootstrap.is_installed("run")
    (tmp_path / "requirements.txt").write_text("second")
    assert not bootstrap.is_installed("run")


def test_what_pip_was_told_is_told_to_uv(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = "\n".join(
        [
            ":env:.cert='/etc/one.pem'",
            "global.cert='/etc/two.pem'",
            "global.extra-index-url='https://a.example/simple https://b.example/simple'",
            "global.find-links='/opt/wheels'",
            "global.index-url='https://index.example/simple'",
        ]
    )
    for name in ("SSL_CERT_FILE", "UV_INDEX", "UV_DEFAULT_INDEX", "UV_FIND_LINKS"):
        monkeypatch.delenv(name, raising=False)
    told = bootstrap.uv_environment(shown)
    assert told["SSL_CERT_FILE"] == "/etc/one.pem"
    assert told["UV_INDEX"] == "https://a.example/simple https://b.example/simple"
    assert told["UV_DEFAULT_INDEX"] == "https://index.example/simple"
    assert told["UV_FIND_LINKS"] == "/opt/wheels"
