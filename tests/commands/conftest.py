"""The command line against a real store and a real sandbox over HTTP; legs are driven by the test."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from makegood import wiring
from makegood.cli import main
from makegood.core.decisions import Do
from makegood.desk import legs
from makegood.desk.desk import Desk
from makegood.sandbox.app import make_app
from tests.sandbox.serving import serving


@dataclass(frozen=True)
class Said:
    """What a command said, and how it ended."""

    code: int
    out: str
    error: str

    @property
    def json(self) -> Any:
        assert self.code == 0, self.error
        return json.loads(self.out)


Makegood = Callable[..., Said]


@pytest.fixture
def shop(books_url: str) -> Iterator[str]:
    """The address of a sandbox with its sample orders."""
    with serving(make_app(database_url=books_url)) as address:
        yield address


@pytest.fixture
def installation(
    home: Path, store_url: str, shop: str, free_port: int, monkeypatch: pytest.MonkeyPatch
) -> Iterator[None]:
    """Settings as `make up` would leave them, except that nothing is Prefect."""
    monkeypatch.setenv("MAKEGOOD_DATABASE_URL", store_url)
    monkeypatch.setenv("MAKEGOOD_SELLER_API_URL", shop)
    monkeypatch.setenv("MAKEGOOD_CLOCK", "sandbox")
    monkeypatch.setenv("MAKEGOOD_PREFECT_API_URL", f"http://127.0.0.1:{free_port}/api")
    _forget()
    yield
    if wiring.desk.cache_info().currsize:
        wiring.desk().store.close()
    _forget()


def _forget() -> None:
    wiring.desk.cache_clear()
    wiring.settings.cache_clear()


@pytest.fixture
def makegood(installation: None, capsys: pytest.CaptureFixture[str]) -> Makegood:
    """`makegood("case", "list", "--json")`, as from a shell."""

    def run(*arguments: str) -> Said:
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main(arguments)
        said = capsys.readouterr()
        return Said(int(ended.value.code or 0), said.out, said.err)

    return run


@pytest.fixture
def desk(installation: None) -> Desk:
    """The command line's own."""
    return wiring.desk()


@pytest.fixture
def drive(desk: Desk) -> Callable[[str], legs.Leg]:
    """As a worker would."""

    def perform(_do: Do, call: Callable[[], None]) -> None:
        call()

    return lambda number: legs.drive(desk, number, f"test-{uuid4()}", perform)


@pytest.fixture
def opened(makegood: Makegood) -> str:
    """A small refund in Germany: the T-shirts and the jacket of DE-1001."""
    return str(makegood(*OPEN, "--json").json["case"])


OPEN = (
    *("case", "open", "--order", "DE-1001", "--procedure", "refund", "--reason", "changed_mind"),
    *("--channel", "email", "--external-id", "m-1", "--text", "Ich möchte den Artikel zurückgeben."),
)
