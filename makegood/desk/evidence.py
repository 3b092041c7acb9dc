"""Evidence: a file that came with a case, checked, sealed under its customer's key, and kept."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType

from makegood.core.errors import BadInput, Surprise
from makegood.desk import media
from makegood.desk.ports import Blobs
from makegood.store import Tx
from makegood.store import evidence as rows
from makegood.store.models import Case, Evidence
from makegood.store.words import CapturedSource, EvidenceKind

MEGABYTE = 1_000_000
LIMITS: Mapping[EvidenceKind, int] = MappingProxyType(
    {
        EvidenceKind.PHOTO: 25 * MEGABYTE,
        EvidenceKind.VIDEO: 100 * MEGABYTE,
        EvidenceKind.DOCUMENT: 25 * MEGABYTE,
        EvidenceKind.OTHER: 1 * MEGABYTE,
    }
)
LARGEST = max(LIMITS.values())  # no upload needs to be read further than this
# a camera's clock and zone may be off by so much; what lies further ahead is no capture time
AHEAD = timedelta(days=1)


class EvidenceRefused(BadInput):
    """A file that we do not keep: `problem` says what it is, `expected` what would do."""


class EvidenceChanged(Surprise):
    """The kept bytes are not those that were sent."""

    def __init__(self, evidence_id: int) -> None:
        super().__init__(f"evidence {evidence_id} does not have the digest it was kept with")
        self.evidence_id = evidence_id


@dataclass(frozen=True, slots=True)
class SentFile:
    """A file as it was sent. `name` is the sender's and is only used to speak to them about it.

    `claimed_at` is when the sender says that it was taken; it counts only where the file is silent.
    """

    name: str
    content: bytes
    claimed_at: datetime | None = None


def check(file: SentFile, limits: Mapping[EvidenceKind, int] = LIMITS) -> media.Media:
    """What the file is. Raises EvidenceRefused; nothing is kept."""
    place = file.name or "file"
    if not file.content:
        raise EvidenceRefused(place, "is empty", media.ACCEPTED, "Send it again")
    found = media.sniff(file.content)
    if found is None:
        raise EvidenceRefused(place, "is of a kind that we cannot take", media.ACCEPTED, "Send a photo of it")
    size, limit = len(file.content), limits[found.kind]
    if size > limit:
        raise EvidenceRefused(
            place,
            f"has {size / MEGABYTE:.1f} MB",
            f"at most {limit / MEGABYTE:.0f} MB for a {found.kind.value}",
            "Send a smaller version, or a part of it",
        )
    return found


def keep(
    tx: Tx,
    blobs: Blobs,
    case: Case,
    file: SentFile,
    now: datetime,
    *,
    message_id: int | None = None,
    limits: Mapping[EvidenceKind, int] = LIMITS,
) -> Evidence:
    """Seal the bytes, then write the row. The same file again for the same case is kept once.

    The blob comes first: a row always has its bytes, and a blob without a row is an unreadable leftover
    that the same file would replace. Raises EvidenceRefused, and the store's Erased.
    """
    found = check(file, limits)
    digest = hashlib.sha256(file.content).digest()
    captured_at, source = _captured(file, found, case.zone, now)
    name = f"{case.number}/{digest.hex()}"
    blobs.put(name, file.content, secret=tx.key_of_case(case.id))
    return rows.add(
        tx,
        case.id,
        rows.NewEvidence(
            kind=found.kind,
            sha256=digest,
            size=len(file.content),
            media_type=found.media_type,
            blob_key=name,
            received_at=now,
            captured_at=captured_at,
            captured_source=source,
            message_id=message_id,
        ),
    )


def read(tx: Tx, blobs: Blobs, evidence: Evidence) -> bytes:
    """What was sent. Raises EvidenceChanged, BlobMissing, BlobDamaged, and the store's Erased."""
    content = blobs.get(evidence.blob_key, secret=tx.key_of_case(evidence.case_id))
    if hashlib.sha256(content).digest() != evidence.sha256:
        raise EvidenceChanged(evidence.id)
    return content


def discard(tx: Tx, blobs: Blobs, case_id: int) -> int:
    """Delete the bytes of a case's evidence, as erasure asks; the rows stay. How many there were."""
    kept = rows.of_case(tx, case_id)
    for evidence in kept:
        blobs.delete(evidence.blob_key)
    return len(kept)


def _captured(
    file: SentFile, found: media.Media, zone: str, now: datetime
) -> tuple[datetime | None, CapturedSource]:
    """The file's own word, else the sender's; a time that has not come is neither's."""
    taken = media.taken_at(file.content, found.media_type, zone)
    if taken is not None and taken <= now + AHEAD:
        return taken, CapturedSource.FILE
    if file.claimed_at is not None and file.claimed_at <= now + AHEAD:
        return file.claimed_at, CapturedSource.CLAIMED
    return None, CapturedSource.NONE
