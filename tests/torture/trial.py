"""One trial: cases are opened and driven while parts are killed; then everything recovers and is counted."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeVar

from makegood.core.errors import MakegoodError
from tests.torture.books import Findings, compare
from tests.torture.killing import Killer
from tests.torture.line import Line
from tests.torture.people import AWAY
from tests.torture.watching import Standing

T = TypeVar("T")
Say = Callable[[str], None]
_LEDGER = """
    SELECT o.ref, sum(e.money_minor)::bigint FROM effects e JOIN orders o ON o.id = e.order_id
    WHERE e.status = 'done' AND e.money_minor IS NOT NULL AND e.action LIKE 'payment.%%' AND e.case_id > %s
    GROUP BY o.ref
"""
_MOVING = "SELECT count(*) FROM leases WHERE expires_at > clock_timestamp()"


@dataclass(frozen=True)
class Size:
    """`kills` and `seconds` bound the killing, `recovery` what comes after; `pause` is between two kills."""

    kills: int
    in_flight: int
    seconds: float
    recovery: float
    pause: tuple[float, float] = (0.5, 2.0)


def run(line: Line, killer: Killer, size: Size, seed: int, first: int, say: Say) -> tuple[Findings, int]:
    """What was found, and the number after the last message."""
    people = line.people
    people.parts.clear()
    people.before = _again(people.watch.last_case)
    _again(people.world.next_morning)
    _again(lambda: people.world.mishaps(seed))
    crowd = _Crowd(line, size.in_flight, first, say)
    crowd.start()
    try:
        _see_work(line, time.monotonic() + 60)
        _kill(killer, size, say)
    finally:
        crowd.stop()
        killer.wake_up(all_of_them=True)
    say(f"recovering: {crowd.next - first} messages, {_open(line)} cases open")
    _again(line.people.world.calm)
    _recover(line, time.monotonic() + size.recovery, say)
    return _again(lambda: _compare(line)), crowd.next


def _compare(line: Line) -> Findings:
    people = line.people
    standings = people.watch.standings(people.before)
    ledger = dict(people.watch.rows(_LEDGER, (people.before,)))
    return compare(list(people.parts.values()), standings, ledger, people.world.books())


def _see_work(line: Line, deadline: float) -> None:
    """Until somebody drives a case: to kill who has not begun shows little."""
    while time.monotonic() < deadline and not _again(lambda: _moving(line)):
        time.sleep(0.1)


def _kill(killer: Killer, size: Size, say: Say) -> None:
    deadline, wanted, told = time.monotonic() + size.seconds, killer.count + size.kills, time.monotonic()
    while killer.count < wanted and time.monotonic() < deadline:
        killer.once()
        time.sleep(killer.chance.uniform(*size.pause))
        if time.monotonic() - told > 15:
            told = time.monotonic()
            stops, missed = sum(killer.stops.values()), sum(killer.missed.values())
            say(f"{killer.count} kills, {stops} stops, {missed} missed; {_open(killer.line)} cases open")


class _Crowd(threading.Thread):
    """Customers, colleagues, carriers and time, while parts are killed: they know nothing of it."""

    def __init__(self, line: Line, in_flight: int, first: int, say: Say) -> None:
        super().__init__(name="people", daemon=True)
        self.line = line
        self.in_flight = in_flight
        self.next = first
        self.say = say
        self.over = threading.Event()
        self.error: BaseException | None = None

    def run(self) -> None:
        moved = swept = drained = time.monotonic()
        while not self.over.wait(0.3):
            try:
                self.line.keep()
                self._open()
                self.line.people.act()
                if time.monotonic() - moved > 3:
                    moved = time.monotonic()
                    self.line.people.world.travel(timedelta(seconds=90))
                if time.monotonic() - swept > 8:
                    swept = time.monotonic()
                    self.line.sweep()
                if time.monotonic() - drained > 15:
                    drained = time.monotonic()
                    self.line.bulk()
            except AWAY:
                continue
            except MakegoodError as error:
                self.say(f"somebody was refused: {type(error).__name__}: {error}")
            except Exception as error:
                self.error = error
                raise

    def _open(self) -> None:
        under_way = len({each.order for each in self.line.people.open_cases()})
        for _ in range(min(self.in_flight - under_way, 4)):
            number, self.next = self.next, self.next + 1
            self.line.people.write(number)

    def stop(self) -> None:
        self.over.set()
        self.join(30)
        if self.error is not None:
            raise self.error


def _recover(line: Line, deadline: float, say: Say) -> None:
    """Nobody is killed any more: people answer, the sweep runs, and time moves to whatever is next."""
    told = swept = busy = time.monotonic()
    while time.monotonic() < deadline:
        time.sleep(0.3)
        line.keep()
        try:
            acted = line.people.act()
            waiting = line.people.open_cases()
            if not waiting and not line.people.unheard():
                return
            now = time.monotonic()
            if acted or _moving(line):
                busy = now
            if now - swept > 5:
                swept = now
                line.sweep()
            if now - busy > 3 and line.all_up():
                busy = now
                _pass_time(line, waiting)
            if now - told > 15:
                told = now
                say(f"{len(waiting)} cases open: {_where(waiting)}")
        except (*AWAY, MakegoodError):
            continue


def _pass_time(line: Line, waiting: list[Standing]) -> None:
    """To what is due next; a little only while somebody has something to do."""
    world, people = line.people.world, line.people
    due = [each.wake_at for each in waiting if each.wake_at is not None]
    if not due or any(people.is_asked(each) for each in waiting):
        world.travel(timedelta(minutes=2))
        return
    world.travel_to(max(min(due), world.now()) + timedelta(minutes=1))


def _moving(line: Line) -> bool:
    return bool(line.people.watch.rows(_MOVING)[0][0])


def _where(waiting: list[Standing]) -> str:
    return ", ".join(f"{each.number[-4:]} {each.status} {each.step}" for each in waiting[:6])


def _open(line: Line) -> str:
    try:
        return str(len(line.people.open_cases()))
    except AWAY:
        return "?"


def _again(act: Callable[[], T]) -> T:
    """Until it is heard."""
    while True:
        try:
            return act()
        except AWAY:
            time.sleep(0.5)
