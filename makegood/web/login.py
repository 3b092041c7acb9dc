"""Signing in at the desk: a person's id and the one-time code of their device; nobody has a password."""

from __future__ import annotations

import logging

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from makegood.desk import identity
from makegood.store.codes import CodeAccepted, CodeRefusal, CodeRefused
from makegood.web import pages, sessions
from makegood.web.forms import DeskForm, text_of
from makegood.web.site import site_of

log = logging.getLogger(__name__)
router = APIRouter(prefix="/desk")

_WRONG = "The id or the code is wrong. Codes change every 30 seconds."
_SAID = {
    CodeRefusal.UNKNOWN_PERSON: _WRONG,
    CodeRefusal.INACTIVE: _WRONG,
    CodeRefusal.WRONG: _WRONG,
    CodeRefusal.USED: "This code was used before. Wait for the next one.",
    CodeRefusal.LOCKED: "Too many wrong codes: try again in a while.",
}


@router.get("/login")
def ask(request: Request) -> Response:
    return _page(request, _inside(request.query_params.get("next", "")))


@router.post("/login")
def enter(request: Request, form: DeskForm) -> Response:
    """The code counts at this real instant, once; who signs in gets a session of their own."""
    site = site_of(request)
    person, wanted = text_of(form, "person", 80).lower(), _inside(text_of(form, "next", 300))
    with site.desk.store.begin() as tx:
        verdict = identity.verify(tx, site.desk, person, text_of(form, "code", 20), site.real_now())
    match verdict:
        case CodeRefused(why):
            log.info("a sign-in was refused: %s", why.value)
            return _page(request, wanted, _SAID[why], 403)
        case CodeAccepted(known):
            response = RedirectResponse(wanted, 303)
            sessions.begin(site, response, known.id)
            return response


@router.post("/logout")
def leave(form: DeskForm) -> Response:  # noqa: ARG001  # it must be ours
    response = RedirectResponse("/desk/login", 303)
    sessions.end(response)
    return response


def _page(request: Request, wanted: str, problem: str = "", status: int = 200) -> Response:
    site, door = site_of(request), Response()
    csrf = sessions.open_door(site, request, door)
    page = pages.render(
        request, "login.html", status, wanted=wanted, problem=problem, csrf=csrf, visitor=None
    )
    if cookie := door.headers.get("set-cookie"):
        page.headers["set-cookie"] = cookie
    return page


def _inside(wanted: str) -> str:
    """Only ever to a page of the desk."""
    safe = wanted.startswith("/desk/") and not wanted.startswith("/desk/log") and "\\" not in wanted
    return wanted if safe and wanted.isprintable() else "/desk"
