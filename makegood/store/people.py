"""People: enrolled with a secret of their own, with a role, a limit and markets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import pyotp
from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert

from makegood.core.money import Money
from makegood.store.codes import CodeAccepted, CodeRefusal, CodeRefused, Verdict, demo_code, verify_code
from makegood.store.errors import Missing, PersonExists
from makegood.store.models import Person
from makegood.store.transaction import Tx
from makegood.store.words import Role

__all__ = [
    "CodeAccepted",
    "CodeRefusal",
    "CodeRefused",
    "Enrolment",
    "NewPerson",
    "Verdict",
    "add",
    "are_governed",
    "demo_code",
    "email_of",
    "enrol",
    "get",
    "listed",
    "set_active",
    "set_authority",
    "set_email",
    "verify_code",
]

_ISSUER = "makegood"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPerson:
    """`limit` is the most they may approve; None is nothing. No market means none."""

    id: str
    name: str
    role: Role
    limit: Money | None = None
    markets: Sequence[str] = ()
    locale: str = "en"
    demo: bool = False
    email: str | None = None


@dataclass(frozen=True, slots=True)
class Enrolment:
    """Shown once: `uri` is the otpauth address for the person's authenticator; `recovery` are codes for the
    day on which it is not at hand."""

    person_id: str
    uri: str
    recovery: tuple[str, ...] = ()


def add(tx: Tx, new: NewPerson, now: datetime) -> Enrolment:
    """Raises PersonExists. That an administrator and a second person agree is the caller's to see to."""
    secret = pyotp.random_base32(32)
    row = insert(Person).values(
        id=new.id,
        name=new.name,
        role=new.role,
        limit_minor=None if new.limit is None else new.limit.minor,
        limit_currency=None if new.limit is None else new.limit.currency,
        markets=list(new.markets),
        secret_cipher=tx.vault.seal_secret(secret, new.id),
        email_cipher=_sealed(tx, new.id, new.email),
        locale=new.locale,
        demo=new.demo,
        created_at=now,
    )
    row = row.on_conflict_do_nothing(index_elements=["id"])
    if tx.session.scalar(row.returning(Person.id)) is None:
        raise PersonExists(new.id)
    return _enrolment(new.id, secret)


def enrol(tx: Tx, person_id: str) -> Enrolment:
    """A new secret; the old device's codes count no more."""
    secret = pyotp.random_base32(32)
    _change(
        tx, person_id, secret_cipher=tx.vault.seal_secret(secret, person_id), failures=0, locked_until=None
    )
    return _enrolment(person_id, secret)


def get(tx: Tx, person_id: str) -> Person | None:
    return tx.session.scalar(select(Person).where(Person.id == person_id))


def listed(tx: Tx, role: Role | None = None, only_active: bool = False) -> list[Person]:
    """By id."""
    query = select(Person).order_by(Person.id)
    if role is not None:
        query = query.where(Person.role == role)
    return list(tx.session.scalars(query.where(Person.active) if only_active else query))


def are_governed(tx: Tx) -> bool:
    """Whether an administrator and one more are there to stand for changes. Demo people do not count: their
    codes are printed for whoever asks."""
    there = select(Person.role).where(Person.active, ~Person.demo)
    roles = list(tx.session.scalars(there))
    return len(roles) > 1 and Role.ADMIN in roles


def set_authority(tx: Tx, person_id: str, role: Role, limit: Money | None, markets: Sequence[str]) -> None:
    """Raises Missing."""
    minor, currency = (None, None) if limit is None else (limit.minor, limit.currency)
    _change(tx, person_id, role=role, limit_minor=minor, limit_currency=currency, markets=list(markets))


def set_email(tx: Tx, person_id: str, email: str | None) -> None:
    """Raises Missing."""
    _change(tx, person_id, email_cipher=_sealed(tx, person_id, email))


def email_of(tx: Tx, person: Person) -> str | None:
    """Sealed in the table, as everything personal is."""
    if person.email_cipher is None:
        return None
    return tx.vault.open_secret(person.email_cipher, _place(person.id))


def set_active(tx: Tx, person_id: str, active: bool) -> None:
    """Raises Missing."""
    _change(tx, person_id, active=active)


def _sealed(tx: Tx, person_id: str, email: str | None) -> bytes | None:
    return None if email is None else tx.vault.seal_secret(email, _place(person_id))


def _place(person_id: str) -> str:
    return f"{person_id}|email"


def _change(tx: Tx, person_id: str, **values: object) -> None:
    changed = update(Person).where(Person.id == person_id).values(**values)
    if tx.session.scalar(changed.returning(Person.id)) is None:
        raise Missing("person", person_id)


def _enrolment(person_id: str, secret: str) -> Enrolment:
    return Enrolment(person_id, pyotp.TOTP(secret).provisioning_uri(name=person_id, issuer_name=_ISSUER))
