"""Blobs in memory; the wrong secret reads as damage, as in the folder."""

from __future__ import annotations

from makegood.gateways.blobs import BlobDamaged, BlobMissing


class MemoryBlobs:
    def __init__(self) -> None:
        self.kept: dict[str, tuple[bytes, bytes]] = {}

    def put(self, name: str, content: bytes, *, secret: bytes) -> None:
        self.kept[name] = (content, secret)

    def get(self, name: str, *, secret: bytes) -> bytes:
        if name not in self.kept:
            raise BlobMissing(name)
        content, locked_with = self.kept[name]
        if secret != locked_with:
            raise BlobDamaged(name)
        return content

    def delete(self, name: str) -> None:
        self.kept.pop(name, None)
