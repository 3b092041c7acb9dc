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
    "demo_code",
    "enrol",
    "get",
    "listed",
    "set_active",
    "set_authority",
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


@dataclass(frozen=True, slots=True)
class Enrolment:
    """Shown once: `uri` is the otpauth address for the person's authenticator."""

    person_id: str
    uri: str


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


def set_authority(tx: Tx, person_id: str, role: Role, limit: Money | None, markets: Sequence[str]) -> None:
    """Raises Missing."""
    minor, currency = (None, None) if limit is None else (limit.minor, limit.currency)
    _change(tx, person_id, role=role, limit_minor=minor, limit_currency=currency, markets=list(markets))


def set_active(tx: Tx, person_id: str, active: bool) -> None:
    """Raises Missing."""
    _change(tx, person_id, active=active)


def _change(tx: Tx, person_id: str, **values: object) -> None:
    changed = update(Person).where(Person.id == person_id).values(**values)
    if tx.session.scalar(changed.returning(Person.id)) is None:
        raise Missing("person", person_id)


def _enrolment(person_id: str, secret: str) -> Enrolment:
    return Enrolment(person_id, pyotp.TOTP(secret).provisioning_uri(name=person_id, issuer_name=_ISSUER))
