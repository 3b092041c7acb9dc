"""Cases: opening, looking up, and the moves between running, parked, suspended and closed."""

from makegood.store.cases.lists import (
    Filter,
    count_by_status,
    due,
    heads,
    of_customer,
    of_order,
    opened_since,
    page,
)
from makegood.store.cases.moves import bump_fence, close, park, reopen, run, suspend, wake
from makegood.store.cases.opening import NewCase, Opened, attach_order, open  # noqa: A004  (the verb of the trade)
from makegood.store.cases.rows import assign, by_number, get, lock

__all__ = [
    "Filter",
    "NewCase",
    "Opened",
    "assign",
    "attach_order",
    "bump_fence",
    "by_number",
    "close",
    "count_by_status",
    "due",
    "get",
    "heads",
    "lock",
    "of_customer",
    "of_order",
    "open",
    "opened_since",
    "page",
    "park",
    "reopen",
    "run",
    "suspend",
    "wake",
]
