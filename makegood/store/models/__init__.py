"""The mapped tables of the ticket store, one noun a module."""

from makegood.store.models.approval import Approval, ApprovalAnswer
from makegood.store.models.arrival import ArrivalRow
from makegood.store.models.audit import Checkpoint, CheckpointHead, StaffChange
from makegood.store.models.authority import SignedAuthority
from makegood.store.models.base import Base
from makegood.store.models.batch import Batch, BatchAnswer, BatchMember
from makegood.store.models.case import IS_OPEN, Case, CaseNumber
from makegood.store.models.claim import ClaimedUnit
from makegood.store.models.customer import Customer
from makegood.store.models.effect import IS_UNSETTLED, Effect, Reservation
from makegood.store.models.journal import GENESIS, JournalRow
from makegood.store.models.message import Evidence, MessageRow
from makegood.store.models.order import Order, OrderUnit, Payment
from makegood.store.models.outbox import IS_UNSENT, Outgoing
from makegood.store.models.person import Person
from makegood.store.models.procedure import ProcedureVersion
from makegood.store.models.recovery import RecoveryCode
from makegood.store.models.run import Lease, RunLink
from makegood.store.models.task import Task
from makegood.store.models.timer import Promise, Timer
from makegood.store.models.trouble import Trouble

INSERT_ONLY = (
    JournalRow.__tablename__,
    ApprovalAnswer.__tablename__,
    BatchAnswer.__tablename__,
    Checkpoint.__tablename__,
    CheckpointHead.__tablename__,
    StaffChange.__tablename__,
    SignedAuthority.__tablename__,
)

__all__ = [
    "GENESIS",
    "INSERT_ONLY",
    "IS_OPEN",
    "IS_UNSENT",
    "IS_UNSETTLED",
    "Approval",
    "ApprovalAnswer",
    "ArrivalRow",
    "Base",
    "Batch",
    "BatchAnswer",
    "BatchMember",
    "Case",
    "CaseNumber",
    "Checkpoint",
    "CheckpointHead",
    "ClaimedUnit",
    "Customer",
    "Effect",
    "Evidence",
    "JournalRow",
    "Lease",
    "MessageRow",
    "Order",
    "OrderUnit",
    "Outgoing",
    "Payment",
    "Person",
    "ProcedureVersion",
    "Promise",
    "RecoveryCode",
    "Reservation",
    "RunLink",
    "SignedAuthority",
    "StaffChange",
    "Task",
    "Timer",
    "Trouble",
]
