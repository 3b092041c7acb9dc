"""Staff: people are added with their authority, listed, and known by their id."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from makegood.core.authority import in_house
from makegood.core.errors import BadInput, Refusal, UnknownName
from makegood.core.money import Money, parse
from makegood.desk import ruling
from makegood.desk.desk import Desk
from makegood.desk.warrants import UNWARRANTED, Warrant, Warranted, check
from makegood.store import audit, codes, people, recovery
from makegood.store.models import Person
from makegood.store.people import Enrolment, NewPerson
from makegood.store.transaction import Tx
from makegood.store.words import Role

ALL = "all"
_NOBODYS = frozenset({"customer", "system", "makegood"})
_ID = re.compile(r"^[a-z0-9][a-z0-9._-]*$")
_EMAIL = re.compile(r"^[^@\s,;<>]+@[^@\s,;<>]+$")
_LONGEST_EMAIL = 320
_LIMIT = re.compile(r"^\s*([0-9.]+)\s*([A-Za-z]{3})\s*$")


class Inactive(Refusal):
    def __init__(self, person: str) -> None:
        super().__init__(f"{person} is not active any more")
        self.person = person


@dataclass(frozen=True, slots=True, kw_only=True)
class Newcomer:
    """As it is typed. `limit` is `500EUR`; empty is nothing. No market means all of them. `email` is where
    notices go; None is nowhere, and in a change: where they went before."""

    id: str
    role: str
    name: str = ""
    limit: str = ""
    markets: Sequence[str] = ()
    locale: str = "en"
    demo: bool = False
    email: str | None = None


def add(desk: Desk, new: Newcomer, warrant: Warrant = UNWARRANTED) -> Enrolment:
    """Raises BadInput, PersonExists, NeedsTwo, WarrantRefused. Secret and recovery codes are told once."""
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
        email=_email(new.email),
    )
    warranted = check(desk, warrant, new.id)
    with desk.store.begin() as tx:
        enrolment = people.add(tx, row, desk.now())
        _note(tx, desk, "added", new.id, warranted, _authority(row.role, row.limit, row.markets))
        ruling.keep_first(tx, desk)
        return enrolment if new.demo else _with_codes(tx, desk, enrolment)


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
    email = _email(new.email)
    warranted = check(desk, warrant, person)
    with desk.store.begin() as tx:
        people.set_authority(tx, person, role, limit, markets)
        _note(tx, desk, "changed", person, warranted, _authority(role, limit, markets))
        ruling.keep_first(tx, desk)
        if new.email is not None:
            _set_email(tx, desk, person, email, warranted)


def move_notices(desk: Desk, person: str, email: str, warrant: Warrant = UNWARRANTED) -> None:
    """To this address from now on; to none when it is empty. Raises as `add`."""
    known(desk, person)
    address = _email(email)
    warranted = check(desk, warrant, person)
    with desk.store.begin() as tx:
        _set_email(tx, desk, person, address, warranted)


def renew(desk: Desk, person: str, warrant: Warrant = UNWARRANTED) -> Enrolment:
    """A new secret and new recovery codes; the old ones count no more. Raises as `add`."""
    known(desk, person)
    warranted = check(desk, warrant, person)
    with desk.store.begin() as tx:
        enrolment = people.enrol(tx, person)
        _note(tx, desk, "renewed", person, warranted, {})
        return _with_codes(tx, desk, enrolment)


def _with_codes(tx: Tx, desk: Desk, enrolment: Enrolment) -> Enrolment:
    return replace(enrolment, recovery=recovery.make(tx, enrolment.person_id, desk.now()))


def _set_email(tx: Tx, desk: Desk, person: str, email: str | None, warranted: Warranted | None) -> None:
    """The list of changes is exported: it says that there is an address, and not which."""
    people.set_email(tx, person, email)
    _note(tx, desk, "email", person, warranted, {"given": email is not None})


def _authority(role: Role, limit: Money | None, markets: Sequence[str]) -> dict[str, object]:
    return {"role": role.value, "limit": None if limit is None else str(limit), "markets": list(markets)}


def _note(
    tx: Tx, desk: Desk, what: str, person: str, warranted: Warranted | None, told: dict[str, object]
) -> None:
    by, second = warranted or (None, None)
    audit.note_change(tx, what, person, told, desk.now(), by=by, second=second)


@dataclass(frozen=True, slots=True)
class Listed:
    """`email` is where notices go, if anywhere; `recovery_left` are the recovery codes that still count."""

    person: Person
    email: str | None
    recovery_left: int


def listed(desk: Desk) -> list[Listed]:
    with desk.store.begin() as tx:
        left = recovery.left(tx)
        return [
            Listed(person, people.email_of(tx, person), left.get(person.id, 0))
            for person in people.listed(tx)
        ]


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
    in_house(ruling.in_force(desk), limit)
    return limit


def _email(text: str | None) -> str | None:
    if not text:
        return None
    if len(text) > _LONGEST_EMAIL or not _EMAIL.match(text):
        raise BadInput("email", f"{text!r} is no address", "one, such as jo.k@example.com")
    return text


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
