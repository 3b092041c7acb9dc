"""Photographs and films small enough to send: real files, each of other content."""

from __future__ import annotations

import io
import struct
import zlib
from datetime import datetime

from PIL import Image

_EXIF, _TAKEN, _OFFSET = 0x8769, 0x9003, 0x9011  # as Exif 2.32 numbers them
_BRAND = b"\0\0\0\x14ftypisom\0\0\0\0mp42"


def photograph(shade: int, side: int = 16) -> bytes:
    """A grey square without a date. Different shades are different files."""
    rows = b"".join(b"\0" + bytes([shade % 256]) * side for _ in range(side))
    header = struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)
    parts = ((b"IHDR", header), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(map(_chunk, *zip(*parts, strict=True)))


def snapshot(subject: str, taken: datetime | None) -> bytes:
    """A JPEG that nobody else has, with the moment at which a camera took it."""
    exif = Image.Exif()
    if taken is not None:
        inner = exif.get_ifd(_EXIF)
        inner[_TAKEN] = f"{taken:%Y:%m:%d %H:%M:%S}"
        inner[_OFFSET] = "+00:00"
    file = io.BytesIO()
    Image.new("RGB", (8, 8), "grey").save(file, "JPEG", exif=exif, comment=subject.encode())
    return file.getvalue()


def film(subject: str) -> bytes:
    """The beginning of an MP4 file, with something in it that no other has."""
    told = subject.encode()
    return _BRAND + struct.pack(">I", len(told) + 8) + b"mdat" + told


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
