"""Keys and ciphers: AES-256-GCM under a key per customer, wrapped by a key of the master key."""

from __future__ import annotations

import hashlib
import hmac
import os
import unicodedata
from uuid import UUID

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from makegood.store.errors import Unreadable

_NONCE = 12


class Vault:
    """Everything that needs the master key. Each use has a key of its own, derived by HKDF-SHA256."""

    def __init__(self, master_key: bytes) -> None:
        if len(master_key) != 32:
            raise ValueError(f"the master key has 32 bytes, not {len(master_key)}")
        self._wrapping = _derive(master_key, "customer keys")
        self._indexing = _derive(master_key, "blind indexes")
        self._people = _derive(master_key, "people's secrets")
        self._digests = _derive(master_key, "argument digests")
        self._signing = Ed25519PrivateKey.from_private_bytes(_derive(master_key, "audit signatures"))

    def new_key(self, customer: UUID) -> bytes:
        """A fresh data key, wrapped: only useful for this customer."""
        return seal(self._wrapping, AESGCM.generate_key(256), f"customer key|{customer}")

    def unwrap(self, wrapped: bytes, customer: UUID) -> bytes:
        return unseal(self._wrapping, wrapped, f"customer key|{customer}")

    def email_index(self, email: str) -> bytes:
        return self._index("email", unicodedata.normalize("NFKC", email).strip().casefold())

    def phone_index(self, phone: str) -> bytes:
        """`+49 (0) 30-123` and `004930123` differ only in how they are written."""
        written = unicodedata.normalize("NFKC", phone).strip().replace("(0)", "")
        digits = "".join(sign for sign in written if sign.isdecimal())
        international = written.startswith("+") or digits.startswith("00")
        return self._index("phone", "+" * international + (digits.lstrip("0") if international else digits))

    def digest(self, content: bytes) -> bytes:
        """Keyed, so that short personal arguments cannot be guessed from it after erasure."""
        return hmac.new(self._digests, content, hashlib.sha256).digest()

    def sign(self, content: bytes) -> bytes:
        """Ed25519, 64 bytes. Whoever has `public_key` can verify it; making it takes the master key."""
        return self._signing.sign(content)

    @property
    def public_key(self) -> bytes:
        return self._signing.public_key().public_bytes_raw()

    def seal_secret(self, secret: str, person: str) -> bytes:
        return seal(self._people, secret.encode(), f"person|{person}")

    def open_secret(self, cipher: bytes, person: str) -> str:
        return unseal(self._people, cipher, f"person|{person}").decode()

    def _index(self, kind: str, normalised: str) -> bytes:
        return hmac.new(self._indexing, f"{kind}|{normalised}".encode(), hashlib.sha256).digest()


def is_signed(public_key: bytes, content: bytes, signature: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(signature, content)
    except (InvalidSignature, ValueError):
        return False
    return True


def seal(key: bytes, plain: bytes, bound: str) -> bytes:
    """Nonce and ciphertext. `bound` names the place; the ciphertext opens nowhere else."""
    return seal_with(AESGCM(key), plain, bound)


def seal_with(cipher: AESGCM, plain: bytes, bound: str) -> bytes:
    """As `seal`, for many values under one key."""
    nonce = os.urandom(_NONCE)
    return nonce + cipher.encrypt(nonce, plain, bound.encode())


def unseal(key: bytes, cipher: bytes, bound: str) -> bytes:
    """Raises Unreadable for another key, another place, or a changed byte."""
    try:
        return AESGCM(key).decrypt(cipher[:_NONCE], cipher[_NONCE:], bound.encode())
    except InvalidTag:
        raise Unreadable(bound) from None


def _derive(master_key: bytes, purpose: str) -> bytes:
    info = f"makegood store: {purpose}".encode()
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=info).derive(master_key)
