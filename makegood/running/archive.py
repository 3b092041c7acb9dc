"""The file of a backup: a tar archive of manifest, two dumps, evidence, and the master key only if asked."""

from __future__ import annotations

import hashlib
import json
import os
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from makegood.core.errors import BadInput

FORMAT = 1
MANIFEST, STORE, PREFECT, KEY, EVIDENCE = (
    "manifest.json",
    "store.dump",
    "prefect.dump",
    "master.key",
    "evidence",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """`key` tells master keys apart without telling them; `digests` are of the dumps, by name."""

    made_at: str
    revision: str
    cases: int
    key: str
    digests: dict[str, str]
    evidence: int
    has_key: bool
    format: int = FORMAT


def write(file: Path, manifest: Manifest, folder: Path, evidence: Path | None, key_file: Path | None) -> None:
    """Whole or not at all, and readable by its owner alone. `folder` has the dumps."""
    draft = file.with_name(f".{file.name}.draft")
    with (
        os.fdopen(os.open(draft, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600), "w+b") as raw,
        tarfile.open(fileobj=raw, mode="w") as tar,
    ):
        (folder / MANIFEST).write_text(json.dumps(asdict(manifest), indent=2))
        for name in (MANIFEST, *manifest.digests):
            tar.add(folder / name, name)
        if key_file is not None:
            tar.add(key_file, KEY)
        if evidence is not None:
            tar.add(evidence, EVIDENCE, filter=_no_draft)
    with draft.open("rb") as written:
        os.fsync(written.fileno())
    draft.replace(file)


def _no_draft(member: tarfile.TarInfo) -> tarfile.TarInfo | None:
    """A blob that is just being written has a name with a dot before it, and no row yet."""
    return None if PurePosixPath(member.name).name.startswith(".") else member


@contextmanager
def opened(file: Path) -> Iterator[tuple[Manifest, tarfile.TarFile]]:
    """Raises BadInput for what is no backup of ours."""
    try:
        with tarfile.open(file) as tar:
            yield _manifest(file, tar), tar
    except FileNotFoundError:
        raise BadInput(str(file), "is not there", "a file that `makegood backup` wrote") from None
    except tarfile.ReadError as error:
        raise BadInput(
            str(file), f"cannot be read ({error})", "a file that `makegood backup` wrote"
        ) from error


def _manifest(file: Path, tar: tarfile.TarFile) -> Manifest:
    try:
        member = tar.extractfile(MANIFEST)
        told: dict[str, Any] = json.load(member) if member else {}
        manifest = Manifest(**told)
    except (KeyError, ValueError, TypeError) as error:
        raise BadInput(str(file), "has no manifest of ours", "a file that `makegood backup` wrote") from error
    if manifest.format != FORMAT:
        mend = "restore it with the version of makegood that wrote it, or a newer one"
        raise BadInput(str(file), f"is of format {manifest.format}", f"format {FORMAT}", mend)
    return manifest


def take_out(tar: tarfile.TarFile, manifest: Manifest, folder: Path) -> None:
    """The dumps, into `folder`. Raises BadInput when one is not what was written."""
    for name, digest in manifest.digests.items():
        tar.extract(name, folder, filter="data")
        if digest_of(folder / name) != digest:
            raise BadInput(
                name, "is damaged", "the bytes that were backed up", "use another copy of the file"
            )


def take_out_evidence(tar: tarfile.TarFile, home: Path) -> None:
    """Beside what is there: blobs are never changed, only added or erased."""
    members = [each for each in tar.getmembers() if each.name.split("/")[0] == EVIDENCE]
    tar.extractall(home, members=members, filter="data")


def digest_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
