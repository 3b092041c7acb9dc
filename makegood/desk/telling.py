"""Telling: whoever may say yes to a question that waits is told of it, once, with a link to its run."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from makegood.core.authority import Person, may
from makegood.core.money import Money
from makegood.core.procedure import ApproveStep
from makegood.desk import batch_members, notices, ruling
from makegood.desk.desk import Desk
from makegood.store import approvals, batches, cases, outbox, people
from makegood.store.models import Approval, Batch, Case, Outgoing
from makegood.store.models import Person as PersonRow
from makegood.store.transaction import Tx
from makegood.store.words import ApprovalStatus, BatchStatus, OutboxVerb

ASKED, ASKED_TOGETHER, ASKED_SINCE = "asked", "asked-together", "asked-since"
RUSH = timedelta(seconds=10)
"""`within` of deployments/automations.yaml: so long does Prefect say nothing after it has said something."""

_TELLS_ITSELF = timedelta(minutes=2)  # Prefect's automation needs seconds
_PAGE = 200


@dataclass(frozen=True, slots=True)
class _Waiting:
    """What a letter says of a question, and by what it is judged who gets one."""

    subject: str
    about: str
    remedy: str
    house: Money
    market: str
    owner: str | None
    due: str
    run: UUID | None


def run_waits(desk: Desk, run: UUID) -> bool:
    """A run was suspended. False when it shows no open question of ours. However often, one letter each.

    Prefect says it of the first run of a rush: the outbox looks for the others when the rush is over.
    """
    with desk.store.begin() as tx:
        approval, batch, now = approvals.of_run(tx, run), batches.of_run(tx, run), desk.now()
        if approval is not None:
            _mark(tx, desk, approval, cases.get(tx, approval.case_id))
        elif batch is not None:
            _mark_batch(tx, desk, batch.id)
        look = f"{ASKED_SINCE}:{int(now.timestamp())}"
        outbox.put(tx, OutboxVerb.NOTIFY, {"notice": ASKED_SINCE}, now + RUSH, dedupe_key=look)
        return approval is not None or batch is not None


def catch_up(desk: Desk) -> int:
    """Questions of which nobody was told: Prefect's event was lost with its server, or found us away."""
    with desk.store.begin() as tx:
        return _mark_untold(tx, desk, desk.now() - _TELLS_ITSELF)


def _mark_untold(tx: Tx, desk: Desk, before: datetime) -> int:
    untold = approvals.untold(tx, ASKED, before, _PAGE)
    together = batches.untold(tx, ASKED_TOGETHER, before)
    return sum(_mark(tx, desk, approval, case) for approval, case in untold) + sum(
        _mark_batch(tx, desk, batch) for batch in together
    )


def _mark_batch(tx: Tx, desk: Desk, batch: int) -> bool:
    payload, key = {"notice": ASKED_TOGETHER, "batch": batch}, f"{ASKED_TOGETHER}:{batch}"
    return outbox.put(tx, OutboxVerb.NOTIFY, payload, desk.now(), dedupe_key=key)


def _mark(tx: Tx, desk: Desk, approval: Approval, case: Case) -> bool:
    """Once for each visit of the step: who asks again after a wrong code tells nobody anew."""
    key = approvals.told_key(ASKED, approval, case)
    payload = {"notice": ASKED, "approval": approval.id}
    return outbox.put(tx, OutboxVerb.NOTIFY, payload, desk.now(), case_id=case.id, dedupe_key=key)


def send(tx: Tx, desk: Desk, row: Outgoing) -> None:
    """A question becomes a letter for each who may answer it; a letter goes out."""
    match row.payload["notice"]:
        case "asked":
            waiting = _of_approval(tx, desk, row.payload["approval"])
        case "asked-together":
            waiting = _of_batch(tx, desk, row.payload["batch"])
        case "asked-since":
            _mark_untold(tx, desk, desk.now())
            return
        case _:
            notices.send(tx, desk, row)
            return
    if waiting is not None:
        place = f"flow-run/{waiting.run}" if waiting.run else "?state=Suspended"
        link = f"{desk.approvals_url}/runs/{place}"
        told = {"subject": waiting.subject, "about": waiting.about, "due": waiting.due, "link": link}
        to = _whom(desk, people.listed(tx, only_active=True), waiting)
        notices.put(tx, desk, notices.APPROVAL, to, told, row.dedupe_key or str(row.id))


def _of_approval(tx: Tx, desk: Desk, approval_id: int) -> _Waiting | None:
    """None when it was answered or withdrawn before anybody could be told. One that was asked again meanwhile
    is told of as it is asked now."""
    approval = _as_asked_now(tx, approvals.get(tx, approval_id))
    if approval is None:
        return None
    case, authority = cases.get(tx, approval.case_id), ruling.in_force(desk)
    step = desk.plans.of(tx, case.version).steps[approval.step].step
    ceiling = Money(minor=approval.ceiling_minor, currency=approval.currency)
    return _Waiting(
        subject=case.number,
        about=f"{case.procedure} · {case.number} · {case.market}: up to {ceiling}",
        remedy=step.approve if isinstance(step, ApproveStep) else case.procedure,
        house=Money(minor=approval.house_minor, currency=authority.house_currency),
        market=case.market,
        owner=case.owner,
        due=notices.clock(approval.due) if approval.due else "",
        run=approval.run_id,
    )


def _as_asked_now(tx: Tx, first: Approval) -> Approval | None:
    for each in approvals.of_case(tx, first.case_id):
        if each.status is ApprovalStatus.OPEN and (each.step, each.visit) == (first.step, first.visit):
            return each
    return None


def _of_batch(tx: Tx, desk: Desk, batch_id: int) -> _Waiting | None:
    batch = batches.get(tx, batch_id)
    if batch is None or batch.status is not BatchStatus.OPEN:
        return None
    pairs = batch_members.waiting(tx, batch.id)
    sums = batch_members.sums_of(ruling.in_force(desk), pairs, batch.currency)
    due = batches.due(tx, batch.id)
    return _Waiting(
        subject=f"batch {batch.id}",
        about=f"{batch.procedure} · {len(pairs)} cases of one cause · {batch.market}: up to {sums.order}",
        remedy=_remedy(desk, batch),
        house=sums.house,
        market=batch.market,
        owner=None,
        due=notices.clock(due) if due else "",
        run=batch.run_id,
    )


def _remedy(desk: Desk, batch: Batch) -> str:
    plan = desk.plans.current.get(batch.procedure)
    planned = plan.steps.get(batch.step) if plan else None
    return planned.step.approve if planned and isinstance(planned.step, ApproveStep) else batch.procedure


def _whom(desk: Desk, there: list[PersonRow], waiting: _Waiting) -> list[PersonRow]:
    """Of those who may say yes, the role with the smallest limit that suffices; no others are bothered."""
    authority = ruling.in_force(desk)
    able = [
        row
        for row in there
        if row.email_cipher is not None
        and may(
            authority, _person(row, waiting), waiting.remedy, waiting.house, waiting.market, waiting.owner
        ).allowed
    ]
    least = min((authority.roles[row.role.value].limit for row in able), default=None)
    return [row for row in able if authority.roles[row.role.value].limit == least]


def _person(row: PersonRow, waiting: _Waiting) -> Person:
    """Without a limit of their own they approve nothing."""
    limit = Money(minor=0, currency=waiting.house.currency)
    if row.limit_minor is not None and row.limit_currency is not None:
        limit = Money(minor=row.limit_minor, currency=row.limit_currency)
    return Person(row.id, row.role.value, limit, tuple(row.markets), row.active)
