"""Evidence in a folder, each blob encrypted with AES-256-GCM under its caller's key.

A bucket (S3, MinIO) fits the same three methods: encrypt here with `seal`, upload the sealed bytes under
the name, and let the bucket's versioning off, or erasure would keep what it promised to forget.
"""

from __future__ import annotations

import os
import re
import secrets
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from makegood.core.errors import MakegoodError, Refusal

NONCE = 12  # bytes, NIST SP 800-38D 8.2.2: random, 96 bits
MAGIC = b"mg1\0"
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*(/[A-Za-z0-9][A-Za-z0-9._-]*){0,3}")


class BlobMissing(Refusal):
    """There is no blob of this name: never put, or erased."""

    def __init__(self, name: str) -> None:
        super().__init__(f"no blob {name}")
        self.name = name


class BlobDamaged(MakegoodError):
    """The bytes are not those that were put under this name with this key."""

    def __init__(self, name: str) -> None:
        super().__init__(f"blob {name} is damaged, or was put with another key")
        self.name = name


class BadBlobName(Refusal):
    """A name that could leave the folder."""

    def __init__(self, name: str) -> None:
        super().__init__(f"{name!r} is no blob name: expected up to four parts of letters, digits and ._-")
        self.name = name


class FolderBlobs:
    """Blobs as files below one folder, readable by this user only."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, name: str, content: bytes, *, secret: bytes) -> None:
        """Whole or not at all, and on the disk when it returns: the row that names it is written after."""
        path = self._path(name)
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        draft = path.with_name(f".{path.name}.{secrets.token_hex(6)}")
        try:
            with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                file.write(seal(name, content, secret))
                file.flush()
                os.fsync(file.fileno())
            draft.replace(path)
        finally:
            draft.unlink(missing_ok=True)
        _sync(path.parent)

    def get(self, name: str, *, secret: bytes) -> bytes:
        """What was put. Raises `BlobMissing` or `BlobDamaged`."""
        try:
            sealed = self._path(name).read_bytes()
        except FileNotFoundError:
            raise BlobMissing(name) from None
        return unseal(name, sealed, secret)

    def delete(self, name: str) -> None:
        """Gone after this, also if it never was there."""
        self._path(name).unlink(missing_ok=True)

    def _path(self, name: str) -> Path:
        if not NAME.fullmatch(name):
            raise BadBlobName(name)
        return self._folder / name


def seal(name: str, content: bytes, secret: bytes) -> bytes:
    """Encrypt; the name is bound in, so that a blob cannot be passed off as another."""
    nonce = secrets.token_bytes(NONCE)
    return MAGIC + nonce + AESGCM(secret).encrypt(nonce, content, name.encode())


def unseal(name: str, sealed: bytes, secret: bytes) -> bytes:
    """Decrypt. Raises `BlobDamaged`."""
    start = len(MAGIC) + NONCE
    if not sealed.startswith(MAGIC) or len(sealed) < start:
        raise BlobDamaged(name)
    try:
        return AESGCM(secret).decrypt(sealed[len(MAGIC) : start], sealed[start:], name.encode())
    except InvalidTag:
        raise BlobDamaged(name) from None


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
