"""Evidence is checked, sealed under its customer's key, and kept once."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from makegood.desk import evidence
from makegood.desk.evidence import EvidenceChanged, EvidenceRefused, SentFile
from makegood.gateways.blobs import BlobMissing, FolderBlobs
from makegood.store import Store, Tx, cases, customers, procedures
from makegood.store import evidence as rows
from makegood.store.errors import Erased
from makegood.store.models import Case
from makegood.store.words import EvidenceKind
from tests.desk.test_media import photo

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
MUG = photo("2026:03:01 18:30:00", "+01:00")


@pytest.fixture
def tx(store_url: str) -> Iterator[Tx]:
    store = Store(store_url, bytes(range(32)), pool=1)
    with store.begin() as opened:
        yield opened
    store.close()


@pytest.fixture
def case(tx: Tx) -> Case:
    return open_case(tx, "jana@example.test")


@pytest.fixture
def blobs(tmp_path: Path) -> FolderBlobs:
    return FolderBlobs(tmp_path / "blobs")


def open_case(tx: Tx, email: str) -> Case:
    procedures.publish(tx, "v1", "refund", "", {}, {}, NOW)
    profile = customers.Profile(locale="de-DE", zone="Europe/Berlin", market="DE")
    customer = customers.ensure(tx, customers.Contact(name="Jana", email=email), profile, NOW)
    new = cases.NewCase(
        customer_id=customer.id,
        procedure="refund",
        version="v1",
        problem="refund",
        reason="damaged",
        market="DE",
        locale="de-DE",
        zone="Europe/Berlin",
        channel="email",
    )
    return cases.open(tx, new, NOW).case


def test_a_photograph_is_kept_and_read_again(tx: Tx, case: Case, blobs: FolderBlobs) -> None:
    kept = evidence.keep(tx, blobs, case, SentFile("mug.png", MUG), NOW)
    assert (kept.kind, kept.media_type, kept.size) == ("photo", "image/jpeg", len(MUG))
    assert kept.sha256 == hashlib.sha256(MUG).digest()
    assert kept.received_at == NOW
    assert evidence.read(tx, blobs, kept) == MUG


def test_the_files_own_time_goes_before_the_senders(tx: Tx, case: Case, blobs: FolderBlobs) -> None:
    file = SentFile("mug.jpg", MUG, claimed_at=NOW - timedelta(days=9))
    kept = evidence.keep(tx, blobs, case, file, NOW)
    assert (kept.captured_at, kept.captured_source) == (datetime(2026, 3, 1, 17, 30, tzinfo=UTC), "file")


def test_where_the_file_is_silent_the_sender_is_asked(tx: Tx, case: Case, blobs: FolderBlobs) -> None:
    claimed = NOW - timedelta(days=9)
    kept = evidence.keep(tx, blobs, case, SentFile("mug.jpg", photo(), claimed_at=claimed), NOW)
    assert (kept.captured_at, kept.captured_source) == (claimed, "claimed")


@pytest.mark.parametrize(
    "file",
    [
        SentFile("a.txt", b"It came broken."),
        SentFile("a.jpg", photo("2030:01:01 00:00:00")),
        SentFile("a.jpg", photo(), claimed_at=NOW + timedelta(days=30)),
    ],
)
def test_a_time_that_nobody_knows_or_that_has_not_come_is_none(
    tx: Tx, case: Case, blobs: FolderBlobs, file: SentFile
) -> None:
    kept = evidence.keep(tx, blobs, case, file, NOW)
    assert (kept.captured_at, kept.captured_source) == (None, "none")


def test_the_same_file_twice_is_kept_once_per_case(tx: Tx, case: Case, blobs: FolderBlobs) -> None:
    first = evidence.keep(tx, blobs, case, SentFile("mug.jpg", MUG), NOW)
    again = evidence.keep(tx, blobs, case, SentFile("copy.jpg", MUG), NOW + timedelta(hours=1))
    assert (again.id, again.received_at) == (first.id, NOW)
    other = open_case(tx, "other@example.test")
    evidence.keep(tx, blobs, other, SentFile("mug.jpg", MUG), NOW)
    assert rows.elsewhere(tx, case.id, first.sha256) == [other.id]
    assert evidence.read(tx, blobs, first) == MUG


@pytest.mark.parametrize(
    ("file", "says"),
    [
        (SentFile("mug.jpg", b""), "mug.jpg: is empty; expected a photo (JPEG,"),
        (
            SentFile("mug.jpg", b"MZ\x90\0\0"),
            "mug.jpg: is of a kind that we cannot take; expected a photo (JPEG,",
        ),
        (SentFile("mug.jpg", MUG), "MB; expected at most 0 MB for a photo"),
    ],
)
def test_what_is_refused_says_what_is_expected_and_leaves_nothing(
    tx: Tx, case: Case, blobs: FolderBlobs, tmp_path: Path, file: SentFile, says: str
) -> None:
    with pytest.raises(EvidenceRefused) as caught:
        evidence.keep(tx, blobs, case, file, NOW, limits={EvidenceKind.PHOTO: 100})
    assert says in str(caught.value)
    assert rows.of_case(tx, case.id) == []
    assert not (tmp_path / "blobs").exists()


def test_the_disk_tells_nothing_and_an_erased_customer_takes_the_key_along(
    tx: Tx, case: Case, blobs: FolderBlobs, tmp_path: Path
) -> None:
    letter = b"Jana Beispiel, Musterweg 1: die Tasse ist kaputt"
    kept = evidence.keep(tx, blobs, case, SentFile("letter.txt", letter), NOW)
    for path in (tmp_path / "blobs").rglob("*"):
        assert "Jana" not in str(path)
        assert path.is_dir() or b"Jana" not in path.read_bytes()
    cases.close(tx, case.id, case.fence, outcome="withdrawn", now=NOW)
    customers.erase(tx, case.customer_id, NOW)
    with pytest.raises(Erased):
        evidence.read(tx, blobs, kept)


def test_discarded_bytes_are_gone_and_the_row_stays(tx: Tx, case: Case, blobs: FolderBlobs) -> None:
    kept = evidence.keep(tx, blobs, case, SentFile("mug.jpg", MUG), NOW)
    assert evidence.discard(tx, blobs, case.id) == 1
    with pytest.raises(BlobMissing):
        evidence.read(tx, blobs, kept)
    assert [row.id for row in rows.of_case(tx, case.id)] == [kept.id]


def test_swapped_bytes_are_noticed(tx: Tx, case: Case, blobs: FolderBlobs) -> None:
    kept = evidence.keep(tx, blobs, case, SentFile("mug.jpg", MUG), NOW)
    blobs.put(kept.blob_key, b"another", secret=tx.key_of_case(case.id))
    with pytest.raises(EvidenceChanged):
        evidence.read(tx, blobs, kept)
