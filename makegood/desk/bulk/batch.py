"""A batch: the cases that are taken together, what is known of them, and how they leave it."""

from __future__ import annotations

import dataclasses
import logging
from collections.abc import Sequence
from dataclasses import dataclass, field

from makegood.core.plan import Plan
from makegood.core.state import State, apply
from makegood.desk.bulk.hands import BulkHand
from makegood.desk.desk import Desk
from makegood.store import inbox
from makegood.store.batch import reading, taking
from makegood.store.batch.lane import LaneStore
from makegood.store.batch.reading import Sealed
from makegood.store.batch.taking import Taken
from makegood.store.memory import Later, Memory
from makegood.store.models import ArrivalRow
from makegood.store.transaction import Tx

log = logging.getLogger("makegood.bulk")


@dataclass(slots=True)
class Batch:
    """`hands` are walked together, `alone` one by one; both are under our leases. `keys` are unwrapped once.

    `waiting` are those whose order is another's of this batch for a round.
    """

    desk: Desk
    holder: str
    keys: Tx
    memory: Memory
    hands: dict[int, BulkHand] = field(default_factory=dict)
    alone: list[Taken] = field(default_factory=list)
    waiting: set[int] = field(default_factory=set)

    def leave(self, hand: BulkHand) -> None:
        """To be driven by itself, from where the journal stands by then."""
        del self.hands[hand.case_id]
        log.info("%s leaves its batch", hand.number)
        assert hand.stands is not None
        version = hand.stands.version
        self.alone.append(Taken(hand.case_id, hand.number, hand.fence, hand.stands.seq, hand.head, version))


def take(desk: Desk, holder: str, limit: int, but: Sequence[int]) -> Batch | None:
    """Some ready cases under our lease, with all that their actions may look at; None when none is ready."""
    memory, plans = Memory(), dict[str, Plan]()
    with desk.store.begin() as tx:
        taken = taking.take(tx, desk.now(), holder=holder, lease=desk.lease, limit=limit, but=but)
        if not taken:
            return None
        ids = [each.id for each in taken]
        reading.conversations(tx, memory, reading.rows(tx, memory, ids))
        reading.given(tx, memory, ids)
        sealed, unread = reading.journals(tx, ids), reading.unread(tx, ids)
        for version in {each.version for each in taken}:
            plans[version] = desk.plans.of(tx, version)
    batch = Batch(desk, holder, tx, memory)
    for each in taken:
        hand = _hand(batch, each, plans[each.version], sealed[each.id], unread.get(each.id, ()))
        if hand is None:
            batch.alone.append(each)
        else:
            batch.hands[each.id] = hand
    return batch


def _hand(
    batch: Batch, taken: Taken, plan: Plan, sealed: Sequence[Sealed], unread: Sequence[ArrivalRow]
) -> BulkHand | None:
    """None for a case that cannot be read, or whose last effect is not settled."""
    later = Later()
    store = LaneStore(batch.desk.store, batch.memory, later, batch.keys)
    state: State | None = None
    try:
        for seq, at, event in reading.opened(batch.keys, taken.id, sealed):
            state = apply(state, event, seq, at)
        arrived = [inbox.opened(batch.keys, row) for row in unread]
    except Exception as error:  # noqa: BLE001  # driven alone it fails again, and is seen to there
        log.info("%s leaves the batch: %s", taken.number, type(error).__name__)
        return None
    if state is None or state.effect is not None:
        return None
    return BulkHand(
        desk=dataclasses.replace(batch.desk, store=store),
        case_id=taken.id,
        number=taken.number,
        plan=plan,
        state=state,
        fence=taken.fence,
        holder=batch.holder,
        head=taken.head,
        stands=state,
        later=later,
        arrived=arrived,
        begun=frozenset(row.key for row in batch.memory.ask("effects.of_case", taken.id)),
    )
