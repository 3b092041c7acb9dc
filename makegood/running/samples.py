"""The first start's sample cases: opened once for each home, in a sandbox only."""

from __future__ import annotations

import os
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from makegood.running import deployments
from makegood.settings import Settings

if TYPE_CHECKING:
    from makegood.desk.desk import Desk

_MARK = "samples.opened"
_PATIENCE = 30.0  # seconds in which the worker brings the returned parcel's case to where it waits


@dataclass(frozen=True)
class Samples:
    """What the closing table shows of them; None where there is none."""

    progress_link: str | None = None  # one customer's page
    code_command: str | None = None  # prints a demo supervisor's one-time code


def open_samples(home: Path) -> Samples:
    """Opens them once for each home; later starts only describe them.

    Never in a shop that is not our own sandbox: demo people's codes can be printed by anybody here.
    """
    mark, settings = home / _MARK, Settings(home=home)
    if mark.exists() or settings.clock != "sandbox" or settings.seller_api_url != settings.sandbox_url:
        return describe(home)
    from makegood import wiring  # the desk is seconds of imports
    from makegood.desk import samples

    desk = wiring.make_desk(settings)
    numbers = samples.open_samples(desk)
    mark.write_text(numbers.get(samples.SHOWN.order, ""))
    if (returning := numbers.get(samples.COMING_BACK.order)) is not None:
        _bring_back(settings, desk, returning)
    desk.store.close()
    return describe(home)


def describe(home: Path) -> Samples:
    """Of samples that were opened before; empty when there are none."""
    try:
        number = (home / _MARK).read_text()
    except FileNotFoundError:
        return Samples()
    if not number:
        return Samples()
    from makegood.desk.links import Links

    settings = Settings(home=home)
    link = Links(settings.link_bytes(), settings.web_url).make(number)
    return Samples(link, f"{_command()} people code sam")


def _bring_back(settings: Settings, desk: Desk, number: str) -> None:
    """Once its case waits for it, the customer's parcel arrives at the warehouse, which has to look at it."""
    from makegood.desk import samples

    end = time.monotonic() + _PATIENCE
    while time.monotonic() < end:
        if tracking := samples.parcel_of(desk, number):
            address = f"{settings.sandbox_url}/parcels/{tracking}/advance"
            deployments.post(address, {"status": "DELIVERED"})
            return
        time.sleep(0.5)


def _command() -> str:
    """As it can be typed in the current folder."""
    program = Path(sys.executable).with_name("makegood")
    return os.path.relpath(program) if program.is_relative_to(Path.cwd()) else str(program)
