"""Customers: found by blind index, sealed under their own key, and forgotten for good."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import exists, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from makegood.store import plain
from makegood.store.errors import Erased, Missing, StillOpen
from makegood.store.flat import vars_of
from makegood.store.memory import remembered
from makegood.store.models import IS_OPEN, IS_UNSETTLED, Case, Customer, Effect
from makegood.store.transaction import Tx, decode, encode
from makegood.store.vault import seal as seal_under
from makegood.store.vault import unseal as unseal_under


@dataclass(frozen=True, slots=True)
class Contact:
    """Who the customer is. Only ever in memory: at rest it is ciphertext."""

    name: str = ""
    email: str = ""
    phone: str = ""
    address: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Profile:
    """What is not personal: IETF locale, IANA zone, ISO country, tier, consent to marketing."""

    locale: str
    zone: str
    market: str
    tier: str = "standard"
    consent: bool = False


def ensure(tx: Tx, contact: Contact, profile: Profile, now: datetime) -> Customer:
    """The customer with this e-mail address, made if there is none. An existing one is left as it is."""
    known = find(tx, email=contact.email) if contact.email else None
    return known or _add(tx, contact, profile, now)


def _add(tx: Tx, contact: Contact, profile: Profile, now: datetime) -> Customer:
    customer = uuid4()
    wrapped = tx.vault.new_key(customer)
    row = insert(Customer).values(
        id=customer,
        key_wrapped=wrapped,
        **fields_of(tx, customer, contact, wrapped),
        **asdict(profile),
        created_at=now,
    )
    row = row.on_conflict_do_nothing(index_elements=["email_index"])
    made: Customer | None = tx.session.scalar(row.returning(Customer))
    if made is not None:
        return made
    known = find(tx, email=contact.email)  # made by another transaction meanwhile
    if known is None:
        raise Missing("customer", "that was there a moment ago")
    return known


def find(tx: Tx, email: str) -> Customer | None:
    index = tx.vault.email_index(email)
    return tx.session.scalar(select(Customer).where(Customer.email_index == index))


def find_by_phone(tx: Tx, phone: str) -> list[Customer]:
    """Several: families share a telephone."""
    index = tx.vault.phone_index(phone)
    query = select(Customer).where(Customer.phone_index == index).order_by(Customer.created_at)
    return list(tx.session.scalars(query))


@remembered("customers.get")
def get(tx: Tx, customer: UUID) -> Customer:
    row = plain.one(tx, Customer, "id = :id", id=customer)
    if row is None:
        raise Missing("customer", customer)
    return row


@remembered("customers.contact")
def contact(tx: Tx, customer: UUID) -> Contact:
    """Raises Erased."""
    return opened(tx, get(tx, customer))


def opened(tx: Tx, row: Customer) -> Contact:
    """Who a customer that was read is. Raises Erased."""
    if row.fields_cipher is None:
        raise Erased(str(row.id))
    return Contact(
        **decode(unseal_under(tx.key_of(row.id, row.key_wrapped), row.fields_cipher, _bound(row.id)))
    )


def change(tx: Tx, customer: UUID, contact: Contact) -> None:
    """Raises Erased; an address that another customer has is an IntegrityError."""
    tx.key_of(customer)
    tx.session.execute(
        update(Customer).where(Customer.id == customer).values(**fields_of(tx, customer, contact))
    )


def consent(tx: Tx, customer: UUID, given: bool) -> None:
    tx.session.execute(update(Customer).where(Customer.id == customer).values(consent=given))


def seal(tx: Tx, customer: UUID, plain: bytes, bound: str) -> bytes:
    """For what is kept elsewhere (evidence blobs): it dies with the customer's key."""
    return seal_under(tx.key_of(customer), plain, f"elsewhere|{bound}")


def unseal(tx: Tx, customer: UUID, cipher: bytes, bound: str) -> bytes:
    """Raises Erased, or Unreadable when `bound` is not what it was sealed with."""
    return unseal_under(tx.key_of(customer), cipher, f"elsewhere|{bound}")


def erase(tx: Tx, customer: UUID, now: datetime) -> bool:
    """Destroys key and indexes; False when that has happened before.

    Raises StillOpen while a case is open, or an effect of a closed one may yet have to be written up.

    Every ciphertext of the customer (journal, inbox, messages, arguments, answers, blobs) is noise from
    then on, in backups too, while the chains still verify.
    """
    row = tx.session.scalar(select(Customer).where(Customer.id == customer).with_for_update())
    if row is None:
        raise Missing("customer", customer)
    if row.erased_at is not None:
        return False
    unsettled = exists().where(Effect.case_id == Case.id, IS_UNSETTLED)
    query = select(Case.number).where(Case.customer_id == customer, or_(IS_OPEN, unsettled))
    numbers = tx.session.scalars(query.order_by(Case.number)).all()
    if numbers:
        raise StillOpen(str(customer), tuple(numbers))
    gone = {"key_wrapped": None, "email_index": None, "phone_index": None, "fields_cipher": None}
    tx.session.execute(update(Customer).where(Customer.id == customer).values(**gone, erased_at=now))
    tx.forget(customer)
    return True


def fields_of(
    tx: Tx, customer: UUID, contact: Contact, wrapped: bytes | None = None
) -> dict[str, bytes | None]:
    return {
        "email_index": tx.vault.email_index(contact.email) if contact.email else None,
        "phone_index": tx.vault.phone_index(contact.phone) if contact.phone else None,
        "fields_cipher": seal_under(tx.key_of(customer, wrapped), encode(vars_of(contact)), _bound(customer)),
    }


def _bound(customer: UUID) -> str:
    return f"customer|{customer}|fields"
