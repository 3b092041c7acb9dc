"""What a colleague does on a case's page: owns it, writes to the customer."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from makegood.desk import replying
from makegood.desk.replying import Draft
from makegood.store import cases, messages
from makegood.web.access import NotYours
from makegood.web.case_page import seen
from makegood.web.forms import DeskForm, text_of
from makegood.web.sessions import SignedIn
from makegood.web.site import site_of

router = APIRouter(prefix="/desk/cases")


@router.post("/{number}/owner")
def own(request: Request, visitor: SignedIn, form: DeskForm, number: str) -> Response:
    """Takes the case, or gives back one's own. Whoever owned a case once may not approve its payments."""
    site = site_of(request)
    case = seen(site, visitor, number)
    give_back = text_of(form, "owner", 10) == "nobody"
    if give_back and case.owner != visitor.person.id:
        raise NotYours
    with site.desk.store.begin() as tx:
        me = visitor.person.id
        cases.assign(tx, case.id, None if give_back else me, site.desk.now(), by=me)
    return _back(case.number)


@router.post("/{number}/replies")
def reply(request: Request, visitor: SignedIn, form: DeskForm, number: str) -> Response:
    site = site_of(request)
    case = seen(site, visitor, number)
    draft = Draft(
        subject=text_of(form, "subject", 200),
        body=text_of(form, "body"),
        by=visitor.person.id,
        form=text_of(form, "form", 40),
    )
    replying.reply(site.desk, case.number, draft)
    return _back(case.number, "#conversation")


@router.post("/{number}/replies/{message}")
def send_again(
    request: Request,
    visitor: SignedIn,
    form: DeskForm,  # noqa: ARG001  # it must be ours
    number: str,
    message: int,
) -> Response:
    """Under the message's own key: what went out before does not go out twice."""
    site = site_of(request)
    case = seen(site, visitor, number)
    with site.desk.store.begin() as tx:
        keys = [each.key for each in messages.thread(tx, case.id) if each.id == message and each.key]
    if not keys or not keys[0].startswith(f"{case.number}:reply:"):
        raise NotYours
    replying.send(site.desk, case.number, keys[0])
    return _back(case.number, "#conversation")


def _back(number: str, place: str = "") -> Response:
    return RedirectResponse(f"/desk/cases/{number}{place}", 303)
