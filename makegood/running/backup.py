"""Backup: both databases as of one instant, and the evidence, in one file.

Prefect's state is taken first and the ticket store's right after it: what the store knows more can be
reconciled by the sweep, what it knew less would be lost.
"""

from __future__ import annotations

import tempfile
from datetime import UTC, datetime
from pathlib import Path

from makegood import databases
from makegood.core.errors import BadInput
from makegood.running import archive, dumps, instance, preparation
from makegood.running.archive import Manifest
from makegood.settings import Settings, derive


def backup(settings: Settings, file: Path, *, with_key: bool, with_prefect: bool) -> Manifest:
    """While everything runs, or stands still: an embedded server is started for it, and stopped again."""
    if not file.parent.is_dir():
        raise BadInput(str(file.parent), "is no folder", "an existing one")
    running = instance.read(settings.home)
    prepared = preparation.locate(settings, running)
    try:
        return _written(settings, prepared.addresses, file, with_key=with_key, with_prefect=with_prefect)
    finally:
        if running is None and prepared.postgres is not None:
            preparation.stop_embedded(settings.home, prepared.postgres)


def fingerprint(master: bytes) -> str:
    """Tells keys apart; nothing can be derived from it."""
    return derive(master, "fingerprint of backups")[:16]


def _written(
    settings: Settings, addresses: preparation.Addresses, file: Path, *, with_key: bool, with_prefect: bool
) -> Manifest:
    evidence = settings.home / archive.EVIDENCE
    with tempfile.TemporaryDirectory(dir=file.parent, prefix=".backup-") as place:
        folder = Path(place)
        owner, prefect = addresses["owner"], addresses["prefect"]
        cases, revision = _dump(owner, prefect if with_prefect else None, folder)
        if with_key and not settings.key_file.exists():
            (folder / archive.KEY).write_text(settings.master_bytes().hex() + "\n")
        manifest = Manifest(
            made_at=datetime.now(UTC).isoformat(timespec="seconds"),
            revision=revision,
            cases=cases,
            key=fingerprint(settings.master_bytes()),
            digests={each.name: archive.digest_of(each) for each in sorted(folder.glob("*.dump"))},
            evidence=sum(1 for each in evidence.rglob("*") if each.is_file()) if evidence.is_dir() else 0,
            has_key=with_key,
        )
        kept = folder / archive.KEY
        key_file = (kept if kept.exists() else settings.key_file) if with_key else None
        archive.write(file, manifest, folder, evidence if evidence.is_dir() else None, key_file)
    return manifest


def _dump(owner: str, prefect: str | None, folder: Path) -> tuple[int, str]:
    """How many cases there are, and the store's revision."""
    if prefect is None:
        with databases.snapshot(owner) as store:
            return _dump_store(owner, store, folder)
    with databases.snapshot(prefect) as older, databases.snapshot(owner) as newer:
        dumps.dump(prefect, older, folder / archive.PREFECT)
        return _dump_store(owner, newer, folder)


def _dump_store(owner: str, snapshot: str, folder: Path) -> tuple[int, str]:
    dumps.dump(owner, snapshot, folder / archive.STORE)
    cases = int(databases.ask(owner, "select count(*) from cases"))
    return cases, str(databases.ask(owner, "select version_num from alembic_version"))
