"""Reading for many cases at once: journals, and the rows that actions look at, kept in a memory."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import text

from makegood.core import events
from makegood.store import customers, messages, orders, plain
from makegood.store.errors import Erased
from makegood.store.journal import Entry, bound
from makegood.store.memory import Memory
from makegood.store.models import (
    Approval,
    ArrivalRow,
    Base,
    Case,
    Customer,
    Effect,
    Evidence,
    JournalRow,
    MessageRow,
)
from makegood.store.rows import array
from makegood.store.transaction import Tx, decode

_DISPUTED = text(
    "select distinct c.order_ref from inbox i join cases c on c.id = i.case_id"
    " where i.name = 'dispute.opened' and c.order_ref = any(:refs)"
)
# as `effects.goods` and `effects.paid` count for one
_GOODS = text(
    "select e.case_id, sum(r.amount_minor) as minor from reservations r"
    " join effects e on e.key = r.effect_key"
    " where e.case_id = any(:ids) and e.money_minor is null and r.status = 'consumed' group by e.case_id"
)
_PAID = text(
    "select case_id, sum(money_minor) as minor from effects where case_id = any(:ids) and status = 'done'"
    " and money_minor is not null group by case_id"
)
_OF_CASES: tuple[tuple[str, type[Base], str], ...] = (
    ("approvals.of_case", Approval, "question_seq"),
    ("evidence.of_case", Evidence, "received_at, id"),
    ("effects.of_case", Effect, "intended_at, key"),
)
"""What hangs on cases, by the reader that asks for it, in its order."""


class Sealed(NamedTuple):
    """An event as it is kept."""

    seq: int
    at: datetime
    kind: str
    cipher: bytes


def journals(tx: Tx, ids: Sequence[int]) -> dict[int, list[Sealed]]:
    """Every event of each case, in order, as it is kept."""
    found: dict[int, list[Sealed]] = defaultdict(list)
    for row in plain.among(tx, JournalRow, "case_id", ids, "order by case_id, seq"):
        found[row.case_id].append(Sealed(row.seq, row.at, row.kind, row.cipher))
    return found


def opened(tx: Tx, case_id: int, sealed: Iterable[Sealed]) -> Iterator[Entry]:
    """Raises Erased, or Unreadable, for this case alone."""
    number = tx.number_of(case_id)
    for seq, at, kind, cipher in sealed:
        plain = tx.unseal(case_id, cipher, bound(number, seq, kind))
        yield Entry(seq, at, events.parse(decode(plain)))


def unread(tx: Tx, ids: Sequence[int]) -> dict[int, list[ArrivalRow]]:
    """What has arrived for each case that nobody has read, by time of receipt."""
    found: dict[int, list[ArrivalRow]] = defaultdict(list)
    tail = "and read_seq is null order by received_at, id"
    for row in plain.among(tx, ArrivalRow, "case_id", ids, tail):
        found[row.case_id].append(row)
    return found


def rows(tx: Tx, memory: Memory, ids: Sequence[int]) -> list[Case]:
    """Cases, their customers, and what hangs on the cases themselves."""
    found = cases(tx, memory, ids)
    _customers(tx, memory, found)
    for name, model, order in _OF_CASES:
        for case_id, those in _by_case(tx, model, order, ids).items():
            memory.keep(name, case_id, answer=those)
            if name == "evidence.of_case" and not those:  # no file of it was seen elsewhere
                memory.keep("evidence.seen_elsewhere", case_id, answer=False)
    refs = [case.order_ref for case in found if case.order_ref is not None]
    disputed = set(tx.session.scalars(_DISPUTED, {"refs": array(refs)}))
    for ref in refs:
        memory.keep("inbox.has_come", ref, "dispute.opened", answer=ref in disputed)
    keep_orders(tx, memory, [case.order_id for case in found if case.order_id is not None])
    return found


def cases(tx: Tx, memory: Memory, ids: Sequence[int]) -> list[Case]:
    """As they stand now."""
    found = plain.among(tx, Case, "id", ids)
    for case in found:
        memory.keep("cases.get", case.id, answer=case)
    return found


def keep_orders(tx: Tx, memory: Memory, ids: Iterable[int]) -> None:
    wanted = sorted(set(ids))
    if wanted:
        for order in orders.many(tx, wanted):
            memory.keep("orders.get", order.id, answer=order)


def given(tx: Tx, memory: Memory, ids: Sequence[int]) -> None:
    """What the ledger says of each case. Kept until the next effect of the case is intended."""
    for name, statement in (("effects.goods", _GOODS), ("effects.paid", _PAID)):
        totals = {row.case_id: int(row.minor) for row in tx.session.execute(statement, {"ids": array(ids)})}
        for case_id in ids:
            memory.keep(name, case_id, answer=totals.get(case_id, 0))


def _by_case(tx: Tx, model: Any, order: str, ids: Iterable[int]) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = {case_id: [] for case_id in ids}
    for row in plain.among(tx, model, "case_id", ids, f"order by {order}"):
        found[row.case_id].append(row)
    return found


def _customers(tx: Tx, memory: Memory, found: Sequence[Case]) -> None:
    ids = {case.customer_id for case in found}
    known: dict[UUID, Customer] = {row.id: row for row in plain.among(tx, Customer, "id", ids)}
    for case in found:
        key = known[case.customer_id].key_wrapped
        tx.know({"id": case.id, "number": case.number, "customer_id": case.customer_id, "key_wrapped": key})
    for customer in known.values():
        memory.keep("customers.get", customer.id, answer=customer)
        try:
            memory.keep("customers.contact", customer.id, answer=customers.opened(tx, customer))
        except Erased as error:
            memory.keep("customers.contact", customer.id, answer=error)


def conversations(tx: Tx, memory: Memory, found: Sequence[Case]) -> None:
    """All cases of these cases' customers, and what was said in them: what the contact guard asks."""
    ids = {case.customer_id for case in found}
    theirs: dict[UUID, list[Case]] = {customer: [] for customer in ids}
    for case in plain.among(tx, Case, "customer_id", ids, "order by opened_at, id"):
        theirs[case.customer_id].append(case)
    for customer, those in theirs.items():
        memory.keep("cases.of_customer", customer, answer=those)
    every = {case.id: case for those in theirs.values() for case in those}
    for case_id, those_said in _by_case(tx, MessageRow, "at, id", every).items():
        if those_said:
            case = every[case_id]
            tx.know_owner(case.id, case.number, case.customer_id)
        memory.keep("messages.thread", case_id, answer=[messages.opened(tx, row) for row in those_said])
