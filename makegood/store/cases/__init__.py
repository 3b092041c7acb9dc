"""Cases: opening, looking up, and the moves between running, parked, suspended and closed."""

from makegood.store.cases.lists import (
    Filter,
    count_by_status,
    due,
    due_query,
    heads,
    of_customer,
    of_order,
    of_order_ref,
    opened_since,
    page,
)
from makegood.store.cases.moves import (
    bump_fence,
    close,
    look_again,
    park,
    postpone,
    put_off,
    reopen,
    run,
    suspend,
    wake,
)
from makegood.store.cases.opening import NewCase, Opened, attach_order, open, set_caller  # noqa: A004  (the verb of the trade)
from makegood.store.cases.rows import assign, by_number, get, is_closed, lock
from makegood.store.cases.waking import Woken, wake_due

__all__ = [
    "Filter",
    "NewCase",
    "Opened",
    "Woken",
    "assign",
    "attach_order",
    "bump_fence",
    "by_number",
    "close",
    "count_by_status",
    "due",
    "due_query",
    "get",
    "heads",
    "is_closed",
    "lock",
    "look_again",
    "of_customer",
    "of_order",
    "of_order_ref",
    "open",
    "opened_since",
    "page",
    "park",
    "postpone",
    "put_off",
    "reopen",
    "run",
    "set_caller",
    "suspend",
    "wake",
    "wake_due",
]
