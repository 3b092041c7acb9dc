"""A file is what its content says."""

from __future__ import annotations

import io
import struct
from datetime import UTC, datetime

import pytest
from PIL import Image

from makegood.desk.media import sniff, taken_at

BERLIN = "Europe/Berlin"


def photo(taken: str | None = None, offset: str | None = None, saved_as: str = "JPEG") -> bytes:
    """A small picture with what a camera writes into it."""
    exif = Image.Exif()
    inner = exif.get_ifd(0x8769)
    if taken is not None:
        inner[0x9003] = taken
    if offset is not None:
        inner[0x9011] = offset
    file = io.BytesIO()
    Image.new("RGB", (8, 8), "red").save(file, saved_as, exif=exif)
    return file.getvalue()


def box(*brands: bytes) -> bytes:
    """The head of an ISO base media file: major brand, version, compatible brands."""
    body = b"ftyp" + brands[0] + b"\0\0\0\0" + b"".join(brands[1:])
    return struct.pack(">I", len(body) + 4) + body + b"\0\0\0\x08mdat"


@pytest.mark.parametrize(
    ("content", "kind", "media_type"),
    [
        (photo(), "photo", "image/jpeg"),
        (photo(saved_as="PNG"), "photo", "image/png"),
        (photo(saved_as="WEBP"), "photo", "image/webp"),
        (photo(saved_as="GIF"), "photo", "image/gif"),
        (photo(saved_as="AVIF"), "photo", "image/avif"),
        (box(b"heic", b"mif1"), "photo", "image/heic"),
        (box(b"mif1", b"avif"), "photo", "image/heic"),
        (box(b"qt  "), "video", "video/quicktime"),
        (box(b"XAVC", b"mp42"), "video", "video/mp4"),
        (b"\x1a\x45\xdf\xa3\x9fB\x86\x81\x01B\x82\x84webm", "video", "video/webm"),
        (b"%PDF-1.7\n", "document", "application/pdf"),
        ("Die Tasse kam zerbrochen an.\n杯子碎了。 \u200fشكرا".encode(), "other", "text/plain"),
    ],
)
def test_kind_and_type_come_from_the_first_bytes(content: bytes, kind: str, media_type: str) -> None:
    found = sniff(content)
    assert found
    assert (found.kind, found.media_type) == (kind, media_type)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"   \n",
        b"\0" * 64,
        b"MZ\x90\0",
        b"\x7fELF",
        b"PK\x03\x04",
        b"<svg onload=alert(1)>",
        b"\xef\xbb\xbf\n <html>",
        b"\x1a\x45\xdf\xa3matroska",
        box(b"crx "),
        b"\0\0\0\0ftyp",
        b"\xff\xff\xff\xffftyp",
        b"caf\xe9",
        b"a\0b",
    ],
)
def test_anything_else_is_not_evidence(content: bytes) -> None:
    assert sniff(content) is None


@pytest.mark.parametrize("saved_as", ["JPEG", "WEBP"])
def test_the_cameras_time_is_read_with_its_offset(saved_as: str) -> None:
    content = photo("2026:03:01 18:30:00", "+09:00", saved_as)
    media_type = f"image/{saved_as.lower()}"
    assert taken_at(content, media_type, BERLIN) == datetime(2026, 3, 1, 9, 30, tzinfo=UTC)


def test_without_an_offset_it_is_the_customers_local_time() -> None:
    content = photo("2026:03:01 18:30:00")
    assert taken_at(content, "image/jpeg", BERLIN) == datetime(2026, 3, 1, 17, 30, tzinfo=UTC)
    assert taken_at(content, "image/jpeg", "America/Sao_Paulo") == datetime(2026, 3, 1, 21, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    "taken", [None, "", "0000:00:00 00:00:00", "    :  :     :  :  ", "2026:13:45 99:99:99", "yesterday"]
)
def test_a_camera_without_a_clock_tells_nothing(taken: str | None) -> None:
    assert taken_at(photo(taken), "image/jpeg", BERLIN) is None


@pytest.mark.filterwarnings("ignore::UserWarning:PIL")
def test_a_damaged_file_tells_nothing_and_breaks_nothing() -> None:
    content = photo("2026:03:01 18:30:00", "+01:00")
    for place in range(2, len(content)):
        taken_at(content[:place], "image/jpeg", BERLIN)
        taken_at(content[:place] + b"\xff" + content[place + 1 :], "image/jpeg", BERLIN)
