"""Pages: cases, tasks and people as tables and a timeline for people at a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console

    from makegood.desk.staff import Listed
    from makegood.desk.views import CaseView
    from makegood.store.messages import Message
    from makegood.store.models import Approval, Case, Task


def show_cases(console: Console, found: Sequence[Case]) -> None:
    rows = [
        (
            case.number,
            _stands(case),
            f"{case.procedure}, {case.reason}",
            case.market,
            case.order_ref or "-",
            when(case.opened_at),
            when(case.wake_at),
        )
        for case in found
    ]
    heads = ("Case", "Status", "About", "Market", "Order", "Opened", "Next look")
    _table(console, heads, rows, "No cases.")


def show_tasks(console: Console, found: Sequence[tuple[Task, Case]]) -> None:
    rows = [
        (str(task.id), case.number, case.market, _whose(task), when(task.due), task.why)
        for task, case in found
    ]
    _table(console, ("Task", "Case", "Market", "For", "Due", "Why"), rows, "Nothing to do.")


def show_approvals(console: Console, found: Sequence[tuple[Approval, Case]]) -> None:
    from makegood.core.money import Money

    rows = [
        (
            case.number,
            case.market,
            str(Money(minor=approval.ceiling_minor, currency=approval.currency)),
            approval.step,
            when(approval.due),
            approval.packet_hash.hex()[:12],
        )
        for approval, case in found
    ]
    _table(
        console, ("Case", "Market", "Up to", "Step", "Due", "Packet"), rows, "Nothing waits for an approval."
    )


def _whose(task: Task) -> str:
    """The role, and who of it."""
    return f"{task.role.value}: {task.assignee}" if task.assignee else task.role.value


def show_people(console: Console, found: Sequence[Listed]) -> None:
    from makegood.core.money import Money

    rows = []
    for listed in found:
        person, limit = listed.person, "nothing"
        if person.limit_minor is not None and person.limit_currency is not None:
            limit = str(Money(minor=person.limit_minor, currency=person.limit_currency))
        state = ("active" if person.active else "inactive") + (", demo" if person.demo else "")
        told = (person.id, person.name, person.role.value, limit, ", ".join(person.markets), state)
        rows.append((*told, listed.email or "no address", str(listed.recovery_left)))
    heads = ("Id", "Name", "Role", "Limit", "Markets", "State", "Notices", "Recovery codes")
    _table(console, heads, rows, "Nobody.")


def show_case(console: Console, view: CaseView, progress: str) -> None:
    """From the top: what it is, where it stands, what was said, what happened, what was done."""
    case = view.case
    _title(console, f"{case.number} · {case.procedure} · {case.reason} · {case.market}")
    _pairs(console, _header(view, progress))
    if view.erased:
        console.print("\nThe customer's data is erased: conversation and contents can no longer be read.")
    _section(console, "Conversation", (line for message in view.messages for line in _said(message)))
    _section(
        console, "Timeline", (f"{line.seq:>4}  {when(line.at)}  {line.sentence}" for line in view.journal)
    )
    _section(console, "Effects", _effects(view))
    _section(console, "Approvals", _approvals(view))
    _section(console, "Tasks", _tasks(view))
    _section(console, "Promises", (f"{p.name}: {p.standing}, due {when(p.due)}" for p in view.promises))
    _section(console, "Timers", (f"{when(timer.due)}  {timer.meaning}" for timer in view.timers))
    _section(console, "Order", _order(view))
    _section(console, "Evidence", (f"{e.kind.value} {e.media_type} {e.size} bytes" for e in view.evidence))
    _section(console, "Runs", (f"leg {run.leg}: {run.flow}, {run.state}, {run.run_id}" for run in view.runs))


def when(at: datetime | None) -> str:
    return "-" if at is None else f"{at.astimezone(UTC):%Y-%m-%d %H:%M}Z"


def _stands(case: Case) -> str:
    if case.outcome is not None:
        return f"closed: {case.outcome}"
    return f"{case.status.value}, waits for {case.waits_on}" if case.waits_on else case.status.value


def _header(view: CaseView, progress: str) -> dict[str, str]:
    case, contact = view.case, view.contact
    return {
        "Status": _stands(case) + (f", step {case.step}" if case.step else ""),
        "Customer": f"{contact.name} <{contact.email}>" if contact else "(erased)",
        "Speaks": f"{case.locale} · {case.zone} · {case.tier} · {case.channel}",
        "Order": case.order_ref or "(not known)",
        "Owner": case.owner or "(nobody)",
        "Opened": when(case.opened_at),
        "Closed": when(case.closed_at),
        "Next look": when(case.wake_at),
        "Version": f"{case.procedure} {case.version}",
        "Their page": progress,
    }


def _said(message: Message) -> Iterable[str]:
    who = "customer" if message.author == "customer" else message.author
    about = f" · {message.subject}" if message.subject else ""
    yield f"{when(message.at)}  {who} · {message.channel}{about}"
    yield from (f"    {line}" for line in message.body.splitlines())


def _effects(view: CaseView) -> Iterable[str]:
    for each in view.effects:
        effect = each.effect
        money = f" {each.money}" if each.money else ""
        ref = f", {effect.provider_ref}" if effect.provider_ref else ""
        tries = f", {effect.attempts} tries" if effect.attempts > 1 else ""
        yield f"{effect.status.value:<8}  {effect.action}{money}  ({effect.key}{ref}{tries})"


def _approvals(view: CaseView) -> Iterable[str]:
    for each in view.approvals:
        row = each.approval
        if row.decision is not None:
            amount = f" {each.amount}" if each.amount else ""
            yield f"{row.step}, up to {each.ceiling}: {row.decision.value}{amount} by {row.decided_by or '-'}"
        else:
            yield f"{row.step}, up to {each.ceiling}: {row.status.value}, due {when(row.due)}"
        for answer in each.answers:
            verdict = answer.verdict.value + (f" ({answer.why})" if answer.why else "")
            yield f"    {when(answer.answered_at)} {answer.person_id}: {answer.decision} {verdict}"


def _tasks(view: CaseView) -> Iterable[str]:
    for each in view.tasks:
        task = each.task
        by = f" by {task.done_by}" if task.done_by else ""
        yield f"{task.id}: {task.status.value}{by} · {_whose(task)} · due {when(task.due)} · {task.why}"
        if each.form is not None:
            fields = " ".join(f"{name}=<{field}>" for name, field in each.form.fields.items())
            yield f"    makegood task done {task.id} --as PERSON {fields}"


def _order(view: CaseView) -> Iterable[str]:
    if view.order is None:
        return
    for unit in view.order.units:
        yield f"{unit.ref}  {unit.title}: paid {unit.paid}, given back {unit.given}"
    yield f"freight: paid {view.order.freight[0]}, given back {view.order.freight[1]}"
    if view.order.goodwill[1].minor:
        yield f"goodwill: given {view.order.goodwill[1]} of at most {view.order.goodwill[0]}"


def _title(console: Console, text: str) -> None:
    console.print(text, style="bold", highlight=False, markup=False)


def _pairs(console: Console, rows: dict[str, str]) -> None:
    """What customers wrote is text, never markup."""
    width = max(map(len, rows))
    for name, value in rows.items():
        console.print(f"  {name:<{width}}  {value}", highlight=False, markup=False)


def _section(console: Console, title: str, lines: Iterable[str]) -> None:
    """Nothing at all where there is nothing to show."""
    shown = list(lines)
    if not shown:
        return
    console.print()
    _title(console, title)
    for line in shown:
        console.print(f"  {line}", highlight=False, markup=False)


def _table(console: Console, heads: Sequence[str], rows: Sequence[Sequence[str]], empty: str) -> None:
    """At a narrow terminal cells are folded, save the first."""
    from rich.markup import escape
    from rich.table import Table

    if not rows:
        console.print(empty)
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column, head in enumerate(heads):
        table.add_column(head, no_wrap=column == 0, overflow="fold")
    for row in rows:
        table.add_row(*map(escape, row))
    console.print(table, soft_wrap=False)
