"""Promises: the service-level clocks of a case, derived from its journal, warned of and breached once."""

from __future__ import annotations

from datetime import datetime

from makegood.core import events as ev
from makegood.core import promises
from makegood.core.facts import Facts
from makegood.core.promises import Clock, Reading, Standing
from makegood.core.state import State
from makegood.desk.driving import Hand
from makegood.desk.driving import record as journal
from makegood.library import Library
from makegood.store import promises as projection
from makegood.store import tasks
from makegood.store.transaction import Tx
from makegood.store.words import PromiseName, Role, TaskKind

Due = list[tuple[str, datetime]]


def clocks(library: Library, state: State) -> list[Clock]:
    """Both promises of the case. Facts of tier, channel and market choose the row of service_levels.yaml."""
    levels = library.service_levels
    facts = state.facts
    level = levels.level(str(facts["case.tier"]), str(facts["case.channel"]), str(facts["case.market"]))
    pauses = state.promises.pauses.spans() if state.promises.pauses else []
    replied = state.promises.first_reply_at or state.closed_at
    return [
        Clock("first_reply", state.opened_at, level.first_reply, pauses, replied, levels.warn_at_percent),
        Clock(
            "resolution", state.opened_at, level.resolution, pauses, state.closed_at, levels.warn_at_percent
        ),
    ]


def readings(library: Library, state: State, now: datetime) -> list[tuple[Clock, Reading]]:
    calendar = library.calendar(str(state.facts["case.market"]))
    return [(clock, promises.read(clock, calendar, now)) for clock in clocks(library, state)]


def due(hand: Hand) -> ev.PromiseWarned | ev.PromiseBreached | None:
    """What has to be journalled now; each warning and each breach once."""
    noted = hand.state.promises
    for clock, reading in readings(hand.desk.library, hand.state, hand.now()):
        if reading.due is None:
            continue
        if reading.standing is Standing.BREACHED and clock.name not in noted.breached:
            return ev.PromiseBreached(promise=clock.name, due=reading.due)
        if reading.standing is Standing.WARNED and clock.name not in noted.warned:
            return ev.PromiseWarned(promise=clock.name, due=reading.due)
    return None


def record(hand: Hand, event: ev.PromiseWarned | ev.PromiseBreached) -> None:
    """A breach is a team lead's task at once; a warning is shown where the case is."""
    if isinstance(event, ev.PromiseWarned):
        journal(hand, event)
        return
    state = hand.state
    late = event.promise.replace("_", "-")

    def escalate(tx: Tx, seq: int) -> None:
        step, visit, role = state.step, state.visit, Role.TEAM_LEAD
        new = tasks.NewTask(
            step=step, visit=visit, question_seq=seq, role=role, why=f"{late}-late", kind=TaskKind.BREACH
        )
        tasks.open(tx, hand.case_id, new, hand.now())

    journal(hand, event, escalate)


def project(tx: Tx, hand: Hand) -> Due:
    """Writes the promises' standing for lists, and returns when they must be looked at again."""
    standings, looks = projected(hand)
    projection.put(tx, hand.case_id, standings)
    return looks


def projected(hand: Hand) -> tuple[list[projection.Standing], Due]:
    """What `project` writes, and when the promises must be looked at again."""
    noted, now = hand.state.promises, hand.now()
    standings, looks = [], Due()
    for clock, reading in readings(hand.desk.library, hand.state, now):
        known = projection.Standing(
            name=PromiseName(clock.name),
            warn_at=reading.warn_at,
            due=reading.due,
            warned_at=now if clock.name in noted.warned else None,
            breached_at=now if clock.name in noted.breached else None,
            met_at=clock.stopped_at if reading.standing is Standing.MET else None,
        )
        standings.append(known)
        looks += _looks(clock, reading, hand.state)
    return standings, looks


def _looks(clock: Clock, reading: Reading, state: State) -> Due:
    """The instants that are not yet journalled; a paused clock has none."""
    if clock.stopped_at is not None or reading.due is None or clock.name in state.promises.breached:
        return []
    if clock.name in state.promises.warned or reading.warn_at is None:
        return [(f"{clock.name}-breach", reading.due)]
    return [(f"{clock.name}-warning", reading.warn_at)]


def facts_of(library: Library, state: State, now: datetime) -> Facts:
    """For a packet or a page: enumerated, in UTC."""
    told: Facts = {}
    for clock, reading in readings(library, state, now):
        told[f"{clock.name}.standing"] = reading.standing.value
        told[f"{clock.name}.due"] = reading.due.isoformat() if reading.due else ""
    return told
