"""The ledger of effects: intended before the call, settled after it, looked up when it is unknown.

`intended` has reserved money, `done` consumes the reservation, `failed` releases it, `unknown` keeps it.
"""

from makegood.store.effects.intending import Intended, Intent, called_again, intend
from makegood.store.effects.ledger import (
    arguments,
    get,
    goods,
    look_ups_due,
    of_case,
    paid,
    reservations,
    result,
    unsettled,
    unsettled_of_all,
)
from makegood.store.effects.reserving import Allocation
from makegood.store.effects.settling import done, failed, looked, take_back, unknown

__all__ = [
    "Allocation",
    "Intended",
    "Intent",
    "arguments",
    "called_again",
    "done",
    "failed",
    "get",
    "goods",
    "intend",
    "look_ups_due",
    "looked",
    "of_case",
    "paid",
    "reservations",
    "result",
    "take_back",
    "unknown",
    "unsettled",
    "unsettled_of_all",
]
