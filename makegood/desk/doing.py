"""Doing: an action is carried out by the ledger's protocol: intend, call, write the outcome down."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from makegood.core import events as ev
from makegood.core import outcomes
from makegood.core.contracts import Kind
from makegood.core.decisions import Do
from makegood.core.state import Effect
from makegood.desk import authorising, holding, repairs
from makegood.desk.actions import registry
from makegood.desk.actions.letters import Send
from makegood.desk.actions.shape import Done, Dropped, EffectAction, Held, Prepared
from makegood.desk.driving import Hand, record, write
from makegood.desk.ports import Provider
from makegood.gateways.outcomes import Outcome, Refused, Unavailable, Unknown
from makegood.store import cases, effects
from makegood.store.effects import Intent
from makegood.store.errors import Misallocated, OrderBusy, OverCompensated
from makegood.store.models import Effect as Row
from makegood.store.transaction import Tx

_BUSY_AGAIN = timedelta(minutes=2)
NOT_FOUND, EXPIRED, NO_LOOK_UP = "NotFound", "KeyExpired", "NoLookUp"
"""Why an effect stays unknown although its provider answers; else it is the class of the ending."""


def do(hand: Hand, doing: Do) -> None:
    """Journals the outcome, whatever it is. Raises only what nobody has planned for."""
    contract = registry.contract_of(doing.action)
    if contract.kind is Kind.EFFECT:
        _effect(hand, doing, registry.effect(doing.action))
        return
    try:
        values = registry.query(doing.action).answer(hand, doing.arguments)
    except Refused as error:
        _failed(hand, doing, error.code, final=True)
    except Unavailable as error:
        _failed(hand, doing, error.code, final=False, wait=error.retry_after)
    else:
        record(hand, outcomes.finish(hand.plan, hand.state, doing, values, hand.now()))


def _failed(
    hand: Hand, doing: Do, code: str, *, final: bool, wait: timedelta | None = None, settle: bool = False
) -> None:
    now = hand.now()
    known = registry.contract_of(doing.action).errors
    if final and code not in known:
        code = "refused" if "refused" in known else code
    event = outcomes.fail(
        hand.plan, hand.state, doing, code, now, final=final, not_before=now + wait if wait else None
    )

    def also(tx: Tx, seq: int) -> None:
        if settle:
            effects.failed(tx, doing.key(hand.number), error=code, now=now)
        if not isinstance(event, ev.TryFailed):
            repairs.after_failure(tx, hand, doing, event, code, seq)

    record(hand, event, also)


def _effect(hand: Hand, doing: Do, action: EffectAction) -> None:
    prepared = _prepared(hand, doing, action)
    match prepared:
        case Held(until):
            record(hand, outcomes.hold(doing, hand.state, until))
            return
        case Dropped(why):
            _dropped(hand, doing, why)
            return
        case Prepared():
            pass
    if refusal := authorising.refusal(hand, doing, prepared):
        _failed(hand, doing, refusal, final=True)
        return
    try:
        _intend(hand, doing, prepared)
    except OrderBusy:
        record(hand, outcomes.hold(doing, hand.state, hand.now() + _BUSY_AGAIN))
        return
    except OverCompensated:
        _failed(hand, doing, "over_compensated", final=True)
        return
    except Misallocated:  # an order that names no payment to give back through: a person pays it
        _failed(hand, doing, "refused", final=True)
        return
    call(hand, doing, action, prepared.arguments, look_ups=0)


def _prepared(hand: Hand, doing: Do, action: EffectAction) -> Prepared | Held | Dropped:
    """What was intended before under this key is done again byte for byte, or not at all.

    A letter that could not go asks the guard again: by now it may be night.
    """
    key = doing.key(hand.number)
    with hand.desk.store.begin() as tx:
        row = effects.get(tx, key)
        known = None if row is None else repairs.prepared_before(tx, row)
    if known is None:
        return action.prepare(hand, doing)
    kept_back = action.kept_back(hand, known.arguments, key) if isinstance(action, Send) else None
    return kept_back or known


def _intend(hand: Hand, doing: Do, prepared: Prepared) -> None:
    """The ledger's row, the reservation and the journal's event: one transaction, before the call."""
    key, now = doing.key(hand.number), hand.now()
    intent = Intent(
        key=key,
        step=doing.step,
        visit=doing.visit,
        action=doing.action,
        arguments=prepared.arguments,
        money=prepared.money,
    )
    event = ev.EffectIntended(
        step=doing.step, visit=doing.visit, action=doing.action, key=key, suffix=doing.suffix
    )
    with hand.desk.store.begin() as tx:
        look_at = now + hand.desk.lease
        effects.intend(
            tx, hand.case_id, prepared.order_id, intent, prepared.allocations, now=now, look_at=look_at
        )
        write(tx, hand, event, now)


def call(
    hand: Hand,
    doing: Do,
    action: EffectAction,
    arguments: Mapping[str, Any],
    *,
    look_ups: int,
    doubtful: bool = False,
) -> None:
    """Between intending and the outcome there is nothing but the call.

    `doubtful`: it was made before, and may still arrive. Then that it did not get through now proves nothing.
    """
    holding.must_hold(hand)
    try:
        done = action.call(hand, arguments, doing.key(hand.number))
    except Refused as error:
        _failed(hand, doing, error.code, final=True, settle=True)
    except Unavailable as error:
        if doubtful:
            _lost(hand, doing, type(error).__name__, look_ups)
            return
        _failed(hand, doing, error.code, final=False, wait=error.retry_after, settle=True)
    except Unknown as error:
        _lost(hand, doing, type(error).__name__, look_ups)
    else:
        _done(hand, doing, action, arguments, done)


def _done(hand: Hand, doing: Do, action: EffectAction, arguments: Mapping[str, Any], done: Done) -> None:
    """The ledger, the journal and what the action keeps: one transaction."""
    key, now = doing.key(hand.number), hand.now()
    with hand.desk.store.begin() as tx:
        effects.done(tx, key, provider_ref=done.ref, result=dict(done.values), now=now)
        event = outcomes.finish(hand.plan, hand.state, doing, done.values, now, ledger=done.ledger)
        write(tx, hand, event, now)
        action.after(tx, hand, arguments, key)


def _lost(hand: Hand, doing: Do, error: str, look_ups: int, not_before: datetime | None = None) -> None:
    """It may have happened. A person is told when that lasts too long, or when no look-up will ever tell."""
    key, now = doing.key(hand.number), hand.now()
    event = outcomes.lose(doing, hand.number, error, now, look_ups)
    with hand.desk.store.begin() as tx:
        row = effects.get(tx, key)
        assert row is not None, "an intended effect has its row"
        tell_by = repairs.tell_by(hand.desk.library, doing.action, row.unknown_since or now)
        look_at = min(event.look_up_at, tell_by) if tell_by > now else event.look_up_at
        event = event.model_copy(update={"look_up_at": max(look_at, not_before or look_at)})
        seq = write(tx, hand, event, now)
        effects.unknown(tx, key, error=error, look_at=event.look_up_at, now=now)
        if now >= tell_by or error == NO_LOOK_UP:
            repairs.unknown_effect(tx, hand, event, seq)


def _dropped(hand: Hand, doing: Do, why: str) -> None:
    """The contact guard says no: nobody is written to, and the case goes on."""
    now = hand.now()
    with hand.desk.store.begin() as tx:
        facts = {"letter": doing.arguments.get("message", ""), "why": why}
        write(tx, hand, ev.Noted(what="letter-dropped", facts=facts), now)
        write(tx, hand, outcomes.finish(hand.plan, hand.state, doing, {}, now), now)


def settle(hand: Hand, effect: Effect) -> None:
    """Looks an effect up whose outcome nobody saw; found, it is done. Not found, the same call is made again
    when that cannot happen twice: it is proved absent, or the provider still knows its key."""
    action = registry.effect(effect.action)
    doing = Do(effect.step, effect.visit, effect.action, {}, effect.suffix)
    with hand.desk.store.begin() as tx:
        row = effects.get(tx, effect.key)
        assert row is not None, "an intended effect has its row"
        arguments, look_ups = effects.arguments(tx, row), repairs.look_ups_of(tx, hand, effect.key) + 1
    provider = action.provider(hand)
    try:
        found = action.find(hand, arguments, effect.key) if provider.can_look_up else None
    except Outcome as error:
        _lost(hand, doing, type(error).__name__, look_ups)
        return
    if found is not None:
        _done(hand, doing, action, arguments, found)
        return
    proved = _is_proved_absent(provider, row, hand.now())
    if not proved and hand.now() - row.intended_at + hand.desk.call_time >= provider.key_lifetime:
        _lost(hand, doing, EXPIRED if provider.can_look_up else NO_LOOK_UP, look_ups)
        return
    match action.kept_back(hand, arguments, effect.key) if isinstance(action, Send) else None:
        case Held(until):
            _lost(hand, doing, NOT_FOUND, look_ups, not_before=until)
        case Dropped(why):
            _failed(hand, doing, why, final=True, settle=True)
        case None:
            with hand.desk.store.begin() as tx:
                cases.lock(tx, hand.case_id, hand.fence)
                effects.called_again(tx, effect.key, hand.now(), anew=proved)
            call(hand, doing, action, arguments, look_ups=look_ups, doubtful=not proved)


def _is_proved_absent(provider: Provider, row: Row, now: datetime) -> bool:
    """Not found, long enough after the last call. Who cannot look up proves nothing."""
    waited = now - (row.called_at or row.intended_at)
    return provider.can_look_up and waited >= provider.absent_after > timedelta()


def conclude(hand: Hand, effect: Effect, found: Done | None) -> None:
    """As a person has found out where no look-up could: done, or None for surely not."""
    action = registry.effect(effect.action)
    doing = Do(effect.step, effect.visit, effect.action, {}, effect.suffix)
    if found is None:
        _failed(hand, doing, "refused", final=True, settle=True)
        return
    with hand.desk.store.begin() as tx:
        row = effects.get(tx, effect.key)
        assert row is not None, "an intended effect has its row"
        arguments = effects.arguments(tx, row)
    _done(hand, doing, action, arguments, found)
