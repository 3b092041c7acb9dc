"""Evidence lies encrypted, whole, and nowhere but in its folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from makegood.desk.ports import Blobs
from makegood.gateways.blobs import BadBlobName, BlobDamaged, BlobMissing, FolderBlobs
from tests.fakes import MemoryBlobs

SECRET = bytes(range(32))
NAME = "MG-2026-000001/photo-1"
PHOTO = b"\xff\xd8 a photograph of a cracked mug" * 100


@pytest.fixture(params=["folder", "memory"])
def blobs(request: pytest.FixtureRequest, tmp_path: Path) -> Blobs:
    return FolderBlobs(tmp_path / "blobs") if request.param == "folder" else MemoryBlobs()


def test_what_was_put_is_got(blobs: Blobs) -> None:
    blobs.put(NAME, PHOTO, secret=SECRET)
    assert blobs.get(NAME, secret=SECRET) == PHOTO


def test_the_same_name_again_replaces(blobs: Blobs) -> None:
    blobs.put(NAME, PHOTO, secret=SECRET)
    blobs.put(NAME, b"", secret=SECRET)
    assert blobs.get(NAME, secret=SECRET) == b""


def test_the_wrong_key_opens_nothing(blobs: Blobs) -> None:
    blobs.put(NAME, PHOTO, secret=SECRET)
    with pytest.raises(BlobDamaged):
        blobs.get(NAME, secret=bytes(32))


def test_what_was_deleted_is_gone_and_may_be_deleted_again(blobs: Blobs) -> None:
    blobs.put(NAME, PHOTO, secret=SECRET)
    blobs.delete(NAME)
    blobs.delete(NAME)
    with pytest.raises(BlobMissing):
        blobs.get(NAME, secret=SECRET)


def test_the_disk_holds_nothing_readable_and_no_leftovers(tmp_path: Path) -> None:
    FolderBlobs(tmp_path).put(NAME, PHOTO, secret=SECRET)
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert files == [tmp_path / NAME]
    assert b"mug" not in files[0].read_bytes()
    assert files[0].stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("place", [0, 5, 20, -1])
def test_a_changed_byte_is_noticed(tmp_path: Path, place: int) -> None:
    blobs = FolderBlobs(tmp_path)
    blobs.put(NAME, PHOTO, secret=SECRET)
    sealed = bytearray((tmp_path / NAME).read_bytes())
    sealed[place] ^= 1
    (tmp_path / NAME).write_bytes(sealed)
    with pytest.raises(BlobDamaged):
        blobs.get(NAME, secret=SECRET)


def test_one_blob_cannot_be_passed_off_as_another(tmp_path: Path) -> None:
    blobs = FolderBlobs(tmp_path)
    blobs.put(NAME, PHOTO, secret=SECRET)
    (tmp_path / NAME).rename(tmp_path / "other")
    with pytest.raises(BlobDamaged):
        blobs.get("other", secret=SECRET)


@pytest.mark.parametrize(
    "name", ["", "../x", "/etc/passwd", "a/../../x", "a//b", ".hidden", "a\0b", "a/b/c/d/e"]
)
def test_no_name_leads_out_of_the_folder(tmp_path: Path, name: str) -> None:
    with pytest.raises(BadBlobName):
        FolderBlobs(tmp_path / "blobs").put(name, b"", secret=SECRET)
    assert not (tmp_path / "blobs").exists()
