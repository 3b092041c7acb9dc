"""Staff: people are added with their authority, listed, and known by their id."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from makegood.core.authority import in_house
from makegood.core.errors import BadInput, Refusal, UnknownName
from makegood.core.money import Money, parse
from makegood.desk.desk import Desk
from makegood.desk.warrants import UNWARRANTED, Warrant, Warranted, check
from makegood.store import audit, codes, people
from makegood.store.models import Person
from makegood.store.people import Enrolment, NewPerson
from makegood.store.transaction import Tx
from makegood.store.words import Role

ALL = "all"
_NOBODYS = frozenset({"customer", "system", "makegood"})
_ID = re.compile(r"^[a-z0-9][a-z0-9._-]*$")
_LIMIT = re.compile(r"^\s*([0-9.]+)\s*([A-Za-z]{3})\s*$")


class Inactive(Refusal):
    def __init__(self, person: str) -> None:
        super().__init__(f"{person} is not active any more")
        self.person = person


@dataclass(frozen=True, slots=True, kw_only=True)
class Newcomer:
    """As it is typed. `limit` is `500EUR`; empty is nothing. No market means all of them."""

    id: str
    role: str
    name: str = ""
    limit: str = ""
    markets: Sequence[str] = ()
    locale: str = "en"
    demo: bool = False


def add(desk: Desk, new: Newcomer, warrant: Warrant = UNWARRANTED) -> Enrolment:
    """Raises BadInput, PersonExists, NeedsTwo, WarrantRefused. The secret is told once: it is returned."""
    if not _ID.match(new.id):
        raise BadInput(
            "id", f"{new.id!r} is no id", "lower-case letters, digits, dots and dashes, as in jo.k"
        )
    if new.id in _NOBODYS:
        raise BadInput("id", f"{new.id!r} stands for nobody in particular", "an id of their own")
    row = NewPerson(
        id=new.id,
        name=new.name or new.id,
        role=_role(new.role),
        limit=read_limit(desk, new.limit) if new.limit else None,
        markets=_markets(desk, new.markets),
        locale=new.locale,
        demo=new.demo,
    )
    warranted = check(desk, warrant, new.id)
    with desk.store.begin() as tx:
        enrolment = people.add(tx, row, desk.now())
        _note(tx, desk, "added", new.id, warranted, _authority(row.role, row.limit, row.markets))
        return enrolment


def deactivate(desk: Desk, person: str, warrant: Warrant = UNWARRANTED) -> None:
    """From now on no answer of theirs counts, also none that waits to be read. Raises as `add`."""
    known(desk, person)
    warranted = check(desk, warrant, person)
    with desk.store.begin() as tx:
        people.set_active(tx, person, False)
        _note(tx, desk, "deactivated", person, warranted, {})


def change(desk: Desk, person: str, new: Newcomer, warrant: Warrant = UNWARRANTED) -> None:
    """Role, limit and markets as in `new`; in force for questions that are open, too. Raises as `add`."""
    known(desk, person)
    role, markets = _role(new.role), _markets(desk, new.markets)
    limit = read_limit(desk, new.limit) if new.limit else None
    warranted = check(desk, warrant, person)
    with desk.store.begin() as tx:
        people.set_authority(tx, person, role, limit, markets)
        _note(tx, desk, "changed", person, warranted, _authority(role, limit, markets))


def renew(desk: Desk, person: str, warrant: Warrant = UNWARRANTED) -> Enrolment:
    """A new secret for who has lost their device: the old one's codes count no more. Raises as `add`."""
    known(desk, person)
    warranted = check(desk, warrant, person)
    with desk.store.begin() as tx:
        enrolment = people.enrol(tx, person)
        _note(tx, desk, "renewed", person, warranted, {})
        return enrolment


def _authority(role: Role, limit: Money | None, markets: Sequence[str]) -> dict[str, object]:
    return {"role": role.value, "limit": None if limit is None else str(limit), "markets": list(markets)}


def _note(
    tx: Tx, desk: Desk, what: str, person: str, warranted: Warranted | None, told: dict[str, object]
) -> None:
    by, second = warranted or (None, None)
    audit.note_change(tx, what, person, told, desk.now(), by=by, second=second)


def listed(desk: Desk) -> list[Person]:
    with desk.store.begin() as tx:
        return people.listed(tx)


def known(desk: Desk, person: str) -> Person:
    """Somebody who works here. Raises UnknownName, Inactive."""
    with desk.store.begin() as tx:
        row = people.get(tx, person)
        names = () if row else tuple(each.id for each in people.listed(tx, only_active=True))
    if row is None:
        raise UnknownName("people", "person", person, names)
    if not row.active:
        raise Inactive(person)
    return row


def demo_code(desk: Desk, person: str) -> str:
    """What the device of a demo person shows now, in real time. Raises UnknownName, NotDemo."""
    known(desk, person)
    with desk.store.begin() as tx:
        return codes.demo_code(tx, person, datetime.now(UTC))


def read_limit(desk: Desk, text: str) -> Money:
    """`500EUR` or `500.00 EUR`. Raises BadInput, or NoRate where there is nothing to compare by."""
    found = _LIMIT.match(text)
    if found is None:
        raise BadInput("limit", f"{text!r} is no limit", "an amount and a currency, as 500EUR")
    currency = found[2].upper()
    limit = parse(found[1], currency)
    in_house(desk.library.authority, limit)
    return limit


def _role(text: str) -> Role:
    try:
        return Role(text)
    except ValueError:
        raise UnknownName("people", "role", text, tuple(Role)) from None


def _markets(desk: Desk, given: Sequence[str]) -> tuple[str, ...]:
    served = desk.library.markets
    wanted = tuple(dict.fromkeys(market.strip() for market in given if market.strip()))
    if not wanted or ALL in wanted:
        return (ALL,)
    for market in wanted:
        if market not in served:
            raise UnknownName("people", "market", market, (*served, ALL))
    return wanted
