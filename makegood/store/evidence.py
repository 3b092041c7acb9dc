"""Evidence: what is known about each file that came with a case; the bytes are in the blob store."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import insert

from makegood.store import plain
from makegood.store.memory import remembered
from makegood.store.models import Case, Evidence
from makegood.store.transaction import Tx
from makegood.store.words import CapturedSource, EvidenceKind

_SEEN_ELSEWHERE = text(
    "select exists (select 1 from evidence mine join evidence other on other.sha256 = mine.sha256"
    " join cases c on c.id = other.case_id where mine.case_id = :case"
    " and (c.customer_id <> :customer or c.order_ref is distinct from cast(:order_ref as text)))"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewEvidence:
    """`sha256` and `size` are those of the file as it was sent, not of the sealed blob."""

    kind: EvidenceKind
    sha256: bytes
    size: int
    media_type: str
    blob_key: str
    received_at: datetime
    captured_at: datetime | None = None
    captured_source: CapturedSource = CapturedSource.NONE
    message_id: int | None = None


def add(tx: Tx, case_id: int, new: NewEvidence) -> Evidence:
    """The same file sent twice for one case is kept once: then the first row is returned."""
    row = insert(Evidence).values(case_id=case_id, **asdict(new))
    row = row.on_conflict_do_nothing(index_elements=["case_id", "sha256"])
    made: Evidence | None = tx.session.scalar(row.returning(Evidence))
    if made is not None:
        return made
    query = select(Evidence).where(Evidence.case_id == case_id, Evidence.sha256 == new.sha256)
    return tx.session.scalars(query).one()


def get(tx: Tx, evidence_id: int) -> Evidence | None:
    return tx.session.scalar(select(Evidence).where(Evidence.id == evidence_id))


@remembered("evidence.of_case")
def of_case(tx: Tx, case_id: int) -> list[Evidence]:
    return plain.find(tx, Evidence, "case_id = :case order by received_at, id", case=case_id)


def elsewhere(tx: Tx, case_id: int, sha256: bytes) -> list[int]:
    """Ids of other cases in which the same file was sent: a photograph seen before."""
    query = select(Evidence.case_id).where(Evidence.sha256 == sha256, Evidence.case_id != case_id)
    return list(tx.session.scalars(query.order_by(Evidence.case_id)))


@remembered("evidence.seen_elsewhere")
def seen_elsewhere(tx: Tx, case: Case) -> bool:
    """Whether one of the case's files came with a case of somebody else, or about another order."""
    asked = {"case": case.id, "customer": case.customer_id, "order_ref": case.order_ref}
    return bool(tx.session.scalar(_SEEN_ELSEWHERE, asked))
