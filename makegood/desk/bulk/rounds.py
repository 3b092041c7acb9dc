"""Rounds: what was called for is written up, what comes next is intended, and the world is called.

One transaction a round for the whole batch: outcomes, pure steps, intents and rests. It holds every case's
row, so nothing can arrive between the look into the inbox and the intent.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar

from makegood.core import events as ev
from makegood.core import outcomes
from makegood.core.decisions import Do
from makegood.desk.actions import registry
from makegood.desk.actions.shape import Done
from makegood.desk.bulk.batch import Batch
from makegood.desk.bulk.calling import Calls
from makegood.desk.bulk.hands import Ask, BulkHand, Effect, Load, Rest, Want
from makegood.desk.bulk.loading import ask, load
from makegood.desk.bulk.putting import rest_of
from makegood.desk.bulk.walking import go_on, walk
from makegood.desk.driving import record, write
from makegood.store.batch import conversation, effects, journal, reading, resting, taking
from makegood.store.batch.effects import Settled, Wanted
from makegood.store.effects import Intent
from makegood.store.flat import vars_of
from makegood.store.messages import Message
from makegood.store.transaction import Tx

W = TypeVar("W")
_FRESH = 1.0  # seconds; how long after the intent's commit the lease need not be checked again


@dataclass(frozen=True, slots=True)
class Ended:
    """A call that ended in another way than with its result."""

    hand: BulkHand
    effect: Effect
    error: Exception


@dataclass(frozen=True, slots=True)
class Round:
    """What came of it: the cases that were put down, and the calls that went wrong."""

    rested: Mapping[int, Rest]
    ended: list[Ended]


def go(batch: Batch, calls: Calls) -> Round:
    """One round for all hands of the batch."""
    wants = _walked(batch, calls)
    rested, intended = _commit(batch, wants)
    for case_id in [*rested, *(case_id for case_id in wants if case_id not in intended)]:
        _leave(batch, case_id, rested, wants)
    return Round(rested, _call(batch, intended, calls))


def _leave(batch: Batch, case_id: int, rested: Mapping[int, Rest], wants: Mapping[int, Want]) -> None:
    hand = batch.hands.get(case_id)
    if hand is None:
        return
    if case_id in rested:
        del batch.hands[case_id]
    elif not isinstance(wants[case_id], Effect) or case_id not in batch.waiting:
        batch.leave(hand)


def _walked(batch: Batch, calls: Calls) -> dict[int, Want]:
    """Every hand as far as it goes without a commit; orders are loaded on the way."""
    wants = {case_id: walk(hand) for case_id, hand in batch.hands.items()}
    while (loads := _of(Load, wants)) or (asks := _of(Ask, wants)):
        asked: Mapping[int, Load | Ask] = loads or asks
        answers = load(batch, loads, calls) if loads else ask(batch, asks, calls)
        wants |= {c: go_on(batch.hands[c], want.do, answers[c]) for c, want in asked.items()}
    return wants


def _of(kind: type[W], wants: Mapping[int, Want]) -> dict[int, W]:
    return {case_id: want for case_id, want in wants.items() if isinstance(want, kind)}


def _commit(batch: Batch, wants: Mapping[int, Want]) -> tuple[dict[int, Rest], dict[int, Effect]]:
    """The rests and the intents that are committed now. Whoever is not among them leaves the batch."""
    hands, desk = batch.hands, batch.desk
    now = desk.now()
    with desk.store.begin() as tx:
        tx.share_keys(batch.keys)
        ours = _ours(tx, batch)
        unread = _unread(tx, batch, ours)
        effect = {c: want for c, want in _of(Effect, wants).items() if c in ours and c not in unread}
        wanted = [_wanted(hands[case_id], want) for case_id, want in effect.items()]
        settled = [s for case_id in ours if (s := hands[case_id].settled) is not None]
        locked = effects.lock_orders(tx, wanted, settled)
        ours -= {s.case_id for s in settled} - effects.done(tx, settled, now)
        wanted = [each for each in wanted if each.case_id in ours]
        fine, batch.waiting = effects.intend(tx, wanted, locked, now=now, look_at=now + desk.lease)
        for case_id in fine:
            _note_intent(hands[case_id], effect[case_id].do)
        said = [(c, message) for c in ours for message in hands[c].later.messages]
        numbers = conversation.add(tx, said)
        chapters = [hands[case_id].chapter(numbers) for case_id in ours]
        heads = journal.append(tx, [chapter for chapter in chapters if chapter.events])
        conversation.mark_read(tx, [read for case_id in ours for read in hands[case_id].later.reads])
        rests = {c: want for c, want in _of(Rest, wants).items() if c in ours and c not in unread}
        resting.rest(tx, [rest_of(hands[case_id], want, now) for case_id, want in rests.items()], now)
    for case_id in ours:
        _remember(batch, hands[case_id], effect.get(case_id) if case_id in fine else None, numbers)
        hands[case_id].written(heads.get(case_id, hands[case_id].head))
    return rests, {case_id: effect[case_id] for case_id in fine}


def _remember(batch: Batch, hand: BulkHand, effect: Effect | None, numbers: Mapping[str, int]) -> None:
    """What was just written is part of what later steps look at; what is not worth keeping is read anew."""
    memory, case_id = batch.memory, hand.case_id
    if hand.later.messages:
        said = [Message(**vars_of(m), id=numbers[m.key or ""], case_id=case_id) for m in hand.later.messages]
        memory.keep("messages.thread", case_id, answer=[*memory.ask("messages.thread", case_id), *said])
    if effect is None:
        return
    memory.forget("effects.of_case", case_id)
    if effect.prepared.allocations:
        memory.forget("orders.get", effect.prepared.order_id)
        memory.forget("effects.paid" if effect.prepared.money else "effects.goods", case_id)


def _ours(tx: Tx, batch: Batch) -> set[int]:
    """Locked, under our fence and lease, and with the journal where we left it."""
    standing = journal.lock(tx, [hand.end for hand in batch.hands.values()])
    held = [(case_id, batch.hands[case_id].fence) for case_id in sorted(standing)]
    return taking.renew(tx, held, batch.desk.lease)


def _unread(tx: Tx, batch: Batch, ours: set[int]) -> set[int]:
    """Cases for which more has arrived than was taken in: that is read before anything else is done."""
    found = reading.unread(tx, list(ours))
    taken = {case_id: {arrival for arrival, _ in batch.hands[case_id].later.reads} for case_id in found}
    return {case_id for case_id, rows in found.items() if any(row.id not in taken[case_id] for row in rows)}


def _wanted(hand: BulkHand, want: Effect) -> Wanted:
    do, prepared = want.do, want.prepared
    intent = Intent(
        key=do.key(hand.number),
        step=do.step,
        visit=do.visit,
        action=do.action,
        arguments=prepared.arguments,
        money=prepared.money,
    )
    return Wanted(hand.case_id, prepared.order_id, intent, prepared.allocations)


def _note_intent(hand: BulkHand, do: Do) -> None:
    event = ev.EffectIntended(
        step=do.step, visit=do.visit, action=do.action, key=do.key(hand.number), suffix=do.suffix
    )
    record(hand, event)


def _call(batch: Batch, intended: Mapping[int, Effect], calls: Calls) -> list[Ended]:
    """The lease is checked once more right before a call that comes late."""
    committed = time.monotonic()

    def made(case_id: int) -> Done | Exception:
        hand, want = batch.hands[case_id], intended[case_id]
        if time.monotonic() - committed > _FRESH and not _holds(hand):
            return LeaseGone(hand.number)
        try:
            return registry.effect(want.do.action).call(
                hand, want.prepared.arguments, want.do.key(hand.number)
            )
        except Exception as error:  # noqa: BLE001  # told apart by the case's own driver
            return error

    answers = calls.each(made, intended)
    ended = []
    for case_id, want in intended.items():
        hand, answer = batch.hands[case_id], answers[case_id]
        if not isinstance(answer, Done) or not _take_up(hand, want, answer):
            error = answer if isinstance(answer, Exception) else NotTaken(hand.number)
            ended.append(Ended(hand, want, error))
            batch.leave(hand)
    return ended


class LeaseGone(RuntimeError):
    """The case is another's by now: there was no call."""


class NotTaken(RuntimeError):
    """It is done, and cannot be written up together with others: the case finds it by its key."""


def _holds(hand: BulkHand) -> bool:
    with hand.desk.store.begin() as tx:
        return bool(taking.holding(tx, [(hand.case_id, hand.fence)], hand.desk.call_time))


def _take_up(hand: BulkHand, want: Effect, done: Done) -> bool:
    """In memory; committed with what follows."""
    mark, do, prepared = hand.mark(), want.do, want.prepared
    now = hand.now()
    try:
        event = outcomes.finish(hand.plan, hand.state, do, done.values, now, ledger=done.ledger)
        with hand.desk.store.begin() as tx:
            write(tx, hand, event, now)
            registry.effect(do.action).after(tx, hand, prepared.arguments, do.key(hand.number))
    except Exception:  # noqa: BLE001  # see NotTaken
        hand.back_to(mark)
        return False
    pays = prepared.money is not None or bool(prepared.allocations)
    key = do.key(hand.number)
    hand.settled = Settled(hand.case_id, key, prepared.order_id, pays, done.ref, dict(done.values))
    return True
