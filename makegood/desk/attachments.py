"""Attachments: the files of one answer or message, kept together and counted as facts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from makegood.core.facts import Facts
from makegood.desk import evidence
from makegood.desk.desk import Desk
from makegood.desk.evidence import SentFile
from makegood.store.models import Case
from makegood.store.transaction import Tx
from makegood.store.words import EvidenceKind

COUNTED = {
    EvidenceKind.PHOTO: "photos",
    EvidenceKind.VIDEO: "video",
    EvidenceKind.DOCUMENT: "documents",
    EvidenceKind.OTHER: "documents",
}
"""The fact that a file of each kind counts towards; the names are those of `ask` steps."""


def keep(tx: Tx, desk: Desk, case: Case, files: Sequence[SentFile], message_id: int | None = None) -> Facts:
    """How many of each kind there are; the same file twice counts once. Raises EvidenceRefused, Erased."""
    kept: dict[int, EvidenceKind] = {}
    for file in files:
        row = evidence.keep(tx, desk.blobs, case, file, desk.now(), message_id=message_id)
        kept[row.id] = row.kind
    return dict(Counter(COUNTED[kind] for kind in kept.values()))


def keep_as(tx: Tx, desk: Desk, case: Case, files: Mapping[str, Sequence[SentFile]]) -> Facts:
    """As `keep`, counted towards what they were asked for as, whatever they are."""
    facts: Facts = {}
    for name, sent in files.items():
        kept = {evidence.keep(tx, desk.blobs, case, file, desk.now()).id for file in sent}
        if kept:
            facts[name] = len(kept)
    return facts
