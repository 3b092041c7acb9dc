"""Ciphers and indexes: what is sealed for one place opens nowhere else."""

from __future__ import annotations

from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from makegood.store.errors import Unreadable
from makegood.store.vault import Vault, seal, unseal
from tests.store.rows import MASTER_KEY

VAULT = Vault(MASTER_KEY)


@given(st.binary(max_size=200), st.text(max_size=20))
def test_what_is_sealed_opens_with_the_same_key_and_place(plain: bytes, place: str) -> None:
    key = bytes(32)
    assert unseal(key, seal(key, plain, place), place) == plain


def test_a_ciphertext_moved_to_another_place_does_not_open() -> None:
    cipher = seal(bytes(32), b"refund 10.00", "journal|MG-2026-000001|7")
    with pytest.raises(Unreadable):
        unseal(bytes(32), cipher, "journal|MG-2026-000002|7")


@given(st.integers(min_value=0, max_value=40))
def test_no_byte_of_a_ciphertext_can_be_changed(at: int) -> None:
    cipher = bytearray(seal(bytes(32), b"refund 10.00", "x"))
    cipher[at % len(cipher)] ^= 1
    with pytest.raises(Unreadable):
        unseal(bytes(32), bytes(cipher), "x")


def test_a_customers_wrapped_key_is_no_use_for_another_customer() -> None:
    customer = uuid4()
    wrapped = VAULT.new_key(customer)
    assert len(VAULT.unwrap(wrapped, customer)) == 32
    with pytest.raises(Unreadable):
        VAULT.unwrap(wrapped, uuid4())


def test_another_master_key_opens_nothing() -> None:
    customer = uuid4()
    with pytest.raises(Unreadable):
        Vault(bytes(32)).unwrap(VAULT.new_key(customer), customer)


def test_a_master_key_of_the_wrong_length_is_refused() -> None:
    with pytest.raises(ValueError, match="32 bytes, not 16"):
        Vault(bytes(16))


@pytest.mark.parametrize("written", ["Jana@Example.ORG", " jana@example.org\n", "jana@example.org"])
def test_an_address_is_found_however_it_is_written(written: str) -> None:
    assert VAULT.email_index(written) == VAULT.email_index("jana@example.org")


@pytest.mark.parametrize("written", ["+49 (0) 30 123-4567", "0049 30 1234567", "+49301234567"])
def test_a_telephone_number_is_found_however_it_is_written(written: str) -> None:
    assert VAULT.phone_index(written) == VAULT.phone_index("+49 30 1234567")


def test_a_national_number_is_not_an_international_one() -> None:
    assert VAULT.phone_index("49301234567") != VAULT.phone_index("+49301234567")


def test_indexes_cannot_be_made_without_the_master_key() -> None:
    assert VAULT.email_index("jana@example.org") != Vault(bytes(32)).email_index("jana@example.org")
