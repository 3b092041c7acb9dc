"""Refusals: said as JSON to machines, as a page to people, in the customer's language where it is theirs."""

from __future__ import annotations

from http import HTTPStatus

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, RedirectResponse
from starlette.exceptions import HTTPException

from makegood.core.errors import MakegoodError
from makegood.web import pages, texts
from makegood.web.errors import Said, say
from makegood.web.sessions import NotSignedIn, login_address


def install(app: FastAPI) -> None:
    app.add_exception_handler(MakegoodError, _ours)
    app.add_exception_handler(HTTPException, _plain)
    app.add_exception_handler(RequestValidationError, _no_such_page)


def _ours(request: Request, error: Exception) -> Response:
    assert isinstance(error, MakegoodError)
    if isinstance(error, NotSignedIn):
        return RedirectResponse(login_address(request), 303)
    return _answer(request, say(error))


def _plain(request: Request, error: Exception) -> Response:
    """Starlette's own: no such path, no such method, a body that is too large or no form."""
    assert isinstance(error, HTTPException)
    code = HTTPStatus(error.status_code).phrase.lower().replace(" ", "-")
    return _answer(request, Said(error.status_code, code, str(error.detail)), error.headers)


def _no_such_page(request: Request, error: Exception) -> Response:  # noqa: ARG001  # it quotes what was sent
    """An address with a word where a number belongs."""
    return _answer(request, Said(404, "not-found", "there is no such page"))


def _answer(request: Request, said: Said, headers: object = None) -> Response:
    more = {**said.headers, **(headers if isinstance(headers, dict) else {})}
    path = request.url.path
    if path.startswith(("/intake", "/webhooks", "/health")):
        return JSONResponse(said.body, said.status, headers=more)
    if path.startswith("/progress"):
        t = texts.accepted(request.headers.get("Accept-Language", ""))
        return pages.render(request, "sorry.html", said.status, more, t=t, said=said)
    return pages.render(request, "refused.html", said.status, more, said=said, visitor=None)
