"""`up`, `down` and `status`, as the command line calls them."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from rich.console import Console

from makegood.core.errors import MakegoodError
from makegood.running import instance, keeper, report, samples, startup
from makegood.running.instance import Instance
from makegood.running.processes import identify
from makegood.running.samples import Samples
from makegood.settings import Settings


def up(settings: Settings, console: Console, *, detach: bool, open_samples: bool) -> None:
    """Returns once everything answers when `detach`ed, else after Ctrl-C stopped everything again."""
    home = settings.home
    with _signals_as_interrupt():
        with instance.lock(home):
            running = instance.read(home)
            if running is not None and running.is_kept:
                console.print("It is running already.")
                report.show(console, running, samples.describe(home))
                return
            if running is not None:
                startup.stop(home, running, _quiet)  # left over from a start that was killed
            instance.remove(home)
            settings = Settings(home=home)  # again: addresses of what is gone are not settings
            running = _start(settings, console)
            running = keeper.detach(home, running) if detach else _keep_here(settings, running)
        try:
            _welcome(settings, console, running, open_samples=open_samples)
            if detach:
                console.print("`make down` stops it.")
                return
            console.print("Ctrl-C stops everything.")
            _watch(settings, console)
        except KeyboardInterrupt:
            if detach:
                raise
            _stop_here(settings, console)


def down(settings: Settings, console: Console) -> None:
    """Stops what runs here; nothing running is no error."""
    with instance.lock(settings.home):
        running = instance.read(settings.home)
        if running is None:
            console.print("Nothing is running here.")
            return
        with report.progress(console) as say:
            startup.stop(settings.home, running, say)


def _start(settings: Settings, console: Console) -> Instance:
    with report.progress(console) as say:
        return startup.Startup(settings, say).run()


def _welcome(settings: Settings, console: Console, running: Instance, *, open_samples: bool) -> None:
    shown = Samples()
    if open_samples:
        try:
            with console.status("opening sample cases"):
                shown = samples.open_samples(settings.home)
        except MakegoodError as error:  # what runs goes on without them
            console.print(f"The sample cases could not be opened: {error}", markup=False)
    report.show(console, running, shown)


def _keep_here(settings: Settings, running: Instance) -> Instance:
    kept = running.with_keeper(identify(os.getpid()))
    instance.write(settings.home, kept)
    return kept


def _watch(settings: Settings, console: Console) -> None:
    def say(part: str, text: str) -> None:
        console.print(f"{part}: {text}")

    keeper.Keeper(settings.home, say, longest=settings.restart_pause).keep()


def _stop_here(settings: Settings, console: Console) -> None:
    """A second Ctrl-C does not cut it short: what is half stopped would be left behind."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    running = instance.read(settings.home)
    if running is None:
        return
    console.print()
    with report.progress(console) as say:
        startup.stop(settings.home, running, say)


@contextmanager
def _signals_as_interrupt() -> Iterator[None]:
    """`kill` and a closed terminal stop the parts as Ctrl-C does."""

    def interrupt(_number: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = {number: signal.signal(number, interrupt) for number in (signal.SIGTERM, signal.SIGHUP)}
    before[signal.SIGINT] = signal.getsignal(signal.SIGINT)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _quiet(part: str, doing: str) -> None:
    """Leftovers are stopped without a word."""
