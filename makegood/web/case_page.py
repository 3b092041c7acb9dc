"""A case at the desk: conversation, pictures, journal, order and money, promises, tasks, a reply."""

from __future__ import annotations

import secrets
from datetime import datetime

from fastapi import APIRouter, Request, Response

from makegood.core import events as ev
from makegood.core.errors import UnknownName
from makegood.desk import duties, views
from makegood.desk.views import CaseView, Line, TaskView
from makegood.store import cases
from makegood.store.messages import Message
from makegood.store.models import Case, Evidence, Person
from makegood.store.words import Direction, TaskStatus
from makegood.web import access, forms, pages, pictures
from makegood.web.sessions import SignedIn, Visitor
from makegood.web.site import Site, site_of

router = APIRouter(prefix="/desk/cases")


def seen(site: Site, visitor: Visitor, number: str) -> Case:
    """The case, where it is one of theirs. Raises UnknownName, NotYours."""
    with site.desk.store.begin() as tx:
        case = cases.by_number(tx, number)
    if case is None:
        raise UnknownName("desk", "case", "", ())
    access.must_see(visitor.person, case)
    return case


@router.get("/{number}")
def show(request: Request, visitor: SignedIn, number: str) -> Response:
    site = site_of(request)
    seen(site, visitor, number)
    view = views.case_view(site.desk, number.upper())
    return pages.render(
        request,
        "case.html",
        visitor=visitor,
        view=view,
        case=view.case,
        talk=_talk(view),
        journal=_journal(view.journal),
        tasks=[each for each in view.tasks if each.task.status is TaskStatus.OPEN],
        others=_others(visitor.person, view),
        shown=shown_task,
        may_do=lambda task: duties.may_do(site.desk.library.roster, visitor.person, task),
        is_drawn=pictures.is_drawn,
        progress=site.desk.links.make(view.number),
        subject=_subject(view),
        now=site.desk.now(),
        base=site.desk.web_url,
        form=secrets.token_urlsafe(12),
    )


def shown_task(task: TaskView) -> list[dict[str, object]]:
    """The fields of a task's form; none for work that is only done or not."""
    return forms.shown(task.form.fields, task.form.required) if task.form else []


def _talk(view: CaseView) -> list[tuple[datetime, Message | list[Evidence], str]]:
    """Messages, and files that came without one; of a colleague's message, what became of it."""
    by_message: dict[int | None, list[Evidence]] = {}
    loose: dict[datetime, list[Evidence]] = {}
    for file in view.evidence:
        if file.message_id is None:
            loose.setdefault(file.received_at, []).append(file)
        else:
            by_message.setdefault(file.message_id, []).append(file)
    said: list[tuple[datetime, Message | list[Evidence], str]] = []
    for message in view.messages:
        said.append((message.at, message, _fate(view, message)))
        if files := by_message.pop(message.id, None):
            said.append((message.at, files, ""))
    said += [(at, files, "") for at, files in loose.items()]
    return sorted(said, key=lambda each: each[0])


def _fate(view: CaseView, message: Message) -> str:
    """`sent`, `refused`, `kept` as it was never tried, or `unknown` where nobody can tell."""
    if message.direction is Direction.IN:
        return ""
    told = [line.event for line in view.journal]
    if any(isinstance(event, ev.MessageSent) and event.message == message.id for event in told):
        return "sent"
    notes = [event for event in told if isinstance(event, ev.Noted)]
    about = [note.what.partition(":")[0] for note in notes if note.facts.get("message") == message.id]
    fates = {"reply-refused": "refused", "reply-unknown": "unknown"}
    return next((fates[what] for what in reversed(about) if what in fates), "kept")


def _journal(lines: tuple[Line, ...]) -> list[Line]:
    """Newest first: what happened last is what one wants to know."""
    return list(reversed(lines))


def _others(person: Person, view: CaseView) -> list[Case]:
    markets = access.markets_of(person)
    return [case for case in view.other_cases if markets is None or case.market in markets]


def _subject(view: CaseView) -> str:
    """The customer's own subject, answered."""
    theirs = [m.subject for m in view.messages if m.direction is Direction.IN and m.subject]
    if not theirs:
        return view.number
    return theirs[-1] if theirs[-1].lower().startswith("re:") else f"Re: {theirs[-1]}"
