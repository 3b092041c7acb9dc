"""Restoring a backup: over an empty store, or over another one if that is said; then the sweep reconciles."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from tarfile import TarFile

from makegood import databases
from makegood.core.errors import BadInput, Refusal
from makegood.running import archive, dumps, instance, preparation
from makegood.running.archive import Manifest
from makegood.running.backup import fingerprint
from makegood.settings import MasterKeyMissing, Settings

GAP = 10_000
"""Numbers of cases that were opened after the backup are known to customers, and to providers as keys."""

_AFTER_STORE = f"delete from leases; update case_numbers set last = last + {GAP};"  # noqa: S608  # a number
_OTHERS = (
    "select count(*) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()"
    " and backend_type = 'client backend'"
)


class StillRunning(Refusal):
    """Something works with the databases; a restore would pull them away from under it."""

    def __init__(self, what: str) -> None:
        super().__init__(f"{what}: stop everything first, with `makegood down` or where it runs")
        self.what = what


class NotEmpty(Refusal):
    """There are cases in the store already."""

    def __init__(self, cases: int) -> None:
        super().__init__(
            f"the store has {cases} cases, which a restore would replace: back it up, then add --replace"
        )
        self.cases = cases


def restore(settings: Settings, file: Path, *, replace: bool) -> Manifest:
    """Each database is replaced as a whole or not at all. An embedded server is started for it."""
    with archive.opened(file) as (manifest, tar):
        _check(settings, file, manifest)
        with instance.lock(settings.home):
            running = instance.read(settings.home)
            if running is not None and set(running.processes) - set(running.dead):
                raise StillRunning(f"makegood is running in {settings.home}")
            _take_key(settings, manifest, tar)
            prepared = preparation.locate(settings, None)
            try:
                _restore(settings, prepared.addresses, manifest, tar, replace=replace)
            finally:
                if prepared.postgres is not None:
                    preparation.stop_embedded(settings.home, prepared.postgres)
    return manifest


def _check(settings: Settings, file: Path, manifest: Manifest) -> None:
    from makegood.store import schema

    if not schema.knows(manifest.revision):
        raise BadInput(
            str(file),
            f"has a store of revision {manifest.revision}",
            "one that this makegood knows",
            "update it",
        )
    try:
        ours = fingerprint(settings.master_bytes())
    except MasterKeyMissing:
        if manifest.has_key:
            return
        mend = f"put your copy of it at {settings.key_file}, or set MAKEGOOD_MASTER_KEY"
        raise BadInput("the master key", "is not here", "the one of the backup", mend) from None
    if ours != manifest.key:
        mend = f"put the other one at {settings.key_file}: with this one no personal field could be read"
        raise BadInput("the master key", "is not the one of the backup", "the same", mend)


def _take_key(settings: Settings, manifest: Manifest, tar: TarFile) -> None:
    if settings.key_file.exists() or settings.master_key is not None or not manifest.has_key:
        return
    member = tar.extractfile(archive.KEY)
    assert member is not None, "its manifest says so"
    settings.home.mkdir(parents=True, exist_ok=True)
    with os.fdopen(os.open(settings.key_file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as key:
        key.write(member.read())


def _restore(
    settings: Settings,
    addresses: preparation.Addresses,
    manifest: Manifest,
    tar: TarFile,
    *,
    replace: bool,
) -> None:
    owner, prefect = addresses["owner"], addresses["prefect"]
    for url in (owner, prefect):
        if others := int(databases.ask(url, _OTHERS)):
            raise StillRunning(f"{others} other sessions use the database")
    if not replace and (cases := _cases(owner)):
        raise NotEmpty(cases)
    with tempfile.TemporaryDirectory(dir=settings.home, prefix=".restore-") as place:
        folder = Path(place)
        archive.take_out(tar, manifest, folder)
        if archive.PREFECT in manifest.digests:
            dumps.load(prefect, folder / archive.PREFECT)
        dumps.load(owner, folder / archive.STORE, _AFTER_STORE)
    preparation.migrate(owner)
    archive.take_out_evidence(tar, settings.home)
    (settings.home / "deployments.digest").unlink(missing_ok=True)  # what Prefect has is older now
    (settings.home / "samples.opened").touch()


def _cases(owner: str) -> int:
    if databases.ask(owner, "select to_regclass('public.cases')") is None:
        return 0
    return int(databases.ask(owner, "select count(*) from cases"))
