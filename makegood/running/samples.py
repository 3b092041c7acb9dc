"""The first start's sample cases: a hook, so that this room knows nothing of cases."""

from __future__ import annotations

import importlib
import importlib.util
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, cast

_MODULE = "makegood.demo"
_MARK = "samples.opened"


@dataclass(frozen=True)
class Samples:
    """What the closing table shows of them; None where there is none."""

    progress_link: str | None = None  # one customer's page
    code_command: str | None = None  # prints a demo supervisor's one-time code


class _Demo(Protocol):
    """What the module `makegood.demo` provides. Settings are read there: `Settings()` finds this instance."""

    def open_samples(self) -> Samples:
        """Opens them, and makes the demo people; a second call opens nothing."""

    def describe(self) -> Samples:
        """Of samples that were opened before."""


def open_samples(home: Path) -> Samples:
    """Opens them once for each home; later starts only describe them."""
    mark = home / _MARK
    if mark.exists() or (demo := _demo()) is None:
        return describe(home)
    samples = demo.open_samples()
    mark.touch()
    return samples


def describe(home: Path) -> Samples:
    """Of samples that were opened before; empty when there are none."""
    if not (home / _MARK).exists() or (demo := _demo()) is None:
        return Samples()
    return demo.describe()


def _demo() -> _Demo | None:
    if importlib.util.find_spec(_MODULE) is None:
        return None
    return cast(_Demo, importlib.import_module(_MODULE))
