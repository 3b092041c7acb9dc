"""Customers: sealed, found, and forgotten."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import text

from makegood.core.events import Noted
from makegood.store import Store, cases, customers, effects, inbox, journal, leases, messages
from makegood.store.customers import Contact, Profile
from makegood.store.errors import Erased, StillOpen, Unreadable
from makegood.store.messages import NewMessage
from makegood.store.words import Direction
from tests.store.rows import NOW, OPENED, Maker, at_once, for_unit, refund

JANA = Contact(name="Jana Weiß", email="jana@example.org", phone="+49 30 1234567", address={"city": "Köln"})
GERMAN = Profile("de-DE", "Europe/Berlin", "DE")


def test_a_customer_is_found_by_address_and_by_telephone(store: Store) -> None:
    with store.begin() as tx:
        made = customers.ensure(tx, JANA, GERMAN, NOW)
    with store.begin() as tx:
        found = customers.find(tx, "JANA@example.org")
        assert found is not None
        assert found.id == made.id
        assert [row.id for row in customers.find_by_phone(tx, "0049 30 1234567")] == [made.id]
        assert customers.contact(tx, made.id) == JANA
        assert customers.find(tx, "someone@example.org") is None


def test_nothing_personal_is_in_the_row(store: Store) -> None:
    with store.begin() as tx:
        customers.ensure(tx, JANA, GERMAN, NOW)
        row = tx.session.execute(text("select c::text from customers c")).scalar_one()
    assert not any(word in row for word in ("Jana", "jana", "1234567", "Köln"))


def test_two_first_messages_at_once_make_one_customer(store: Store) -> None:
    def ensure() -> object:
        with store.begin() as tx:
            return customers.ensure(tx, JANA, GERMAN, NOW).id

    assert len(set(at_once(*[ensure] * 4))) == 1


def test_a_changed_address_is_found_and_the_old_one_is_not(store: Store) -> None:
    with store.begin() as tx:
        made = customers.ensure(tx, JANA, GERMAN, NOW)
        customers.change(tx, made.id, Contact(name="Jana Weiß", email="jw@example.org"))
        customers.consent(tx, made.id, True)
        assert customers.find(tx, "jana@example.org") is None
        found = customers.find(tx, "jw@example.org")
        assert found is not None
        assert found.consent


def test_a_customer_with_an_open_case_is_not_erased(make: Maker) -> None:
    case = make.case()
    with pytest.raises(StillOpen) as refused, make.store.begin() as tx:
        customers.erase(tx, case.customer_id, NOW)
    assert refused.value.numbers == (case.number,)


def test_erasure_makes_everything_unreadable_while_the_chain_verifies(make: Maker) -> None:
    customer = make.customer("jana@example.org")
    order = make.order()
    case = make.case(customer, order)
    letter = NewMessage(
        direction=Direction.IN,
        channel="email",
        locale="de-DE",
        subject="Kaputt",
        body="Die Tasse ist zerbrochen.",
        at=NOW,
        author="customer",
    )
    with make.store.begin() as tx:
        journal.append(tx, case.id, [(OPENED, NOW), (Noted(what="broken mug"), NOW)], fence=0)
        messages.add(tx, case.id, letter)
        intent = refund(case, order, 1500)
        effects.intend(tx, case.id, order.id, intent, [for_unit(order, 1500)], now=NOW)
        inbox.put(
            tx,
            case.id,
            source="web",
            external_id="1",
            name="answer",
            payload={"why": "broken"},
            received_at=NOW,
            now=NOW,
        )
        blob = customers.seal(tx, customer, b"JPEG", "photo-1")
        cases.close(tx, case.id, fence=0, outcome="refunded", now=NOW)
    with pytest.raises(StillOpen), make.store.begin() as tx:
        customers.erase(tx, customer, NOW)  # its refund is under way
    with make.store.begin() as tx:
        effects.done(tx, intent.key, provider_ref="re_1", result={"id": "re_1"}, now=NOW)
    with make.store.begin() as tx:
        assert customers.unseal(tx, customer, blob, "photo-1") == b"JPEG"
        assert customers.erase(tx, customer, NOW)
    with make.store.begin() as tx:
        assert not customers.erase(tx, customer, NOW)
        assert customers.find(tx, "jana@example.org") is None
        effect = effects.get(tx, intent.key)
        assert effect is not None
        for read in (
            lambda: customers.contact(tx, customer),
            lambda: journal.read(tx, case.id),
            lambda: messages.thread(tx, case.id),
            lambda: inbox.unread(tx, case.id),
            lambda: effects.arguments(tx, effect),
            lambda: customers.unseal(tx, customer, blob, "photo-1"),
        ):
            with pytest.raises(Erased):
                read()
        assert journal.verify(tx, case.id) is None
        assert [row.kind for row in journal.envelopes(tx, case.id)] == ["case.opened", "noted"]


def test_nothing_is_journalled_for_an_erased_customer(make: Maker) -> None:
    case = make.case()
    fence = leases.acquire(make.store, case.id, "leg", timedelta(seconds=60))
    assert fence is not None
    with make.store.begin() as tx:
        cases.close(tx, case.id, fence, outcome="withdrawn", now=NOW)
        customers.erase(tx, case.customer_id, NOW)
    with pytest.raises(Erased), make.store.begin() as tx:
        journal.append(tx, case.id, [(OPENED, NOW)], fence)


def test_a_blob_opens_only_under_its_own_name(make: Maker) -> None:
    customer = make.customer()
    with make.store.begin() as tx:
        sealed = customers.seal(tx, customer, b"JPEG", "photo-1")
        with pytest.raises(Unreadable):
            customers.unseal(tx, customer, sealed, "photo-2")
