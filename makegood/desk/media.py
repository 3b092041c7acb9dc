"""What a file is, and when its picture was taken: told by its content, never by its name."""

from __future__ import annotations

import io
import logging
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

from PIL import Image

from makegood.store.words import EvidenceKind

log = logging.getLogger(__name__)

PHOTO, VIDEO, DOCUMENT, OTHER = (
    EvidenceKind.PHOTO,
    EvidenceKind.VIDEO,
    EvidenceKind.DOCUMENT,
    EvidenceKind.OTHER,
)
ACCEPTED = "a photo (JPEG, PNG, WebP, HEIC, AVIF, GIF), a video (MP4, MOV, 3GP, WebM), a PDF or plain text"

# Exif 2.32, 4.6.5: the Exif IFD and what it says of the moment of capture
EXIF_IFD, DATE_TIME_ORIGINAL, OFFSET_TIME_ORIGINAL = 0x8769, 0x9003, 0x9011
# whose Exif is read without decoding the picture, as that of PNG and AVIF is not
WITH_EXIF = {"image/jpeg": "JPEG", "image/webp": "WEBP"}

CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")  # no text that a person wrote has them

# ISO base media files name their brands: ftyp box, mp4ra.org
BRANDS = {
    **dict.fromkeys((b"avif", b"avis"), (PHOTO, "image/avif")),
    **dict.fromkeys((b"heic", b"heix", b"heim", b"heis", b"mif1"), (PHOTO, "image/heic")),
    **dict.fromkeys((b"qt  ",), (VIDEO, "video/quicktime")),
    **dict.fromkeys((b"3gp4", b"3gp5", b"3gp6", b"3g2a"), (VIDEO, "video/3gpp")),
    **dict.fromkeys(
        (b"isom", b"iso2", b"iso5", b"iso6", b"mp41", b"mp42", b"avc1", b"M4V "), (VIDEO, "video/mp4")
    ),
}


@dataclass(frozen=True, slots=True)
class Media:
    """A kind of evidence and its IANA media type."""

    kind: EvidenceKind
    media_type: str


def sniff(content: bytes) -> Media | None:
    """None for what we do not take as evidence: programs, archives, markup, and the unrecognisable."""
    if content.startswith(b"\xff\xd8\xff"):
        return Media(PHOTO, "image/jpeg")
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return Media(PHOTO, "image/png")
    if content.startswith((b"GIF87a", b"GIF89a")):
        return Media(PHOTO, "image/gif")
    if content.startswith(b"RIFF") and content[8:12] == b"WEBP":
        return Media(PHOTO, "image/webp")
    if content[4:8] == b"ftyp":
        return _by_brand(content)
    if content.startswith(b"\x1a\x45\xdf\xa3") and b"webm" in content[:64]:
        return Media(VIDEO, "video/webm")
    if content.startswith(b"%PDF-"):
        return Media(DOCUMENT, "application/pdf")
    return Media(OTHER, "text/plain") if _is_plain_text(content) else None


def taken_at(content: bytes, media_type: str, zone: str) -> datetime | None:
    """When the camera says that the picture was taken, in UTC; None when the file does not tell.

    Cameras write local time, and only newer ones its offset: without it the time is taken to be of `zone`,
    where the customer is.
    """
    if media_type not in WITH_EXIF:
        return None
    try:
        with Image.open(io.BytesIO(content), formats=(WITH_EXIF[media_type],)) as image:
            exif = image.getexif().get_ifd(EXIF_IFD)
        return _instant(str(exif.get(DATE_TIME_ORIGINAL, "")), str(exif.get(OFFSET_TIME_ORIGINAL, "")), zone)
    except Exception as error:  # noqa: BLE001  # a stranger's file may break the reader in any way; then it tells nothing
        log.info("no capture time can be read from %s: %s", media_type, type(error).__name__)
        return None


def _by_brand(content: bytes) -> Media | None:
    """The major brand decides, then the compatible ones in their order."""
    end = min(int.from_bytes(content[:4], "big"), 256, len(content))
    for place in (8, *range(16, end - 3, 4)):
        if known := BRANDS.get(content[place : place + 4]):
            return Media(*known)
    return None


def _is_plain_text(content: bytes) -> bool:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return False
    return bool(text.strip()) and not text.lstrip().startswith("<") and not CONTROL.search(text)


def _instant(taken: str, offset: str, zone: str) -> datetime | None:
    taken = taken.strip("\0 ")
    if not re.fullmatch(r"(19|20)\d\d:\d\d:\d\d \d\d:\d\d:\d\d", taken):
        return None  # cameras without a clock write blanks or zeros
    local = datetime.strptime(taken, "%Y:%m:%d %H:%M:%S")  # noqa: DTZ007  # the zone follows
    known = re.fullmatch(r"([+-])(\d\d):(\d\d)", offset.strip("\0 "))
    if known is None:
        return local.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
    ahead = timedelta(hours=int(known[2]), minutes=int(known[3]))
    return local.replace(tzinfo=timezone(ahead if known[1] == "+" else -ahead)).astimezone(UTC)
