"""Auditing: every chain recomputed, checkpoints signed once a day, and a signed file of a period."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from makegood.core.errors import BadInput
from makegood.desk.desk import Desk
from makegood.store import audit, authorities, exporting, journal
from makegood.store.audit import Fault
from makegood.store.vault import is_signed

_TOLD_EVERY = 1000
_FORMAT = "makegood-audit-1"


@dataclass(frozen=True, slots=True)
class Report:
    """`public_key` is what checkpoints and exported files are verified by."""

    cases: int
    checkpoints: int
    faults: tuple[Fault, ...]
    public_key: bytes


def verify(desk: Desk, say: Callable[[int], None]) -> Report:
    """Needs no customer's key. `say` is told how many cases are done."""
    faults: list[Fault] = []
    count, after = 0, 0
    while True:
        with desk.store.begin() as tx:
            page = audit.case_ids(tx, after, _TOLD_EVERY)
            for case_id, number in page:
                if (seq := journal.verify(tx, case_id)) is not None:
                    faults.append(Fault(number, "its journal is not as it was written", seq))
        if not page:
            break
        count, after = count + len(page), page[-1][0]
        say(count)
    with desk.store.begin() as tx:
        broken = {fault.where for fault in faults}
        faults += [fault for fault in audit.faults(tx) if fault.where not in broken]
        faults += authorities.faults(tx)
        signed = len(audit.checkpoints(tx))
        return Report(count, signed, tuple(faults), tx.vault.public_key)


def keep_daily(desk: Desk) -> bool:
    """A checkpoint for each day (UTC, the seller's clock) on which a sweep runs. False: today has one."""
    now = desk.now()
    with desk.store.begin() as tx:
        last = audit.last(tx)
        if last is not None and last.at.astimezone(UTC).date() >= now.astimezone(UTC).date():
            return False
        audit.checkpoint(tx, now)
    return True


def export(desk: Desk, begin: datetime, end: datetime, path: Path) -> int:
    """Lines written: what was journalled, answered, changed and signed in the period, without a word of any
    customer's, and a signature over it at the end. Whole or not at all."""
    if end <= begin:
        raise BadInput("--to", f"{end:%Y-%m-%d} is not after {begin:%Y-%m-%d}", "a later day")
    told, count = hashlib.sha256(), 0
    unfinished = path.with_name(f"{path.name}.part")
    with desk.store.begin() as tx, unfinished.open("wb") as file:
        for row in _rows(exporting.rows(tx, begin, end), begin, end):
            line = json.dumps(row, sort_keys=True, default=_written).encode() + b"\n"
            told.update(line)
            file.write(line)
            count += 1
        seal = {"kind": "signature", "sha256": told.hexdigest(), "public_key": tx.vault.public_key.hex()}
        seal["ed25519"] = tx.vault.sign(told.digest()).hex()
        file.write(json.dumps(seal, sort_keys=True).encode() + b"\n")
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(path)
    return count


def _rows(rows: Iterator[dict[str, Any]], begin: datetime, end: datetime) -> Iterator[dict[str, Any]]:
    yield {"kind": "period", "format": _FORMAT, "from": begin, "to": end}
    yield from rows


def _written(value: object) -> str:
    match value:
        case datetime():
            return value.astimezone(UTC).isoformat()
        case bytes():
            return value.hex()
        case _:
            return str(value)


def check_file(desk: Desk, path: Path) -> bool:
    """Whether an exported file is whole and signed by this installation. Raises BadInput for any other."""
    lines = path.read_bytes().splitlines(keepends=True)
    try:
        seal = json.loads(lines[-1])
        signature = bytes.fromhex(seal["ed25519"])
    except (IndexError, ValueError, KeyError, TypeError):
        raise BadInput(
            str(path), "no signature stands at its end", "a file that `makegood audit export` wrote"
        ) from None
    digest = hashlib.sha256(b"".join(lines[:-1])).digest()
    with desk.store.begin() as tx:
        return is_signed(tx.vault.public_key, digest, signature)
