"""The closed vocabularies of the tables: each is an enum here and a CHECK in the database."""

from __future__ import annotations

from enum import StrEnum


class CaseStatus(StrEnum):
    """`running` means that a leg holds the case; each open status has a `wake_at`."""

    RUNNING = "running"
    PARKED = "parked"
    SUSPENDED = "suspended"
    CLOSED = "closed"


class EffectStatus(StrEnum):
    """`unknown` may have happened; it keeps its reservation until somebody has looked."""

    INTENDED = "intended"
    DONE = "done"
    FAILED = "failed"
    UNKNOWN = "unknown"


class Bucket(StrEnum):
    """What money is given back for: a unit's price, the freight, or kindness. Each has its own cap."""

    UNIT = "unit"
    FREIGHT = "freight"
    GOODWILL = "goodwill"


class ReservationStatus(StrEnum):
    RESERVED = "reserved"
    CONSUMED = "consumed"
    RELEASED = "released"


class PaymentKind(StrEnum):
    CARD = "card"
    PAYPAL = "paypal"
    GIFT_CARD = "gift_card"
    STORE_CREDIT = "store_credit"
    BANK_TRANSFER = "bank_transfer"
    INVOICE = "invoice"
    INSTALMENTS = "instalments"
    WALLET = "wallet"
    CASH = "cash"
    OTHER = "other"


class Direction(StrEnum):
    IN = "in"
    OUT = "out"


class EvidenceKind(StrEnum):
    PHOTO = "photo"
    VIDEO = "video"
    DOCUMENT = "document"
    OTHER = "other"


class CapturedSource(StrEnum):
    """Where the instant of capture comes from: the file's own metadata, or the sender's word."""

    FILE = "file"
    CLAIMED = "claimed"
    NONE = "none"


class TaskKind(StrEnum):
    """`procedure` tasks answer a question of the journal; `breach` and `repair` come from the sweep."""

    PROCEDURE = "procedure"
    BREACH = "breach"
    REPAIR = "repair"


class TaskStatus(StrEnum):
    """`closed` was withdrawn unanswered."""

    OPEN = "open"
    DONE = "done"
    CLOSED = "closed"


class ApprovalStatus(StrEnum):
    """`closed` was withdrawn unanswered."""

    OPEN = "open"
    ANSWERED = "answered"
    CLOSED = "closed"


class ApprovalDecision(StrEnum):
    APPROVED = "approved"
    ADJUSTED = "adjusted"
    REJECTED = "rejected"
    TIMED_OUT = "timed_out"


class AnswerVerdict(StrEnum):
    """Whether an answer to an approval counted."""

    ACCEPTED = "accepted"
    REFUSED = "refused"


class BatchStatus(StrEnum):
    """`withdrawn`: each of its questions was closed elsewhere."""

    OPEN = "open"
    ANSWERED = "answered"
    WITHDRAWN = "withdrawn"


class MemberStatus(StrEnum):
    """Of a question in a batch; `left` because its case has changed since it was listed."""

    WAITING = "waiting"
    ANSWERED = "answered"
    STRUCK = "struck"
    LEFT = "left"


class OutboxVerb(StrEnum):
    START_LEG = "start-leg"
    START_BATCH = "start-batch"
    CANCEL_RUN = "cancel-run"
    NOTIFY = "notify"


class Role(StrEnum):
    AGENT = "agent"
    SUPERVISOR = "supervisor"
    TEAM_LEAD = "team-lead"
    WAREHOUSE = "warehouse"
    WAREHOUSE_LEAD = "warehouse-lead"
    FINANCE = "finance"
    ENGINEER = "engineer"
    ADMIN = "admin"
    OPS = "ops"


class PromiseName(StrEnum):
    FIRST_REPLY = "first_reply"
    RESOLUTION = "resolution"
