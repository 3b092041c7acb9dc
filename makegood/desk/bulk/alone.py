"""Alone: what is nothing for a batch is driven as a leg drives it, under the lease that the batch took."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import Any

from makegood.core.decisions import Do
from makegood.desk import doing, legs
from makegood.desk.actions import registry
from makegood.desk.actions.shape import Done, EffectAction
from makegood.desk.bulk.rounds import Ended
from makegood.desk.desk import Desk
from makegood.desk.driving import Hand, load
from makegood.gateways.outcomes import Outcome
from makegood.store import cases
from makegood.store.batch.taking import Taken
from makegood.store.errors import StaleFence

log = logging.getLogger("makegood.bulk")


def drive(desk: Desk, taken: Taken, holder: str, ended: Ended | None) -> str:
    """How it ended, in a word. `ended` is a call of this case's that went wrong, to be written up first.

    A case that waits for a person gets a run of its own, which suspends itself.
    """
    try:
        hand = _hand(desk, taken, holder)
        if ended is not None:
            _write_up(hand, ended)
        leg = legs.go_on(hand, _perform)
    except StaleFence:
        return "stepped_back"
    except Exception:
        log.exception("%s broke", taken.number)
        return "broke"
    if leg.end == "suspended":
        _ask(desk, taken)
    return leg.end


def _hand(desk: Desk, taken: Taken, holder: str) -> Hand:
    with desk.store.begin() as tx:
        cases.lock(tx, taken.id, taken.fence)
        state, plan = load(tx, taken.id), desk.plans.of(tx, taken.version)
    return Hand(desk, taken.id, taken.number, plan, state, taken.fence, holder)


def _perform(do: Do, call: Callable[[], None]) -> None:  # noqa: ARG001  # no task runs in a batch
    call()


def _ask(desk: Desk, taken: Taken) -> None:
    """The question is posed, and nobody can answer it yet."""
    with desk.store.begin() as tx:
        cases.wake(tx, taken.id, desk.now())


class _Known:
    """An action whose call has been made: it ends as it did."""

    def __init__(self, action: EffectAction, error: Outcome) -> None:
        self._action, self._error = action, error

    def __getattr__(self, name: str) -> Any:
        return getattr(self._action, name)

    def call(self, hand: Hand, arguments: Mapping[str, Any], key: str) -> Done:  # noqa: ARG002
        raise self._error


def _write_up(hand: Hand, ended: Ended) -> None:
    """Refused, unavailable or unknown: as a leg writes it up. Anything else is looked up as lost."""
    effect = hand.state.effect
    if not isinstance(ended.error, Outcome) or effect is None:
        return
    do = ended.effect.do
    action: Any = _Known(registry.effect(do.action), ended.error)
    doing.call(hand, do, action, ended.effect.prepared.arguments, look_ups=0)
