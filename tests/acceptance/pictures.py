"""Photographs small enough to send: real PNG files, each of another shade."""

from __future__ import annotations

import struct
import zlib


def photograph(shade: int, side: int = 16) -> bytes:
    """A grey square. Different shades are different files."""
    rows = b"".join(b"\0" + bytes([shade % 256]) * side for _ in range(side))
    header = struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)
    parts = ((b"IHDR", header), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(map(_chunk, *zip(*parts, strict=True)))


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
